#include "storage/memory/btree.hpp"

#include <sheaf/error.hpp>

#include "storage/memory/node.hpp"

namespace sheaf::memory {

namespace {

// A node with fewer entries is merged with a neighbour when both fit in one with room to spare.
constexpr std::uint32_t low_count = Node::fanout / 4;
constexpr std::uint32_t merged_count = Node::fanout * 3 / 4;

constexpr std::size_t row_start = sizeof(Row) + sizeof(driver::RowMeta);

void descend(Path& path, Node* node, bool to_last) {
    for (;;) {
        if (path.depth == Path::max_depth) throw Error(Code::internal, "the tree of a memory table is too deep");
        const bool inner = node->level > 0;
        const std::uint32_t index = to_last ? node->count - (inner ? 1U : 0U) : 0;
        path.steps[path.depth++] = {node, index};
        if (!inner) return;
        node = node->child(index);
    }
}

// Joins an owned node that has become small, child `index` of `parent`, with a neighbour. False: it stays as it is.
bool merge(Workspace& workspace, Node& parent, std::uint32_t index) {
    const std::uint32_t count = parent.child(index)->count;
    const auto fits = [&](std::uint32_t neighbour) { return parent.child(neighbour)->count + count <= merged_count; };
    std::uint32_t left_index = index;
    if (index > 0 && fits(index - 1)) {
        left_index = index - 1;
    } else if (index + 1 >= parent.count || !fits(index + 1)) {
        return false;
    }
    Node* left = workspace.own(parent.child(left_index));
    Node* right = parent.child(left_index + 1);
    Row* separator = parent.rows[left_index + 1];
    append_all(*left, *right, separator);
    erase(parent, left_index + 1);
    if (left->level == 0) workspace.retire(separator);
    workspace.retire(right);
    return true;
}

}  // namespace

const Row* BTree::find(BytesView key) const {
    const Node* node = root_;
    if (node == nullptr) return nullptr;
    while (node->level > 0) {
        node = node->child(child_index(*node, key));
        prefetch(node, sizeof(Node));
    }
    const Found found = search_leaf(*node, key, row_start + 384);  // with what a body usually has
    return found.equal ? node->rows[found.index] : nullptr;
}

Row* BTree::locate(BytesView key, Path& path) const {
    path.depth = 0;
    Node* node = root_;
    if (node == nullptr) return nullptr;
    for (;;) {
        if (path.depth == Path::max_depth) throw Error(Code::internal, "the tree of a memory table is too deep");
        if (node->level == 0) break;
        const std::uint32_t index = child_index(*node, key);
        path.steps[path.depth++] = {node, index};
        node = node->child(index);
        prefetch(node, sizeof(Node));
    }
    const Found found = search_leaf(*node, key, row_start + 64);
    path.steps[path.depth++] = {node, found.index};
    return found.equal ? node->rows[found.index] : nullptr;
}

void BTree::own_path(Workspace& workspace, Path& path) {
    Node** slot = &root_;
    for (std::uint32_t i = 0; i < path.depth; ++i) {
        path.steps[i].node = workspace.own(*slot);
        if (i + 1 < path.depth) slot = &path.steps[i].node->child(path.steps[i].index);
    }
}

void BTree::insert(Workspace& workspace, Path& path, Row* row) {
    if (root_ == nullptr) {
        root_ = workspace.make<Node>();
        place(*root_, 0, row, nullptr);
        return;
    }
    own_path(workspace, path);
    bool at_end = true;  // the whole path keeps to the right edge
    for (std::uint32_t i = 0; i < path.depth; ++i) {
        const Path::Step& step = path.steps[i];
        at_end = at_end && step.index + (i + 1 < path.depth ? 1U : 0U) == step.node->count;
    }
    Node* child = nullptr;
    for (std::uint32_t i = path.depth; i-- > 0;) {
        Node& node = *path.steps[i].node;
        const std::uint32_t index = path.steps[i].index + (node.level > 0 ? 1 : 0);
        if (node.count < Node::fanout) return place(node, index, row, child);
        const Split made = split(workspace, node, index, row, child, at_end);
        row = made.separator;
        child = made.right;
    }
    grow(workspace, row, child);
}

void BTree::grow(Workspace& workspace, Row* separator, Node* right) {
    Node* top = workspace.make<Inner>();
    top->level = static_cast<std::uint8_t>(root_->level + 1);
    top->count = 1;
    top->child(0) = root_;
    place(*top, 1, separator, right);
    root_ = top;
}

Row* BTree::replace(Workspace& workspace, Path& path, Row* row) {
    own_path(workspace, path);
    return std::exchange(path.last().node->rows[path.last().index], row);
}

Row* BTree::remove(Workspace& workspace, Path& path) {
    own_path(workspace, path);
    Row* gone = erase(*path.last().node, path.last().index);
    for (std::uint32_t i = path.depth - 1; i > 0; --i) {
        Node* node = path.steps[i].node;
        const auto [parent, index] = path.steps[i - 1];
        if (node->count == 0) {
            if (Row* separator = erase(*parent, index)) workspace.retire(separator);
            workspace.retire(node);
        } else if (node->count >= low_count || !merge(workspace, *parent, index)) {
            break;
        }
    }
    shrink_root(workspace);
    return gone;
}

void BTree::shrink_root(Workspace& workspace) {
    while (root_->level > 0 && root_->count == 1) {
        Node* below = root_->child(0);
        workspace.retire(root_);
        root_ = below;
    }
    if (root_->count > 0) return;
    workspace.retire(root_);
    root_ = nullptr;
}

bool BTree::begin(Path& path) const {
    path.depth = 0;
    if (root_ != nullptr) descend(path, root_, false);
    return root_ != nullptr;
}

bool BTree::end(Path& path) const {
    path.depth = 0;
    if (root_ != nullptr) descend(path, root_, true);
    return root_ != nullptr;
}

bool BTree::lower_bound(BytesView key, Path& path) const {
    if (locate(key, path) == nullptr && root_ != nullptr && path.last().index == path.last().node->count) {
        next_leaf(path);
    }
    return root_ != nullptr;
}

void BTree::next(Path& path) {
    Path::Step& step = path.last();
    if (++step.index == step.node->count) next_leaf(path);
}

bool BTree::next_leaf(Path& path) {
    path.last().index = path.last().node->count;
    std::uint32_t depth = path.depth - 1;
    while (depth > 0 && path.steps[depth - 1].index + 1 == path.steps[depth - 1].node->count) --depth;
    if (depth == 0) return false;
    Path::Step& turn = path.steps[depth - 1];
    ++turn.index;
    path.depth = depth;
    descend(path, turn.node->child(turn.index), false);
    return true;
}

void BTree::previous(Path& path) {
    if (path.last().index-- > 0) return;
    std::uint32_t depth = path.depth - 1;
    while (path.steps[depth - 1].index == 0) --depth;
    Path::Step& turn = path.steps[depth - 1];
    --turn.index;
    path.depth = depth;
    descend(path, turn.node->child(turn.index), true);
    --path.last().index;
}

}  // namespace sheaf::memory
