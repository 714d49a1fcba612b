// Conversions from and to bytes (MongoDB's binData), by $convert's format, byteOrder and subtype.
#include <algorithm>
#include <bit>
#include <string>

#include "document/base64.hpp"
#include "document/utf8.hpp"
#include "query/expression/conversion/conversion.hpp"
#include "query/expression/numbers/integers.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr std::int64_t uuid_subtype = 4;

enum class Format { automatic, base64, base64url, utf8, hex, uuid };
constexpr std::string_view format_names[] = {"auto", "base64", "base64url", "utf8", "hex", "uuid"};

Format read_format(const Conversion& conversion) {
    const View format = conversion.format;
    if (is_nullish(format)) fail_expression(4341115, conversion.op, "between strings and binData needs a format");
    if (format.type() != Type::string) {
        fail_expression(4341114, conversion.op, "takes a string as format, not " + describe(format));
    }
    const auto* const found = std::find(std::begin(format_names), std::end(format_names), format.string());
    if (found == std::end(format_names)) fail_expression(4341125, conversion.op, "knows no format " + describe(format));
    return static_cast<Format>(found - std::begin(format_names));
}

bool is_big_endian(const Conversion& conversion) {
    const View order = conversion.byte_order;
    if (is_nullish(order)) return false;
    if (order.type() != Type::string) {
        fail_expression(9130001, conversion.op, "takes a string as byteOrder, not " + describe(order));
    }
    const std::string_view name = order.string();
    if (name != "big" && name != "little") {
        fail_expression(9130002, conversion.op, "takes \"big\" or \"little\" as byteOrder, not " + describe(order));
    }
    return name == "big";
}

std::int64_t read_subtype(const Conversion& conversion) {
    const View subtype = conversion.subtype;
    if (is_nullish(subtype)) return 0;
    const std::string what = "takes an integer as binData's subtype, not " + describe(subtype);
    if (!subtype.is_number()) fail_expression(4341108, conversion.op, what);
    if (!is_integral(subtype)) fail_expression(4341106, conversion.op, what);
    const std::int64_t number = integral_value(subtype);
    const bool known = (number >= 0 && number <= 9) || (number >= 128 && number <= 255);
    if (!known) fail_expression(4341107, conversion.op, "knows no subtype " + std::to_string(number));
    return number;
}

int hex_digit(char c) {
    const std::size_t value =
        std::string_view("0123456789abcdef").find(static_cast<char>(c >= 'A' && c <= 'F' ? c | ' ' : c));
    return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

std::optional<Bytes> decode_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

std::string encode_hex(BytesView bytes) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte / 16];
        text += digits[byte % 16];
    }
    return text;
}

// base64url is base64 with two other digits and without padding.
std::optional<Bytes> decode_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
    std::string standard(text);
    std::replace(standard.begin(), standard.end(), '-', '+');
    std::replace(standard.begin(), standard.end(), '_', '/');
    standard.append((4 - standard.size() % 4) % 4, '=');
    return decode_base64(standard);
}

std::string encode_base64url(BytesView bytes) {
    std::string text;
    append_base64(text, bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::find(text.begin(), text.end(), '='), text.end());
    return text;
}

// 8-4-4-4-12 digits.
std::optional<Bytes> decode_uuid(std::string_view text) {
    constexpr std::size_t dashes[] = {8, 13, 18, 23};
    if (text.size() != 36) return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = std::find(std::begin(dashes), std::end(dashes), i) != std::end(dashes);
        if (dash != (text[i] == '-')) return std::nullopt;
        if (!dash) digits += text[i];
    }
    return decode_hex(digits);
}

std::optional<Bytes> decode(std::string_view text, Format format) {
    switch (format) {
        case Format::base64:
            return decode_base64(text);
        case Format::base64url:
            return decode_base64url(text);
        case Format::utf8:
            return Bytes(text);
        case Format::hex:
            return decode_hex(text);
        case Format::automatic:
        case Format::uuid:
            return decode_uuid(text);
    }
    return std::nullopt;
}

