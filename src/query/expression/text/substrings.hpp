// The operators on positions in strings, for the table in strings.cpp: $substr..., $indexOf...
//
// Threads: free functions.
#pragma once

#include "query/expression/operators.hpp"

namespace sheaf::query {

View substring_bytes(Evaluation& evaluation, Arguments arguments);        // text, begin, count
View substring_code_points(Evaluation& evaluation, Arguments arguments);  // text, begin, count
View index_of_bytes(Evaluation& evaluation, Arguments arguments);         // text, wanted, begin, end
View index_of_code_point(Evaluation& evaluation, Arguments arguments);    // text, wanted, begin, end

}  // namespace sheaf::query
