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
#include "storage/sqlite/key_column.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_error.hpp"
#include "storage/sqlite/table.hpp"

namespace sheaf::sqlite {

class Session {
public:
    // Opens the file and, as a writer, makes a store of it when it is empty.
    Session(const StoreOptions& options, Role role);

    // A read transaction is a statement that has begun to read: as long as it has not ended, the connection keeps its
    // snapshot. Cheaper than BEGIN, SELECT and COMMIT, and it reads the file's mark (schema.hpp), by which a store that
    // a newer sheaf has converted meanwhile, and tables that others have made, renamed or dropped, are noticed.
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

    // Throws not_found. A table is known until the catalog changes; who keeps it longer shares it.
    const std::shared_ptr<Table>& table(std::string_view name);
    // The documents of a table in the order of an index. Throws not_found, unsupported for tables of other kinds.
    const std::shared_ptr<Table>& join(std::string_view documents, std::string_view index);

    // Of Transaction.
    std::uint64_t catalog_stamp() const { return catalog_changed_ ? 0 : static_cast<std::uint64_t>(mark_); }
    // To be called after every change of the catalog in a write transaction.
    void mark_catalog_change();
    // To be called when a table has been dropped or renamed.
    void forget_tables() { tables_.clear(); }

    std::optional<driver::Row> get(Table& table, BytesView key);
    std::int64_t count_all(Table& table) { return number(table, Query::count_all); }
    // Up to `limit`, if that is not 0.
    std::int64_t count(Table& table, const KeySegment& segment, std::int64_t limit);
    // Of documents, the largest row number. Of other tables, the exact number when it is small, else how many rows the
    // whole file could hold.
    std::int64_t estimate(Table& table);
    std::int64_t largest_rid(Table& documents) { return number(documents, Query::last_rid); }

    const Connection& connection() const { return connection_; }
    Catalog& catalog() { return *catalog_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
    };

    void see(std::int64_t mark);
    std::int64_t number(Table& table, Query query);

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
    std::int64_t mark_ = 0;           // of the transaction, as it began
    std::int64_t changed_mark_ = 0;   // what it becomes with the commit
    bool catalog_changed_ = false;    // by this transaction
};

// The current row of a scan or get of a table of this kind, lent. Throws corrupt when another program has written
// something else there.
driver::RowView read_row(Statement& statement, driver::TableKind kind);

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
