// The transactions of the SQLite backend: reading is shared, a reader has a pinned snapshot, a writer the store's one
// writing connection.
//
// Threads: one at a time; may move between threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/cursor.hpp"
#include "storage/sqlite/index_entries.hpp"
#include "storage/sqlite/row_numbers.hpp"
#include "storage/sqlite/store.hpp"

namespace sheaf::sqlite {

// Reading, and the cursors, which must let go when the transaction ends.
class TransactionBase : public driver::Transaction, public CursorOwner {
public:
    std::vector<driver::TableInfo> tables() override;
    std::optional<driver::TableInfo> find_table(std::string_view name) override;
    std::uint64_t catalog_stamp() override;
    std::optional<driver::Row> get(std::string_view table, BytesView key) override;
    std::vector<std::optional<driver::Row>> get_many(std::string_view table, std::span<const BytesView> keys) override;
    std::unique_ptr<driver::Cursor> scan(std::string_view table, const driver::Scan& scan) override;
    std::unique_ptr<driver::Cursor> fetch(std::string_view table, const driver::IndexScan& scan) override;
    std::int64_t count(std::string_view table, std::span<const driver::KeyRange> ranges, std::int64_t limit) override;
    std::int64_t estimate(std::string_view table) override;

protected:
    explicit TransactionBase(Session& session) : session_(session) {}

    // Runs part of the transaction, if it still stands; looks after it when that fails.
    template <typename Part>
    auto guarded(Part&& part);
    void require_standing() const;
    // From now on every call throws. `why` is a literal.
    void end(std::string_view why) noexcept;
    void fail(std::string_view why) noexcept;
    bool ended() const { return !why_ended_.empty(); }
    bool has_active_cursors() const;

    void closed(RowCursor& cursor) noexcept override;

    Session& session_;

private:
    template <typename Scan>
    std::unique_ptr<driver::Cursor> open_cursor(const std::shared_ptr<Table>& table, const Scan& scan);

    std::string_view why_ended_;
    bool failed_ = false;  // it has ended through an error, not by its user
    std::vector<RowCursor*> cursors_;
};

class ReadTransaction final : public TransactionBase {
public:
    ReadTransaction(ReaderLease lease, Patience& patience);
    ~ReadTransaction() override;

    void describe_table(std::string_view name, BytesView description) override;
    bool ensure_table(std::string_view name, driver::TableKind kind) override;
    void rename_table(std::string_view from, std::string_view to) override;
    bool drop_table(std::string_view name) override;
    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override;
    std::vector<std::optional<driver::Row>> lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                      driver::LockWait wait) override;
    bool lock_name(std::string_view name, driver::LockWait wait) override;
    void exclude_writers(std::string_view table) override;
    void commit() override;

private:
    void failed() noexcept override;
    void finish() noexcept;

    std::optional<ReaderLease> lease_;
};

class WriteTransaction final : public TransactionBase {
public:
    WriteTransaction(WriterLease lease, Patience& patience);
    ~WriteTransaction() override;

    void describe_table(std::string_view name, BytesView description) override;
    bool ensure_table(std::string_view name, driver::TableKind kind) override;
    void rename_table(std::string_view from, std::string_view to) override;
    bool drop_table(std::string_view name) override;
    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override;
    std::vector<std::optional<driver::Row>> lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                      driver::LockWait wait) override;
    bool lock_name(std::string_view name, driver::LockWait wait) override;
    void exclude_writers(std::string_view table) override;
    void commit() override;

private:
    void failed() noexcept override;
    // Runs a part that writes. After an error of SQLite's the transaction is rolled back and over, and a failing medium
    // poisons the store; refusals, which have changed nothing, leave it as it is.
    template <typename Part>
    auto writing(Part&& part);
    void abandon(const SqliteError& cause) noexcept;

    bool apply_all(const std::shared_ptr<Table>& table, std::span<const driver::Write> writes,
                   std::vector<driver::Outcome>& outcomes);
    driver::Outcome apply_one(const std::shared_ptr<Table>& table, const driver::Write& write);
    driver::Outcome put(Table& table, const driver::Write& write, std::int64_t rid);
    driver::Outcome remove(const std::shared_ptr<Table>& table, const driver::Write& write);

    std::optional<WriterLease> lease_;
    RowNumbers row_numbers_;
    IndexEntries entries_;
    Bytes scratch_;
};

}  // namespace sheaf::sqlite
