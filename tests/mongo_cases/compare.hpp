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
    bool ignore_document_order = false;              // of the outermost array
    const std::vector<std::string>& ignore_order_in;  // arrays under these names are compared as sets
};

bool same(View expected, View got, const Comparison& comparison);
// Every member of `expected` is in `got`, which may have others.
bool has_all(View expected, View got, const Comparison& comparison);
// Replies: the same but for what depends on the cluster ($clusterTime, operationTime).
bool same_reply(View expected, View got, const Comparison& comparison);

}  // namespace sheaf::mongo_cases
