#include "storage/postgres/run_statements.hpp"

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>
#include <vector>

#include "storage/postgres/json_column.hpp"
#include "storage/postgres/write_sql.hpp"

namespace sheaf::postgres {

using driver::IndexEntry;
using driver::TableKind;
using driver::Write;

namespace {

constexpr std::int64_t any_rid = -1;

using Writes = std::vector<const Write*>;

// Rows that exist are locked in the order of their keys, so that two batches do not wait for each other.
Writes in_lock_order(const Run& run) {
    Writes writes;
    writes.reserve(run.writes.size());
    for (const Write& write : run.writes) writes.push_back(&write);
    const auto by_key = [](const Write* a, const Write* b) { return a->key < b->key; };
    const bool has_rows = run.kind != Run::Kind::insert && run.kind != Run::Kind::put;
    if (has_rows && !std::is_sorted(writes.begin(), writes.end(), by_key)) {
        std::sort(writes.begin(), writes.end(), by_key);
    }
    return writes;
}

template <typename Value, typename Get>
std::vector<Value> column(const Writes& writes, Get get) {
    std::vector<Value> values;
    values.reserve(writes.size());
    for (const Write* write : writes) values.push_back(get(*write));
    return values;
}

std::vector<std::int64_t> numbers(const Writes& writes, std::int64_t (*get)(const Write&)) {
    return column<std::int64_t>(writes, get);
}

void add_keys(Params& params, const Writes& writes) {
    params.byte_strings(column<BytesView>(writes, [](const Write& write) { return write.key; }));
}

void add_bodies(Params& params, const Writes& writes) {
    params.byte_strings(column<BytesView>(writes, [](const Write& write) { return write.body; }));
}

void add_document_columns(Params& params, const Writes& writes) {
    const auto archived = std::make_unique<bool[]>(writes.size());
    for (std::size_t i = 0; i < writes.size(); ++i) archived[i] = writes[i]->meta.archived;
    add_bodies(params, writes);
    params.jsons(column<std::string>(writes, [](const Write& write) { return json_of(write.body); }))
        .integers(numbers(writes, [](const Write& write) { return write.meta.version.value; }))
        .booleans({archived.get(), writes.size()})
        .integers(numbers(writes, [](const Write& write) { return write.meta.created.ms; }))
        .integers(numbers(writes, [](const Write& write) { return write.meta.updated.ms; }));
}

void add_expected(Params& params, const Writes& writes) {
    params.integers(numbers(writes, [](const Write& write) { return write.expect.version.value; }))
        .integers(numbers(writes, [](const Write& write) { return write.entries.empty() ? any_rid : write.meta.rid; }))
        .integer(static_cast<std::int64_t>(writes.size()));
}

Params params_of(TableKind kind, const Run& run) {
    const Writes writes = in_lock_order(run);
    Params params;
    add_keys(params, writes);
    if (driver::is_index(kind)) {
        params.integers(numbers(writes, [](const Write& write) { return write.meta.rid; }));
        const bool counts = kind == TableKind::unique_index && run.kind == Run::Kind::put;
        if (counts) params.integer(static_cast<std::int64_t>(writes.size()));
    } else if (run.kind == Run::Kind::insert || run.kind == Run::Kind::put || run.kind == Run::Kind::change) {
        if (kind == TableKind::documents) {
            add_document_columns(params, writes);
        } else {
            add_bodies(params, writes);
        }
    }
    if (run.kind == Run::Kind::change || run.kind == Run::Kind::erase) add_expected(params, writes);
    return params;
}

// What a run removes from one index table or adds to it.
struct Pairs {
    std::vector<BytesView> keys{};
    std::vector<std::int64_t> rids{};
    std::vector<BytesView> documents{};  // their keys
};

template <typename RidOf>
Pairs pairs_of(const Run& run, const EntryTables::Table& table, IndexEntry::Kind kind, RidOf rid_of) {
    Pairs pairs;
    std::unordered_set<BytesView> seen;  // in a unique index a statement may meet a key once only
    const bool once = table.is_unique && kind == IndexEntry::Kind::add;
    for (std::size_t i = 0; i < run.writes.size(); ++i) {
        for (const IndexEntry& entry : run.writes[i].entries) {
            if (entry.kind != kind || entry.index != table.name) continue;
            if (once && !seen.insert(entry.key).second) continue;
            pairs.keys.push_back(entry.key);
            pairs.rids.push_back(rid_of(i));
            pairs.documents.push_back(run.writes[i].key);
        }
    }
    return pairs;
}

void send_added(Connection& connection, const EntryTables::Table& table, const Pairs& pairs) {
    if (pairs.keys.empty()) return;
    const TableKind kind = table.is_unique ? TableKind::unique_index : TableKind::index;
    Params params;
    params.byte_strings(pairs.keys).integers(pairs.rids);
    if (table.is_unique) params.integer(static_cast<std::int64_t>(pairs.keys.size()));
    connection.send(run_sql(table.quoted, kind, Run::Kind::put), params);
}

void send_removed(Connection& connection, const EntryTables::Table& table, const Pairs& pairs) {
    if (pairs.keys.empty()) return;
    Params params;
    params.byte_strings(pairs.keys).integers(pairs.rids);
    connection.send(run_sql(table.quoted, TableKind::index, Run::Kind::remove), params);
}

// The server looks for the rids that it has just given.
void send_added_of_new(Connection& connection, const EntryTables::Table& table, const Pairs& pairs,
                       std::string_view documents) {
    if (pairs.keys.empty()) return;
    Params params;
    params.byte_strings(pairs.keys).byte_strings(pairs.documents);
    if (table.is_unique) params.integer(static_cast<std::int64_t>(pairs.keys.size()));
    connection.send(add_entries_of_new_sql(table.quoted, table.is_unique, documents), params);
}

void send_entries(Connection& connection, const TableEntry& table, const Run& run, EntryTables& tables) {
    const auto rid_of = [&](std::size_t i) { return run.writes[i].meta.rid; };
    for (const EntryTables::Table& index : tables.all()) {
        const Pairs added = pairs_of(run, index, IndexEntry::Kind::add, rid_of);
        if (run.kind == Run::Kind::insert) {
            send_added_of_new(connection, index, added, table.quoted);
        } else {
            send_removed(connection, index, pairs_of(run, index, IndexEntry::Kind::remove, rid_of));
            send_added(connection, index, added);
        }
    }
}

}  // namespace

void send_run(Connection& connection, const TableEntry& table, const Run& run, EntryTables& tables) {
    connection.send(run_sql(table.quoted, table.kind, run.kind), params_of(table.kind, run));
    if (run.has_entries) send_entries(connection, table, run, tables);
}

void send_entries_of_new(Connection& connection, const Run& run, std::span<const std::int64_t> rids,
                         EntryTables& tables) {
    for (const EntryTables::Table& index : tables.all()) {
        send_added(connection, index,
                   pairs_of(run, index, IndexEntry::Kind::add, [&](std::size_t i) { return rids[i]; }));
    }
}

Params single_params(TableKind kind, const Run& run) {
    const Write& write = run.writes.front();
    Params params;
    params.bytes(write.key);
    if (driver::is_index(kind)) return std::move(params.integer(write.meta.rid));
    if (run.kind == Run::Kind::insert || run.kind == Run::Kind::put || run.kind == Run::Kind::change) {
        params.bytes(write.body);
        if (kind == TableKind::documents) {
            const std::string json = json_of(write.body);
            if (json.empty()) {
                params.null(type::jsonb);
            } else {
                params.json(json);
            }
            params.integer(write.meta.version.value).boolean(write.meta.archived);
            params.integer(write.meta.created.ms).integer(write.meta.updated.ms);
        }
    }
    if (run.kind == Run::Kind::change || run.kind == Run::Kind::erase) params.integer(write.expect.version.value);
    return params;
}

std::string json_of(BytesView body) {
    std::string text;
    append_json(body, text);
    return text;
}

}  // namespace sheaf::postgres
