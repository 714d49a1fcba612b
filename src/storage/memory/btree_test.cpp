#include "storage/memory/btree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/memory/rid_tree.hpp"

namespace sheaf::memory {
namespace {

using Model = std::map<Bytes, Bytes>;

std::vector<std::pair<Bytes, Bytes>> forward(const BTree& tree) {
    std::vector<std::pair<Bytes, Bytes>> rows;
    Path at;
    Path end;
    if (!tree.begin(at)) return rows;
    for (tree.end(end); at.last() != end.last(); BTree::next(at)) {
        const Row* row = at.last().node->rows[at.last().index];
        rows.emplace_back(row->key(), row->body());
    }
    return rows;
}

std::vector<std::pair<Bytes, Bytes>> backward(const BTree& tree) {
    std::vector<std::pair<Bytes, Bytes>> rows;
    Path at;
    Path begin;
    if (!tree.end(at)) return rows;
    for (tree.begin(begin); at.last() != begin.last();) {
        BTree::previous(at);
        const Row* row = at.last().node->rows[at.last().index];
        rows.emplace_back(row->key(), row->body());
    }
    return rows;
}

void expect_equal(const BTree& tree, const Model& model) {
    const std::vector<std::pair<Bytes, Bytes>> expected(model.begin(), model.end());
    ASSERT_NO_THROW(tree.validate());
    ASSERT_EQ(forward(tree), expected);
    const std::vector<std::pair<Bytes, Bytes>> reversed(expected.rbegin(), expected.rend());
    ASSERT_EQ(backward(tree), reversed);
}

// A tree, the map that it should equal, and the blocks of its older states.
class Pair {
public:
    ~Pair() {
        commit();
        tree.each_block(0, free_block);
        for (Block* block : old_) free_block(block);
    }

    void put(BytesView key, BytesView body) {
        Path path;
        Row* row = make_row(*space_, key, body);
        if (tree.locate(key, path) != nullptr) {
            space_->retire(tree.replace(*space_, path, row));
        } else {
            tree.insert(*space_, path, row);
        }
        model.insert_or_assign(Bytes(key), Bytes(body));
    }

    bool remove(BytesView key) {
        Path path;
        const bool there = tree.locate(key, path) != nullptr;
        if (there) space_->retire(tree.remove(*space_, path));
        EXPECT_EQ(model.erase(Bytes(key)), there ? 1U : 0U);
        return there;
    }

    // What was done so far will not change again.
    void commit() {
        old_.insert(old_.end(), space_->retired().begin(), space_->retired().end());
        space_ = std::make_unique<Workspace>(space_->stamp() + 1);
    }

    // Everything that is allocated, for comparing with what was counted.
    std::size_t bytes() const {
        std::size_t sum = 0;
        tree.each_block(0, [&](const Block* block) { sum += block->size; });
        return sum;
    }

    Workspace& space() { return *space_; }

    BTree tree;
    Model model;

private:
    std::unique_ptr<Workspace> space_ = std::make_unique<Workspace>(1);
    std::vector<Block*> old_;
};

// Kinds of keys that hurt: shared prefixes longer than a node's, keys that are prefixes of others, zero bytes (which
// look like padding in a head), bytes above 0x7f, long keys.
Bytes random_key(std::mt19937_64& random, int kind) {
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    switch (kind) {
        case 0:
            return std::to_string(below(2000));
        case 1:
            return Bytes(60, 'p') + std::to_string(below(2000));
        case 2:
            return Bytes(below(300), '\0');
        case 3: {
            Bytes key(below(6), 'x');
            for (char& c : key) c = static_cast<char>(below(4) * 85);
            return key;
        }
        case 4:
            return Bytes(1000 + below(30), static_cast<char>(below(8))) + static_cast<char>(below(256));
        default:
            return "01234567" + Bytes(below(12), static_cast<char>(below(2) * 255)) + std::to_string(below(40));
    }
}

class BTreeRandom : public testing::TestWithParam<int> {};

TEST_P(BTreeRandom, EqualsAMapAndSnapshotsStay) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Pair pair;
    std::vector<std::pair<BTree, Model>> snapshots;
    for (int round = 0; round < 40; ++round) {
        const bool shrinking = round % 8 >= 5;
        const std::uint64_t changes = random() % 400;
        for (std::uint64_t i = 0; i < changes; ++i) {
            const int kind = GetParam() >= 0 ? GetParam() : static_cast<int>(random() % 6);
            const Bytes key = random_key(random, kind);
            if (random() % 4 < (shrinking ? 3U : 1U)) {
                pair.remove(key);
            } else {
                pair.put(key, std::to_string(random()));
            }
            const Bytes probe = random_key(random, kind);
            const Row* found = pair.tree.find(probe);
            ASSERT_EQ(found != nullptr, pair.model.contains(probe));
            if (found != nullptr) {
                ASSERT_EQ(found->body(), pair.model[probe]);
            }
        }
        expect_equal(pair.tree, pair.model);
        snapshots.emplace_back(pair.tree, pair.model);
        pair.commit();
    }
    for (const auto& [tree, model] : snapshots) expect_equal(tree, model);
}

TEST_P(BTreeRandom, LowerBound) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Pair pair;
    const auto kind = [&] { return GetParam() >= 0 ? GetParam() : static_cast<int>(random() % 6); };
    for (int i = 0; i < 600; ++i) pair.put(random_key(random, kind()), "");
    Path end;
    ASSERT_TRUE(pair.tree.end(end));
    for (int i = 0; i < 3000; ++i) {
        const Bytes key = random_key(random, kind());
        const auto expected = pair.model.lower_bound(key);
        Path path;
        ASSERT_TRUE(pair.tree.lower_bound(key, path));
        ASSERT_EQ(path.last() == end.last(), expected == pair.model.end());
        if (expected == pair.model.end()) continue;
        ASSERT_EQ(path.last().node->rows[path.last().index]->key(), expected->first);
    }
}

