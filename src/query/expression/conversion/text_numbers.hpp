// Numbers from text, as $convert reads them: the whole text, without white space.
//
// Threads: free functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sheaf::query {

// Decimal digits with an optional sign. Nothing for other text and for what 64 bits cannot hold.
std::optional<std::int64_t> integer_from_text(std::string_view text);
// "1.5e3", "+.5", "-Infinity", "NaN", and hexadecimal as "+0x1.8p1" or "0X1". Nothing for other text and for what is
// too large or too small for a double.
std::optional<double> double_from_text(std::string_view text);
// Whether it is a number that a decimal128 could hold.
bool is_decimal_text(std::string_view text);

}  // namespace sheaf::query
