// The bounds of an index's fields as people read them: "age: [18, Infinity)", "city: [\"Kyoto\", \"Kyoto\"]".
//
// Threads: free functions.
#pragma once

#include <string>
#include <vector>

#include "engine/index_fit.hpp"

namespace sheaf::engine {

// One text for each field that narrows.
std::vector<std::string> bounds_text(const IndexFit& fit);
std::string interval_text(const query::Interval& interval);

}  // namespace sheaf::engine
