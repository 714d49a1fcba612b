#include "storage/sqlite/index_entries.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf::sqlite {

using driver::Expect;
using driver::IndexEntry;
using driver::Outcome;
using driver::TableKind;
using driver::Write;

bool IndexEntries::begin(const Table& table, std::span<const Write> writes) {
    indexes_.clear();
    waiting_.clear();
    for (const Write& write : writes) {
        const Expect::Kind expect = write.expect.kind;
        if (table.is_index() && expect != Expect::Kind::any) {
            throw Error(Code::invalid_argument, "an index has pairs, not rows of which something could be expected");
        }
        const bool names_row =
            expect == Expect::Kind::version || (expect == Expect::Kind::absent && write.kind == Write::Kind::put);
        if (!write.entries.empty() && !(table.is_documents() && names_row)) {
            throw Error(Code::invalid_argument, "index entries go with a document that is new or of a known version");
        }
        for (const IndexEntry& entry : write.entries) add_index(entry.index);
    }
    return std::any_of(indexes_.begin(), indexes_.end(),
                       [](const Table* index) { return index->kind() == TableKind::unique_index; });
}

void IndexEntries::add_index(std::string_view name) {
    for (const Table* known : indexes_) {
        if (known->name() == name) return;
    }
    Table& table = *session_.table(name);
    if (!table.is_index()) {
        throw Error(Code::unsupported, "table \"" + table.name() + "\" is no index", {.collection = table.name()});
    }
    indexes_.push_back(&table);
}

Table& IndexEntries::index(std::string_view name) const {
    return **std::find_if(indexes_.begin(), indexes_.end(), [&](const Table* known) { return known->name() == name; });
}

Outcome IndexEntries::write(std::span<const IndexEntry> entries, std::int64_t rid) {
    for (const IndexEntry& entry : entries) {
        const Outcome outcome = write(index(entry.index), entry.kind, entry.key, rid);
        if (outcome != Outcome::done) return outcome;
    }
    return Outcome::done;
}

Outcome IndexEntries::write(Table& index, IndexEntry::Kind kind, BytesView key, std::int64_t rid) {
    const Pair pair{&index, key, rid, waiting_.size(), kind};
    if (index.kind() == TableKind::unique_index) return apply(pair);
    waiting_.push_back(pair);
    return Outcome::done;
}

// A pair that is added and removed in one batch ends as its last entry says.
void IndexEntries::flush() {
    std::sort(waiting_.begin(), waiting_.end(), [](const Pair& a, const Pair& b) {
        if (a.index != b.index) return std::less<>()(a.index, b.index);
        const int order = a.key.compare(b.key);
        if (order != 0) return order < 0;
        return a.rid != b.rid ? a.rid < b.rid : a.place < b.place;
    });
    for (const Pair& pair : waiting_) apply(pair);
    waiting_.clear();
}

Outcome IndexEntries::apply(const Pair& pair) {
    const bool add = pair.kind == IndexEntry::Kind::add;
    {
        Statement& statement = pair.index->statement(add ? Query::add_pair : Query::remove_pair);
        const Statement::Run running(statement);
        statement.bind_blob(1, pair.key);
        statement.bind(2, pair.rid);
        statement.step();
    }
    if (!add || pair.index->kind() == TableKind::index || session_.connection().changes() > 0) return Outcome::done;
    const auto holder = session_.get(*pair.index, pair.key);
    return holder && holder->meta.rid == pair.rid ? Outcome::done : Outcome::duplicate_entry;
}

}  // namespace sheaf::sqlite
