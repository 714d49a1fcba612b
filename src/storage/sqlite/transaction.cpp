#include "storage/sqlite/transaction.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::sqlite {

using driver::Row;
using driver::TableInfo;
using driver::TableKind;

template <typename Part>
auto TransactionBase::guarded(Part&& part) {
    require_standing();
    try {
        return part();
    } catch (...) {
        failed();
        throw;
    }
}

void TransactionBase::require_standing() const {
    if (!ended()) return;
    throw Error(failed_ ? Code::transaction_aborted : Code::closed, why_ended_);
}

// Cursors hold statements of a connection that others will use from now on.
void TransactionBase::end(std::string_view why) noexcept {
    why_ended_ = why;
    for (RowCursor* cursor : std::exchange(cursors_, {})) cursor->detach();
}

void TransactionBase::fail(std::string_view why) noexcept {
    failed_ = true;
    end(why);
}

bool TransactionBase::has_active_cursors() const {
    return std::any_of(cursors_.begin(), cursors_.end(), [](const RowCursor* cursor) { return cursor->is_active(); });
}

void TransactionBase::closed(RowCursor& cursor) noexcept {
    std::erase(cursors_, &cursor);
}

std::vector<TableInfo> TransactionBase::tables() {
    return guarded([&] { return session_.catalog().list(); });
}

std::optional<TableInfo> TransactionBase::find_table(std::string_view name) {
    return guarded([&]() -> std::optional<TableInfo> {
        auto entry = session_.catalog().find(name);
        if (!entry) return std::nullopt;
        return TableInfo{std::string(name), entry->kind, std::move(entry->description)};
    });
}

std::uint64_t TransactionBase::catalog_stamp() {
    require_standing();
    return session_.catalog_stamp();
}

std::optional<Row> TransactionBase::get(std::string_view table, BytesView key) {
    return guarded([&] { return session_.get(*session_.table(table), key); });
}

std::vector<std::optional<Row>> TransactionBase::get_many(std::string_view table, std::span<const BytesView> keys) {
    return guarded([&] {
        Table& found = *session_.table(table);
        std::vector<std::optional<Row>> rows;
        rows.reserve(keys.size());
        for (const BytesView key : keys) rows.push_back(session_.get(found, key));
        return rows;
    });
}

template <typename Scan>
std::unique_ptr<driver::Cursor> TransactionBase::open_cursor(const std::shared_ptr<Table>& table, const Scan& scan) {
    cursors_.reserve(cursors_.size() + 1);
    auto cursor = std::make_unique<RowCursor>(*this, table, scan);
    cursors_.push_back(cursor.get());
    return cursor;
}

std::unique_ptr<driver::Cursor> TransactionBase::scan(std::string_view table, const driver::Scan& scan) {
    return guarded([&] { return open_cursor(session_.table(table), scan); });
}

std::unique_ptr<driver::Cursor> TransactionBase::fetch(std::string_view table, const driver::IndexScan& scan) {
    return guarded([&] { return open_cursor(session_.join(table, scan.index), scan); });
}

std::int64_t TransactionBase::count(std::string_view table, std::span<const driver::KeyRange> ranges,
                                    std::int64_t limit) {
    return guarded([&] {
        Table& found = *session_.table(table);
        if (ranges.empty() && limit == 0) return session_.count_all(found);
        std::int64_t rows = 0;
        for (const KeySegment& segment : all_segments(found.kind(), ranges)) {
            rows += session_.count(found, segment, limit == 0 ? 0 : limit - rows);
            if (rows == limit && limit != 0) break;
        }
        return rows;
    });
}

std::int64_t TransactionBase::estimate(std::string_view table) {
    return guarded([&] { return session_.estimate(*session_.table(table)); });
}

namespace {

[[noreturn]] void refuse_write() {
    throw Error(Code::unsupported, "a read transaction cannot change anything; begin one with Mode::write");
}

}  // namespace

ReadTransaction::ReadTransaction(ReaderLease lease, Patience& patience)
    : TransactionBase(lease.session()), lease_(std::move(lease)) {
    session_.begin_snapshot(patience);
}

ReadTransaction::~ReadTransaction() {
    finish();
}

void ReadTransaction::describe_table(std::string_view, BytesView) {
    refuse_write();
}
bool ReadTransaction::ensure_table(std::string_view, TableKind) {
    refuse_write();
}
void ReadTransaction::rename_table(std::string_view, std::string_view) {
    refuse_write();
}
bool ReadTransaction::drop_table(std::string_view) {
    refuse_write();
}
std::vector<std::optional<driver::Row>> ReadTransaction::lock_rows(std::string_view, std::span<const BytesView>,
                                                                   driver::LockWait) {
    refuse_write();
}
bool ReadTransaction::lock_name(std::string_view, driver::LockWait) {
    refuse_write();
}
void ReadTransaction::exclude_writers(std::string_view) {
    refuse_write();
}
std::vector<driver::Outcome> ReadTransaction::apply(std::string_view, std::span<const driver::Write>) {
    refuse_write();
}

void ReadTransaction::commit() {
    require_standing();
    finish();
}

void ReadTransaction::finish() noexcept {
    if (ended()) return;
    end("the transaction has ended");
    session_.end_snapshot();
    lease_.reset();
}

void ReadTransaction::failed() noexcept {
    if (ended() || session_.connection().reads_snapshot()) return;
    fail("the transaction has lost its snapshot through an error of the file; begin another one");
    session_.end_snapshot();
    lease_->discard();
    lease_.reset();
}

}  // namespace sheaf::sqlite
