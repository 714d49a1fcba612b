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

    std::string_view name() const {
        return {reinterpret_cast<const char*>(this) + sizeof(Table), size - sizeof(Table)};
    }
};

inline Table* make_table(Workspace& workspace, std::string_view name, driver::TableKind kind) {
    Table* table = workspace.make<Table>(name.size());
    table->kind = kind;
    if (!name.empty()) std::memcpy(reinterpret_cast<char*>(table) + sizeof(Table), name.data(), name.size());
    return table;
}

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
    std::size_t count = 0;

    Tables tables() const {
        const void* entries = reinterpret_cast<const char*>(this) + sizeof(Version);
        return {static_cast<Table* const*>(entries), count};
    }
};

inline Version* make_version(Workspace& workspace, Tables tables) {
    Version* version = workspace.make<Version>(tables.size_bytes());
    version->count = tables.size();
    void* entries = reinterpret_cast<char*>(version) + sizeof(Version);
    if (!tables.empty()) std::memcpy(entries, tables.data(), tables.size_bytes());
    return version;
}

}  // namespace sheaf::memory
