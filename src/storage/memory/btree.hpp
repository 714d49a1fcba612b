// BTree: key -> row in unsigned bytewise order, as a copy-on-write B+tree.
//
// A node keeps the prefix that all its keys share once, and of each key the next eight bytes as a big-endian number
// (its head), so that a search rarely looks at a key outside the node. Entries whose heads are equal (ids of one
// millisecond beside those of the next) are told apart by a mark, a byte of hash of the key's end, and then by their
// rows: far away in memory, each look at one costs as much as all the rest. Inner nodes have separators: rows without
// body, cut to the shortest key that separates; entry 0 has none.
//
// A BTree is a handle of one pointer, copied freely. What it points to lives as the blocks do (block.hpp). Threads: any
// number may read one state; changes go through the Workspace of the one writer.
//
//     Path path;
//     if (tree.locate(key, path) == nullptr) tree.insert(workspace, path, make_row(workspace, key, body, meta));
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include <sheaf/bytes.hpp>

#include "storage/memory/block.hpp"
#include "storage/memory/row.hpp"

namespace sheaf::memory {

struct Node : Block {
    static constexpr std::uint32_t fanout = 56;  // a leaf is then just under a kibibyte
    static constexpr std::size_t max_prefix = 44;

    std::uint16_t count = 0;
    std::uint8_t level = 0;  // 0: leaf
    std::uint8_t prefix_size = 0;
    std::array<char, max_prefix> prefix;
    std::array<std::uint64_t, fanout> heads;
    std::array<Row*, fanout> rows;  // leaf: the entries; inner: the separators from 1 on
    std::array<std::uint8_t, fanout> marks;

    std::uint32_t first() const { return level > 0 ? 1 : 0; }
    Node*& child(std::uint32_t index);
    const Node* child(std::uint32_t index) const;
};

struct Inner : Node {
    std::array<Node*, fanout> children;
};

inline Node*& Node::child(std::uint32_t index) {
    return static_cast<Inner*>(this)->children[index];
}
inline const Node* Node::child(std::uint32_t index) const {
    return static_cast<const Inner*>(this)->children[index];
}

// The way from the root to an entry; the entry may be one past the last of its leaf. Valid until the tree is changed.
struct Path {
    static constexpr std::uint32_t max_depth = 24;
    struct Step {
        Node* node;
        std::uint32_t index;
        bool operator==(const Step&) const = default;
    };
    std::uint32_t depth = 0;
    std::array<Step, max_depth> steps;

    Step& last() { return steps[depth - 1]; }
    const Step& last() const { return steps[depth - 1]; }
};

class BTree {
public:
    bool empty() const { return root_ == nullptr; }
    const Row* find(BytesView key) const;

    // The row with this key or null, and the place where it is or would be.
    Row* locate(BytesView key, Path& path) const;

    // REQUIRES for all three: the path was located in this state; insert: the key is absent, else: it is there. The row
    // that leaves the tree is returned and not retired.
    void insert(Workspace& workspace, Path& path, Row* row);
    Row* replace(Workspace& workspace, Path& path, Row* row);
    Row* remove(Workspace& workspace, Path& path);

    // Walking. begin/lower_bound/end place the path at an entry or at the end; equal places have equal last steps.
    // All give false, and leave the path unset, when the tree is empty. next() at the last entry moves to the end;
    // previous() moves back from anywhere but the first entry.
    bool begin(Path& path) const;
    bool end(Path& path) const;
    bool lower_bound(BytesView key, Path& path) const;
    static void next(Path& path);
    static void previous(Path& path);
    // To the first entry of the next leaf. False: there is none, and the path is at the end.
    static bool next_leaf(Path& path);

    // Calls visit(Block*) for each node, separator and row born at `from` or later, what is below a node before it.
    template <class Visit>
    void each_block(Stamp from, const Visit& visit) const {
        if (root_ != nullptr) each(root_, from, visit);
    }

    // Throws Error(internal) when the structure breaks a rule of this page. For tests.
    void validate() const;

private:
    template <class Visit>
    static void each(Node* node, Stamp from, const Visit& visit) {
        if (node->born < from) return;
        for (std::uint32_t i = 0; i < node->count; ++i) {
            if (node->level > 0) each(node->child(i), from, visit);
            if (i >= node->first() && node->rows[i]->born >= from) visit(node->rows[i]);
        }
        visit(node);
    }

    void own_path(Workspace& workspace, Path& path);
    void grow(Workspace& workspace, Row* separator, Node* right);
    void shrink_root(Workspace& workspace);

    Node* root_ = nullptr;
};

}  // namespace sheaf::memory
