// The tables of operators on numbers; arithmetic.cpp joins them to one family. Threads: constant data.
#pragma once

#include <span>

#include "query/expression/operators.hpp"

namespace sheaf::query {

std::span<const Function> power_functions();         // $pow
std::span<const Function> rounding_functions();      // $round, $trunc, $ceil, $floor
std::span<const Function> trigonometry_functions();  // $sin ... $radiansToDegrees
std::span<const Function> bitwise_functions();       // $bitAnd ... $bitNot

// For functions of one number. Throws MongoDB's 28765.
void require_number(View value, std::string_view op);
// "$add takes numbers or dates, not a string": MongoDB's 14.
[[noreturn]] void refuse_type(View value, std::string_view op, std::string_view wanted);

}  // namespace sheaf::query
