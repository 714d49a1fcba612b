#include "document/json_wrapper.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include <sheaf/json.hpp>

#include "document/base64.hpp"

namespace sheaf {

namespace {

namespace dom = simdjson::dom;

[[noreturn]] void refuse_operand(std::string_view key, std::string_view expected, const Place& place) {
    place.refuse(Code::invalid_document, std::string(key) + " needs " + std::string(expected));
}

// Calls `read`, and adds the key and the place to what it throws.
template <typename Read>
auto with_place(std::string_view key, const Place& place, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        place.refuse(error.code(), std::string(key) + ": " + std::string(error.message()));
    }
}

template <typename T>
T integer_of(dom::element operand, std::string_view key, std::string_view expected, const Place& place) {
    std::string_view text;
    T value = 0;
    if (operand.get(text) != simdjson::SUCCESS) refuse_operand(key, expected, place);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) refuse_operand(key, expected, place);
    return value;
}

std::int64_t long_of(dom::element operand, std::string_view key, const Place& place) {
    return integer_of<std::int64_t>(operand, key, "an integer of 64 bits in quotes", place);
}

double double_of(dom::element operand, const Place& place) {
    constexpr std::string_view key = "$numberDouble";
    constexpr std::string_view expected = "a number that fits a double, NaN, Infinity or -Infinity in quotes";
    std::string_view text;
    if (operand.get(text) != simdjson::SUCCESS) refuse_operand(key, expected, place);
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // from_chars also reads "inf" and "nan", which no Extended JSON writes.
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        refuse_operand(key, expected, place);
    }
    return value;
}

// The only member of an object, when it has this key.
bool only_member(dom::element operand, std::string_view key, dom::element& value) {
    dom::object object;
    if (operand.get(object) != simdjson::SUCCESS || object.size() != 1) return false;
    const dom::key_value_pair member = *object.begin();
    value = member.value;
    return member.key == key;
}

DateTime date_of(dom::element operand, const Place& place) {
    constexpr std::string_view key = "$date";
    std::string_view text;
    if (operand.get(text) == simdjson::SUCCESS) {
        return with_place(key, place, [&] { return from_rfc3339(text); });
    }
    std::int64_t ms = 0;
    if (operand.get(ms) == simdjson::SUCCESS) return {ms};
    dom::element inner;
    if (only_member(operand, "$numberLong", inner)) return {long_of(inner, "$date.$numberLong", place)};
    refuse_operand(key, "an RFC 3339 date in quotes, {\"$numberLong\": \"...\"} or an integer, in milliseconds", place);
}

ObjectId oid_of(dom::element operand, const Place& place) {
    std::string_view text;
    if (operand.get(text) != simdjson::SUCCESS) refuse_operand("$oid", "24 hexadecimal digits in quotes", place);
    return with_place("$oid", place, [&] { return ObjectId::from_hex(text); });
}

Bytes binary_of(dom::element base64, dom::element subtype, const Place& place) {
    std::string_view text;
    std::string_view type;
    if (base64.get(text) != simdjson::SUCCESS || subtype.get(type) != simdjson::SUCCESS) {
        refuse_operand("$binary", "base64 and subtype in quotes", place);
    }
    unsigned number = 0;
    const auto [end, error] = std::from_chars(type.data(), type.data() + type.size(), number, 16);
    if (type.empty() || type.size() > 2 || error != std::errc() || end != type.data() + type.size()) {
        refuse_operand("$binary", "a subtype of two hexadecimal digits", place);
    }
    if (number != 0) {
        place.refuse(Code::unsupported, "binary subtype " + std::string(type) + " is not supported yet, only 00");
    }
    std::optional<Bytes> bytes = decode_base64(text);
    if (!bytes) refuse_operand("$binary", "base64 with padding and without white space", place);
    return *std::move(bytes);
}

// {"$binary": {"base64": "...", "subType": "00"}}
Bytes binary_of(dom::element operand, const Place& place) {
    dom::object members;
    dom::element base64;
    dom::element subtype;
    if (operand.get(members) != simdjson::SUCCESS || members.size() != 2 ||
        members["base64"].get(base64) != simdjson::SUCCESS || members["subType"].get(subtype) != simdjson::SUCCESS) {
        refuse_operand("$binary", "{\"base64\": \"...\", \"subType\": \"00\"}", place);
    }
    return binary_of(base64, subtype, place);
}

// A second key that belongs to the wrapper: {"$binary": "...", "$type": "00"}, {"$code": "...", "$scope": {}}.
bool is_partner(Wrapper wrapper, std::string_view key) {
    return (wrapper == Wrapper::binary && key == "$type") || (wrapper == Wrapper::code && key == "$scope");
}

}  // namespace

void write_wrapped(Encoder& out, Wrapper wrapper, dom::object object, const Place& place) {
    auto member = object.begin();
    const std::string_view key = member.key();
    const dom::element operand = member.value();
    const bool has_partner = object.size() == 2 && is_partner(wrapper, (++member).key());
    if (object.size() != 1 && !has_partner) {
        place.refuse(Code::invalid_document, "an object that begins with " + std::string(key) +
                                                 " is Extended JSON and may not have further keys");
    }
    if (!is_held(wrapper)) {
        place.refuse(Code::unsupported, "the type that " + std::string(key) + " stands for is not supported yet");
    }
    switch (wrapper) {
        case Wrapper::number_int:
            return out.integer(
                std::int64_t{integer_of<std::int32_t>(operand, key, "an integer of 32 bits in quotes", place)});
        case Wrapper::number_long:
            return out.integer(Integer{long_of(operand, key, place), true});
        case Wrapper::number_double:
            return out.number(double_of(operand, place));
        case Wrapper::date:
            return out.datetime(date_of(operand, place));
        case Wrapper::oid:
            return out.object_id(oid_of(operand, place));
        case Wrapper::binary:
            return out.bytes(has_partner ? binary_of(operand, member.value(), place) : binary_of(operand, place));
        default:
            place.refuse(Code::internal, "a wrapper without a reader: " + std::string(key));
    }
}

}  // namespace sheaf
