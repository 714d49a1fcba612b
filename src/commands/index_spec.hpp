// What createIndexes is told about one index, {"key": {"a": 1}, "name": "a_1", "unique": true}.
//
// Threads: free functions.
#pragma once

#include <sheaf/index.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/view.hpp>

namespace sheaf::commands {

Document id_index_keys();  // {"_id": 1}

// Whether keys are those of an index: 1 and 1.0 are the same, 1 and 2 are not.
bool same_keys(View left, View right);

// Checks all that can be said without a collection. Throws with MongoDB's numbers: CannotCreateIndex (67),
// InvalidIndexSpecificationOption (197), TypeMismatch (14)...; unsupported (115) for kinds of indexes and options that
// MongoDB has and sheaf does not.
IndexDefinition parse_index_spec(View spec, const Limits& limits);

}  // namespace sheaf::commands
