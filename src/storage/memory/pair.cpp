#include "storage/memory/pair.hpp"

#include "storage/memory/walk.hpp"

namespace sheaf::memory {

void pass_shorter(const Table& index, BytesView key, Path& path) {
    const Row* pair = row_at(path);
    if (pair == nullptr || pair_key(*pair) >= key) return;
    Bytes behind(pair_key(*pair));
    behind.push_back('\x80');  // above all rids, below what longer keys go on with
    index.keys.lower_bound(behind, path);
}

const Row* first_pair(const Table& index, BytesView key) {
    if (index.kind == driver::TableKind::unique_index) return index.keys.find(key);
    Path path;
    if (!index.keys.lower_bound(key, path)) return nullptr;
    pass_shorter(index, key, path);
    const Row* pair = row_at(path);
    return pair != nullptr && pair_key(*pair) == key ? pair : nullptr;
}

}  // namespace sheaf::memory
