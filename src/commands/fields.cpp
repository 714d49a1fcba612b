#include "commands/fields.hpp"

#include <cmath>
#include <utility>

#include <sheaf/error.hpp>

#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

struct TypesInfo {
    std::string_view words;
    bool (*accepts)(View value);
};

bool is(View value, Type type) {
    return value.type() == type;
}

// In the order of Types.
const TypesInfo& info(Types types) {
    static constexpr TypesInfo infos[] = {
        {"anything", [](View) { return true; }},
        {"a boolean", [](View v) { return is(v, Type::boolean); }},
        {"a boolean or a number", [](View v) { return is(v, Type::boolean) || v.is_number(); }},
        {"an integer", [](View v) { return is(v, Type::integer); }},
        {"a number", [](View v) { return v.is_number(); }},
        {"a string", [](View v) { return is(v, Type::string); }},
        {"an object", [](View v) { return v.is_object(); }},
        {"an array", [](View v) { return v.is_array(); }},
        {"a timestamp", [](View) { return false; }},
    };
    return infos[static_cast<std::size_t>(types)];
}

std::string full_name(std::string_view owner, std::string_view name) {
    return std::string(owner) + "." + std::string(name);
}

}  // namespace

bool has_value(const FieldInfo& field, View value) {
    const TypesInfo& types = info(field.types);
    if (types.accepts(value)) return true;
    if (value.is_null() && field.need != Need::not_null && field.need != Need::required_not_null) return false;
    const std::string name = full_name(field.owner, field.name);
    query::fail(Code::type_mismatch, field.wrong_type,
                name + " must be " + std::string(types.words) + ", not " + query::describe(value), name);
}

void throw_unknown_field(std::string_view owner, std::string_view name) {
    const std::string full = full_name(owner, name);
    query::fail(Code::invalid_argument, 40415, full + " is an unknown field", full);
}

void throw_missing_field(std::string_view owner, std::string_view name) {
    const std::string full = full_name(owner, name);
    query::fail(Code::invalid_argument, 40414, full + " is missing, but required", full);
}

bool truth(View value) {
    return query::is_true(value);
}

std::int64_t truncated_number(std::string_view name, View value, std::int64_t least) {
    constexpr double too_large = 9223372036854775808.0;
    const double number = value.number();
    std::int64_t whole = 0;
    if (value.type() == Type::integer) {
        whole = value.integer();
    } else if (std::isnan(number)) {
        whole = 0;
    } else if (number >= too_large) {
        whole = INT64_MAX;
    } else {
        whole = number < -too_large ? INT64_MIN : static_cast<std::int64_t>(number);
    }
    if (whole < least) {
        query::fail(
            Code::invalid_argument,
            std::string(name) + " must be at least " + std::to_string(least) + ", not " + query::describe(value), name);
    }
    return whole;
}

std::int64_t whole_number(std::string_view name, View value, std::int64_t least) {
    if (value.type() == Type::number && std::trunc(value.number()) != value.number()) {
        query::fail(Code::invalid_argument, 9,
                    std::string(name) + " must be a whole number, not " + query::describe(value), name);
    }
    return truncated_number(name, value, least);
}

Document document_of(View object) {
    return Document::from_trusted(Bytes(object.encoded()));
}

std::vector<Document> documents_of(std::string_view name, View array) {
    std::vector<Document> documents;
    for (const View element : array.elements()) {
        if (!element.is_object()) {
            query::fail(Code::type_mismatch, 14,
                        std::string(name) + " must be an array of objects; it has " + query::describe(element), name);
        }
        documents.push_back(document_of(element));
    }
    return documents;
}

}  // namespace sheaf::commands
