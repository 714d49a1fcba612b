// How deeply a value nests, and whether a document fits the limits of the store that it is going to.
#pragma once

#include <cstddef>

#include <sheaf/limits.hpp>
#include <sheaf/view.hpp>

namespace sheaf {

// 0 for a scalar, 1 for an array or object of scalars, and so on.
std::size_t depth_of(View value);

// Throws limit_exceeded. For documents that were made under other limits, or changed.
void require_within(std::size_t bytes, std::size_t depth, const Limits& limits);

}  // namespace sheaf
