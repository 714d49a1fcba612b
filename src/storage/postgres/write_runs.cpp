#include "storage/postgres/write_runs.hpp"

#include <algorithm>
#include <unordered_set>

#include <sheaf/error.hpp>

namespace sheaf::postgres {

using driver::Expect;
using driver::IndexEntry;
using driver::TableKind;
using driver::Write;

namespace {

constexpr std::size_t most_bytes = 8U << 20U;  // in a run that is sent as arrays

void check(bool allowed, const char* what) {
    if (!allowed) throw Error(Code::invalid_argument, what);
}

void check_write(TableKind kind, const Write& write) {
    const bool documents = kind == TableKind::documents;
    const bool expects_version = write.expect.kind == Expect::Kind::version;
    check(!driver::is_index(kind) || write.expect.kind == Expect::Kind::any, "nothing can be expected of a pair");
    check(documents || !expects_version, "only documents have versions");
    if (write.entries.empty()) return;
    check(documents, "only documents have index entries");
    check(expects_version || (write.expect.kind == Expect::Kind::absent && write.kind == Write::Kind::put),
          "index entries go with the write of a new row, or of one whose version is known");
}

Run::Kind kind_of(const Write& write) {
    const bool is_put = write.kind == Write::Kind::put;
    switch (write.expect.kind) {
        case Expect::Kind::absent:
            return is_put ? Run::Kind::insert : Run::Kind::absence;
        case Expect::Kind::version:
            return is_put ? Run::Kind::change : Run::Kind::erase;
        case Expect::Kind::any:
            break;
    }
    return is_put ? Run::Kind::put : Run::Kind::remove;
}

struct UniqueKey {
    const EntryTables::Table* table;
    BytesView key;
    bool operator==(const UniqueKey&) const = default;
};

struct HashUniqueKey {
    std::size_t operator()(const UniqueKey& unique) const {
        return std::hash<BytesView>()(unique.key) ^ std::hash<std::string_view>()(unique.table->name);
    }
};

// What the run that is being made holds already.
class RunContent {
public:
    RunContent(TableKind kind, EntryTables& tables) : kind_(kind), tables_(tables) {}

    bool is_in_the_way(const Write& write) {
        // Pairs of a plain index are whole keys of its table: twice the same is once.
        if (kind_ != TableKind::index && keys_.count(write.key) != 0) return true;
        return std::any_of(write.entries.begin(), write.entries.end(), [&](const IndexEntry& entry) {
            const EntryTables::Table& table = tables_.at(entry.index);
            return table.is_unique && added_.count({&table, entry.key}) != 0;
        });
    }

    void add(const Write& write) {
        if (kind_ != TableKind::index) keys_.insert(write.key);
        for (const IndexEntry& entry : write.entries) {
            const EntryTables::Table& table = tables_.at(entry.index);
            if (table.is_unique && entry.kind == IndexEntry::Kind::add) added_.insert({&table, entry.key});
        }
    }

    void clear() {
        keys_.clear();
        added_.clear();
    }

private:
    const TableKind kind_;
    EntryTables& tables_;
    std::unordered_set<BytesView> keys_;
    std::unordered_set<UniqueKey, HashUniqueKey> added_;
};

}  // namespace

const EntryTables::Table& EntryTables::at(std::string_view name) {
    const auto found =
        std::find_if(tables_.begin(), tables_.end(), [&](const Table& table) { return table.name == name; });
    if (found != tables_.end()) return *found;
    const TableEntry entry = find_(name);
    check(driver::is_index(entry.kind), "index entries belong into an index table");
    return tables_.emplace_back(Table{std::string(name), entry.quoted, entry.kind == TableKind::unique_index});
}

std::vector<Run> cut_into_runs(TableKind kind, std::span<const Write> writes, EntryTables& tables) {
    for (const Write& write : writes) {
        check_write(kind, write);
        for (const IndexEntry& entry : write.entries) tables.at(entry.index);
    }
    std::vector<Run> runs;
    RunContent content(kind, tables);
    for (const Write& write : writes) {
        const Run::Kind run_kind = kind_of(write);
        const std::size_t bytes = write.key.size() + write.body.size();
        // New rows of any size can be copied.
        const bool is_full = !runs.empty() && run_kind != Run::Kind::insert && runs.back().bytes + bytes > most_bytes;
        if (runs.empty() || runs.back().kind != run_kind || is_full || content.is_in_the_way(write)) {
            runs.push_back({.kind = run_kind, .writes = {&write, 0}});
            content.clear();
        }
        Run& run = runs.back();
        run.writes = {run.writes.data(), run.writes.size() + 1};
        run.bytes += bytes;
        run.has_entries = run.has_entries || !write.entries.empty();
        content.add(write);
    }
    return runs;
}

}  // namespace sheaf::postgres
