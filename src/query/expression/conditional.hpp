// The operators that decide which of their operands are evaluated: $and, $or, $cond, $ifNull, $switch.
// Threads: constant data.
#pragma once

#include <span>

#include "query/expression/operators.hpp"

namespace sheaf::query {

std::span<const Form> conditional_forms();

}  // namespace sheaf::query
