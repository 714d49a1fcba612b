// Row: one immutable allocation with a row's metadata, key and body. The separators of tree nodes are rows without
// body.
#pragma once

#include <cstdint>
#include <cstring>

#include <sheaf/bytes.hpp>
#include <sheaf/driver/backend.hpp>

#include "storage/memory/block.hpp"

namespace sheaf::memory {

struct Row : Block {
    std::size_t key_size = 0;
    driver::RowMeta meta;

    const char* bytes() const { return reinterpret_cast<const char*>(this) + sizeof(Row); }
    BytesView key() const { return {bytes(), key_size}; }
    BytesView body() const { return {bytes() + key_size, size - sizeof(Row) - key_size}; }
};

inline Row* make_row(Workspace& workspace, BytesView key, BytesView body, const driver::RowMeta& meta) {
    Row* row = workspace.make<Row>(key.size() + body.size());
    row->key_size = key.size();
    row->meta = meta;
    char* bytes = reinterpret_cast<char*>(row) + sizeof(Row);
    if (!key.empty()) std::memcpy(bytes, key.data(), key.size());
    if (!body.empty()) std::memcpy(bytes + key.size(), body.data(), body.size());
    return row;
}

}  // namespace sheaf::memory
