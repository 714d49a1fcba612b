// What to say when a unique index has refused a document: which index, which values, and which document has them.
// Threads: free functions.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>

#include "engine/catalog.hpp"

namespace sheaf::engine {

// `holder` is the document that has the key; empty when it is not known.
Error duplicate_key_error(const std::string& collection, const Index& index, BytesView key, BytesView refused,
                          BytesView holder);

// An _id that is taken.
Error duplicate_id_error(const std::string& collection, View id, bool archived);

// For writes that apply() has refused with duplicate_entry at `failed`; nothing of them is in the store. Nothing when
// the transaction does not see who has the key: another one is at work there, or the index is damaged.
std::optional<Error> duplicate_entry_error(driver::Transaction& tx, const std::string& collection,
                                           const CollectionInfo& info, std::span<const driver::Write> writes,
                                           std::size_t failed);

// The document that an index leads to by a key; empty when there is none.
driver::Row row_of_key(driver::Transaction& tx, std::string_view collection, std::string_view index_table,
                       BytesView key);

}  // namespace sheaf::engine
