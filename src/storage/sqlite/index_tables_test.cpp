// Index tables as this backend keeps them: pairs beside documents, all or nothing, and what other programs see of them.
// That it keeps the contract in general is tests/conformance.
#include <algorithm>
#include <deque>

#include "storage/sqlite/test_support.hpp"

namespace sheaf::sqlite {
namespace {

using namespace test;
using driver::IndexEntry;
using driver::KeyRange;
using driver::Order;

constexpr const char* plain = "_sheaf_i.plain";
constexpr const char* unique = "_sheaf_i.unique";

IndexEntry add(std::string_view index, BytesView key) {
    return {IndexEntry::Kind::add, index, key};
}
IndexEntry drop(std::string_view index, BytesView key) {
    return {IndexEntry::Kind::remove, index, key};
}

// Writes with their keys and entries, which a Write only borrows.
class Batch {
public:
    Batch& insert(std::string_view name, std::vector<IndexEntry> entries) {
        return write(Write::Kind::put, name, Expect::absent(), 0, std::move(entries));
    }
    Batch& update(std::string_view name, std::int64_t rid, std::vector<IndexEntry> entries) {
        return write(Write::Kind::put, name, Expect::exactly(Version{1}), rid, std::move(entries));
    }
    Batch& remove(std::string_view name, std::int64_t rid, std::vector<IndexEntry> entries) {
        return write(Write::Kind::remove, name, Expect::exactly(Version{1}), rid, std::move(entries));
    }
    std::vector<Outcome> apply(Transaction& transaction) const { return transaction.apply("docs", writes_); }

private:
    Batch& write(Write::Kind kind, std::string_view name, Expect expect, std::int64_t rid,
                 std::vector<IndexEntry> entries) {
        keys_.push_back(id(name));
        entries_.push_back(std::move(entries));
        Write made{.kind = kind, .key = keys_.back(), .body = name, .meta = {}, .expect = expect};
        made.meta.rid = rid;
        made.meta.version = Version{1};
        made.entries = entries_.back();
        writes_.push_back(made);
        return *this;
    }

    std::deque<Bytes> keys_;
    std::deque<std::vector<IndexEntry>> entries_;
    std::vector<Write> writes_;
};

// "key:rid key:rid ..."
std::string pairs(Transaction& transaction, std::string_view index, Order order = Order::key) {
    std::string all;
    driver::RowView row;
    const auto cursor = transaction.scan(index, {.order = order, .range = {}});
    while (cursor->next(row)) {
        EXPECT_TRUE(row.body.empty());
        if (!all.empty()) all += ' ';
        all.append(cursor->key()).append(":").append(std::to_string(row.meta.rid));
    }
    return all;
}

// "key:body key:body ..."
std::string fetched(Transaction& transaction, std::string_view index, const std::vector<KeyRange>& ranges,
                    Order order = Order::key, driver::RowFilter* filter = nullptr) {
    std::string all;
    driver::RowView row;
    const auto cursor = transaction.fetch("docs", {.index = index, .ranges = ranges, .order = order, .filter = filter});
    while (cursor->next(row)) {
        EXPECT_GT(row.meta.rid, 0);
        EXPECT_EQ(row.meta.version, Version{1});
        if (!all.empty()) all += ' ';
        all.append(cursor->key()).append(":").append(row.body);
    }
    return all;
}

class IndexTables : public SqliteTest {
protected:
    void SetUp() override {
        backend_ = open(file_);
        make_table(*backend_, "docs");
        make_table(*backend_, plain, TableKind::index);
        make_table(*backend_, unique, TableKind::unique_index);
    }
    Outcome put_pair(Transaction& transaction, std::string_view index, BytesView key, std::int64_t rid) {
        Write made{.kind = Write::Kind::put, .key = key, .body = {}, .meta = {}, .expect = {}};
        made.meta.rid = rid;
        return transaction.apply(index, {&made, 1}).at(0);
    }
    Outcome remove_pair(Transaction& transaction, std::string_view index, BytesView key, std::int64_t rid) {
        Write made{.kind = Write::Kind::remove, .key = key, .body = {}, .meta = {}, .expect = {}};
        made.meta.rid = rid;
        return transaction.apply(index, {&made, 1}).at(0);
    }
    // a, b, c, d with rids 1 to 4; plain: by letter, with "x" for all; unique: the letter.
    void fill() {
        const auto transaction = write(*backend_);
        Batch batch;
        for (const char* name : {"a", "b", "c", "d"}) {
            batch.insert(name, {add(plain, name), add(plain, "x"), add(unique, name)});
        }
        EXPECT_EQ(batch.apply(*transaction), std::vector<Outcome>(4, Outcome::done));
        transaction->commit();
    }

