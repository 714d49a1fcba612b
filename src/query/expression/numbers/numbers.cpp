#include "query/expression/numbers/numbers.hpp"

#include <cmath>

namespace sheaf::query {

namespace {

constexpr double two_to_63 = 9223372036854775808.0;

struct Exact {
    double sum;
    double error;
};

// Knuth's two-sum: a + b = sum + error, without loss.
Exact two_sum(double a, double b) {
    const double sum = a + b;
    const double b_rounded = sum - a;
    return {sum, (a - (sum - b_rounded)) + (b - b_rounded)};
}

}  // namespace

bool is_integral(View number) {
    if (number.type() == Type::integer) return true;
    const double value = number.number();
    return value >= -two_to_63 && value < two_to_63 && value == std::trunc(value);
}

std::int64_t integral_value(View number) {
    return number.type() == Type::integer ? number.integer() : static_cast<std::int64_t>(number.number());
}

void Summation::add(View number) {
    width_ = std::max(width_, query::width(number));
    if (number.type() == Type::integer) return add(number.integer());
    add(number.number());
}

void Summation::add(std::int64_t value) {
    constexpr std::int64_t low_bits = 0xFFFFFFFF;
    const std::int64_t low = value & low_bits;
    if (value != low) add(static_cast<double>(value - low));  // both parts are exact
    add(static_cast<double>(low));
}

void Summation::add(double value) {
    plain_ += value;
    const Exact high = two_sum(sum_, value);
    const Exact both = two_sum(high.sum, rest_ + high.error);
    sum_ = both.sum;
    rest_ = both.error;
}

double Summation::real() const {
    return std::isnan(sum_) ? plain_ : sum_;  // infinities leave no defined error behind
}

bool Summation::fits_int64() const {
    if (std::isnan(sum_) || std::isinf(sum_)) return false;
    if (sum_ == two_to_63) return rest_ < 0;
    if (sum_ == -two_to_63) return rest_ >= 0;
    return std::abs(sum_) < two_to_63;
}

std::int64_t Summation::integer() const {
    constexpr double no_fractions = 4503599627370496.0;  // 2^52: doubles from here on are whole
    if (std::abs(sum_) < no_fractions) return std::llround(sum_);
    if (sum_ == two_to_63) return INT64_MAX + (std::llround(rest_) + 1);
    return static_cast<std::int64_t>(sum_) + std::llround(rest_);
}

View Summation::total(Scratch& scratch) const {
    if (width_ == Width::real || !fits_int64()) return scratch.number(real());
    return make_integer(scratch, integer(), width_);
}

}  // namespace sheaf::query
