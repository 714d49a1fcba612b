// Trimming: the white space that MongoDB takes off, and $trim, $ltrim and $rtrim.
//
// Threads: free functions.
#pragma once

#include <string_view>

namespace sheaf::query {

enum class Sides { both, left, right };

// Without the characters at the sides that are white space: the ASCII ones, NUL, U+00A0, U+1680, U+2000 to U+200A.
std::string_view trim(std::string_view text, Sides sides);
// Without those that are among the code points of `characters`.
std::string_view trim(std::string_view text, std::string_view characters, Sides sides);

}  // namespace sheaf::query
