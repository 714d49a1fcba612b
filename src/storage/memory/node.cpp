#include "storage/memory/node.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sheaf::memory {

namespace {

std::uint64_t big_endian(std::uint64_t value) {
    if constexpr (std::endian::native == std::endian::little) return __builtin_bswap64(value);
    return value;
}

// The eight bytes of the key after the first `skip`, with zeros behind its end. Different heads order as the keys do.
std::uint64_t head_of(BytesView key, std::size_t skip) {
    std::uint64_t head = 0;
    const std::size_t rest = key.size() - skip;
    if (rest >= sizeof head) {
        std::memcpy(&head, key.data() + skip, sizeof head);
    } else if (rest > 0) {
        std::memcpy(&head, key.data() + skip, rest);
    }
    return big_endian(head);
}

std::size_t common_prefix(BytesView a, BytesView b) {
    const std::size_t size = std::min(a.size(), b.size());
    return static_cast<std::size_t>(
        std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin()).first - a.begin());
}

BytesView prefix_of(const Node& node) {
    return {node.prefix.data(), node.prefix_size};
}

void set_prefix(Node& node, BytesView key, std::size_t size) {
    node.prefix_size = static_cast<std::uint8_t>(std::min(size, Node::max_prefix));
    if (node.prefix_size > 0) std::memcpy(node.prefix.data(), key.data(), node.prefix_size);
}

// The bytes that leave the prefix move into the heads, so no row is looked at.
void shorten_prefix(Node& node, std::size_t size) {
    const std::size_t dropped = node.prefix_size - size;
    const std::uint64_t front = head_of(prefix_of(node), size);
    for (std::uint32_t i = node.first(); i < node.count; ++i) {
        node.heads[i] = dropped >= 8 ? front : front | node.heads[i] >> (8 * dropped);
    }
    node.prefix_size = static_cast<std::uint8_t>(size);
}

// After a split the keys of a half may share more.
void lengthen_prefix(Node& node) {
    if (node.count <= node.first()) return;
    const BytesView front = node.rows[node.first()]->key();
    const std::size_t size = std::min(Node::max_prefix, common_prefix(front, node.rows[node.count - 1]->key()));
    if (size <= node.prefix_size) return;
    set_prefix(node, front, size);
    for (std::uint32_t i = node.first(); i < node.count; ++i) node.heads[i] = head_of(node.rows[i]->key(), size);
}

template <class T>
void shift(T* entries, std::uint32_t from, std::uint32_t to, std::uint32_t count) {
    std::memmove(entries + to, entries + from, (count - from) * sizeof(T));
}

// Entries [at, count) of `left` become those of `right`, which is new.
void move_tail(Node& left, Node& right, std::uint32_t at) {
    const std::uint32_t moved = left.count - at;
    right.prefix_size = left.prefix_size;
    right.prefix = left.prefix;
    std::copy_n(left.heads.begin() + at, moved, right.heads.begin());
    std::copy_n(left.rows.begin() + at, moved, right.rows.begin());
    std::copy_n(left.marks.begin() + at, moved, right.marks.begin());
    if (left.level > 0) std::copy_n(&left.child(at), moved, &right.child(0));
    right.count = static_cast<std::uint16_t>(moved);
    left.count = static_cast<std::uint16_t>(at);
}

// The shortest key that is greater than `left` and not greater than `right`.
BytesView between(BytesView left, BytesView right) {
    return right.substr(0, common_prefix(left, right) + 1);
}

Split split_leaf(Workspace& workspace, Node& left, std::uint32_t index, Row* row, bool at_end) {
    const std::uint32_t at = at_end ? left.count : left.count / 2;
    const bool goes_left = !at_end && index <= at;
    const BytesView last = index == at && goes_left ? row->key() : left.rows[at - 1]->key();
    const BytesView first = at_end ? row->key() : left.rows[at]->key();
    Row* separator = make_row(workspace, between(last, first), {});
    Node* right = workspace.make<Node>();
    move_tail(left, *right, at);
    place(goes_left ? left : *right, goes_left ? index : index - at, row, nullptr);
    return {separator, right};
}

Split split_inner(Workspace& workspace, Node& left, std::uint32_t index, Row* row, Node* child, bool at_end) {
    Node* right = workspace.make<Inner>();
    right->level = left.level;
    if (at_end) {  // the new separator goes up, its child is alone on the right
        right->count = 1;
        right->child(0) = child;
        return {row, right};
    }
    const std::uint32_t at = left.count / 2;
    Row* separator = left.rows[at];
    move_tail(left, *right, at);
    if (index <= at) {
        place(left, index, row, child);
    } else {
        place(*right, index - at, row, child);
    }
    return {separator, right};
}

}  // namespace

