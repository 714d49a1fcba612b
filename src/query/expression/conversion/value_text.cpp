#include "query/expression/conversion/value_text.hpp"

#include <charconv>
#include <cmath>

#include "document/json_number.hpp"
#include "query/expression/dates/date_text.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// As printf's %g does in the C locale.
std::string six_digits(double number) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::general, 6).ptr;
    return {buffer, end};
}

std::string special_text(double number) {
    return std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
}

}  // namespace

std::string number_text(double number) {
    if (!std::isfinite(number)) return special_text(number);
    std::string text;
    append_json_number(text, number);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

std::string_view coerced_text(View value, std::string_view op, std::string& buffer) {
    switch (value.type()) {
        case Type::missing:
        case Type::null:
            return {};
        case Type::string:
            return value.string();
        case Type::integer:
            return buffer = std::to_string(value.integer());
        case Type::number:
            return buffer = std::isfinite(value.number()) ? six_digits(value.number()) : special_text(value.number());
        case Type::datetime:
            return buffer = format_date(value.datetime());
        default:
            fail_expression(16007, op, "cannot use " + describe(value) + " as a string");
    }
}

std::string_view required_text(View value, int mongo, std::string_view op, std::string_view which) {
    if (value.type() != Type::string) {
        fail_expression(mongo, op, "takes a string as " + std::string(which) + ", not " + describe(value));
    }
    return value.string();
}

}  // namespace sheaf::query
