#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/sqlite/key_column.hpp"
#include "storage/sqlite/names.hpp"
#include "storage/sqlite/transaction.hpp"

namespace sheaf::sqlite {

using driver::Expect;
using driver::IndexEntry;
using driver::Outcome;
using driver::TableKind;
using driver::Write;

WriteTransaction::WriteTransaction(WriterLease lease, Patience& patience)
    : TransactionBase(lease.session()), lease_(std::move(lease)), row_numbers_(session_), entries_(session_) {
    session_.begin_write(patience);
}

WriteTransaction::~WriteTransaction() {
    if (ended()) return;
    end("the transaction has ended");
    // Only a connection that cannot be relied on any more fails to roll back.
    if (!session_.roll_back()) lease_->poison(Error(Code::io, "a transaction could not be rolled back"));
}

template <typename Part>
auto WriteTransaction::writing(Part&& part) {
    require_standing();
    try {
        return part();
    } catch (const SqliteError& error) {
        abandon(error);
        throw;
    }
}

void WriteTransaction::abandon(const SqliteError& cause) noexcept {
    fail("the transaction was rolled back after an error");
    const bool rolled_back = session_.roll_back();
    if (cause.is_broken_medium() || !rolled_back) lease_->poison(cause);
    lease_.reset();
}

// A read has failed. SQLite may have rolled back the transaction by itself.
void WriteTransaction::failed() noexcept {
    if (ended() || session_.connection().in_transaction()) return;
    fail("SQLite has rolled back the transaction after an error");
    session_.roll_back();
    lease_.reset();
}

void WriteTransaction::describe_table(std::string_view name, BytesView description) {
    writing([&] {
        session_.table(name);
        session_.catalog().describe(name, description);
        session_.mark_catalog_change();
    });
}

bool WriteTransaction::ensure_table(std::string_view name, TableKind kind) {
    return writing([&] {
        check_table_name(name);
        const auto entry = session_.catalog().find(name);
        if (!entry) {
            session_.catalog().create(name, kind);
            session_.mark_catalog_change();
            return true;
        }
        if (entry->kind == kind) return false;
        throw Error(Code::already_exists, "table \"" + std::string(name) + "\" exists and is of another kind",
                    {.collection = std::string(name)});
    });
}

void WriteTransaction::rename_table(std::string_view from, std::string_view to) {
    writing([&] {
        session_.table(from);
        check_table_name(to);
        if (session_.catalog().find(to)) {
            throw Error(Code::already_exists, "there is a table \"" + std::string(to) + "\" already",
                        {.collection = std::string(to)});
        }
        row_numbers_.save();
        session_.catalog().rename(from, to);
        session_.forget_tables();
        session_.mark_catalog_change();
    });
}

bool WriteTransaction::drop_table(std::string_view name) {
    return writing([&] {
        check_table_name(name);
        if (!session_.catalog().find(name)) return false;
        if (has_active_cursors()) {
            throw Error(Code::locked, "close this transaction's cursors before a table is dropped");
        }
        row_numbers_.save();
        session_.catalog().drop(name);
        session_.forget_tables();
        session_.mark_catalog_change();
        return true;
    });
}

// The transaction itself is the lock of everything.
std::vector<std::optional<driver::Row>> WriteTransaction::lock_rows(std::string_view table,
                                                                    std::span<const BytesView> keys, driver::LockWait) {
    return get_many(table, keys);
}

bool WriteTransaction::lock_name(std::string_view, driver::LockWait) {
    require_standing();
    return true;
}

void WriteTransaction::exclude_writers(std::string_view) {
    require_standing();
}

std::vector<Outcome> WriteTransaction::apply(std::string_view table, std::span<const Write> writes) {
    return writing([&] {
        std::vector<Outcome> outcomes(writes.size(), Outcome::done);
        const std::shared_ptr<Table>& found = session_.table(table);
        const bool may_refuse_entries = entries_.begin(*found, writes);
        if (writes.size() > 1 || may_refuse_entries) {
            session_.in_savepoint([&] { return apply_all(found, writes, outcomes); });
        } else {
            apply_all(found, writes, outcomes);
        }
        return outcomes;
    });
}

// Stops at the first write that is not done.
bool WriteTransaction::apply_all(const std::shared_ptr<Table>& table, std::span<const Write> writes,
                                 std::vector<Outcome>& outcomes) {
    for (std::size_t i = 0; i < writes.size(); ++i) {
        outcomes[i] = apply_one(table, writes[i]);
        if (outcomes[i] != Outcome::done) return false;
    }
    entries_.flush();
    return true;
}

Outcome WriteTransaction::apply_one(const std::shared_ptr<Table>& table, const Write& write) {
    const bool is_put = write.kind == Write::Kind::put;
    if (table->is_index()) {
        const IndexEntry::Kind kind = is_put ? IndexEntry::Kind::add : IndexEntry::Kind::remove;
        return entries_.write(*table, kind, write.key, write.meta.rid);
    }
    const bool is_new = is_put && table->is_documents() && write.expect.kind != Expect::Kind::version;
    const std::int64_t rid = is_new ? row_numbers_.next(*table) : write.meta.rid;
    const Outcome outcome = is_put ? put(*table, write, rid) : remove(table, write);
    return outcome == Outcome::done ? entries_.write(write.entries, rid) : outcome;
}

// `rid` is for the row if it is new, or what it has to be.
Outcome WriteTransaction::put(Table& table, const Write& write, std::int64_t rid) {
    const bool versioned = write.expect.kind == Expect::Kind::version;
    const bool names_row = versioned && !write.entries.empty();
    const Query query = names_row                                   ? Query::update_row
                        : versioned                                 ? Query::update_version
                        : write.expect.kind == Expect::Kind::absent ? Query::insert
                                                                    : Query::put;
    Statement& statement = table.statement(query);
    const Statement::Run running(statement);
    bind_key(statement, 1, table.kind(), write.key, scratch_);
    statement.bind_blob(2, write.body);
    if (table.is_documents()) {
        statement.bind(3, write.meta.version.value);
        statement.bind(4, write.meta.archived ? 1 : 0);
        statement.bind(5, write.meta.created.ms);
        statement.bind(6, write.meta.updated.ms);
        statement.bind(7, versioned ? write.expect.version.value : rid);
        if (names_row) statement.bind(8, rid);
    }
    statement.step();
    const bool changed = session_.connection().changes() > 0;
    if (!changed) return versioned ? Outcome::mismatch : Outcome::duplicate;
    const bool is_new = table.is_documents() && !versioned && session_.connection().last_insert() == rid;
    if (is_new) row_numbers_.use(table);
    return Outcome::done;
}

Outcome WriteTransaction::remove(const std::shared_ptr<Table>& table, const Write& write) {
    if (write.expect.kind == Expect::Kind::absent) {
        return session_.get(*table, write.key) ? Outcome::duplicate : Outcome::done;
    }
    const bool versioned = write.expect.kind == Expect::Kind::version;
    const bool names_row = versioned && !write.entries.empty();
    Statement& statement = table->statement(names_row   ? Query::remove_row
                                            : versioned ? Query::remove_version
                                                        : Query::remove);
    if (table->is_documents()) row_numbers_.before_remove(table);
    const Statement::Run running(statement);
    bind_key(statement, 1, table->kind(), write.key, scratch_);
    if (versioned) statement.bind(2, write.expect.version.value);
    if (names_row) statement.bind(3, write.meta.rid);
    statement.step();
    const bool changed = session_.connection().changes() > 0;
    return versioned && !changed ? Outcome::mismatch : Outcome::done;
}

void WriteTransaction::commit() {
    writing([&] { row_numbers_.save(); });
    end("the transaction has ended");
    try {
        session_.commit_write();
    } catch (const SqliteError& error) {
        abandon(error);
        if (!error.is_broken_medium()) throw;
        // The log may hold the whole transaction although the medium has said no; whoever reads it after a crash finds
        // it.
        throw Error(Code::commit_unknown,
                    "the medium failed while the transaction was committed; open the store again to "
                    "see whether it is there: " +
                        std::string(error.message()));
    }
    lease_.reset();
}

}  // namespace sheaf::sqlite
