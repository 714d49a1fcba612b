#include "text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace sheaf::cli {

namespace {

struct Span {
    char32_t first;
    char32_t last;
};

// The common blocks of UAX #11 (wide) and of marks that take no column; a full table is not worth its size here.
constexpr auto wide = std::to_array<Span>({{0x1100, 0x115F},
                                           {0x2E80, 0x303E},
                                           {0x3041, 0xA4CF},
                                           {0xA960, 0xA97F},
                                           {0xAC00, 0xD7A3},
                                           {0xF900, 0xFAFF},
                                           {0xFE30, 0xFE6F},
                                           {0xFF00, 0xFF60},
                                           {0xFFE0, 0xFFE6},
                                           {0x1F300, 0x1F64F},
                                           {0x1F680, 0x1F6FF},
                                           {0x1F900, 0x1F9FF},
                                           {0x20000, 0x3FFFD}});
constexpr auto zero = std::to_array<Span>({{0x0300, 0x036F},
                                           {0x0483, 0x0489},
                                           {0x0591, 0x05BD},
                                           {0x0610, 0x061A},
                                           {0x064B, 0x065F},
                                           {0x200B, 0x200D},
                                           {0x20D0, 0x20FF},
                                           {0xFE00, 0xFE0F},
                                           {0xFE20, 0xFE2F}});

bool in(const auto& spans, char32_t c) {
    return std::any_of(spans.begin(), spans.end(), [c](Span span) { return c >= span.first && c <= span.last; });
}

std::size_t width_of(char32_t c) {
    if (c < 0x300) return 1;
    if (in(zero, c)) return 0;
    return in(wide, c) ? 2 : 1;
}

bool steers_terminal(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

void append_escaped(std::string& out, char32_t c) {
    switch (c) {
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\r':
            out += "\\r";
            return;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    }
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || length > text.size()) return {0xFFFD, 1};
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {0xFFFD, 1};
        value = (value << 6U) | (byte(i) & 0x3FU);
    }
    return {value, length};
}

std::string escape_controls(std::string_view text, bool keep_newlines) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        if (steers_terminal(point.value) && !(keep_newlines && point.value == '\n')) {
            append_escaped(out, point.value);
        } else if (point.value == 0xFFFD) {
            out.append("\xEF\xBF\xBD");  // also for bytes that are not UTF-8
        } else {
            out.append(text.substr(0, point.bytes));
        }
        text.remove_prefix(point.bytes);
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        width += width_of(point.value);
        text.remove_prefix(point.bytes);
    }
    return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
    if (text.size() <= width || display_width(text) <= width) return std::string(text);
    const std::size_t dots = std::min<std::size_t>(width, 3);
    std::size_t used = 0;
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const CodePoint point = first_code_point(text.substr(bytes));
        if (used + width_of(point.value) > width - dots) break;
        used += width_of(point.value);
        bytes += point.bytes;
    }
    return std::string(text.substr(0, bytes)).append(dots, '.');
}

void message(std::string_view text) {
    const std::string line = "sheaf: " + escape_controls(text, true) + "\n";
    std::string_view left = line;
    while (!left.empty()) {
        const ssize_t n = ::write(STDERR_FILENO, left.data(), left.size());
        if (n <= 0) return;  // there is nowhere left to say it
        left.remove_prefix(static_cast<std::size_t>(n));
    }
}

}  // namespace sheaf::cli
