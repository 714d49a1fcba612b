// Table and Version: the roots of everything, immutable once published.
//
// A Version is a committed state of the store: its tables, sorted by name. A Table is the state of one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include <sheaf/bytes.hpp>
#include <sheaf/driver/backend.hpp>

#include "storage/memory/block.hpp"
#include "storage/memory/btree.hpp"
#include "storage/memory/rid_tree.hpp"

namespace sheaf::memory {

struct Table : Block {
    driver::TableKind kind = driver::TableKind::documents;
    BTree keys;
    RidTree rids;  // of documents tables
    std::uint64_t next_rid = 1;
    std::uint64_t rows = 0;
    std::size_t name_size = 0;

    const char* bytes() const { return reinterpret_cast<const char*>(this) + sizeof(Table); }
    std::string_view name() const { return {bytes(), name_size}; }
    BytesView description() const { return {bytes() + name_size, size - sizeof(Table) - name_size}; }
};

inline Table* make_table(Workspace& workspace, std::string_view name, BytesView description) {
    Table* table = workspace.make<Table>(name.size() + description.size());
    table->name_size = name.size();
    char* bytes = reinterpret_cast<char*>(table) + sizeof(Table);
    if (!name.empty()) std::memcpy(bytes, name.data(), name.size());
    if (!description.empty()) std::memcpy(bytes + name.size(), description.data(), description.size());
    return table;
}

// The same rows under another name or with another description.
inline Table* make_table(Workspace& workspace, std::string_view name, BytesView description, const Table& like) {
    Table* table = make_table(workspace, name, description);
    table->kind = like.kind;
    table->keys = like.keys;
    table->rids = like.rids;
    table->next_rid = like.next_rid;
    table->rows = like.rows;
    return table;
}

// Throws invalid_argument: the table is of a kind with which that cannot be done.
[[noreturn]] void refuse(const Table& table, std::string_view why);

// Calls visit(Block*) for the table and all that it holds, as far as it was born at `from` or later.
template <class Visit>
void each_block(Table* table, Stamp from, const Visit& visit) {
    if (table->born < from) return;
    table->keys.each_block(from, visit);
    table->rids.each_block(from, visit);
    visit(table);
}

// Sorted by name.
using Tables = std::span<Table* const>;

// Where the name is or would be.
std::size_t table_position(Tables tables, std::string_view name);

struct Version : Block {
    Stamp catalog = 0;  // the stamp of the version in which tables or descriptions last changed
    std::size_t count = 0;

    Tables tables() const {
        const void* entries = reinterpret_cast<const char*>(this) + sizeof(Version);
        return {static_cast<Table* const*>(entries), count};
    }
};

// `catalog` 0: that of the new version itself.
inline Version* make_version(Workspace& workspace, Tables tables, Stamp catalog) {
    Version* version = workspace.make<Version>(tables.size_bytes());
    version->catalog = catalog != 0 ? catalog : version->born;
    version->count = tables.size();
    void* entries = reinterpret_cast<char*>(version) + sizeof(Version);
    if (!tables.empty()) std::memcpy(entries, tables.data(), tables.size_bytes());
    return version;
}

}  // namespace sheaf::memory
