#include <string>

#include <sheaf/error.hpp>

#include "storage/memory/transaction.hpp"

namespace sheaf::memory {

namespace {

std::optional<driver::Row> copy(const Row* row) {
    std::optional<driver::Row> out;
    if (row == nullptr) return out;
    out.emplace();
    out->body.assign(row->body());
    out->meta = row->meta;
    return out;
}

[[noreturn]] void refuse() {
    throw Error(Code::unsupported, "a read transaction cannot write or lock");
}

}  // namespace

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
    for (const Table* table : seen_) list.push_back({std::string(table->name()), table->kind});
    return list;
}

std::optional<driver::Row> ReadingTransaction::get(std::string_view table, BytesView key) {
    return copy(seen_[position(table)]->keys.find(key));
}

std::vector<std::optional<driver::Row>> ReadingTransaction::get_many(std::string_view table,
                                                                     std::span<const BytesView> keys) {
    const BTree tree = seen_[position(table)]->keys;
    std::vector<std::optional<driver::Row>> rows;
    rows.reserve(keys.size());
    for (const BytesView key : keys) rows.push_back(copy(tree.find(key)));
    return rows;
}

std::unique_ptr<driver::Cursor> ReadingTransaction::scan(std::string_view table, const driver::Scan& scan) {
    return open_cursor(*seen_[position(table)], scan, state_, workspace_);
}

ReadTransaction::ReadTransaction(Snapshots& snapshots, const Snapshots::Pin& pin)
    : ReadingTransaction(nullptr), snapshots_(snapshots), pin_(pin) {
    seen_ = pin.version->tables();
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
std::vector<driver::Outcome> ReadTransaction::apply(std::string_view, std::span<const driver::Write>) {
    refuse();
}
driver::LockOutcome ReadTransaction::lock(std::string_view, BytesView, driver::LockWait) {
    refuse();
}

}  // namespace sheaf::memory
