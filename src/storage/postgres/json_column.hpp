// The doc column: a document as JSON text for jsonb, for pushdown and for people with psql; nothing where jsonb could
// not hold it exactly (NaN, infinities, U+0000 in a string or a key, texts beyond 64 MiB), or where an object could
// be taken for a date, bytes or an id, by its keys.
//
// Numbers are written so that numeric compares them as sheaf does: integers as they are, doubles in the shortest form
// that reads back the same, from 2^53 on in all their digits. Dates, bytes and object ids stand there in relaxed
// Extended JSON, {"$date": ...}: objects to the server, so that comparisons with numbers and strings leave them alone.
//
// Threads: free functions.
#pragma once

#include <string>

#include <sheaf/bytes.hpp>

namespace sheaf::postgres {

// Appends the text; false, and nothing appended, when there is none.
bool append_json(BytesView body, std::string& text);

}  // namespace sheaf::postgres
