#include "indexes/step_forms.hpp"

#include <string_view>
#include <utility>

#include "oracle/step.hpp"

namespace sheaf::indexes {

namespace {

constexpr std::string_view long_mark = "long ";
constexpr std::size_t long_size = 1'100;

Value lengthened(const Value& value) {
    if (value.type() == Type::string && value.as_string().starts_with(long_mark)) {
        return std::string(long_mark) + std::string(long_size, 'x') + value.as_string().substr(long_mark.size());
    }
    if (value.is_array()) {
        Array made;
        for (const Value& one : value.as_array()) made.push_back(lengthened(one));
        return made;
    }
    if (!value.is_object()) return value;
    Object made;
    for (const auto& [key, one] : value.as_object()) made.append(key, lengthened(one));
    return made;
}

Value with_id(const Value& id, const Value& body) {
    Object made({{"_id", id}});
    for (const auto& [key, value] : body.as_object()) made.set(key, value);
    return made;
}

// Consecutive ids, from the given one on.
Value with_ids(const Value& first, const Value& bodies) {
    Array made;
    for (const Value& body : bodies.as_array()) {
        made.push_back(with_id(first.as_integer().value + static_cast<std::int64_t>(made.size()), body));
    }
    return made;
}

}  // namespace

Object playable(const Object& generated) {
    Object made;
    for (const auto& [key, value] : generated) {
        if (key == "read" || key == "write") {
            for (const auto& [inner, one] : value.as_object()) made.set(inner, lengthened(one));
        } else if (key == "body") {
            made.set("document", with_id(oracle::member(generated, "id"), lengthened(value)));
        } else if (key == "bodies") {
            made.set("documents", with_ids(oracle::member(generated, "id"), lengthened(value)));
        } else if (key != "steps") {
            made.set(key, lengthened(value));
        }
    }
    return made;
}

}  // namespace sheaf::indexes
