#include "document/encoder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include <sheaf/error.hpp>

#include "document/extended_json.hpp"
#include "document/utf8.hpp"

namespace sheaf {

namespace {

// The half-precision bits of a float that a half represents exactly.
bool to_half(float value, std::uint16_t& half) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = bits >> 16 & 0x8000;
    const int exponent = static_cast<int>(bits >> 23 & 255) - 127;
    const std::uint32_t mantissa = bits & 0x7FFFFF;
    std::uint32_t result = 0;
    if (exponent == 128) {  // infinity; NaN has been dealt with
        result = 0x7C00;
    } else if (exponent >= -14 && exponent <= 15 && (mantissa & 0x1FFF) == 0) {
        result = static_cast<std::uint32_t>(exponent + 15) << 10 | mantissa >> 13;
    } else if (exponent >= -24 && exponent < -14) {  // a subnormal half
        const std::uint32_t full = mantissa | 0x800000;
        const int shift = -exponent - 1;  // 14 .. 23
        if ((full & ((1U << shift) - 1)) != 0) return false;
        result = full >> shift;
    } else if (exponent != -127 || mantissa != 0) {  // anything but zero
        return false;
    }
    half = static_cast<std::uint16_t>(sign | result);
    return true;
}

}  // namespace

void Encoder::head_of_width(Major major, std::uint8_t info, std::uint64_t argument) {
    char buffer[9];
    buffer[0] = static_cast<char>(static_cast<unsigned>(major) << 5 | info);
    const std::size_t width = std::size_t{1} << (info - 24);
    for (std::size_t i = 0; i < width; ++i) buffer[1 + i] = static_cast<char>(argument >> (8 * (width - 1 - i)));
    out_.append(buffer, width + 1);
}

void Encoder::long_head(Major major, std::uint64_t argument) {
    const std::uint8_t info = argument <= 0xFF ? 24 : argument <= 0xFFFF ? 25 : argument <= 0xFFFFFFFF ? 26 : 27;
    head_of_width(major, info, argument);
}

void Encoder::integer(Integer value) {
    if (value.marked_long && value.value == static_cast<std::int32_t>(value.value)) {
        head(Major::tag, tag::long_integer);
    }
    integer(value.value);
}

void Encoder::number(double value) {
    if (std::isnan(value)) return head_of_width(Major::simple, 25, 0x7E00);
    const auto single = static_cast<float>(value);
    if (static_cast<double>(single) != value) {
        return head_of_width(Major::simple, 27, std::bit_cast<std::uint64_t>(value));
    }
    std::uint16_t half = 0;
    if (to_half(single, half)) return head_of_width(Major::simple, 25, half);
    head_of_width(Major::simple, 26, std::bit_cast<std::uint32_t>(single));
}

void Encoder::datetime(DateTime time) {
    head(Major::tag, tag::datetime);
    integer(time.ms);
}

void Encoder::object_id(const ObjectId& id) {
    head(Major::tag, tag::object_id);
    bytes(BytesView(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()));
}

void Encoder::value(const Value& value) {
    switch (value.type()) {
        case Type::missing:
        case Type::null:
            return null();
        case Type::integer:
            return integer(value.as_integer());
        case Type::number:
            return number(value.as_number());
        case Type::string:
            return string(value.as_string());
        case Type::object:
            return object(value.as_object());
        case Type::array:
            begin_array(value.as_array().size());
            for (const Value& element : value.as_array()) this->value(element);
            return;
        case Type::bytes:
            return bytes(value.as_binary().bytes);
        case Type::object_id:
            return object_id(value.as_object_id());
        case Type::boolean:
            return boolean(value.as_boolean());
        case Type::datetime:
            return datetime(value.as_datetime());
    }
}

void Encoder::object(const Object& object) {
    begin_object(object.size());
    for (const Member& member : object) {
        key(member.key);
        value(member.value);
    }
}

Bytes encode(const Value& value) {
    Bytes out;
    Encoder(out).value(value);
    return out;
}

namespace {

[[noreturn]] void refuse(Code code, const std::string& what, const std::string& path) {
    throw Error(code, what + (path.empty() ? "" : " at " + path), {.path = path});
}

void check_keys(const Object& object, const std::string& path) {
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const Member& member : object) {
        if (!is_utf8(member.key)) refuse(Code::invalid_document, "a key is not valid UTF-8", path);
        keys.push_back(member.key);
    }
    std::sort(keys.begin(), keys.end());
    const auto twin = std::adjacent_find(keys.begin(), keys.end());
    if (twin != keys.end()) refuse(Code::duplicate_field, "the key \"" + std::string(*twin) + "\" stands twice", path);
    if (!object.empty() && wrapper_of(object.begin()->key)) {
        refuse(Code::invalid_document,
               "an object that begins with \"" + object.begin()->key + "\" would be read back as Extended JSON", path);
    }
}

void check(const Value& value, const Limits& limits, std::size_t depth, std::string& path) {
    if (value.type() == Type::string && !is_utf8(value.as_string())) {
        refuse(Code::invalid_document, "a string is not valid UTF-8", path);
    }
    if (!value.is_array() && !value.is_object()) return;
    if (depth >= limits.depth) {
        refuse(Code::limit_exceeded, "nested deeper than " + std::to_string(limits.depth) + " levels", path);
    }
    const std::size_t length = path.size();
    const auto check_child = [&](std::string_view part, const Value& child) {
        if (!path.empty()) path += '.';
        path += part;
        check(child, limits, depth + 1, path);
        path.resize(length);
    };
    if (value.is_object()) {
        check_keys(value.as_object(), path);
        for (const Member& member : value.as_object()) check_child(member.key, member.value);
    } else {
        std::size_t index = 0;
        for (const Value& element : value.as_array()) check_child(std::to_string(index++), element);
    }
}

}  // namespace

void check_value(const Value& value, const Limits& limits) {
    std::string path;
    check(value, limits, 0, path);
}

}  // namespace sheaf
