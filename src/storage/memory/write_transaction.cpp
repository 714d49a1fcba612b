#include <string>

#include <sheaf/error.hpp>

#include "storage/memory/transaction.hpp"

namespace sheaf::memory {

using driver::TableKind;

WriteTransaction::WriteTransaction(Snapshots& snapshots, WriterLock& writer)
    : ReadingTransaction(&space_), snapshots_(snapshots), writer_(writer), space_(snapshots.current()->born + 1) {
    const Tables tables = snapshots.current()->tables();
    tables_.assign(tables.begin(), tables.end());
    seen_ = tables_;
    catalog_ = snapshots.current()->catalog;
}

WriteTransaction::~WriteTransaction() {
    if (state_ == State::over) return;
    roll_back();
    end();
}

bool WriteTransaction::ensure_table(std::string_view name, TableKind kind) {
    if (const Table* table = find(name)) {
        if (table->kind == kind) return false;
        throw Error(Code::already_exists, "table \"" + std::string(name) + "\" exists and is of another kind");
    }
    write([&] {
        Table* table = make_table(space_, name, {});
        table->kind = kind;
        insert_table(table);
    });
    return true;
}

void WriteTransaction::insert_table(Table* table) {
    changed_ = true;
    catalog_ = 0;
    tables_.insert(tables_.begin() + static_cast<std::ptrdiff_t>(table_position(tables_, table->name())), table);
    seen_ = tables_;
}

Table* WriteTransaction::take_table(std::size_t index) {
    changed_ = true;
    catalog_ = 0;
    Table* table = tables_[index];
    tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(index));
    seen_ = tables_;
    return table;
}

void WriteTransaction::rename_table(std::string_view from, std::string_view to) {
    const std::size_t index = position(from);
    if (find(to) != nullptr) {
        throw Error(Code::already_exists, "there is a table \"" + std::string(to) + "\" already");
    }
    write([&] {
        Table* old = tables_[index];
        Table* table = make_table(space_, to, old->description(), *old);
        take_table(index);
        insert_table(table);
        space_.retire(old);
    });
}

void WriteTransaction::describe_table(std::string_view name, BytesView description) {
    const std::size_t index = position(name);
    write([&] {
        Table* old = tables_[index];
        Table* table = make_table(space_, name, description, *old);
        take_table(index);
        insert_table(table);
        space_.retire(old);
    });
}

bool WriteTransaction::drop_table(std::string_view name) {
    check();
    const std::size_t index = table_position(seen_, name);
    if (index == seen_.size() || seen_[index]->name() != name) return false;
    write([&] {
        Table* table = take_table(index);
        each_block(table, 0, [&](Block* block) { space_.retire(block); });
    });
    return true;
}

// The transaction itself is the lock of everything.
std::vector<std::optional<driver::Row>> WriteTransaction::lock_rows(std::string_view table,
                                                                    std::span<const BytesView> keys, driver::LockWait) {
    return get_many(table, keys);
}

bool WriteTransaction::lock_name(std::string_view, driver::LockWait) {
    check();
    return true;
}

void WriteTransaction::exclude_writers(std::string_view) {
    check();
}

void WriteTransaction::commit() {
    if (state_ == State::over) require_open(state_);
    try {
        require_open(state_);
        if (changed_) publish();
    } catch (...) {
        roll_back();
        end();
        throw;
    }
    if (!changed_) roll_back();
    end();
}

void WriteTransaction::publish() {
    Version* version = make_version(space_, tables_, catalog_);
    space_.free_own_retired();
    try {
        snapshots_.publish(version, space_.retired(), space_.bytes());
    } catch (...) {
        space_.discard(version);
        throw;
    }
}

// Of what hangs on the tables, this transaction's blocks are freed; the rest is the current version's.
void WriteTransaction::roll_back() noexcept {
    for (Table* table : tables_) each_block(table, space_.first(), [&](Block* block) { space_.discard(block); });
    space_.free_own_retired();
}

void WriteTransaction::end() noexcept {
    state_ = State::over;
    writer_.release();
}

}  // namespace sheaf::memory
