// MongoDB's numbers in the expression language: int, long and double, how they widen, and sums without rounding errors.
//
// Threads: like int.
//
//     Summation sum;
//     for (View value : values) sum.add(value);  // numbers only
//     View total = sum.total(scratch);           // int + long is a long, long beyond 64 bits a double
#pragma once

#include <algorithm>
#include <cstdint>

#include "query/expression/scratch.hpp"

namespace sheaf::query {

enum class Width { int32, int64, real };  // in the order in which they widen

inline Width width(View number) {
    if (number.type() == Type::number) return Width::real;
    return number.is_long() ? Width::int64 : Width::int32;
}
inline Width wider(View a, View b) {
    return std::max(width(a), width(b));
}

// An int that does not fit 32 bits becomes a long.
inline View make_integer(Scratch& scratch, std::int64_t value, Width width) {
    return scratch.integer(Integer{value, width == Width::int64});
}

// Whether a number is a whole one that fits 64 bits.
bool is_integral(View number);
// REQUIRES: is_integral(number)
std::int64_t integral_value(View number);

// The sum of integers and doubles in twice a double's precision: integers are exact, the rounding errors of doubles are
// carried along.
class Summation {
public:
    void add(View number);
    void add(std::int64_t value);
    void add(double value);

    Width width() const { return width_; }
    double real() const;
    bool fits_int64() const;
    std::int64_t integer() const;  // rounded; REQUIRES: fits_int64()
    View total(Scratch& scratch) const;

private:
    double sum_ = 0;
    double rest_ = 0;   // what `sum_` lacks
    double plain_ = 0;  // the sum as it is usually formed, for infinities
    Width width_ = Width::int32;
};

}  // namespace sheaf::query
