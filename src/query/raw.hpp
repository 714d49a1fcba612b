// Short cuts over encoded bytes for the inner loop of a scan: what View does, inlined, for the common cases. Everything
// is bounded by the buffer's end, and damaged bytes throw `corrupt`, as in View.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include <sheaf/view.hpp>

#include "document/head.hpp"

namespace sheaf::query::raw {

// The size of an item by its first byte: of small and fixed-width scalars and short strings; 0 for all others.
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

inline const char* skip(const char* p, const char* end) {
    if (p < end) {
        const std::size_t size = item_sizes[static_cast<unsigned char>(*p)];
        if (size != 0 && size <= left(p, end)) return p + size;
    }
    return sheaf::skip(p, end);
}

// object[key]; missing when there is none or this is not an object.
inline View find(View object, std::string_view key) {
    const char* p = object.data();
    const char* end = object.limit();
    if (p == nullptr) return {};
    const Head head = read_head(p, end);
    if (head.major != Major::map) return {};
    p = head.next;
    for (std::uint64_t n = head.argument; n > 0; --n) {
        const std::string_view candidate = read_key(p, end);
        p = candidate.data() + candidate.size();
        if (candidate.size() == key.size() && std::memcmp(candidate.data(), key.data(), key.size()) == 0) {
            return View(p, end);
        }
        p = skip(p, end);
    }
    return {};
}

// Of an integer that is not marked as long.
inline std::optional<std::int64_t> integer(View value) {
    const Head head = read_head(value.data(), value.limit());
    if (head.major > Major::negative_integer || head.argument > static_cast<std::uint64_t>(INT64_MAX))
        return std::nullopt;
    const auto magnitude = static_cast<std::int64_t>(head.argument);
    return head.major == Major::unsigned_integer ? magnitude : ~magnitude;
}

inline std::optional<double> floating(View value) {
    const Head head = read_head(value.data(), value.limit());
    if (head.major != Major::simple || head.info < 25) return std::nullopt;
    return decode_float(head);
}

inline std::optional<std::string_view> text(View value) {
    const Head head = read_head(value.data(), value.limit());
    if (head.major != Major::text) return std::nullopt;
    return content(head, value.limit());
}

inline bool is_array(View value) {
    return value && static_cast<Major>(static_cast<unsigned char>(*value.data()) >> 5) == Major::array;
}

}  // namespace sheaf::query::raw
