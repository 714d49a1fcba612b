#include "document/json_number.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

namespace sheaf {

void append_json_number(std::string& out, double value) {
    char buffer[32];
    const double magnitude = std::fabs(value);
    const bool positional = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
    const auto format = positional ? std::chars_format::fixed : std::chars_format::scientific;
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr;
    const std::string_view digits(buffer, static_cast<std::size_t>(end - buffer));
    out.append(digits);
    if (positional && digits.find('.') == std::string_view::npos) out.append(".0", 2);
}

}  // namespace sheaf
