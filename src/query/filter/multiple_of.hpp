// Whether a number is a multiple of another one, in decimal: 0.3 is a multiple of 0.1, as in MongoDB, which looks at
// the first 15 digits of a double.
//
// Threads: a free function.
#pragma once

#include <sheaf/view.hpp>

namespace sheaf::query {

// False for NaN and infinities. REQUIRES: numbers; the divisor is above zero and finite.
bool is_multiple_of(View number, View divisor);

}  // namespace sheaf::query
