// UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace sheaf {

bool is_utf8(std::string_view text);
// Offset of the first byte that does not belong; text.size() when all is well.
std::size_t utf8_error_offset(std::string_view text);

// As much of valid text as fits into `bytes` without cutting a character, for messages.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

}  // namespace sheaf
