// The values that an index on some paths holds for a document, by MongoDB's rules: a missing field counts as null, an
// array by its elements (those that are arrays are taken whole), an empty array as missing, which is below null. Where
// several paths lead into one array, the values of one element stay together. Indexes take all of them, sorts the
// first.
//
// A number in a path names the element of an array, if there is one at that place, and nothing else.
//
// Threads: free functions. Lifetime: borrows the document and the paths.
//
//     KeyStep step = follow_key(document, path);
//     if (!step.expand) use(step.value);  // the common document: one value, and nothing is allocated
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <sheaf/view.hpp>

#include "query/traverse.hpp"

namespace sheaf::query {

// Where one field stands: at a value, or at an array that is to be expanded.
struct KeyStep {
    View value{};
    PathRest rest{};      // of the path, below the array
    bool expand = false;  // `value` is an array whose elements are the values, or hold them
};

// Follows the path to its end or to the first array that has to be expanded.
KeyStep follow_key(View value, PathRest rest);

// Whether the value is the null that stands for a field that is not there.
bool is_absent(View value);

using TakeValues = std::function<void(std::span<const View>)>;

// Expands the arrays that the fields stand at; `take` is given the values of each key, one per field, equal ones too.
// The work is bounded by the document's size times the number of fields and of parts of their paths. Returns the field
// that stands at another array than one before it, and stops there: nothing when there is none.
std::optional<std::size_t> expand_keys(std::vector<KeyStep> fields, const TakeValues& take);

}  // namespace sheaf::query