Bytes decode_string(const Conversion& conversion, std::int64_t subtype) {
    const Format format = read_format(conversion);
    const bool is_uuid = format == Format::uuid || format == Format::automatic;
    if (is_uuid != (subtype == uuid_subtype)) fail_conversion(conversion, "format and subtype do not fit each other");
    std::optional<Bytes> bytes = decode(conversion.input.string(), format);
    if (!bytes) fail_conversion(conversion, "it does not have the format " + describe(conversion.format));
    return std::move(*bytes);
}

Bytes encode_integer(std::uint64_t value, std::size_t size, bool big_endian) {
    Bytes bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * (big_endian ? size - 1 - i : i)));
    return bytes;
}

std::uint64_t decode_integer(BytesView bytes, bool big_endian) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        value = value << 8 | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
    }
    return value;
}

Bytes encode_number(const Conversion& conversion) {
    const View input = conversion.input;
    const bool big_endian = is_big_endian(conversion);
    if (input.type() == Type::number) {
        return encode_integer(std::bit_cast<std::uint64_t>(input.number()), sizeof(double), big_endian);
    }
    const std::size_t size = input.is_long() ? sizeof(std::int64_t) : sizeof(std::int32_t);
    return encode_integer(static_cast<std::uint64_t>(input.integer()), size, big_endian);
}

[[noreturn]] void fail_size(const Conversion& conversion) {
    fail_conversion(conversion, "its size is that of no such number");
}

}  // namespace

View convert_to_bytes(const Conversion& conversion) {
    const View input = conversion.input;
    const std::int64_t subtype = read_subtype(conversion);
    Bytes bytes;
    switch (input.type()) {
        case Type::bytes:
            if (subtype != 0) fail_conversion(conversion, "it has another subtype");
            return input;
        case Type::string:
            bytes = decode_string(conversion, subtype);
            break;
        case Type::integer:
        case Type::number:
            bytes = encode_number(conversion);
            break;
        default:
            fail_conversion(conversion, "there is no such conversion");
    }
    if (subtype != 0) {
        fail(Code::unsupported, "binData's subtype " + std::to_string(subtype) + " is not supported", {},
             conversion.op);
    }
    return conversion.scratch.value(Binary{std::move(bytes)});
}

View convert_bytes_to_string(const Conversion& conversion) {
    const BytesView bytes = conversion.input.bytes();
    std::string text;
    switch (read_format(conversion)) {
        case Format::automatic:
        case Format::base64:
            append_base64(text, bytes);
            break;
        case Format::base64url:
            text = encode_base64url(bytes);
            break;
        case Format::utf8:
            if (!is_utf8(bytes)) fail_conversion(conversion, "it is not UTF-8");
            text = bytes;
            break;
        case Format::hex:
            text = encode_hex(bytes);
            break;
        case Format::uuid:
            fail_conversion(conversion, "its subtype is not that of a UUID");
    }
    return conversion.scratch.string(text);
}

std::int64_t convert_bytes_to_integer(const Conversion& conversion, std::size_t largest) {
    const BytesView bytes = conversion.input.bytes();
    if (!std::has_single_bit(bytes.size()) || bytes.size() > largest) fail_size(conversion);
    const auto unused = static_cast<int>(64 - 8 * bytes.size());
    const std::uint64_t value = decode_integer(bytes, is_big_endian(conversion));
    return static_cast<std::int64_t>(value << unused) >> unused;  // the sign goes on
}

double convert_bytes_to_double(const Conversion& conversion) {
    const BytesView bytes = conversion.input.bytes();
    const std::uint64_t bits = bytes.size() > 8 ? 0 : decode_integer(bytes, is_big_endian(conversion));
    if (bytes.size() == sizeof(double)) return std::bit_cast<double>(bits);
    if (bytes.size() == sizeof(float))
        return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    fail_size(conversion);
}

}  // namespace sheaf::query