    std::unique_ptr<Backend> backend_;
};

TEST_F(IndexTables, ArePlainTablesToOthers) {
    Raw raw(file_);
    EXPECT_EQ(raw.ask("SELECT kind, sql FROM _sheaf_tables JOIN sqlite_master ON storage=sqlite_master.name "
                      "WHERE _sheaf_tables.name='_sheaf_i.plain'"),
              "index|CREATE TABLE \"_sheaf_i.plain\"(k BLOB NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY(k, rid)) "
              "WITHOUT ROWID");
    EXPECT_EQ(raw.ask("SELECT kind, sql FROM _sheaf_tables JOIN sqlite_master ON storage=sqlite_master.name "
                      "WHERE _sheaf_tables.name='_sheaf_i.unique'"),
              "unique_index|CREATE TABLE \"_sheaf_i.unique\"(k BLOB NOT NULL PRIMARY KEY, rid INTEGER NOT NULL) "
              "WITHOUT ROWID");
    fill();
    EXPECT_EQ(raw.ask("SELECT group_concat(CAST(k AS TEXT) || rid, ' ') FROM \"_sheaf_i.unique\""), "a1 b2 c3 d4");
    EXPECT_EQ(raw.ask("SELECT typeof(k), typeof(rid) FROM \"_sheaf_i.plain\""), "blob|integer");
}

TEST_F(IndexTables, PairsAreWrittenDirectlyToo) {
    const auto transaction = write(*backend_);
    EXPECT_EQ(put_pair(*transaction, plain, "k", 7), Outcome::done);
    EXPECT_EQ(put_pair(*transaction, plain, "k", 3), Outcome::done);
    EXPECT_EQ(put_pair(*transaction, plain, "k", 3), Outcome::done);
    EXPECT_EQ(put_pair(*transaction, plain, "", 9), Outcome::done);
    EXPECT_EQ(pairs(*transaction, plain), ":9 k:3 k:7");
    EXPECT_EQ(pairs(*transaction, plain, Order::key_descending), "k:7 k:3 :9");
    EXPECT_EQ(transaction->get(plain, "k")->meta.rid, 3);
    EXPECT_EQ(transaction->get(plain, "k")->body, "");
    EXPECT_FALSE(transaction->get(plain, "j"));
    EXPECT_EQ(remove_pair(*transaction, plain, "k", 3), Outcome::done);
    EXPECT_EQ(remove_pair(*transaction, plain, "k", 3), Outcome::done);
    EXPECT_EQ(pairs(*transaction, plain), ":9 k:7");

    EXPECT_EQ(put_pair(*transaction, unique, "k", 7), Outcome::done);
    EXPECT_EQ(put_pair(*transaction, unique, "k", 7), Outcome::done);
    EXPECT_EQ(put_pair(*transaction, unique, "k", 3), Outcome::duplicate_entry);
    EXPECT_EQ(remove_pair(*transaction, unique, "k", 3), Outcome::done) << "not this pair";
    EXPECT_EQ(transaction->get(unique, "k")->meta.rid, 7);
    EXPECT_EQ(remove_pair(*transaction, unique, "k", 7), Outcome::done);
    EXPECT_EQ(put_pair(*transaction, unique, "k", 3), Outcome::done);
}

TEST_F(IndexTables, EntriesGoWithTheirDocument) {
    fill();
    {
        const auto transaction = write(*backend_);
        Batch batch;
        batch.update("b", 2, {drop(plain, "b"), add(plain, "bb"), drop(unique, "b"), add(unique, "bb")})
            .remove("c", 3, {drop(plain, "c"), drop(plain, "x"), drop(unique, "c")})
            .insert("e", {add(unique, "c"), add(unique, "b"), add(plain, "a")});
        EXPECT_EQ(batch.apply(*transaction), std::vector<Outcome>(3, Outcome::done));
        transaction->commit();
    }
    const auto transaction = read(*backend_);
    EXPECT_EQ(pairs(*transaction, plain), "a:1 a:5 bb:2 d:4 x:1 x:2 x:4");
    EXPECT_EQ(pairs(*transaction, unique), "a:1 b:5 bb:2 c:5 d:4");
}

TEST_F(IndexTables, APairThatComesAndGoesWithinABatchEndsAsTheLastWriteSays) {
    const auto transaction = write(*backend_);
    Batch batch;
    batch.insert("a", {add(plain, "k"), add(unique, "k")})
        .update("a", 1, {drop(plain, "k"), drop(unique, "k"), add(plain, "l"), add(plain, "k")})
        .update("a", 1, {drop(plain, "l"), add(unique, "k")});
    EXPECT_EQ(batch.apply(*transaction), std::vector<Outcome>(3, Outcome::done));
    EXPECT_EQ(pairs(*transaction, plain), "k:1");
    EXPECT_EQ(pairs(*transaction, unique), "k:1");
}

TEST_F(IndexTables, ARefusedEntryUndoesTheWholeBatchWhereverItStands) {
    fill();
    const auto transaction = write(*backend_);
    const std::string before = pairs(*transaction, plain) + pairs(*transaction, unique);
    struct Case {
        Batch batch;
        std::vector<Outcome> outcomes;
    };
    std::vector<Case> cases(7);
    cases[0].batch.insert("e", {add(plain, "e"), add(unique, "a")});
    cases[0].outcomes = {Outcome::duplicate_entry};
    cases[1].batch.insert("e", {add(unique, "e"), add(plain, "e")}).insert("f", {add(plain, "f"), add(unique, "e")});
    cases[1].outcomes = {Outcome::done, Outcome::duplicate_entry};
    cases[2].batch.update("a", 1, {drop(unique, "a"), add(unique, "d")});
    cases[2].outcomes = {Outcome::duplicate_entry};
    cases[3].batch.insert("e", {add(unique, "e")}).insert("a", {add(unique, "z")});
    cases[3].outcomes = {Outcome::done, Outcome::duplicate};
    cases[4].batch.update("a", 1, {drop(unique, "a")}).insert("e", {add(unique, "a")}).remove("z", 9, {});
    cases[4].outcomes = {Outcome::done, Outcome::done, Outcome::mismatch};
    cases[5].batch.insert("e", {add(plain, "e")}).update("a", 2, {add(plain, "z")});
    cases[5].outcomes = {Outcome::done, Outcome::mismatch};  // a is not row 2
    cases[6].batch.insert("e", {add(plain, "e")}).remove("a", 2, {drop(plain, "a")});
    cases[6].outcomes = {Outcome::done, Outcome::mismatch};
    for (const Case& wrong : cases) {
        EXPECT_EQ(wrong.batch.apply(*transaction), wrong.outcomes);
        EXPECT_EQ(pairs(*transaction, plain) + pairs(*transaction, unique), before);
        EXPECT_EQ(transaction->count("docs", {}, 0), 4);
        EXPECT_EQ(body(*transaction, "docs", id("a")), "a");
    }
    Batch good;
    EXPECT_EQ(good.insert("e", {add(unique, "e"), add(plain, "e")}).apply(*transaction).at(0), Outcome::done);
    EXPECT_EQ(transaction->get(unique, "e")->meta.rid, transaction->get("docs", id("e"))->meta.rid);
    transaction->commit();
}

TEST_F(IndexTables, WhatCannotBeWrittenIsSaidBeforeAnythingIs) {
    fill();
    const auto transaction = write(*backend_);
    const auto refused = [&](Batch batch) { return error_of([&] { batch.apply(*transaction); }); };
    EXPECT_EQ(refused(Batch().insert("e", {add("missing", "k")})), "not_found");
    EXPECT_EQ(refused(Batch().insert("e", {add("docs", "k")})), "unsupported");
    IndexEntry entry = add(plain, "k");
    Write without{.kind = Write::Kind::put, .key = "k", .body = {}, .meta = {}, .expect = {}};
    without.entries = {&entry, 1};
    EXPECT_EQ(error_of([&] { transaction->apply("docs", {&without, 1}); }), "invalid_argument");
    without.expect = Expect::absent();
    EXPECT_EQ(error_of([&] { transaction->apply(plain, {&without, 1}); }), "invalid_argument");
    without.kind = Write::Kind::remove;
    EXPECT_EQ(error_of([&] { transaction->apply("docs", {&without, 1}); }), "invalid_argument");
    EXPECT_EQ(transaction->count("docs", {}, 0), 4);
    EXPECT_EQ(transaction->count(plain, {}, 0), 8);
}

TEST_F(IndexTables, AnIndexThatAnotherHandleHasDroppedIsNotFound) {
    fill();
    const auto other = open(file_);
    Batch().insert("e", {add(plain, "e")}).apply(*write(*backend_));  // known here, and rolled back
    {
        const auto transaction = write(*other);
        transaction->drop_table(plain);
        transaction->commit();
    }
    const auto transaction = write(*backend_);
    EXPECT_EQ(error_of([&] { Batch().insert("e", {add(plain, "e")}).apply(*transaction); }), "not_found");
    EXPECT_EQ(error_of([&] { transaction->fetch("docs", {.index = plain, .ranges = {}}); }), "not_found");
    EXPECT_EQ(body(*transaction, "docs", id("e")), "(none)");
}

TEST_F(IndexTables, FetchingGoesAlongTheRanges) {
    fill();
    const auto transaction = read(*backend_);
    const std::vector<KeyRange> ends = {{std::nullopt, "b"}, {"c", std::nullopt}};
    EXPECT_EQ(fetched(*transaction, plain, ends), "a:a c:c d:d x:a x:b x:c x:d");
    EXPECT_EQ(fetched(*transaction, plain, ends, Order::key_descending), "x:d x:c x:b x:a d:d c:c a:a");
    EXPECT_EQ(fetched(*transaction, unique, {}), "a:a b:b c:c d:d");
    EXPECT_EQ(fetched(*transaction, unique, {}, Order::key_descending), "d:d c:c b:b a:a");
    EXPECT_EQ(fetched(*transaction, unique, {{"b", "c"}, {"d", "e"}}), "b:b d:d");
    EXPECT_EQ(fetched(*transaction, unique, {{"b", "b"}, {"e", std::nullopt}}), "");
    EXPECT_EQ(error_of([&] { transaction->fetch("docs", {.index = plain, .ranges = {}, .order = Order::insertion}); }),
              "unsupported");
    EXPECT_EQ(error_of([&] { transaction->fetch(plain, {.index = plain, .ranges = {}}); }), "unsupported");
    EXPECT_EQ(error_of([&] { transaction->fetch("docs", {.index = "docs", .ranges = {}}); }), "unsupported");
    EXPECT_EQ(error_of([&] { transaction->scan(plain, {}); }), "unsupported");
}

struct Only : driver::RowFilter {
    explicit Only(std::string wanted) : wanted_(std::move(wanted)) {}
    bool wants(BytesView body) override {
        ++asked;
        if (body == "d") throw Error(Code::cancelled, "enough");
        return wanted_.find(body) != std::string::npos;
    }
    int asked = 0;

private:
    std::string wanted_;
};

TEST_F(IndexTables, AFilterIsAskedOncePerPair) {
    fill();
    const auto transaction = read(*backend_);
    Only filter("ac");
    EXPECT_EQ(fetched(*transaction, plain, {{"a", "d"}, {"x", std::nullopt}}, Order::key, nullptr),
              "a:a b:b c:c x:a x:b x:c x:d");
    EXPECT_EQ(fetched(*transaction, plain, {{"a", "d"}}, Order::key, &filter), "a:a c:c");
    EXPECT_EQ(filter.asked, 3);
    EXPECT_EQ(fetched(*transaction, plain, {{std::nullopt, "b"}, {"c", "d"}}, Order::key_descending, &filter),
              "c:c a:a");
    EXPECT_EQ(error_of([&] { fetched(*transaction, plain, {}, Order::key, &filter); }, "enough"), "cancelled");
    EXPECT_EQ(fetched(*transaction, plain, {{"a", "b"}}, Order::key, &filter), "a:a") << "the transaction stands";
}

TEST_F(IndexTables, CursorsOfOneIndexStandSideBySide) {
    fill();
    const auto transaction = read(*backend_);
    driver::RowView first_row;
    driver::RowView second_row;
    const auto first = transaction->fetch("docs", {.index = plain, .ranges = {}});
    const auto second = transaction->fetch("docs", {.index = plain, .ranges = {}, .order = Order::key});
    std::string seen;
    while (first->next(first_row) && second->next(second_row)) {
        EXPECT_EQ(first_row.body, second_row.body);
        seen += first_row.body;
    }
    EXPECT_EQ(seen, "abcdabcd");
}

TEST_F(IndexTables, RenamingAndDroppingAreSeenWithinTheTransaction) {
    fill();
    const auto transaction = write(*backend_);
    EXPECT_EQ(fetched(*transaction, unique, {}), "a:a b:b c:c d:d");
    transaction->rename_table("docs", "papers");
    EXPECT_EQ(error_of([&] { fetched(*transaction, unique, {}); }), "not_found");
    driver::RowView row;
    EXPECT_TRUE(transaction->fetch("papers", {.index = unique, .ranges = {}})->next(row));
    transaction->rename_table("papers", "docs");
    transaction->drop_table(unique);
    transaction->ensure_table(unique, TableKind::unique_index);
    EXPECT_EQ(fetched(*transaction, unique, {}), "");
    EXPECT_EQ(fetched(*transaction, plain, {{"x", "y"}}), "x:a x:b x:c x:d");
}

TEST_F(IndexTables, AreCountedByRange) {
    fill();
    {
        const auto transaction = write(*backend_);
        for (const char* key : {"\x20 number", "\x40 other"}) put(*transaction, "docs", key, "n");
        transaction->commit();
    }
    const auto transaction = read(*backend_);
    const auto count = [&](std::string_view table, const std::vector<KeyRange>& ranges, std::int64_t limit = 0) {
        return transaction->count(table, ranges, limit);
    };
    EXPECT_EQ(count(plain, {}), 8);
    EXPECT_EQ(count(plain, {}, 5), 5);
    EXPECT_EQ(count(plain, {{"b", "d"}}), 2);
    EXPECT_EQ(count(plain, {{"b", "c"}, {"x", std::nullopt}}), 5);
    EXPECT_EQ(count(plain, {{"b", "c"}, {"x", std::nullopt}}, 3), 3);
    EXPECT_EQ(count(plain, {{"b", "c"}, {"x", std::nullopt}}, 9), 5);
    EXPECT_EQ(count(plain, {{"c", "b"}}), 0);
    EXPECT_EQ(count(unique, {{std::nullopt, "c"}}), 2);
    EXPECT_EQ(count("docs", {}), 6);
    EXPECT_EQ(count("docs", {{std::nullopt, std::nullopt}}), 6) << "numbers, strings and others";
    EXPECT_EQ(count("docs", {{std::nullopt, std::nullopt}}, 4), 4);
    EXPECT_EQ(count("docs", {{id("b"), "\x40 z"}}), 4);
    EXPECT_EQ(error_of([&] { count("missing", {}); }), "not_found");
}

TEST_F(IndexTables, EstimatesAreNotTooSmall) {
    fill();
    {
        const auto transaction = read(*backend_);
        EXPECT_EQ(transaction->estimate("docs"), 4);
        EXPECT_EQ(transaction->estimate(plain), 8);
        EXPECT_EQ(error_of([&] { transaction->estimate("missing"); }), "not_found");
    }
    const auto transaction = write(*backend_);
    std::vector<Write> writes(5'000);
    for (std::size_t i = 0; i < writes.size(); ++i) writes[i].meta.rid = static_cast<std::int64_t>(i);
    transaction->apply(plain, writes);  // all with the smallest possible key
    EXPECT_GE(transaction->estimate(plain), 5'008);
}

// Long ranges are counted by leaps: over keys of one pair, of a few and of many.
TEST_F(IndexTables, LongRangesAreCountedExactly) {
    fill();
    std::deque<Bytes> keys;
    std::vector<Bytes> sorted;
    std::vector<Write> writes;
    for (std::int64_t i = 0; i < 6'000; ++i) {
        const std::int64_t key = i < 2'000 ? i : i < 4'000 ? 2'000 + i / 7 : 4'000 + i / 900;
        keys.push_back("k" + std::string({static_cast<char>(key / 100), static_cast<char>(key % 100)}));
        writes.push_back({.key = keys.back(), .meta = {.rid = i + 1}});
        sorted.push_back(keys.back());
    }
    std::sort(sorted.begin(), sorted.end());
    const auto transaction = write(*backend_);
    transaction->apply(plain, writes);
    for (std::size_t from = 0; from < sorted.size(); from += 331) {
        for (std::size_t to = from; to < sorted.size(); to += 577) {
            const KeyRange range{sorted[from], sorted[to]};
            const auto lower = std::lower_bound(sorted.begin(), sorted.end(), sorted[from]);
            const auto upper = std::lower_bound(sorted.begin(), sorted.end(), sorted[to]);
            const std::int64_t expected = upper - lower;
            EXPECT_EQ(transaction->count(plain, {&range, 1}, 0), expected) << from << " to " << to;
            for (const std::int64_t limit : {1, 64, 65, 500, 5'000}) {
                EXPECT_EQ(transaction->count(plain, {&range, 1}, limit), std::min(expected, limit)) << limit;
            }
        }
    }
}

TEST_F(IndexTables, SurviveVacuum) {
    fill();
    {
        const auto transaction = write(*backend_);
        EXPECT_EQ(
            Batch().remove("b", 2, {drop(plain, "b"), drop(plain, "x"), drop(unique, "b")}).apply(*transaction).at(0),
            Outcome::done);
        transaction->commit();
    }
    Raw raw(file_);
    EXPECT_EQ(raw.ask("PRAGMA integrity_check"), "ok");
    raw.run("VACUUM");
    raw.run("ANALYZE");
    EXPECT_EQ(raw.ask("PRAGMA integrity_check"), "ok");
    const auto transaction = read(*backend_);
    EXPECT_EQ(fetched(*transaction, plain, {}), "a:a c:c d:d x:a x:c x:d");
    EXPECT_EQ(fetched(*transaction, unique, {}), "a:a c:c d:d");
}

}  // namespace
}  // namespace sheaf::sqlite
