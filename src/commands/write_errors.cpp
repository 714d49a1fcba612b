#include "commands/write_errors.hpp"

#include "engine/batch_insert.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

bool WriteErrors::run(std::size_t index, const std::function<void()>& statement) {
    try {
        statement();
        return true;
    } catch (const Error& error) {
        if (!engine::is_of_one_write(error)) throw;
        add(index, error);
        return !ordered_;
    }
}

void WriteErrors::add(std::size_t index, const Error& error) {
    ObjectBuilder object;
    object.add("index", index);
    add_error(object, error);
    errors_.add(object.finish());
}

void WriteErrors::add_to(ObjectBuilder& reply) const {
    if (errors_.size() > 0) reply.add_encoded("writeErrors", errors_.finish());
}

void check_statements(std::string_view name, std::size_t count) {
    constexpr std::size_t most = 100'000;
    if (count >= 1 && count <= most) return;
    query::fail(Code::invalid_argument, 16,
                std::string(name) + " must have between 1 and 100000 elements, not " + std::to_string(count), name);
}

void check_is_single(std::string_view name, std::size_t count) {
    if (count == 1) return;
    query::fail(Code::invalid_argument, 16,
                "what explain explains has one statement: " + std::string(name) + " has " + std::to_string(count),
                name);
}

}  // namespace sheaf::commands
