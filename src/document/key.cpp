#include "document/key.hpp"

#include <bit>
#include <cmath>
#include <string>

#include <sheaf/error.hpp>

#include "document/head.hpp"

namespace sheaf {

namespace {

void append_big_endian(Bytes& out, std::uint64_t value, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

// Bits whose unsigned order is the order of the doubles. NaN is all zero, which no other double reaches.
std::uint64_t ordered_bits(double value) {
    if (std::isnan(value)) return 0;
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
    return (bits >> 63) != 0 ? ~bits : bits | std::uint64_t{1} << 63;
}

// From here on not every integer is a double, so that the key carries what is above the double below.
constexpr double exact_limit = 9007199254740992.0;  // 2^53

void append_number(Bytes& out, double floor, std::uint64_t above) {
    append_big_endian(out, ordered_bits(floor), 8);
    if (std::fabs(floor) >= exact_limit && std::isfinite(floor)) append_big_endian(out, above, 2);
}

void append_integer(Bytes& out, std::int64_t value) {
    auto floor = static_cast<double>(value);
    if (floor >= 9223372036854775808.0 || static_cast<std::int64_t>(floor) > value)
        floor = std::nextafter(floor, -INFINITY);
    const auto above = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(static_cast<std::int64_t>(floor));
    append_number(out, floor, above);
}

void append_text(Bytes& out, std::string_view text) {
    for (std::size_t nul = text.find('\0'); nul != std::string_view::npos; nul = text.find('\0')) {
        out.append(text.substr(0, nul + 1)).push_back(static_cast<char>(0xFF));
        text.remove_prefix(nul + 1);
    }
    out.append(text).push_back('\0');
}

}  // namespace

unsigned char key_tag_of(Type type) {
    switch (type) {
        case Type::missing:
            return key_tag::missing;
        case Type::null:
            return key_tag::null;
        case Type::integer:
        case Type::number:
            return key_tag::number;
        case Type::string:
            return key_tag::string;
        case Type::object:
            return key_tag::object;
        case Type::array:
            return key_tag::array;
        case Type::bytes:
            return key_tag::bytes;
        case Type::object_id:
            return key_tag::object_id;
        case Type::boolean:
            return key_tag::boolean;
        case Type::datetime:
            return key_tag::datetime;
    }
    return key_tag::missing;
}

namespace {

void append(Bytes& out, View value, int depth);

void append_content(Bytes& out, View value, Type type, int depth) {
    switch (type) {
        case Type::missing:
        case Type::null:
            return;
        case Type::integer:
            return append_integer(out, value.integer());
        case Type::number:
            return append_number(out, value.number(), 0);
        case Type::string:
            return append_text(out, value.string());
        case Type::object:
            // Type, key, value: the order in which compare() looks at a member.
            for (const auto& [key, member] : value.members()) {
                const Type member_type = member.type();
                out.push_back(static_cast<char>(key_tag_of(member_type)));
                append_text(out, key);
                out.push_back('\1');  // keeps the closing 00 apart from content that begins with FF
                append_content(out, member, member_type, depth + 1);
            }
            out.push_back(static_cast<char>(key_tag::end));
            return;
        case Type::array:
            for (const View element : value.elements()) append(out, element, depth + 1);
            out.push_back(static_cast<char>(key_tag::end));
            return;
        case Type::bytes:
            append_big_endian(out, value.bytes().size(), 4);
            out.push_back('\0');  // the subtype's place
            out.append(value.bytes());
            return;
        case Type::object_id: {
            const ObjectId id = value.object_id();
            out.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
            return;
        }
        case Type::boolean:
            out.push_back(value.boolean() ? '\1' : '\0');
            return;
        case Type::datetime:
            append_big_endian(out, static_cast<std::uint64_t>(value.datetime().ms) ^ std::uint64_t{1} << 63, 8);
            return;
    }
}

void append(Bytes& out, View value, int depth) {
    if (depth > max_stored_depth) throw_corrupt("nesting without end");
    const Type type = value.type();
    out.push_back(static_cast<char>(key_tag_of(type)));
    append_content(out, value, type, depth);
}

}  // namespace

void append_key(Bytes& out, View value) {
    append(out, value, 0);
}

void append_directed_key(Bytes& out, View value, bool descending) {
    const std::size_t begin = out.size();
    append_key(out, value);
    if (descending) invert_key(out, begin);
}

void invert_key(Bytes& out, std::size_t begin) {
    for (std::size_t at = begin; at < out.size(); ++at) out[at] = static_cast<char>(~out[at]);
    out.push_back(static_cast<char>(key_tag::closing));
}

Bytes encode_key(View value) {
    Bytes out;
    append_key(out, value);
    return out;
}

Bytes encode_id(View id, const Limits& limits) {
    const Type type = id.type();
    if (type == Type::missing || type == Type::array || type == Type::object) {
        throw Error(Code::invalid_id, "_id must be a scalar, not " + std::string(name(type)), {.path = "_id"});
    }
    Bytes key = encode_key(id);
    if (key.size() > limits.id_bytes) {
        throw Error(Code::invalid_id, "_id is longer than " + std::to_string(limits.id_bytes) + " bytes as a key",
                    {.path = "_id"});
    }
    return key;
}

bool is_string_key(BytesView key) {
    return !key.empty() && static_cast<unsigned char>(key.front()) == key_tag::string;
}

std::string decode_string_key(BytesView key) {
    std::string text;
    text.reserve(key.size());
    for (std::size_t i = 1; i + 1 < key.size(); ++i) {
        text.push_back(key[i]);
        if (key[i] == '\0') ++i;  // its FF
    }
    return text;
}

Bytes encode_string_key(std::string_view text) {
    Bytes out;
    out.reserve(text.size() + 2);
    out.push_back(static_cast<char>(key_tag::string));
    append_text(out, text);
    return out;
}

}  // namespace sheaf
