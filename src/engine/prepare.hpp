// From a document as the caller gives it to one that can be stored: _id first, system fields out.
// Threads: free functions. Lifetime: a Prepared borrows from the document that it was made from.
#pragma once

#include <sheaf/document.hpp>
#include <sheaf/results.hpp>

#include "engine/store.hpp"
#include "engine/writer.hpp"

namespace sheaf::engine {

// Adds a new id when there is none. Throws invalid_document (system fields), invalid_id, limit_exceeded.
Prepared prepare_insert(const Document& document, Store& store);

// A record as an export has kept it. Throws as prepare_insert, and when _id is missing or the version is below 1.
Prepared prepare_record(const Record& record, Store& store);

// The body that replaces a row: the row's _id, then the replacement without it. Equal system fields are left out.
// Throws immutable_field (another _id), invalid_document (other system fields), limit_exceeded.
Bytes prepare_replacement(const Document& replacement, const driver::RowView& row, const Limits& limits);

// Throws invalid_update for a replacement that looks like an update, {"$set": ...}.
void check_replacement(const Document& replacement);

}  // namespace sheaf::engine
