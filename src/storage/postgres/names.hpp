// Names of tables as PostgreSQL has them: at most 63 bytes, in double quotes, so that case matters. Longer ones, and
// those that would be sheaf's own (_sheaf_store, _sheaf_tables) or PostgreSQL's (pg_...), are cut and end in "~" and a
// part of their SHA-256.
// Format: docs/formats/postgres.md.
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>

#include "driver/table_name.hpp"

namespace sheaf::postgres {

using driver::check_table_name;

// Different names have different storage names. Throws invalid_name.
std::string storage_name(std::string_view name);
// In double quotes, ready to stand in SQL. Throws corrupt unless every byte is one that a storage name may have.
std::string quote_name(std::string_view storage_name);
// Where a store's commits are told with NOTIFY.
std::string channel_name(std::string_view schema);
// A schema's name from a URL: a letter or "_", then letters, digits and "_", at most 63. Throws invalid_url.
void check_schema_name(std::string_view schema);

}  // namespace sheaf::postgres
