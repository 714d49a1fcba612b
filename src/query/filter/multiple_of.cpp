#include "query/filter/multiple_of.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sheaf::query {

namespace {

// digits * 10^exponent; the sign does not matter to multiples.
struct Decimal {
    std::uint64_t digits = 0;  // below 2^63 + 1
    int exponent = 0;
};

Decimal of_integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return {value < 0 ? ~bits + 1 : bits, 0};
}

constexpr int digits_of_double = 15;

// "1.23456789012345e+67"
Decimal of_double(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), std::fabs(value),
                                   std::chars_format::scientific, digits_of_double - 1)
                         .ptr;
    Decimal decimal;
    const char* p = text.data();
    for (; *p != 'e'; ++p) {
        if (*p != '.') decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(*p - '0');
    }
    ++p;
    if (*p == '+') ++p;
    std::from_chars(p, end, decimal.exponent);
    decimal.exponent -= digits_of_double - 1;
    return decimal;
}

std::optional<Decimal> decimal(View number) {
    if (number.type() == Type::integer) return of_integer(number.integer());
    if (!std::isfinite(number.number())) return std::nullopt;
    return of_double(number.number());
}

// REQUIRES: both below the modulus, which is at most 2^63, so that the sum fits.
std::uint64_t add_modulo(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
    const std::uint64_t sum = a + b;
    return sum >= modulus ? sum - modulus : sum;
}

std::uint64_t times_ten_modulo(std::uint64_t a, std::uint64_t modulus) {
    const std::uint64_t two = add_modulo(a, a, modulus);
    const std::uint64_t five = add_modulo(add_modulo(two, two, modulus), a, modulus);
    return add_modulo(five, five, modulus);
}

}  // namespace

bool is_multiple_of(View number, View divisor) {
    const std::optional<Decimal> dividend = decimal(number);
    std::optional<Decimal> unit = decimal(divisor);
    if (!dividend || !unit || unit->digits == 0) return false;
    if (dividend->digits == 0) return true;
    for (; dividend->exponent < unit->exponent; --unit->exponent) {
        if (unit->digits > dividend->digits / 10) return false;  // the divisor is the larger of the two
        unit->digits *= 10;
    }
    std::uint64_t rest = dividend->digits % unit->digits;
    for (int i = unit->exponent; i < dividend->exponent && rest != 0; ++i) rest = times_ten_modulo(rest, unit->digits);
    return rest == 0;
}

}  // namespace sheaf::query
