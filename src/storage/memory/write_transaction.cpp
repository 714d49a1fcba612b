#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

#include "storage/memory/transaction.hpp"

namespace sheaf::memory {

using driver::Expect;
using driver::Outcome;
using driver::TableKind;
using driver::Write;

namespace {

Outcome judge(const Expect& expect, const Row* row) {
    switch (expect.kind) {
        case Expect::Kind::any:
            break;
        case Expect::Kind::absent:
            return row == nullptr ? Outcome::done : Outcome::duplicate;
        case Expect::Kind::version:
            return row != nullptr && row->meta.version == expect.version ? Outcome::done : Outcome::mismatch;
    }
    return Outcome::done;
}

void check_expectations(const Table& table, std::span<const Write> writes) {
    if (table.kind == TableKind::documents) return;
    const auto wants_version = [](const Write& write) { return write.expect.kind == Expect::Kind::version; };
    if (std::any_of(writes.begin(), writes.end(), wants_version)) {
        throw Error(Code::invalid_argument,
                    "rows of ordered table \"" + std::string(table.name()) + "\" have no version");
    }
}

}  // namespace

WriteTransaction::WriteTransaction(Snapshots& snapshots, WriterLock& writer)
    : ReadingTransaction(&space_), snapshots_(snapshots), writer_(writer), space_(snapshots.current()->born + 1) {
    const Tables tables = snapshots.current()->tables();
    tables_.assign(tables.begin(), tables.end());
    seen_ = tables_;
}

WriteTransaction::~WriteTransaction() {
    if (state_ == State::over) return;
    roll_back();
    end();
}

template <class Action>
auto WriteTransaction::write(const Action& action) {
    writer_.used_here();
    try {
        return action();
    } catch (...) {
        state_ = State::failed;
        throw;
    }
}

bool WriteTransaction::ensure_table(std::string_view name, TableKind kind) {
    check();
    const std::size_t index = table_position(seen_, name);
    if (index < seen_.size() && seen_[index]->name() == name) {
        if (seen_[index]->kind == kind) return false;
        throw Error(Code::already_exists, "table \"" + std::string(name) + "\" exists and is of another kind");
    }
    write([&] { insert_table(make_table(space_, name, kind)); });
    return true;
}

void WriteTransaction::insert_table(Table* table) {
    changed_ = true;
    tables_.insert(tables_.begin() + static_cast<std::ptrdiff_t>(table_position(tables_, table->name())), table);
    seen_ = tables_;
}

void WriteTransaction::rename_table(std::string_view from, std::string_view to) {
    const std::size_t index = position(from);
    const std::size_t target = table_position(seen_, to);
    if (target < seen_.size() && seen_[target]->name() == to) {
        throw Error(Code::already_exists, "there is a table \"" + std::string(to) + "\" already");
    }
    write([&] {
        Table* old = tables_[index];
        Table* table = make_table(space_, to, old->kind);
        table->keys = old->keys;
        table->rids = old->rids;
        table->next_rid = old->next_rid;
        table->rows = old->rows;
        tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(index));
        insert_table(table);
        space_.retire(old);
    });
}

bool WriteTransaction::drop_table(std::string_view name) {
    check();
    const std::size_t index = table_position(seen_, name);
    if (index == seen_.size() || seen_[index]->name() != name) return false;
    write([&] {
        Table* table = tables_[index];
        tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(index));
        seen_ = tables_;
        changed_ = true;
        each_block(table, 0, [&](Block* block) { space_.retire(block); });
    });
    return true;
}

std::vector<Outcome> WriteTransaction::apply(std::string_view name, std::span<const Write> writes) {
    Table*& slot = tables_[position(name)];
    check_expectations(*slot, writes);
    std::vector<Outcome> outcomes(writes.size(), Outcome::done);
    changes_.clear();
    changes_.reserve(writes.size());
    write([&] {
        for (std::size_t i = 0; i < writes.size(); ++i) {
            outcomes[i] = apply_one(slot, writes[i]);
            if (outcomes[i] == Outcome::done) continue;
            if (!changes_.empty()) undo(*slot);
            return;
        }
        changed_ = changed_ || !changes_.empty();
        for (const Change& change : changes_) {
            if (change.before != nullptr) space_.retire(change.before);
        }
    });
    return outcomes;
}

Outcome WriteTransaction::apply_one(Table*& slot, const Write& write) {
    Path path;
    Row* before = slot->keys.locate(write.key, path);
    const Outcome outcome = judge(write.expect, before);
    if (outcome != Outcome::done) return outcome;
    if (write.kind == Write::Kind::put) {
        put(*space_.own(slot), path, before, write);
    } else if (before != nullptr) {
        remove(*space_.own(slot), path, before);
    }
    return outcome;
}

void WriteTransaction::put(Table& table, Path& path, Row* before, const Write& write) {
    const bool documents = table.kind == TableKind::documents;
    if (documents && before == nullptr && table.next_rid > RidTree::max_rid) {
        throw Error(Code::limit_exceeded, "table \"" + std::string(table.name()) + "\" has used up its row numbers");
    }
    driver::RowMeta meta;
    if (documents) {
        meta = write.meta;
        meta.rid = before != nullptr ? before->meta.rid : static_cast<std::int64_t>(table.next_rid);
    }
    Row* after = make_row(space_, write.key, write.body, meta);
    if (before != nullptr) {
        table.keys.replace(space_, path, after);
    } else {
        table.keys.insert(space_, path, after);
        ++table.rows;
        if (documents) ++table.next_rid;
    }
    if (documents) table.rids.set(space_, static_cast<std::uint64_t>(meta.rid), after);
    changes_.push_back({before, after});
}

void WriteTransaction::remove(Table& table, Path& path, Row* before) {
    table.keys.remove(space_, path);
    if (table.kind == TableKind::documents) table.rids.clear(space_, static_cast<std::uint64_t>(before->meta.rid));
    --table.rows;
    changes_.push_back({before, nullptr});
}

// Takes the batch's changes back, the last first. The rows that it made were seen by nobody.
void WriteTransaction::undo(Table& table) {
    const bool documents = table.kind == TableKind::documents;
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
        const auto [before, after] = *change;
        const Row* row = before != nullptr ? before : after;
        Path path;
        table.keys.locate(row->key(), path);
        if (after == nullptr) {
            table.keys.insert(space_, path, before);
            ++table.rows;
        } else if (before == nullptr) {
            table.keys.remove(space_, path);
            --table.rows;
        } else {
            table.keys.replace(space_, path, before);
        }
        const auto rid = static_cast<std::uint64_t>(row->meta.rid);
        if (documents && before != nullptr) table.rids.set(space_, rid, before);
        if (documents && before == nullptr) {
            table.rids.clear(space_, rid);
            table.next_rid = rid;
        }
        if (after != nullptr) space_.discard(after);
    }
    changes_.clear();
}

driver::LockOutcome WriteTransaction::lock(std::string_view, BytesView, driver::LockWait) {
    check();
    return driver::LockOutcome::acquired;
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
    Version* version = make_version(space_, tables_);
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
