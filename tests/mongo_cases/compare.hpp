// Whether an answer is the recorded one: the order of keys inside a document does not count; int and long are equal;
// integers and doubles differ; NaN equals NaN.
//
// Threads: free functions.
#pragma once

#include <string>
#include <vector>

#include <sheaf/view.hpp>

namespace sheaf::mongo_cases {

struct Comparison {
    bool partial = false;                             // objects may have members that are not expected
    bool ignore_document_order = false;               // of the outermost array
    const std::vector<std::string>& ignore_order_in;  // arrays under these names are compared as sets
};

bool same(View expected, View got, const Comparison& comparison);

}  // namespace sheaf::mongo_cases
