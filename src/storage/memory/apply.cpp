// Writing rows and pairs: all of a batch or nothing.
#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

#include "storage/memory/pair.hpp"
#include "storage/memory/transaction.hpp"

namespace sheaf::memory {

using driver::Expect;
using driver::IndexEntry;
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
            return row != nullptr && row->meta().version == expect.version ? Outcome::done : Outcome::mismatch;
    }
    return Outcome::done;
}

void check_writes(const Table& table, std::span<const Write> writes) {
    const bool documents = table.kind == TableKind::documents;
    for (const Write& write : writes) {
        if (documents) {
            const bool bound = write.expect.kind == Expect::Kind::version ||
                               (write.expect.kind == Expect::Kind::absent && write.kind == Write::Kind::put);
            if (!write.entries.empty() && !bound) refuse(table, "takes entries only with writes that name their row");
            continue;
        }
        if (write.expect.kind == Expect::Kind::version) refuse(table, "has rows without versions");
        if (!write.entries.empty()) refuse(table, "has rows to which no index leads");
        if (!driver::is_index(table.kind)) continue;
        if (write.expect.kind != Expect::Kind::any) refuse(table, "is an index, in which a write expects nothing");
        if (write.meta.rid < 0) refuse(table, "is an index, and no row of a table has a negative number");
    }
}

}  // namespace

std::vector<Outcome> WriteTransaction::apply(std::string_view name, std::span<const Write> writes) {
    Table*& slot = tables_[position(name)];
    check_writes(*slot, writes);
    find_indexes(writes);
    std::vector<Outcome> outcomes(writes.size(), Outcome::done);
    changes_.clear();
    changes_.reserve(writes.size() + indexes_.size());
    write([&] {
        for (std::size_t i = 0; i < writes.size(); ++i) {
            outcomes[i] = apply_row(slot, writes[i]);
            if (outcomes[i] == Outcome::done) continue;
            undo();
            return;
        }
        changed_ = changed_ || !changes_.empty();
        for (const Change& change : changes_) {
            if (change.before != nullptr) space_.retire(change.before);
        }
    });
    return outcomes;
}

void WriteTransaction::find_indexes(std::span<const Write> writes) {
    indexes_.clear();
    for (const Write& write : writes) {
        for (const IndexEntry& entry : write.entries) {
            Table*& slot = tables_[position(entry.index)];
            if (!driver::is_index(slot->kind)) refuse(*slot, "is not an index");
            indexes_.push_back(&slot);
        }
    }
    std::reverse(indexes_.begin(), indexes_.end());
}

Outcome WriteTransaction::apply_row(Table*& slot, const Write& write) {
    const bool is_put = write.kind == Write::Kind::put;
    if (driver::is_index(slot->kind)) {
        return apply_pair(slot, is_put ? IndexEntry::Kind::add : IndexEntry::Kind::remove, write.key,
                          static_cast<std::uint64_t>(write.meta.rid));
    }
    Path path;
    Row* before = slot->keys.locate(write.key, path);
    Outcome outcome = judge(write.expect, before);
    if (outcome != Outcome::done || (!is_put && before == nullptr)) return outcome;
    std::uint64_t rid = 0;
    Row* after = nullptr;
    if (slot->kind == TableKind::documents) {
        rid = before != nullptr ? static_cast<std::uint64_t>(before->meta().rid) : slot->next_rid;
        if (rid > RidTree::max_rid) {
            throw Error(Code::limit_exceeded,
                        "table \"" + std::string(slot->name()) + "\" has used up its row numbers");
        }
        driver::RowMeta meta = write.meta;
        meta.rid = static_cast<std::int64_t>(rid);
        if (is_put) after = make_row(space_, write.key, write.body, &meta);
    } else if (is_put) {
        after = make_row(space_, write.key, write.body);
    }
    change(slot, path, before, after);
    for (const IndexEntry& entry : write.entries) {
        outcome = apply_pair(*indexes_.back(), entry.kind, entry.key, rid);
        indexes_.pop_back();
        if (outcome != Outcome::done) break;
    }
    return outcome;
}

Outcome WriteTransaction::apply_pair(Table*& slot, IndexEntry::Kind kind, BytesView key, std::uint64_t rid) {
    const RidBytes number = rid_bytes(rid);
    const BytesView tail(number.data(), number.size());
    const bool unique = slot->kind == TableKind::unique_index;
    pair_.assign(key);
    if (!unique) pair_.append(tail);
    Path path;
    Row* there = slot->keys.locate(pair_, path);
    const bool same = there != nullptr && pair_rid(*there) == rid;
    if (kind == IndexEntry::Kind::add) {
        if (there != nullptr) return same ? Outcome::done : Outcome::duplicate_entry;
        change(slot, path, nullptr, make_row(space_, pair_, unique ? tail : BytesView()));
    } else if (same) {
        change(slot, path, there, nullptr);
    }
    return Outcome::done;
}

// Puts `after` in the place of `before`. REQUIRES: the path was located for the key of both; one of them is there.
void WriteTransaction::change(Table*& slot, Path& path, Row* before, Row* after) {
    Table& table = *space_.own(slot);
    changes_.push_back({&slot, before, after});
    if (after == nullptr) {
        table.keys.remove(space_, path);
        --table.rows;
    } else if (before != nullptr) {
        table.keys.replace(space_, path, after);
    } else {
        table.keys.insert(space_, path, after);
        ++table.rows;
    }
    if (table.kind != TableKind::documents) return;
    const auto rid = static_cast<std::uint64_t>((after != nullptr ? after : before)->meta().rid);
    if (after == nullptr) {
        table.rids.clear(space_, rid);
    } else {
        table.rids.set(space_, rid, after);
        table.next_rid = std::max(table.next_rid, rid + 1);
    }
}

// Takes the batch's changes back, the last first. The rows that it made were seen by nobody.
void WriteTransaction::undo() {
    std::vector<Change> done;
    done.swap(changes_);
    changes_.reserve(done.size());
    for (auto past = done.rbegin(); past != done.rend(); ++past) {
        const auto [slot, before, after] = *past;
        const Row* row = before != nullptr ? before : after;
        Path path;
        (*slot)->keys.locate(row->key(), path);
        change(*slot, path, after, before);
        if (after == nullptr) continue;
        if (before == nullptr && (*slot)->kind == TableKind::documents) {
            (*slot)->next_rid = static_cast<std::uint64_t>(after->meta().rid);
        }
        space_.discard(after);
    }
    changes_.clear();
}

}  // namespace sheaf::memory