INSTANTIATE_TEST_SUITE_P(Keys, BTreeRandom, testing::Values(0, 1, 2, 3, 4, 5, -1));

TEST(BTree, EmptyTree) {
    const BTree tree;
    Path path;
    EXPECT_TRUE(tree.empty());
    EXPECT_EQ(tree.find("a"), nullptr);
    EXPECT_EQ(tree.find({}), nullptr);
    EXPECT_FALSE(tree.begin(path));
    EXPECT_FALSE(tree.end(path));
    EXPECT_FALSE(tree.lower_bound("a", path));
}

TEST(BTree, RisingKeysFillTheirNodes) {
    Pair pair;
    for (int i = 100000; i < 130000; ++i) pair.put("key" + std::to_string(i), "");
    expect_equal(pair.tree, pair.model);
    const std::size_t rows = 30000 * (sizeof(Row) + 9);
    const std::size_t full_leaves = 30000 / Node::fanout * sizeof(Node);
    EXPECT_LT(pair.bytes(), rows + full_leaves * 5 / 4);  // a quarter for inner nodes; half-full leaves would be twice
}

// A node's prefix shrinks by every possible number of bytes, less and more than a head holds.
TEST(BTree, PrefixesShrink) {
    const Bytes prefix = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrst";
    for (std::size_t cut = 0; cut < prefix.size(); ++cut) {
        Pair pair;
        for (int i = 10; i < 40; ++i) pair.put(prefix + std::to_string(i), "");
        pair.put(prefix.substr(0, cut) + "~", "");
        expect_equal(pair.tree, pair.model);
        pair.put(prefix.substr(0, cut / 2), "");
        expect_equal(pair.tree, pair.model);
    }
}

TEST(BTree, FallingKeys) {
    Pair pair;
    for (int i = 20000; i-- > 0;) pair.put("key" + std::to_string(100000 + i), "");
    expect_equal(pair.tree, pair.model);
}

TEST(BTree, DeletesInEveryOrderLeaveNothing) {
    for (int order = 0; order < 3; ++order) {
        Pair pair;
        std::vector<Bytes> keys;
        for (int i = 0; i < 20000; ++i) keys.push_back(std::to_string(1000000 + i * 7));
        for (const Bytes& key : keys) pair.put(key, "body");
        if (order == 1) std::reverse(keys.begin(), keys.end());
        if (order == 2) std::shuffle(keys.begin(), keys.end(), std::mt19937_64(7));
        for (std::size_t i = 0; i < keys.size(); ++i) {
            ASSERT_TRUE(pair.remove(keys[i]));
            if (i % 1500 == 0) expect_equal(pair.tree, pair.model);
        }
        EXPECT_TRUE(pair.tree.empty());
        EXPECT_EQ(pair.space().bytes(), 0);
    }
}

