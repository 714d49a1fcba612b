// The last checks of what an update has made, and _id, which stays as it was.
#pragma once

#include <sheaf/document.hpp>

#include "query/update/modification.hpp"

namespace sheaf::query {

// What an update has made may be more than a document can hold. Throws limit_exceeded, invalid_document.
Document finished(const Value& root, Bytes bytes, const Limits& limits);

// Puts _id back to the byte where it is equal; throws immutable_field where it is not. `modification` is for messages.
void keep_id(Object& document, View before, const Modification& modification);

// The same members with _id in front.
Object with_id_first(Object object);

// What a pipeline has computed: a document with the _id of the one before, if that has one, in front.
// Throws immutable_field, invalid_update for keys that no update may make, and as finished().
Document finished_pipeline(View computed, View before, bool inserting, const Limits& limits);

}  // namespace sheaf::query
