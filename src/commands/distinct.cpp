#include "commands/command.hpp"
#include "commands/options.hpp"
#include "commands/reply.hpp"

namespace sheaf::commands {

namespace {

struct Arguments : CommonArguments {
    std::string key{};
    Document filter{};
};

constexpr Field<Arguments> fields[] = {
    {"distinct", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }, Need::not_null},
    {"key", Types::string, [](Arguments& a, View v) { a.key = std::string(v.string()); }, Need::required},
    {"query", Types::object, [](Arguments& a, View v) { a.filter = document_of(v); }},
    {"hint", Types::any, [](Arguments&, View v) { check_hint(v); }, Need::not_null},
    {"collation", Types::object, [](Arguments&, View v) { check_collation(v); }},
};

}  // namespace

Document distinct(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation.command, "distinct", fields, invocation.control);
    std::vector<Value> values = invocation.collection(arguments.collection)
                                    .distinct(arguments.key, arguments.filter, {.control = arguments.control});
    return ObjectBuilder().add("values", std::move(values)).reply();
}

}  // namespace sheaf::commands