TEST(BTree, SparseDeletesShrinkTheTree) {
    Pair pair;
    for (int i = 0; i < 60000; ++i) pair.put(std::to_string(1000000 + i), "");
    for (int i = 0; i < 60000; ++i) {
        if (i % 60 != 0) pair.remove(std::to_string(1000000 + i));
    }
    expect_equal(pair.tree, pair.model);
    // A thousand rows in leaves that are a quarter full at the least, on average.
    EXPECT_LT(pair.bytes(), 1000 * (sizeof(Row) + 7) + 1000 / (Node::fanout / 4) * sizeof(Node) + 4 * sizeof(Inner));
}

TEST(BTree, OwnNodesAreChangedInPlace) {
    Pair pair;
    for (int i = 0; i < 1000; ++i) pair.put(std::to_string(i), "");
    pair.commit();
    pair.put("500", "a");
    const std::size_t copied = pair.space().retired().size();
    EXPECT_EQ(copied, 3U);  // the path of two nodes, and the row
    pair.put("500", "b");
    EXPECT_EQ(pair.space().retired().size(), copied);
}

TEST(BTree, FrozenStateStaysWhileOpen) {
    Pair pair;
    for (int i = 0; i < 1000; ++i) pair.put(std::to_string(i), "old");
    const BTree seen = pair.tree;
    const Model model = pair.model;
    pair.space().freeze();
    for (int i = 0; i < 1000; ++i) pair.put(std::to_string(i), "new");
    for (int i = 0; i < 1000; i += 2) pair.remove(std::to_string(i));
    expect_equal(seen, model);
    expect_equal(pair.tree, pair.model);
    pair.space().thaw();
    EXPECT_EQ(pair.space().bytes(), static_cast<std::int64_t>(pair.bytes()));
}

std::vector<std::uint64_t> rids_of(const RidTree& tree) {
    std::vector<std::uint64_t> rids;
    for (auto place = tree.seek(0); place; place = tree.seek(place->rid + 1)) {
        EXPECT_EQ(place->leaf->row(place->rid & 63)->meta().rid, static_cast<std::int64_t>(place->rid));
        rids.push_back(place->rid);
    }
    return rids;
}

TEST(RidTree, EqualsAMapAndSnapshotsStay) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::map<std::uint64_t, Row*> model;
    std::vector<std::pair<RidTree, std::vector<std::uint64_t>>> snapshots;
    std::vector<Block*> garbage;
    auto space = std::make_unique<Workspace>(1);
    RidTree tree;
    std::uint64_t next = 1;
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 200; ++i) {
            if (!model.empty() && random() % 5 < (round % 10 > 6 ? 4U : 2U)) {
                auto victim = model.lower_bound(random() % next);
                if (victim == model.end()) --victim;
                tree.clear(*space, victim->first);
                model.erase(victim);
            } else {
                const driver::RowMeta meta{.rid = static_cast<std::int64_t>(next)};
                Row* row = make_row(*space, "", "", &meta);
                garbage.push_back(row);
                tree.set(*space, next, row);
                model[next] = row;
                next += random() % 50 == 0 ? 1 + random() % 100000 : 1;
            }
        }
        std::vector<std::uint64_t> expected;
        for (const auto& [rid, row] : model) expected.push_back(rid);
        ASSERT_EQ(rids_of(tree), expected);
        snapshots.emplace_back(tree, expected);
        garbage.insert(garbage.end(), space->retired().begin(), space->retired().end());
        space = std::make_unique<Workspace>(space->stamp() + 1);
    }
    for (const auto& [old, expected] : snapshots) ASSERT_EQ(rids_of(old), expected);
    while (!model.empty()) {
        tree.clear(*space, model.begin()->first);
        model.erase(model.begin());
    }
    EXPECT_FALSE(tree.seek(0));
    garbage.insert(garbage.end(), space->retired().begin(), space->retired().end());
    for (Block* block : garbage) free_block(block);
}

TEST(RidTree, Extremes) {
    Workspace space(1);
    RidTree tree;
    Row* row = make_row(space, "", "");
    tree.set(space, RidTree::max_rid, row);
    EXPECT_EQ(tree.seek(0)->rid, RidTree::max_rid);
    EXPECT_EQ(tree.seek(RidTree::max_rid)->rid, RidTree::max_rid);
    EXPECT_FALSE(tree.seek(RidTree::max_rid + 1));
    EXPECT_FALSE(tree.seek(~std::uint64_t{0}));
    tree.clear(space, RidTree::max_rid);
    space.discard(row);
    EXPECT_EQ(space.bytes(), 0);
}

}  // namespace
}  // namespace sheaf::memory
