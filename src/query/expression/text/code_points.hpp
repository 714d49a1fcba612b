// Code points: positions in UTF-8 text, as the ...CP operators count them. REQUIRES everywhere: the text is UTF-8.
//
// Threads: free functions. All are linear in the part of the text that they pass.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sheaf::query {

// A byte that goes on with a code point instead of beginning one.
inline bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

inline std::size_t count_code_points(std::string_view text) {
    return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

// The offset of the code point after the one at `offset`.
inline std::size_t next_code_point(std::string_view text, std::size_t offset) {
    do ++offset;
    while (offset < text.size() && is_continuation(text[offset]));
    return offset;
}

// The offset of the code point with number `count`, counted from `offset`; text.size() when there are fewer.
inline std::size_t advance_code_points(std::string_view text, std::size_t offset, std::size_t count) {
    for (; count > 0 && offset < text.size(); --count) offset = next_code_point(text, offset);
    return offset;
}

}  // namespace sheaf::query
