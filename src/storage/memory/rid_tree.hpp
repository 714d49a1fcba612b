// RidTree: rid -> row in insertion order, as a copy-on-write radix tree with 64 slots per node.
//
// Rids only ever grow at the end, so no searching, splitting or balancing is needed: six bits of the rid per level. A
// node without rows is removed, so a row costs at most one node of its own however sparse the rids become.
//
// A RidTree is a handle of two words, copied freely. What it points to lives as the blocks do (block.hpp). Threads: any
// number may read one state; changes go through the Workspace of the one writer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "storage/memory/block.hpp"
#include "storage/memory/row.hpp"

namespace sheaf::memory {

struct RidNode : Block {
    std::uint64_t used = 0;  // bit i: slots[i] is set
    std::array<Block*, 64> slots;

    const Row* row(unsigned index) const { return static_cast<const Row*>(slots[index]); }
    const RidNode* child(unsigned index) const { return static_cast<const RidNode*>(slots[index]); }
};

class RidTree {
public:
    static constexpr std::uint64_t max_rid = (std::uint64_t{1} << 60) - 1;

    // Puts or replaces. REQUIRES: rid <= max_rid. Does not retire the old row.
    void set(Workspace& workspace, std::uint64_t rid, Row* row);
    // REQUIRES: rid is there. Does not retire the row.
    void clear(Workspace& workspace, std::uint64_t rid);

    struct Place {
        const RidNode* leaf = nullptr;
        std::uint64_t rid = 0;
    };
    // The row of a rid in two steps, between which its place can be prefetched. Null where there is none.
    const RidNode* leaf(std::uint64_t rid) const;
    static void prefetch(const RidNode* leaf, std::uint64_t rid) {
        __builtin_prefetch(&leaf->used);
        __builtin_prefetch(&leaf->slots[rid & 63]);
    }
    static const Row* row_in(const RidNode* leaf, std::uint64_t rid) {
        return leaf != nullptr && (leaf->used >> (rid & 63) & 1) != 0 ? leaf->row(rid & 63) : nullptr;
    }

    // The first row at `rid` or after it.
    std::optional<Place> seek(std::uint64_t rid) const;

    // Calls visit(Block*) for each node born at `from` or later, children first. Rows are not visited.
    template <class Visit>
    void each_block(Stamp from, const Visit& visit) const {
        if (root_ != nullptr) each(root_, levels_ - 1, from, visit);
    }

private:
    bool fits(std::uint64_t rid) const { return rid >> (6 * levels_) == 0; }

    template <class Visit>
    static void each(RidNode* node, unsigned level, Stamp from, const Visit& visit) {
        if (node->born < from) return;
        for (unsigned i = 0; level > 0 && i < 64; ++i) {
            if ((node->used >> i & 1) != 0) each(static_cast<RidNode*>(node->slots[i]), level - 1, from, visit);
        }
        visit(node);
    }

    RidNode* root_ = nullptr;
    unsigned levels_ = 0;  // at most 10
};

}  // namespace sheaf::memory
