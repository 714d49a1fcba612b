// Index tables: what is particular to this backend; the contract is tested by tests/conformance.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sheaf/error.hpp>

#include "storage/memory/memory_backend.hpp"

namespace sheaf::memory {
namespace {

using namespace sheaf::driver;  // NOLINT: the contract's words

constexpr std::string_view docs = "docs";
constexpr std::string_view plain = "plain";
constexpr std::string_view unique = "unique";

using Pairs = std::vector<std::pair<Bytes, std::int64_t>>;

Write pair(BytesView key, std::int64_t rid, Write::Kind kind = Write::Kind::put) {
    return {.kind = kind, .key = key, .meta = {.rid = rid}};
}

Outcome insert(Transaction& transaction, BytesView key, BytesView body, std::span<const IndexEntry> entries) {
    const Write write{.kind = Write::Kind::put,
                      .key = key,
                      .body = body,
                      .meta = {.version = {1}},
                      .expect = Expect::absent(),
                      .entries = entries};
    return transaction.apply(docs, {&write, 1}).at(0);
}

Pairs drain(Cursor& cursor) {
    Pairs found;
    for (RowView row; cursor.next(row);) found.emplace_back(cursor.key(), row.meta.rid);
    return found;
}

Pairs pairs(Transaction& transaction, std::string_view table, const KeyRange& range = {}, Order order = Order::key) {
    return drain(*transaction.scan(table, {.order = order, .range = range}));
}

class IndexTables : public testing::Test {
protected:
    IndexTables() {
        const auto transaction = write();
        transaction->ensure_table(docs, TableKind::documents);
        transaction->ensure_table(plain, TableKind::index);
        transaction->ensure_table(unique, TableKind::unique_index);
        transaction->commit();
    }
    std::unique_ptr<Transaction> read() { return backend_->begin({}); }
    std::unique_ptr<Transaction> write() { return backend_->begin({.mode = Mode::write}); }
    std::int64_t bytes() { return backend_->statistics().bytes; }

