#include <sheaf/error.hpp>

#include "storage/memory/btree.hpp"
#include "storage/memory/node.hpp"

namespace sheaf::memory {

namespace {

struct Bounds {
    const Row* lower = nullptr;  // inclusive
    const Row* upper = nullptr;  // exclusive
};

void require(bool holds, const char* rule) {
    if (!holds) throw Error(Code::internal, rule);
}

void check_keys(const Node& node, const Bounds& bounds) {
    const BytesView prefix(node.prefix.data(), node.prefix_size);
    for (std::uint32_t i = node.first(); i < node.count; ++i) {
        const BytesView key = node.rows[i]->key();
        require(key.substr(0, prefix.size()) == prefix, "a key lacks its node's prefix");
        const Found found = search(node, key);
        require(found.equal && found.index == i, "a key is not found where it is");
        require(node.marks[i] == mark_of(key), "an entry has another key's mark");
        require(i == node.first() || node.rows[i - 1]->key() < key, "keys of a node are out of order");
        require(bounds.lower == nullptr || bounds.lower->key() <= key, "a key is below its separator");
        require(bounds.upper == nullptr || key < bounds.upper->key(), "a key is not below the next separator");
    }
}

void check(const Node& node, const Bounds& bounds) {
    require(node.count > 0 && node.count <= Node::fanout, "a node is empty or over-full");
    check_keys(node, bounds);
    for (std::uint32_t i = 0; node.level > 0 && i < node.count; ++i) {
        const Node& child = *node.child(i);
        require(child.level + 1 == node.level, "the leaves are not all at one depth");
        require(child.born <= node.born, "a node is older than what is below it");
        check(child, {i > 0 ? node.rows[i] : bounds.lower, i + 1U < node.count ? node.rows[i + 1] : bounds.upper});
    }
}

}  // namespace

void BTree::validate() const {
    if (root_ == nullptr) return;
    require(root_->level == 0 || root_->count > 1, "the root has one child");
    check(*root_, {});
}

}  // namespace sheaf::memory
