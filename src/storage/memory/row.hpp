// Row: one immutable allocation with a row's metadata, key and body. Rows of ordered and index tables (pair.hpp) have
// no metadata, the separators of tree nodes no body either.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include <sheaf/bytes.hpp>
#include <sheaf/driver/backend.hpp>

#include "storage/memory/block.hpp"

namespace sheaf::memory {

struct Row : Block {
    std::uint32_t meta_size = 0;
    std::uint32_t key_size = 0;

    const char* bytes() const { return reinterpret_cast<const char*>(this) + sizeof(Row); }
    BytesView key() const { return {bytes() + meta_size, key_size}; }
    BytesView body() const {
        const std::size_t before = std::size_t{meta_size} + key_size;
        return {bytes() + before, size - sizeof(Row) - before};
    }
    driver::RowMeta meta() const {
        driver::RowMeta meta;
        if (meta_size > 0) std::memcpy(static_cast<void*>(&meta), bytes(), sizeof meta);
        return meta;
    }
};
static_assert(std::is_trivially_copyable_v<driver::RowMeta>);

// `meta` null: none.
inline Row* make_row(Workspace& workspace, BytesView key, BytesView body, const driver::RowMeta* meta = nullptr) {
    const std::size_t meta_size = meta != nullptr ? sizeof *meta : 0;
    Row* row = workspace.make<Row>(meta_size + key.size() + body.size());
    row->meta_size = static_cast<std::uint32_t>(meta_size);
    row->key_size = static_cast<std::uint32_t>(key.size());
    char* bytes = reinterpret_cast<char*>(row + 1);
    if (meta != nullptr) std::memcpy(bytes, static_cast<const void*>(meta), sizeof *meta);
    if (!key.empty()) std::memcpy(bytes + meta_size, key.data(), key.size());
    if (!body.empty()) std::memcpy(bytes + meta_size + key.size(), body.data(), body.size());
    return row;
}

}  // namespace sheaf::memory
