#include "query/expression/conversion/text_numbers.hpp"

#include <charconv>
#include <system_error>

namespace sheaf::query {

namespace {

// std::from_chars takes a minus sign but no plus.
std::string_view without_plus(std::string_view text) {
    const bool signed_twice = text.size() > 1 && (text[1] == '-' || text[1] == '+');
    return text.starts_with('+') && !signed_twice ? text.substr(1) : text;
}

template <typename Number, typename... Format>
std::optional<Number> whole_text(std::string_view text, Format... format) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number, format...);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

std::optional<double> hexadecimal(std::string_view digits, bool negative) {
    constexpr std::string_view first = ".0123456789abcdefABCDEF";
    if (digits.empty() || first.find(digits.front()) == std::string_view::npos) return std::nullopt;  // not "-1", "inf"
    const std::optional<double> magnitude = whole_text<double>(digits, std::chars_format::hex);
    return magnitude && negative ? -*magnitude : magnitude;
}

std::size_t count_digits(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    return end == std::string_view::npos ? text.size() : end;
}

}  // namespace

std::optional<std::int64_t> integer_from_text(std::string_view text) {
    return whole_text<std::int64_t>(without_plus(text));
}

std::optional<double> double_from_text(std::string_view text) {
    if (text.starts_with("0x")) return std::nullopt;  // MongoDB refuses this one form of hexadecimal
    const bool negative = text.starts_with('-');
    const std::string_view magnitude = text.substr(negative || text.starts_with('+') ? 1 : 0);
    if (magnitude.starts_with("0x") || magnitude.starts_with("0X")) return hexadecimal(magnitude.substr(2), negative);
    return whole_text<double>(without_plus(text), std::chars_format::general);
}

bool is_decimal_text(std::string_view text) {
    constexpr std::int64_t largest_exponent = 6144;
    constexpr std::int64_t smallest_exponent = -6176;
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (!text.empty() && (text.front() | ' ') >= 'i') return double_from_text(text).has_value();  // NaN and Infinity
    const std::size_t whole = count_digits(text);
    text.remove_prefix(whole);
    std::size_t fraction = 0;
    if (text.starts_with('.')) {
        fraction = count_digits(text.substr(1));
        text.remove_prefix(1 + fraction);
    }
    if (whole + fraction == 0) return false;
    if (text.empty()) return true;
    if ((text.front() | ' ') != 'e') return false;
    const std::optional<std::int64_t> exponent = integer_from_text(text.substr(1));
    return exponent && *exponent <= largest_exponent && *exponent >= smallest_exponent;
}

}  // namespace sheaf::query
