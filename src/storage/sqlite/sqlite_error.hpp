// The one place where SQLite's result codes become sheaf's errors.
//
// Threads: free functions and values; a handle is used by the thread that has it.
#pragma once

#include <string_view>

#include <sheaf/error.hpp>

struct sqlite3;

namespace sheaf::sqlite {

// A sheaf::Error that remembers what SQLite said, for those who must tell a full disk from a failing one.
class SqliteError final : public Error {
public:
    SqliteError(int sqlite_code, std::string_view message);

    int primary() const noexcept { return sqlite_code_ & 0xFF; }
    bool is_full_disk() const noexcept;
    // A statement did not fit the schema: the table is gone, or not as sheaf makes it.
    bool is_schema() const noexcept;
    // The medium failed, so that nobody knows what of the last write has reached it.
    bool is_broken_medium() const noexcept;

private:
    int sqlite_code_;  // extended
};

Code code_of(int sqlite_code);

// Throws for the handle's last error; `doing` completes "cannot ...".
[[noreturn]] void raise(sqlite3* db, int sqlite_code, std::string_view doing);

}  // namespace sheaf::sqlite
