// Names of tables as SQLite has them. SQLite ignores the case of names, sheaf does not; and SQLite keeps names that
// begin with "sqlite_" for itself. Format: docs/formats/sqlite.md.
//
// Threads: free functions.
//
//     storage_name("users");        // "users"
//     storage_name("Users");        // "Users~1": bit i says that byte i is an upper-case letter
//     storage_name("sqlite_notes"); // "~sqlite_notes"
#pragma once

#include <string>
#include <string_view>

#include "driver/table_name.hpp"

namespace sheaf::sqlite {

using driver::check_table_name;

// Different names have storage names that SQLite, too, takes for different. Throws invalid_name.
std::string storage_name(std::string_view name);

// In double quotes, ready to stand in SQL. Throws corrupt unless every byte is one that a storage name may have, so
// that nothing else can ever get into a statement's text.
std::string quote_name(std::string_view storage_name);

}  // namespace sheaf::sqlite
