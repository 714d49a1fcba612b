// Text for terminals: escaping, width in columns, cutting.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sheaf::cli {

// One code point of UTF-8; the replacement character for a byte that begins none.
struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 0;
};
CodePoint first_code_point(std::string_view text);  // of a text that is not empty

// Control characters, and those that turn the direction of writing, become escapes, so that data cannot steer the
// terminal. `keep_newlines` leaves \n alone.
std::string escape_controls(std::string_view text, bool keep_newlines = false);

// Terminal columns: wide characters (CJK, emoji) take two, combining marks none. An approximation, without a locale.
std::size_t display_width(std::string_view text);
// At most `width` columns; what is cut off is shown as "...".
std::string cut_to_width(std::string_view text, std::size_t width);

// To standard error, control characters escaped; "sheaf: " is put before it.
void message(std::string_view text);

}  // namespace sheaf::cli
