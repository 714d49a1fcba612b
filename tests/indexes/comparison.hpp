// What two answers to one read have to have in common when one may have come through an index: the same results, in the
// same order where the step asks for one; which of several equal values stands for them (5 or 5.0) may differ.
//
// Threads: free functions.
#pragma once

#include <string>

#include <sheaf/collection.hpp>
#include <sheaf/value.hpp>

#include "oracle/step.hpp"

namespace sheaf::indexes {

// Where they differ; empty: nowhere. `plain` is the collection without indexes that has given the expected answer.
std::string compare_reads(const Object& step, const oracle::Answer& expected, const oracle::Answer& got,
                          Collection& plain);

}  // namespace sheaf::indexes