Run narrow(const Node& node, BytesView key) {
    const std::size_t skip = node.prefix_size;
    const std::uint32_t first = node.first();
    const std::size_t shared = std::min(key.size(), skip);
    const int order = shared == 0 ? 0 : std::memcmp(key.data(), node.prefix.data(), shared);
    if (order > 0) return {node.count, node.count};
    if (order < 0 || key.size() < skip || node.count <= first) return {first, first};

    const std::uint64_t head = head_of(key, skip);
    std::uint32_t low = first;
    for (std::uint32_t left = node.count - first; left > 1;) {  // without branches: half of them would be guessed wrong
        const std::uint32_t half = left / 2;
        low += half & (0U - static_cast<std::uint32_t>(node.heads[low + half - 1] < head));
        left -= half;
    }
    low += node.heads[low] < head ? 1 : 0;
    std::uint32_t high = low;
    while (high < node.count && node.heads[high] == head) ++high;
    return {low, high};
}

Found pick(const Node& node, Run run, BytesView key) {
    auto [low, high] = run;
    while (low < high) {
        const std::uint32_t middle = (low + high) / 2;
        const int compared = node.rows[middle]->key().compare(key);
        if (compared == 0) return {middle, true};
        if (compared < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return {low, false};
}

Found search_leaf(const Node& leaf, BytesView key, std::size_t wanted) {
    const Run run = narrow(leaf, key);
    const std::uint8_t mark = mark_of(key);
    int tries = 3;  // marks may have been made to collide; pick() has a bound
    for (std::uint32_t i = run.low; i < run.high && tries > 0; ++i) {
        if (leaf.marks[i] != mark) continue;
        prefetch(leaf.rows[i], wanted);
        if (leaf.rows[i]->key() == key) return {i, true};
        --tries;
    }
    return pick(leaf, run, key);
}

// Ids differ at their ends. Keys shorter than a head need no mark.
std::uint8_t mark_of(BytesView key) {
    std::uint64_t tail = 0;
    if (key.size() >= sizeof tail) std::memcpy(&tail, key.data() + key.size() - sizeof tail, sizeof tail);
    return static_cast<std::uint8_t>(tail * 0x9E3779B97F4A7C15U >> 56);
}

void place(Node& node, std::uint32_t index, Row* row, Node* child) {
    const BytesView key = row->key();
    if (node.count <= node.first()) {
        set_prefix(node, key, key.size());
    } else if (const std::size_t common = common_prefix(prefix_of(node), key); common < node.prefix_size) {
        shorten_prefix(node, common);
    }
    shift(node.heads.data(), index, index + 1, node.count);
    shift(node.rows.data(), index, index + 1, node.count);
    shift(node.marks.data(), index, index + 1, node.count);
    node.heads[index] = head_of(key, node.prefix_size);
    node.rows[index] = row;
    node.marks[index] = mark_of(key);
    if (node.level > 0) {
        shift(&node.child(0), index, index + 1, node.count);
        node.child(index) = child;
    }
    ++node.count;
}

Row* erase(Node& node, std::uint32_t index) {
    const std::uint32_t key_index = std::max(index, node.first());
    Row* gone = key_index < node.count ? node.rows[key_index] : nullptr;
    if (key_index < node.count) {
        shift(node.heads.data(), key_index + 1, key_index, node.count);
        shift(node.rows.data(), key_index + 1, key_index, node.count);
        shift(node.marks.data(), key_index + 1, key_index, node.count);
    }
    if (node.level > 0) shift(&node.child(0), index + 1, index, node.count);
    --node.count;
    return gone;
}

Split split(Workspace& workspace, Node& left, std::uint32_t index, Row* row, Node* child, bool at_end) {
    const Split result = left.level > 0 ? split_inner(workspace, left, index, row, child, at_end)
                                        : split_leaf(workspace, left, index, row, at_end);
    lengthen_prefix(left);
    lengthen_prefix(*result.right);
    return result;
}

void append_all(Node& left, const Node& right, Row* separator) {
    for (std::uint32_t i = 0; i < right.count; ++i) {
        Row* row = right.level > 0 && i == 0 ? separator : right.rows[i];
        place(left, left.count, row, right.level > 0 ? static_cast<const Inner&>(right).children[i] : nullptr);
    }
}

}  // namespace sheaf::memory