    // Documents 0 to count-1, each with a pair in both indexes under its number.
    void fill(int count) {
        const auto transaction = write();
        for (int i = 0; i < count; ++i) {
            const Bytes key = std::to_string(100'000 + i);
            const IndexEntry entries[] = {{.index = plain, .key = key}, {.index = unique, .key = key}};
            ASSERT_EQ(insert(*transaction, key, "body of " + key, entries), Outcome::done);
        }
        transaction->commit();
    }

    std::unique_ptr<Backend> backend_ = open_memory();
};

TEST_F(IndexTables, APairCostsLittle) {
    const std::int64_t before = bytes();
    const auto transaction = write();
    for (int i = 0; i < 10'000; ++i) {
        const std::string key = "key" + std::to_string(1'000'000 + i * 7);
        const Write write = pair(key, i + 1);
        transaction->apply(plain, {&write, 1});
    }
    transaction->commit();
    EXPECT_LT((bytes() - before) / 10'000, 70) << "a key of 10 bytes and a rid";
}

TEST_F(IndexTables, FetchGivesAllRowsWhateverTheirNumber) {
    fill(300);
    const auto reader = read();
    for (int count = 0; count <= 300; count = count < 70 ? count + 1 : count + 23) {
        const KeyRange range{"100000", std::to_string(100'000 + count)};
        for (const std::string_view index : {plain, unique}) {
            Pairs expected;
            for (int i = 0; i < count; ++i) expected.emplace_back(std::to_string(100'000 + i), i + 1);
            ASSERT_EQ(drain(*reader->fetch(docs, {.index = index, .ranges = {&range, 1}})), expected);
            std::reverse(expected.begin(), expected.end());
            const IndexScan down{.index = index, .ranges = {&range, 1}, .order = Order::key_descending};
            ASSERT_EQ(drain(*reader->fetch(docs, down)), expected);
        }
    }
}

TEST_F(IndexTables, AFailedBatchLeavesNoBytes) {
    fill(2'000);
    const std::int64_t before = bytes();
    {
        const auto transaction = write();
        std::vector<Bytes> keys;
        for (int i = 0; i < 500; ++i) keys.push_back("new" + std::to_string(i * 37 % 500));
        std::vector<IndexEntry> entries;
        for (const Bytes& key : keys) {
            entries.push_back({.index = plain, .key = key});
            entries.push_back({.index = unique, .key = key});
        }
        entries.back().key = "101234";  // taken
        std::vector<Write> writes;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            writes.push_back({.key = keys[i],
                              .body = "body",
                              .expect = Expect::absent(),
                              .entries = std::span(entries).subspan(2 * i, 2)});
        }
        const auto unchanged = pairs(*transaction, plain);
        EXPECT_EQ(transaction->apply(docs, writes).back(), Outcome::duplicate_entry);
        EXPECT_EQ(pairs(*transaction, plain), unchanged);
        EXPECT_EQ(pairs(*transaction, unique), unchanged);
        EXPECT_EQ(transaction->count(docs, {}, 0), 2'000);
        const IndexEntry entry{.index = unique, .key = "new0"};
        EXPECT_EQ(insert(*transaction, "next", "body", {&entry, 1}), Outcome::done);
        EXPECT_EQ(transaction->get(unique, "new0")->meta.rid, 2'001) << "the batch's rids were not used up";
    }
    EXPECT_EQ(bytes(), before);
}

TEST_F(IndexTables, DroppedIndexesAreFreed) {
    const std::int64_t before = bytes();
    fill(2'000);
    {
        const auto transaction = write();
        for (const std::string_view table : {docs, plain, unique}) transaction->drop_table(table);
        transaction->ensure_table(docs, TableKind::documents);
        transaction->ensure_table(plain, TableKind::index);
        transaction->ensure_table(unique, TableKind::unique_index);
        transaction->commit();
    }
    EXPECT_EQ(bytes(), before);
}

TEST_F(IndexTables, CursorsKeepToTheStateAtFetchWhateverTheirTransactionDoes) {
    fill(500);
    const auto transaction = write();
    Pairs expected;
    for (int i = 0; i < 500; ++i) expected.emplace_back(std::to_string(100'000 + i), i + 1);
    const auto cursor = transaction->fetch(docs, {.index = plain});
    const auto scan = transaction->scan(unique, {.order = Order::key});
    for (int i = 0; i < 500; i += 2) {
        const Bytes key = std::to_string(100'000 + i);
        const IndexEntry entries[] = {{IndexEntry::Kind::remove, plain, key}, {IndexEntry::Kind::remove, unique, key}};
        const Write remove{.kind = Write::Kind::remove, .key = key, .expect = Expect::exactly({1}), .entries = entries};
        ASSERT_EQ(transaction->apply(docs, {&remove, 1}).at(0), Outcome::done);
    }
    transaction->describe_table(docs, "another block");
    transaction->drop_table(plain);
    transaction->drop_table(unique);
    EXPECT_EQ(drain(*cursor), expected);
    EXPECT_EQ(drain(*scan), expected);
}

// Keys that break the rule about those that begin with each other come in some order, and that is all that happens.
TEST_F(IndexTables, KeysThatBreakTheRuleDoNoHarm) {
    std::mt19937_64 random(11);
    const auto text = [&] {
        constexpr std::string_view alphabet("\0\x01\x80\xFF", 4);
        Bytes made;
        for (std::size_t left = random() % 5; left > 0; --left) made.push_back(alphabet[random() % 4]);
        return made;
    };
    const auto transaction = write();
    std::set<std::pair<Bytes, std::int64_t>> model;
    for (int i = 0; i < 5'000; ++i) {
        const Bytes key = text();
        const auto rid = static_cast<std::int64_t>(random() % 3 == 0 ? random() >> 4 : random() % 50);
        const bool add = random() % 3 != 0;
        const Write write = pair(key, rid, add ? Write::Kind::put : Write::Kind::remove);
        transaction->apply(plain, {&write, 1});
        add ? void(model.emplace(key, rid)) : void(model.erase({key, rid}));
    }
    Pairs all = pairs(*transaction, plain);
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, Pairs(model.begin(), model.end()));
    for (int i = 0; i < 2'000; ++i) {
        const KeyRange range{text(), text()};
        EXPECT_LE(pairs(*transaction, plain, range).size(), all.size());
        EXPECT_LE(pairs(*transaction, plain, range, Order::key_descending).size(), all.size());
        EXPECT_LE(transaction->count(plain, {&range, 1}, 0), static_cast<std::int64_t>(all.size()));
        EXPECT_GE(transaction->count(plain, {&range, 1}, 0), 0);
        EXPECT_LE(drain(*transaction->fetch(docs, {.index = plain, .ranges = {&range, 1}})).size(), all.size());
        transaction->get(plain, text());
    }
}

TEST_F(IndexTables, NegativeRidsAreRefused) {
    const auto transaction = write();
    const Write write = pair("k", -1);
    EXPECT_THROW(transaction->apply(plain, {&write, 1}), Error);
    EXPECT_TRUE(pairs(*transaction, plain).empty());
    transaction->commit();  // refused before anything was done
}

// Run under ThreadSanitizer: a writer moves a unique key from document to document while readers follow it.
TEST_F(IndexTables, ThreadsSeeDocumentsAndPairsTogether) {
    constexpr int count = 50;
    {
        const auto transaction = write();
        for (int i = 0; i < count; ++i) insert(*transaction, std::to_string(i), i == 0 ? "holder" : "none", {});
        const Write write = pair("token", 1);
        transaction->apply(unique, {&write, 1});
        transaction->commit();
    }
    std::atomic<bool> stop{false};
    std::atomic<int> found{0};
    const auto following = [&] {
        while (!stop) {
            const auto transaction = read();
            const auto cursor = transaction->fetch(docs, {.index = unique});
            RowView row;
            ASSERT_TRUE(cursor->next(row));
            ASSERT_EQ(row.body, "holder");
            ASSERT_FALSE(cursor->next(row));
            ++found;
        }
    };
    std::thread readers[] = {std::thread(following), std::thread(following)};
    std::mt19937_64 random(3);
    Bytes holder = "0";
    for (int i = 0; i < 2'000 || (found < 100 && i < 1'000'000); ++i) {
        const Bytes next = std::to_string(random() % count);
        if (next == holder) continue;
        const auto transaction = write();
        const Version from = transaction->get(docs, holder)->meta.version;
        const Version to = transaction->get(docs, next)->meta.version;
        const IndexEntry leaves{IndexEntry::Kind::remove, unique, "token"};
        const IndexEntry comes{IndexEntry::Kind::add, unique, "token"};
        const Write writes[] = {{.key = holder,
                                 .body = "none",
                                 .meta = {.version = {from.value + 1}},
                                 .expect = Expect::exactly(from),
                                 .entries = {&leaves, 1}},
                                {.key = next,
                                 .body = "holder",
                                 .meta = {.version = {to.value + 1}},
                                 .expect = Expect::exactly(to),
                                 .entries = {&comes, 1}}};
        ASSERT_EQ(transaction->apply(docs, writes), std::vector<Outcome>(2, Outcome::done));
        if (random() % 5 == 0) continue;  // rolled back
        transaction->commit();
        holder = next;
    }
    stop = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_GE(found, 100);
}

}  // namespace
}  // namespace sheaf::memory
