// Reads Extended JSON's wrapper objects, such as {"$oid": "..."}, out of simdjson's DOM.
#pragma once

#include <simdjson.h>

#include "document/encoder.hpp"
#include "document/extended_json.hpp"
#include "document/place.hpp"

namespace sheaf {

// Encodes the value of an object whose first key announces `wrapper`. Throws invalid_document for a malformed operand
// or further keys, unsupported for types that are not held.
void write_wrapped(Encoder& out, Wrapper wrapper, simdjson::dom::object object, const Place& place);

}  // namespace sheaf
