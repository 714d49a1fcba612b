#include <algorithm>
#include <limits>
#include <string>

#include <sheaf/error.hpp>

#include "storage/memory/pair.hpp"
#include "storage/memory/transaction.hpp"
#include "storage/memory/walk.hpp"

namespace sheaf::memory {

namespace {

std::optional<driver::Row> copy(const Row* row) {
    std::optional<driver::Row> out;
    if (row == nullptr) return out;
    out.emplace();
    out->body.assign(row->body());
    out->meta = row->meta();
    return out;
}

std::optional<driver::Row> get_from(const Table& table, BytesView key) {
    if (!driver::is_index(table.kind)) return copy(table.keys.find(key));
    std::optional<driver::Row> out;
    if (const Row* pair = first_pair(table, key)) {
        out.emplace().meta.rid = static_cast<std::int64_t>(pair_rid(*pair));
    }
    return out;
}

driver::TableInfo describe(const Table& table) {
    return {std::string(table.name()), table.kind, Bytes(table.description())};
}

[[noreturn]] void refuse() {
    throw Error(Code::unsupported, "a read transaction cannot write or lock");
}

}  // namespace

const Table* ReadingTransaction::find(std::string_view table) const {
    check();
    const std::size_t index = table_position(seen_, table);
    return index < seen_.size() && seen_[index]->name() == table ? seen_[index] : nullptr;
}

std::size_t ReadingTransaction::position(std::string_view table) const {
    check();
    const std::size_t index = table_position(seen_, table);
    if (index == seen_.size() || seen_[index]->name() != table) {
        throw Error(Code::not_found, "there is no table \"" + std::string(table) + "\"");
    }
    return index;
}

std::vector<driver::TableInfo> ReadingTransaction::tables() {
    check();
    std::vector<driver::TableInfo> list;
    list.reserve(seen_.size());
    for (const Table* table : seen_) list.push_back(describe(*table));
    return list;
}

std::optional<driver::TableInfo> ReadingTransaction::find_table(std::string_view name) {
    const Table* table = find(name);
    if (table == nullptr) return std::nullopt;
    return describe(*table);
}

std::optional<driver::Row> ReadingTransaction::get(std::string_view table, BytesView key) {
    return get_from(*seen_[position(table)], key);
}

std::vector<std::optional<driver::Row>> ReadingTransaction::get_many(std::string_view table,
                                                                     std::span<const BytesView> keys) {
    const Table& from = *seen_[position(table)];
    std::vector<std::optional<driver::Row>> rows;
    rows.reserve(keys.size());
    for (const BytesView key : keys) rows.push_back(get_from(from, key));
    return rows;
}

std::unique_ptr<driver::Cursor> ReadingTransaction::scan(std::string_view table, const driver::Scan& scan) {
    return open_cursor(*seen_[position(table)], scan, {state_, workspace_});
}

std::unique_ptr<driver::Cursor> ReadingTransaction::fetch(std::string_view table, const driver::IndexScan& scan) {
    const Table& documents = *seen_[position(table)];
    return open_fetch(documents, *seen_[position(scan.index)], scan, {state_, workspace_});
}

std::int64_t ReadingTransaction::count(std::string_view table, std::span<const driver::KeyRange> ranges,
                                       std::int64_t limit) {
    const Table& from = *seen_[position(table)];
    const std::int64_t most = limit > 0 ? limit : std::numeric_limits<std::int64_t>::max();
    std::int64_t found = ranges.empty() ? static_cast<std::int64_t>(from.rows) : 0;
    for (std::size_t i = 0; i < ranges.size() && found < most; ++i) {
        found += Walk(from, ranges[i], false).count(most - found);
    }
    return std::min(found, most);
}

std::int64_t ReadingTransaction::estimate(std::string_view table) {
    return static_cast<std::int64_t>(seen_[position(table)]->rows);
}

ReadTransaction::ReadTransaction(Snapshots& snapshots, const Snapshots::Pin& pin)
    : ReadingTransaction(nullptr), snapshots_(snapshots), pin_(pin) {
    seen_ = pin.version->tables();
    catalog_ = pin.version->catalog;
}

ReadTransaction::~ReadTransaction() {
    if (state_ == State::open) snapshots_.unpin(pin_);
}

void ReadTransaction::commit() {
    check();
    state_ = State::over;
    snapshots_.unpin(pin_);
}

bool ReadTransaction::ensure_table(std::string_view, driver::TableKind) {
    refuse();
}
void ReadTransaction::rename_table(std::string_view, std::string_view) {
    refuse();
}
bool ReadTransaction::drop_table(std::string_view) {
    refuse();
}
void ReadTransaction::describe_table(std::string_view, BytesView) {
    refuse();
}
std::vector<driver::Outcome> ReadTransaction::apply(std::string_view, std::span<const driver::Write>) {
    refuse();
}
std::vector<std::optional<driver::Row>> ReadTransaction::lock_rows(std::string_view, std::span<const BytesView>,
                                                                   driver::LockWait) {
    refuse();
}
bool ReadTransaction::lock_name(std::string_view, driver::LockWait) {
    refuse();
}
void ReadTransaction::exclude_writers(std::string_view) {
    refuse();
}

}  // namespace sheaf::memory
