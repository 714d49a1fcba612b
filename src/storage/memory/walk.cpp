#include "storage/memory/walk.hpp"

#include "storage/memory/node.hpp"
#include "storage/memory/pair.hpp"

namespace sheaf::memory {

namespace {

// Only when keys break the rule about those that begin with each other (pair.hpp): misplaced, but nothing worse.
bool is_behind(const Path& path, const Path& end) {
    for (std::uint32_t i = 0; i < path.depth; ++i) {
        if (path.steps[i].index != end.steps[i].index) return path.steps[i].index > end.steps[i].index;
    }
    return false;
}

}  // namespace

Walk::Walk(const Table& table, const driver::KeyRange& range, bool descending) : descending_(descending) {
    const auto& [lower, upper] = range;
    if (table.keys.empty() || (lower && upper && *lower >= *upper)) return;
    Path first;
    Path end;
    lower ? table.keys.lower_bound(*lower, first) : table.keys.begin(first);
    upper ? table.keys.lower_bound(*upper, end) : table.keys.end(end);
    if (table.kind == driver::TableKind::index) {
        __builtin_prefetch(row_at(first));
        __builtin_prefetch(row_at(end));
        if (lower) pass_shorter(table, *lower, first);
        if (upper) pass_shorter(table, *upper, end);
        if (is_behind(first, end)) return;
    }
    stop_ = (descending_ ? first : end).last();
    path_ = descending_ ? end : first;
}

const Row* Walk::next() {
    constexpr std::uint32_t rows_ahead = 5;  // time enough for memory to answer
    if (path_.depth == 0 || path_.last() == stop_) {
        path_.depth = 0;
        return nullptr;
    }
    if (descending_) BTree::previous(path_);
    const auto [leaf, index] = path_.last();
    if (!descending_) BTree::next(path_);
    const std::uint32_t soon = descending_ ? index - rows_ahead : index + rows_ahead;
    if (soon < leaf->count) __builtin_prefetch(leaf->rows[soon]);
    return leaf->rows[index];
}

std::int64_t Walk::count(std::int64_t limit) const {
    constexpr std::uint32_t leaves_ahead = 6;
    if (path_.depth == 0) return 0;
    Path path = path_;
    std::int64_t found = 0;
    while (path.last().node != stop_.node && found < limit) {
        found += path.last().node->count - path.last().index;
        if (!BTree::next_leaf(path)) return found;
        if (path.depth < 2) continue;
        const Path::Step& above = path.steps[path.depth - 2];
        const std::uint32_t soon = above.index + leaves_ahead;
        if (soon < above.node->count) prefetch(above.node->child(soon), sizeof(Block) + sizeof above.node->count);
    }
    if (path.last().node == stop_.node) found += static_cast<std::int64_t>(stop_.index) - path.last().index;
    return found;
}

}  // namespace sheaf::memory
