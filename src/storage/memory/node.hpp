// The parts of BTree that look at one node or two neighbours: searching, placing, erasing, splitting, merging.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sheaf/bytes.hpp>

#include "storage/memory/btree.hpp"

namespace sheaf::memory {

// The entries (of an inner node: separators) whose prefix and head are those of the key. All before the run are less,
// all behind it greater.
struct Run {
    std::uint32_t low;
    std::uint32_t high;
};
Run narrow(const Node& node, BytesView key);

// The first entry that is not less than the key, or the count.
struct Found {
    std::uint32_t index;
    bool equal;
};
Found pick(const Node& node, Run run, BytesView key);

inline Found search(const Node& node, BytesView key) {
    return pick(node, narrow(node, key), key);
}

// The same in a leaf: quicker when the key is there. `wanted`: how many bytes of its row will be used.
Found search_leaf(const Node& leaf, BytesView key, std::size_t wanted);

// Fetches memory that will be used soon, all its cache lines at once rather than one after the other.
inline void prefetch(const void* memory, std::size_t size) {
    for (std::size_t i = 0; i < size; i += 64) __builtin_prefetch(static_cast<const char*>(memory) + i);
}

std::uint8_t mark_of(BytesView key);

// The child in which the key is or would be.
inline std::uint32_t child_index(const Node& node, BytesView key) {
    const Found found = search(node, key);
    return found.equal ? found.index : found.index - 1;
}

// Makes room at `index` for an entry. REQUIRES: the node is owned and not full; index >= node.first().
void place(Node& node, std::uint32_t index, Row* row, Node* child);

// Takes an entry out. Of an inner node, entry 0 leaves with the separator of entry 1. Returns the row or separator that
// is no longer in the node; null when an inner node loses its only child.
Row* erase(Node& node, std::uint32_t index);

// Splits a full node and puts the new entry in. `at_end`: the node is the last of its level and the entry goes behind
// all others, as with rising keys; the left node then stays full. Returns the new right node and its separator.
struct Split {
    Row* separator;
    Node* right;
};
Split split(Workspace& workspace, Node& left, std::uint32_t index, Row* row, Node* child, bool at_end);

// Moves all of `right` behind `left`. `separator` is the one between them; it is used in inner nodes only.
// REQUIRES: left is owned and has the room.
void append_all(Node& left, const Node& right, Row* separator);

}  // namespace sheaf::memory
