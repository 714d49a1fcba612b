#include "document/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace sheaf {

namespace {

// Length of the sequence that starts at p, or 0 when it is not valid.
std::size_t sequence_length(const unsigned char* p, std::size_t left) {
    const auto continues = [&](std::size_t i, unsigned char low = 0x80, unsigned char high = 0xBF) {
        return i < left && p[i] >= low && p[i] <= high;
    };
    if (p[0] < 0x80) return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) return continues(1) ? 2 : 0;
    if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        const unsigned char low = p[0] == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
        const unsigned char high = p[0] == 0xED ? 0x9F : 0xBF;  // no surrogates
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        const unsigned char low = p[0] == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = p[0] == 0xF4 ? 0x8F : 0xBF;  // nothing above U+10FFFF
        return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

std::size_t utf8_error_offset(std::string_view text) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t i = 0;
    while (i < text.size()) {
        if (text.size() - i >= 8) {  // most text is ASCII: eight bytes at a time
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + i, 8);
            if ((word & 0x8080808080808080U) == 0) {
                i += 8;
                continue;
            }
        }
        const std::size_t length = sequence_length(bytes + i, text.size() - i);
        if (length == 0) return i;
        i += length;
    }
    return i;
}

bool is_utf8(std::string_view text) {
    return utf8_error_offset(text) == text.size();
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

}  // namespace sheaf
