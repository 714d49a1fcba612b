// The transactions of the memory backend: ReadTransaction looks at a pinned version, WriteTransaction builds the next.
//
// Threads and lifetime: as driver::Transaction.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/memory/catalog.hpp"
#include "storage/memory/cursor.hpp"
#include "storage/memory/snapshots.hpp"
#include "storage/memory/writer_lock.hpp"

namespace sheaf::memory {

// What both can do.
class ReadingTransaction : public driver::Transaction {
public:
    std::vector<driver::TableInfo> tables() final;
    std::optional<driver::Row> get(std::string_view table, BytesView key) final;
    std::vector<std::optional<driver::Row>> get_many(std::string_view table, std::span<const BytesView> keys) final;
    std::unique_ptr<driver::Cursor> scan(std::string_view table, const driver::Scan& scan) final;

protected:
    explicit ReadingTransaction(Workspace* workspace) : workspace_(workspace) {}

    // Both throw when the transaction is not open; position() also when there is no such table.
    void check() const {
        if (state_ != State::open) require_open(state_);
    }
    std::size_t position(std::string_view table) const;

    Tables seen_;
    State state_ = State::open;

private:
    Workspace* workspace_;
};

class ReadTransaction final : public ReadingTransaction {
public:
    ReadTransaction(Snapshots& snapshots, const Snapshots::Pin& pin);
    ~ReadTransaction() override;

    bool ensure_table(std::string_view name, driver::TableKind kind) override;
    void rename_table(std::string_view from, std::string_view to) override;
    bool drop_table(std::string_view name) override;
    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override;
    driver::LockOutcome lock(std::string_view table, BytesView key, driver::LockWait wait) override;
    void commit() override;

private:
    Snapshots& snapshots_;
    Snapshots::Pin pin_;
};

class WriteTransaction final : public ReadingTransaction {
public:
    // REQUIRES: `writer` was acquired for this transaction, which releases it.
    WriteTransaction(Snapshots& snapshots, WriterLock& writer);
    ~WriteTransaction() override;

    bool ensure_table(std::string_view name, driver::TableKind kind) override;
    void rename_table(std::string_view from, std::string_view to) override;
    bool drop_table(std::string_view name) override;
    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override;
    driver::LockOutcome lock(std::string_view table, BytesView key, driver::LockWait wait) override;
    void commit() override;

private:
    // What one write did: enough to take it back.
    struct Change {
        Row* before;  // null: there was none
        Row* after;   // null: removed
    };

    // Runs a change. If it throws on the way, the transaction has failed.
    template <class Action>
    auto write(const Action& action);

    driver::Outcome apply_one(Table*& slot, const driver::Write& write);
    void put(Table& table, Path& path, Row* before, const driver::Write& write);
    void remove(Table& table, Path& path, Row* before);
    void undo(Table& table);
    void insert_table(Table* table);
    void publish();
    void roll_back() noexcept;
    void end() noexcept;

    Snapshots& snapshots_;
    WriterLock& writer_;
    Workspace space_;
    std::vector<Table*> tables_;
    std::vector<Change> changes_;  // of the batch being applied
    bool changed_ = false;
};

}  // namespace sheaf::memory
