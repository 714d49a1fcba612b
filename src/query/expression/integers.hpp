// Integers from numbers of either type.
//
// Threads: free functions.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include <sheaf/view.hpp>

namespace sheaf::query {

// Without the fraction; nothing for NaN and what int64 cannot hold.
inline std::optional<std::int64_t> truncated(double number) {
    constexpr double end = 9223372036854775808.0;
    if (!(number >= -end && number < end)) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

// REQUIRES: a number.
inline std::optional<std::int64_t> truncated(View number) {
    return number.type() == Type::integer ? number.integer() : truncated(number.number());
}

// Nothing for fractions. REQUIRES: a number.
inline std::optional<std::int64_t> whole_number(View number) {
    const std::optional<std::int64_t> whole = truncated(number);
    if (number.type() == Type::number && whole && static_cast<double>(*whole) != number.number()) return std::nullopt;
    return whole;
}

inline bool fits_int32(std::int64_t value) {
    return value == static_cast<std::int32_t>(value);
}

}  // namespace sheaf::query
