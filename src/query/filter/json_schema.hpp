// $jsonSchema: the part of JSON Schema draft 4 that MongoDB has, with bsonType.
//
// Threads: a free function; the node is immutable.
#pragma once

#include "query/filter/filter_parse.hpp"

namespace sheaf::query {

// Throws with MongoDB's numbers: 14 (an operand of a wrong type), 9 (an operand that means nothing, an unknown
// keyword), 2 (an unknown type), 51091 (a pattern); limit_exceeded for nesting.
NodePtr parse_json_schema(View operand, const FilterContext& context);

}  // namespace sheaf::query
