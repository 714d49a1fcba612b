// The head of a CBOR item: the one place that turns bytes into major type and argument, for code that walks stored
// bytes.
//
// Stored bytes are deterministic CBOR, but may be damaged: every read is bounded by `end`, and what sheaf never writes
// (indefinite lengths, reserved forms) throws `corrupt`. CBOR from outside is read by cbor::Reader instead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "document/encoder.hpp"

namespace sheaf {

// Nesting that no valid document reaches; bounds the recursion over damaged bytes.
inline constexpr int max_stored_depth = 1000;

[[noreturn]] void throw_corrupt(const char* what);

struct Head {
    Major major;
    std::uint8_t info;  // the low five bits of the first byte
    std::uint64_t argument;
    const char* next;  // what follows the head
};

inline std::uint64_t load_big_endian(const char* p, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(p[i]);
    return value;
}

Head read_long_head(const char* p, const char* end);

inline Head read_head(const char* p, const char* end) {
    if (p >= end) throw_corrupt("a value ends early");
    const auto first = static_cast<unsigned char>(*p);
    const auto info = static_cast<std::uint8_t>(first & 31);
    if (info >= 24) return read_long_head(p, end);
    return {static_cast<Major>(first >> 5), info, info, p + 1};
}

inline std::size_t left(const char* p, const char* end) {
    return static_cast<std::size_t>(end - p);
}

// The bytes of a text or byte string whose head is given.
inline std::string_view content(const Head& head, const char* end) {
    if (head.argument > left(head.next, end)) throw_corrupt("a string ends early");
    return {head.next, static_cast<std::size_t>(head.argument)};
}

inline std::string_view read_key(const char* p, const char* end) {
    const Head head = read_head(p, end);
    if (head.major != Major::text) throw_corrupt("a key is not a string");
    return content(head, end);
}

// The size of an item by its first byte: of fixed-width scalars and short strings; 0 for all others. Most of what a
// scan passes over is one of these.
inline constexpr auto item_sizes = [] {
    std::array<std::uint8_t, 256> sizes{};
    for (std::size_t info = 0; info < 24; ++info) {
        sizes[0x00 + info] = sizes[0x20 + info] = 1;                                    // integers
        sizes[0x40 + info] = sizes[0x60 + info] = static_cast<std::uint8_t>(1 + info);  // bytes, text
    }
    for (std::size_t i = 0; i < 4; ++i) {
        sizes[0x18 + i] = sizes[0x38 + i] = static_cast<std::uint8_t>(1 + (std::size_t{1} << i));  // wider integers
    }
    for (std::size_t i = 1; i < 4; ++i) sizes[0xF8 + i] = sizes[0x18 + i];    // floats
    for (std::size_t first = 0xF4; first <= 0xF6; ++first) sizes[first] = 1;  // false, true, null
    return sizes;
}();

const char* skip_long(const char* p, const char* end);

// The end of the value that begins at p.
inline const char* skip(const char* p, const char* end) {
    if (p < end) {
        const std::size_t size = item_sizes[static_cast<unsigned char>(*p)];
        if (size != 0 && size <= left(p, end)) return p + size;
    }
    return skip_long(p, end);
}

// A float of any width, from the head's argument.
double decode_float(const Head& head);

}  // namespace sheaf
