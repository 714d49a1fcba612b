#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/sqlite/key_column.hpp"
#include "storage/sqlite/names.hpp"
#include "storage/sqlite/transaction.hpp"

namespace sheaf::sqlite {

using driver::Expect;
using driver::Outcome;
using driver::TableKind;
using driver::Write;

WriteTransaction::WriteTransaction(WriterLease lease, Patience& patience)
    : TransactionBase(lease.session()), lease_(std::move(lease)), row_numbers_(session_) {
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

bool WriteTransaction::ensure_table(std::string_view name, TableKind kind) {
    return writing([&] {
        check_table_name(name);
        const auto entry = session_.catalog().find(name);
        if (!entry) {
            session_.catalog().create(name, kind);
            session_.forget_table(name);
            return true;
        }
        if (entry->kind == kind) return false;
        throw Error(Code::already_exists, "table \"" + std::string(name) + "\" exists and is of another kind",
                    {.collection = std::string(name)});
    });
}

void WriteTransaction::rename_table(std::string_view from, std::string_view to) {
    writing([&] {
        session_.require_table(from);
        check_table_name(to);
        if (session_.catalog().find(to)) {
            throw Error(Code::already_exists, "there is a table \"" + std::string(to) + "\" already",
                        {.collection = std::string(to)});
        }
        row_numbers_.save();
        session_.catalog().rename(from, to);
        session_.forget_table(from);
        session_.forget_table(to);
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
        session_.forget_table(name);
        return true;
    });
}

driver::LockOutcome WriteTransaction::lock(std::string_view, BytesView, driver::LockWait) {
    require_standing();
    return driver::LockOutcome::acquired;  // the transaction itself is the lock
}

std::vector<Outcome> WriteTransaction::apply(std::string_view table, std::span<const Write> writes) {
    return writing([&] {
        std::vector<Outcome> outcomes(writes.size(), Outcome::done);
        if (writes.empty()) session_.require_table(table);
        session_.with_table(table, [&](const std::shared_ptr<Table>& found) {
            if (writes.size() > 1) {
                session_.in_savepoint([&] { return apply_all(found, writes, outcomes); });
            } else {
                apply_all(found, writes, outcomes);
            }
        });
        return outcomes;
    });
}

// Stops at the first write that is not done.
bool WriteTransaction::apply_all(const std::shared_ptr<Table>& table, std::span<const Write> writes,
                                 std::vector<Outcome>& outcomes) {
    for (std::size_t i = 0; i < writes.size(); ++i) {
        outcomes[i] = writes[i].kind == Write::Kind::put ? put(*table, writes[i]) : remove(table, writes[i]);
        if (outcomes[i] != Outcome::done) return false;
    }
    return true;
}

Outcome WriteTransaction::put(Table& table, const Write& write) {
    const Expect::Kind expect = write.expect.kind;
    const Query query = expect == Expect::Kind::absent    ? Query::insert
                        : expect == Expect::Kind::version ? Query::update_version
                                                          : Query::put;
    Statement& statement = table.statement(query);
    const Statement::Run running(statement);
    bind_key(statement, 1, table.kind(), write.key, scratch_);
    statement.bind_blob(2, write.body);
    std::int64_t rid = 0;
    if (table.is_documents()) {
        statement.bind(3, write.meta.version.value);
        statement.bind(4, write.meta.archived ? 1 : 0);
        statement.bind(5, write.meta.created.ms);
        statement.bind(6, write.meta.updated.ms);
        rid = expect == Expect::Kind::version ? 0 : row_numbers_.next(table);
        statement.bind(7, expect == Expect::Kind::version ? write.expect.version.value : rid);
    }
    statement.step();
    const bool changed = session_.connection().changes() > 0;
    if (!changed) return expect == Expect::Kind::absent ? Outcome::duplicate : Outcome::mismatch;
    if (rid != 0 && session_.connection().last_insert() == rid) row_numbers_.use(table);
    return Outcome::done;
}

Outcome WriteTransaction::remove(const std::shared_ptr<Table>& table, const Write& write) {
    if (write.expect.kind == Expect::Kind::absent) {
        return session_.get(*table, write.key) ? Outcome::duplicate : Outcome::done;
    }
    const bool versioned = write.expect.kind == Expect::Kind::version;
    Statement& statement = table->statement(versioned ? Query::remove_version : Query::remove);
    if (table->is_documents()) row_numbers_.before_remove(table);
    const Statement::Run running(statement);
    bind_key(statement, 1, table->kind(), write.key, scratch_);
    if (versioned) statement.bind(2, write.expect.version.value);
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
