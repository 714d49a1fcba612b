// Integers from numbers that are none. For whole numbers see numbers.hpp.
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

inline bool fits_int32(std::int64_t value) {
    return value == static_cast<std::int32_t>(value);
}

}  // namespace sheaf::query
