#include "document/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sheaf {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr unsigned char invalid = 0xFF;

constexpr std::array<unsigned char, 256> make_digits() {
    std::array<unsigned char, 256> digits{};
    digits.fill(invalid);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        digits[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
    }
    return digits;
}

constexpr auto digits = make_digits();

}  // namespace

void append_base64(std::string& out, BytesView bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        char text[4] = {'=', '=', '=', '='};
        for (std::size_t k = 0; k <= count; ++k) text[k] = alphabet[group >> (18 - 6 * k) & 63];
        out.append(text, 4);
    }
}

std::optional<Bytes> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    Bytes out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::size_t count = 4;  // of digits; padding may stand at the very end only
        if (i + 4 == text.size()) {
            while (count > 2 && text[i + count - 1] == '=') --count;
        }
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < count; ++k) {
            const unsigned char digit = digits[static_cast<unsigned char>(text[i + k])];
            if (digit == invalid) return std::nullopt;
            group |= static_cast<std::uint32_t>(digit) << (18 - 6 * k);
        }
        for (std::size_t k = 0; k + 1 < count; ++k) out.push_back(static_cast<char>(group >> (16 - 8 * k)));
        const std::uint32_t beyond = count == 4 ? 0U : group & (count == 3 ? 0xFFU : 0xFFFFU);
        if (beyond != 0) return std::nullopt;
    }
    return out;
}

}  // namespace sheaf
