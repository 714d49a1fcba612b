#include "storage/memory/rid_tree.hpp"

#include <bit>

namespace sheaf::memory {

namespace {

unsigned digit(std::uint64_t rid, unsigned level) {
    return static_cast<unsigned>(rid >> (6 * level)) & 63;
}

void put(RidNode* node, unsigned index, Block* block) {
    node->slots[index] = block;
    node->used |= std::uint64_t{1} << index;
}

}  // namespace

void RidTree::set(Workspace& workspace, std::uint64_t rid, Row* row) {
    if (root_ == nullptr) {
        root_ = workspace.make<RidNode>();
        levels_ = 1;
    }
    while (!fits(rid)) {
        auto* above = workspace.make<RidNode>();
        if (root_->used != 0)
            put(above, 0, root_);
        else
            workspace.retire(root_);
        root_ = above;
        ++levels_;
    }
    RidNode* node = workspace.own(root_);
    for (unsigned level = levels_ - 1; level > 0; --level) {
        const unsigned index = digit(rid, level);
        if ((node->used >> index & 1) == 0) put(node, index, workspace.make<RidNode>());
        node = static_cast<RidNode*>(workspace.own(node->slots[index]));
    }
    put(node, digit(rid, 0), row);
}

void RidTree::clear(Workspace& workspace, std::uint64_t rid) {
    std::array<RidNode*, 11> path{};
    RidNode* node = workspace.own(root_);
    for (unsigned level = levels_ - 1;; --level) {
        path[level] = node;
        if (level == 0) break;
        node = static_cast<RidNode*>(workspace.own(node->slots[digit(rid, level)]));
    }
    for (unsigned level = 0; level < levels_; ++level) {
        path[level]->used &= ~(std::uint64_t{1} << digit(rid, level));
        if (path[level]->used != 0) return;
        workspace.retire(path[level]);
    }
    root_ = nullptr;
    levels_ = 0;
}

const RidNode* RidTree::leaf(std::uint64_t rid) const {
    if (root_ == nullptr || !fits(rid)) return nullptr;
    const RidNode* node = root_;
    for (unsigned level = levels_ - 1; level > 0; --level) {
        const unsigned index = digit(rid, level);
        if ((node->used >> index & 1) == 0) return nullptr;
        node = node->child(index);
    }
    return node;
}

std::optional<RidTree::Place> RidTree::seek(std::uint64_t rid) const {
    while (root_ != nullptr && fits(rid)) {
        const RidNode* node = root_;
        for (unsigned level = levels_ - 1;; --level) {
            const unsigned shift = 6 * level;
            const std::uint64_t rest = node->used >> digit(rid, level);
            if (rest == 0) {  // nothing here or to the right: go on in the next node of the level above
                rid = ((rid >> (shift + 6)) + 1) << (shift + 6);
                break;
            }
            const auto skip = static_cast<unsigned>(std::countr_zero(rest));
            if (skip > 0) rid = ((rid >> shift) + skip) << shift;
            if (level == 0) return Place{node, rid};
            node = node->child(digit(rid, level));
        }
    }
    return std::nullopt;
}

}  // namespace sheaf::memory
