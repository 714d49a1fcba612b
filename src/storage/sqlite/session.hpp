// Session: a connection with what it keeps prepared. One transaction at a time uses it.
//
// Threads: one at a time; may move between threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_error.hpp"
#include "storage/sqlite/table.hpp"

namespace sheaf::sqlite {

class Session {
public:
    // Opens the file and, as a writer, makes a store of it when it is empty.
    Session(const StoreOptions& options, Role role);

    // A read transaction is a statement that has begun to read: as long as it has not ended, the connection keeps its
    // snapshot. Cheaper than BEGIN, SELECT and COMMIT, and it reads the file's format version, so that a store that a
    // newer sheaf has converted meanwhile is noticed.
    void begin_snapshot(Patience& patience);
    void end_snapshot() noexcept;

    void begin_write(Patience& patience);
    void commit_write();
    // False when SQLite could not even do that.
    bool roll_back() noexcept;
    // Changes whenever the store may have changed in another way than by this session's commits. Never 0.
    std::uint64_t epoch() const { return epoch_; }
    // All or nothing, for a part of a write transaction. Throws what `part` throws.
    template <typename Part>
    bool in_savepoint(Part&& part);  // keeps what was written when `part` returns true

    // Calls use(table) with a table that exists in the current snapshot. When what was known of it is out of date (it
    // was dropped, renamed or made anew by somebody), looks it up again and calls once more. Throws not_found.
    template <typename Use>
    decltype(auto) with_table(std::string_view name, Use&& use);
    // Throws not_found; for calls that have nothing to ask the table itself.
    void require_table(std::string_view name);
    // To be called when this session itself has dropped or renamed a table.
    void forget_table(std::string_view name);

    std::optional<driver::Row> get(Table& table, BytesView key);

    const Connection& connection() const { return connection_; }
    Catalog& catalog() { return *catalog_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
    };

    const std::shared_ptr<Table>& table(std::string_view name);
    Connection connection_;
    std::optional<Catalog> catalog_;
    Statement snapshot_;
    Statement begin_;
    Statement commit_;
    Statement roll_back_;
    Statement savepoint_;
    Statement release_;
    Statement roll_back_to_;
    std::unordered_map<std::string, std::shared_ptr<Table>, Hash, std::equal_to<>> tables_;
    Bytes scratch_;
    std::uint64_t epoch_ = 1;
    std::uint32_t data_version_ = 0;  // after the last write transaction
};

// The metadata of the current row of a documents table.
driver::RowMeta read_meta(Statement& statement);
// The body of the current row, lent. Throws corrupt when another program has written something else there.
BytesView read_body(Statement& statement);

template <typename Use>
decltype(auto) Session::with_table(std::string_view name, Use&& use) {
    try {
        return use(table(name));
    } catch (const SqliteError& error) {
        if (!error.is_schema()) throw;
    } catch (const Error& error) {
        // Perhaps right for the kind of table that it was only.
        if (error.code() != Code::unsupported && error.code() != Code::invalid_id) throw;
    }
    forget_table(name);
    return use(table(name));
}

template <typename Part>
bool Session::in_savepoint(Part&& part) {
    savepoint_.execute();
    bool keep = false;
    try {
        keep = part();
    } catch (...) {
        if (connection_.in_transaction()) {
            roll_back_to_.execute();
            release_.execute();
        }
        throw;
    }
    if (!keep) roll_back_to_.execute();
    release_.execute();
    return keep;
}

}  // namespace sheaf::sqlite
