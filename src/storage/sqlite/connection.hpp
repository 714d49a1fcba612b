// Connection: one SQLite handle, opened, hardened and set up as sheaf wants it. The reasons for each setting stand in
// docs/formats/sqlite.md.
//
// Threads: one at a time (the handle has no mutex of its own); may move between threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/statement.hpp"
#include "storage/sqlite/waiting.hpp"

struct sqlite3;

namespace sheaf::sqlite {

struct StoreOptions {
    std::string path;
    driver::Durability durability = driver::Durability::durable;  // or process
    std::chrono::milliseconds busy_timeout{5'000};
    std::string vfs = {};  // SQLite's name of a file system layer, for tests; empty: the default one
};

enum class Role : std::uint8_t { writer, reader };

class Connection {
public:
    // A writer makes the file when there is none; a reader cannot change anything. Nothing is written to the file yet.
    Connection(const StoreOptions& options, Role role);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    sqlite3* handle() const { return handle_; }
    Statement prepare(std::string_view sql) const { return Statement(handle_, sql); }
    // For set-up: a statement that is used once.
    void execute(std::string_view sql) const;
    std::int64_t number(std::string_view sql) const;  // the first column of the first row
    std::string text(std::string_view sql) const;

    // Throws io when the file or its folder is read-only.
    void require_writable() const;

    // Runs a statement that may have to wait for a lock. Throws busy, deadline_exceeded, cancelled or SqliteError.
    bool step_patiently(Statement& statement, Patience& patience) const;

    // Changes whenever this or another connection has changed the file, and sometimes when nobody has.
    std::uint32_t data_version() const;
    bool in_transaction() const;       // begun with BEGIN and neither ended nor rolled back by SQLite
    bool reads_snapshot() const;       // a read lock is held
    std::int64_t changes() const;      // rows that the last statement has changed
    std::int64_t last_insert() const;  // rid of the last row that was inserted
    // From now on closing leaves the write-ahead log as it is.
    void keep_log_on_close() const;

private:
    void harden() const;

    sqlite3* handle_ = nullptr;
    mutable Patience* patience_ = nullptr;  // of the step that runs now, for the busy handler
};

}  // namespace sheaf::sqlite
