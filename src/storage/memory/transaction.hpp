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
    std::optional<driver::TableInfo> find_table(std::string_view name) final;
    std::uint64_t catalog_stamp() final {
        check();
        return catalog_;
    }
    std::optional<driver::Row> get(std::string_view table, BytesView key) final;
    std::vector<std::optional<driver::Row>> get_many(std::string_view table, std::span<const BytesView> keys) final;
    std::unique_ptr<driver::Cursor> scan(std::string_view table, const driver::Scan& scan) final;
    std::unique_ptr<driver::Cursor> fetch(std::string_view table, const driver::IndexScan& scan) final;
    std::int64_t count(std::string_view table, std::span<const driver::KeyRange> ranges, std::int64_t limit) final;
    std::int64_t estimate(std::string_view table) final;

protected:
    explicit ReadingTransaction(Workspace* workspace) : workspace_(workspace) {}

    // Both throw when the transaction is not open; position() also when there is no such table.
    void check() const {
        if (state_ != State::open) require_open(state_);
    }
    std::size_t position(std::string_view table) const;
    // Null: there is none.
    const Table* find(std::string_view table) const;

    Tables seen_;
    Stamp catalog_ = 0;  // of the version; 0: tables or descriptions were changed here
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
    void describe_table(std::string_view name, BytesView description) override;
    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override;
    std::vector<std::optional<driver::Row>> lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                      driver::LockWait wait) override;
    bool lock_name(std::string_view name, driver::LockWait wait) override;
    void exclude_writers(std::string_view table) override;
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
    void describe_table(std::string_view name, BytesView description) override;
    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override;
    std::vector<std::optional<driver::Row>> lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                      driver::LockWait wait) override;
    bool lock_name(std::string_view name, driver::LockWait wait) override;
    void exclude_writers(std::string_view table) override;
    void commit() override;

private:
    // What was done in one place of one table: enough to take it back.
    struct Change {
        Table** slot;  // in tables_
        Row* before;   // null: there was none
        Row* after;    // null: removed
    };

    // Runs a change. If it throws on the way, the transaction has failed.
    template <class Action>
    auto write(const Action& action) {
        writer_.used_here();
        try {
            return action();
        } catch (...) {
            state_ = State::failed;
            throw;
        }
    }

    // Of a batch (apply.cpp).
    void find_indexes(std::span<const driver::Write> writes);
    driver::Outcome apply_row(Table*& slot, const driver::Write& write);
    driver::Outcome apply_pair(Table*& slot, driver::IndexEntry::Kind kind, BytesView key, std::uint64_t rid);
    void change(Table*& slot, Path& path, Row* before, Row* after);
    void undo();

    // Each of the two is a change of the catalog.
    void insert_table(Table* table);
    Table* take_table(std::size_t index);
    void publish();
    void roll_back() noexcept;
    void end() noexcept;

    Snapshots& snapshots_;
    WriterLock& writer_;
    Workspace space_;
    std::vector<Table*> tables_;
    std::vector<Change> changes_;   // of the batch being applied
    std::vector<Table**> indexes_;  // of its entries in their order, the next one last
    Bytes pair_;                    // the last pair's key in the tree
    bool changed_ = false;
};

}  // namespace sheaf::memory
