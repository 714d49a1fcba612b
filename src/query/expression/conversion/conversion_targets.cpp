// What $convert can convert to.
#include <algorithm>
#include <cmath>

#include <sheaf/error.hpp>

#include "query/expression/conversion/conversion.hpp"
#include "query/expression/conversion/text_numbers.hpp"
#include "query/expression/conversion/value_text.hpp"
#include "query/expression/dates/date_text.hpp"
#include "query/expression/numbers/integers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

[[noreturn]] View fail_type(const Conversion& conversion) {
    fail_conversion(conversion, "there is no such conversion");
}

std::int64_t require(std::optional<std::int64_t> integer, const Conversion& conversion) {
    if (!integer) fail_conversion(conversion, "it is no integer of 64 bits");
    return *integer;
}

// What int and long have in common: all but dates.
std::int64_t to_integer(const Conversion& conversion, std::size_t largest_binary) {
    const View input = conversion.input;
    switch (input.type()) {
        case Type::boolean:
            return input.boolean() ? 1 : 0;
        case Type::integer:
            return input.integer();
        case Type::number:
            return require(truncated(input.number()), conversion);
        case Type::string:
            return require(integer_from_text(input.string()), conversion);
        case Type::bytes:
            return convert_bytes_to_integer(conversion, largest_binary);
        default:
            fail_type(conversion);
    }
}

View to_int(const Conversion& conversion) {
    const std::int64_t integer = to_integer(conversion, sizeof(std::int32_t));
    if (!fits_int32(integer)) fail_conversion(conversion, "it does not fit 32 bits");
    return conversion.scratch.integer(integer);
}

View to_long(const Conversion& conversion) {
    const View input = conversion.input;
    return conversion.scratch.long_integer(
        input.type() == Type::datetime ? input.datetime().ms : to_integer(conversion, sizeof(std::int64_t)));
}

double to_double_value(const Conversion& conversion) {
    const View input = conversion.input;
    switch (input.type()) {
        case Type::boolean:
            return input.boolean() ? 1 : 0;
        case Type::integer:
        case Type::number:
            return input.number();
        case Type::datetime:
            return static_cast<double>(input.datetime().ms);
        case Type::bytes:
            return convert_bytes_to_double(conversion);
        case Type::string:
            if (const std::optional<double> number = double_from_text(input.string())) return *number;
            fail_conversion(conversion, "it is no number that a double can hold");
        default:
            fail_type(conversion);
    }
}

View to_double(const Conversion& conversion) {
    return conversion.scratch.number(to_double_value(conversion));
}

View to_boolean(const Conversion& conversion) {
    return boolean_value(is_true(conversion.input));
}

View to_string(const Conversion& conversion) {
    const View input = conversion.input;
    Scratch& scratch = conversion.scratch;
    switch (input.type()) {
        case Type::string:
            return input;
        case Type::boolean:
            return scratch.string(input.boolean() ? "true" : "false");
        case Type::integer:
            return scratch.string(std::to_string(input.integer()));
        case Type::number:
            return scratch.string(number_text(input.number()));
        case Type::datetime:
            return scratch.string(format_date(input.datetime()));
        case Type::object_id:
            return scratch.string(input.object_id().hex());
        case Type::bytes:
            return convert_bytes_to_string(conversion);
        default:
            fail_type(conversion);
    }
}

// The first four bytes of an object id are seconds since 1970.
DateTime creation_time(const ObjectId& id) {
    std::int64_t seconds = 0;
    for (std::size_t i = 0; i < 4; ++i) seconds = seconds * 256 + id.bytes[i];
    return {seconds * 1000};
}

View to_date(const Conversion& conversion) {
    const View input = conversion.input;
    Scratch& scratch = conversion.scratch;
    switch (input.type()) {
        case Type::datetime:
            return input;
        case Type::integer:
            if (!input.is_long()) fail_conversion(conversion, "milliseconds since 1970 are a long or a double");
            return scratch.datetime({input.integer()});
        case Type::number:
            return scratch.datetime({require(truncated(input.number()), conversion)});
        case Type::string:
            return scratch.datetime(parse_date(input.string()));
        case Type::object_id:
            return scratch.datetime(creation_time(input.object_id()));
        default:
            fail_type(conversion);
    }
}

View to_object_id(const Conversion& conversion) {
    const View input = conversion.input;
    if (input.type() == Type::object_id) return input;
    if (input.type() != Type::string) fail_type(conversion);
    try {
        return conversion.scratch.value(ObjectId::from_hex(input.string()));
    } catch (const Error&) {
        fail_conversion(conversion, "an object id is 24 hexadecimal digits");
    }
}

// What would be a decimal is refused by name, what would be none fails as it does in MongoDB.
View to_decimal(const Conversion& conversion) {
    const View input = conversion.input;
    const Type type = input.type();
    if (type == Type::object || type == Type::array || type == Type::bytes || type == Type::object_id) {
        fail_type(conversion);
    }
    if (type == Type::string && !is_decimal_text(input.string())) fail_conversion(conversion, "it is no number");
    fail(Code::unsupported, "the type decimal128 is not supported", {}, conversion.op);
}

constexpr ConversionTarget targets[] = {
    {"missing", 0, fail_type},    {"double", 1, to_double},
    {"string", 2, to_string},     {"object", 3, fail_type},
    {"array", 4, fail_type},      {"binData", 5, convert_to_bytes},
    {"undefined", 6, fail_type},  {"objectId", 7, to_object_id},
    {"bool", 8, to_boolean},      {"date", 9, to_date},
    {"null", 10, fail_type},      {"regex", 11, fail_type},
    {"dbPointer", 12, fail_type}, {"javascript", 13, fail_type},
    {"symbol", 14, fail_type},    {"javascriptWithScope", 15, fail_type},
    {"int", 16, to_int},          {"timestamp", 17, fail_type},
    {"long", 18, to_long},        {"decimal", 19, to_decimal},
    {"minKey", -1, fail_type},    {"maxKey", 127, fail_type},
};

template <typename Judge>
const ConversionTarget* find(const Judge& judge) {
    const auto* const found = std::find_if(std::begin(targets), std::end(targets), judge);
    return found == std::end(targets) ? nullptr : found;
}

}  // namespace

void fail_conversion(const Conversion& conversion, std::string_view why) {
    fail_expression(conversion_failure, conversion.op,
                    "cannot convert " + describe(conversion.input) + ": " + std::string(why));
}

const ConversionTarget* find_conversion_target(std::string_view name) {
    return find([=](const ConversionTarget& target) { return target.name == name; });
}

const ConversionTarget* find_conversion_target(std::int64_t code) {
    return find([=](const ConversionTarget& target) { return target.code == code; });
}

}  // namespace sheaf::query
