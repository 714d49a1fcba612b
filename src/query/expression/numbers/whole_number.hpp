// The 32-bit integers that operators take as positions and counts.
// Threads: a free function.
#pragma once

#include <cstdint>
#include <optional>

#include "query/expression/numbers/integers.hpp"
#include "query/expression/numbers/numbers.hpp"

namespace sheaf::query {

// From any number that equals one; none for other numbers and other types.
inline std::optional<std::int32_t> whole_number(View value) {
    if (!value.is_number() || !is_integral(value) || !fits_int32(integral_value(value))) return std::nullopt;
    return static_cast<std::int32_t>(integral_value(value));
}

}  // namespace sheaf::query
