// From steps as the grammar makes and prints them to steps that can be played.
// Threads: free functions.
#pragma once

#include <sheaf/value.hpp>

namespace sheaf::indexes {

// {"read": {...}, "archived": ...} and {"write": ...} become one object; inserts get documents with ids; strings that
// begin with "long " become longer than an index key may be.
Object playable(const Object& generated);

}  // namespace sheaf::indexes
