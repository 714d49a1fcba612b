// A second, simple-minded matcher over trees of values, written without a look at the real one, so that a mistake that
// all backends share shows. It knows $eq $ne $gt $gte $lt $lte $in $nin $exists $not $and $or $nor and implicit
// equality, on documents without arrays.
//
// Threads: free functions.
#pragma once

#include <sheaf/value.hpp>

namespace sheaf::oracle {

// Throws std::invalid_argument for a filter that it does not know.
bool naively_matches(const Object& document, const Object& filter);

}  // namespace sheaf::oracle
