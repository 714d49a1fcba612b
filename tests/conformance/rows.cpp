// Rows: what is put is what is got, places in insertion order, and whose bytes are whose.
#include <algorithm>
#include <limits>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

RowMeta without_rid(RowMeta meta) {
    meta.rid = 0;
    return meta;
}

std::int64_t rid_of(Backend& backend, BytesView key) {
    const auto row = backend.begin({.mode = Mode::read, .control = {}})->get(docs, key);
    return row ? row->meta.rid : -1;
}

}  // namespace

TEST_P(Rows, MissingKeyIsNothing) {
    make_tables();
    EXPECT_FALSE(read()->get(docs, id(1)).has_value());
    EXPECT_FALSE(read()->get(index, "k").has_value());
}

TEST_P(Rows, BodyAndMetadataComeBack) {
    make_tables();
    RowMeta extreme;
    extreme.rid = 4711;  // ignored
    extreme.version = Version{std::numeric_limits<std::int64_t>::max()};
    extreme.archived = true;
    extreme.created = DateTime{std::numeric_limits<std::int64_t>::min()};
    extreme.updated = DateTime{std::numeric_limits<std::int64_t>::max()};
    const Bytes key = id(1);
    Write write_extreme = put(key, "body");
    write_extreme.meta = extreme;
    commit_one(backend(), docs, write_extreme);
    const Bytes other = id(2);
    commit_one(backend(), docs, put(other, "other", 3));

    const auto transaction = read();
    const auto row = transaction->get(docs, key);
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->body, "body");
    EXPECT_EQ(without_rid(row->meta), without_rid(extreme));
    EXPECT_NE(row->meta.rid, 4711) << "the backend assigns the rid";
    EXPECT_EQ(without_rid(transaction->get(docs, other)->meta), meta(3));
}

TEST_P(Rows, OrderedTablesHaveKeyAndBodyOnly) {
    make_tables();
    commit_one(backend(), index, put("k", "v", 7));
    const auto row = read()->get(index, "k");
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->body, "v");
    EXPECT_EQ(row->meta, RowMeta{});
    EXPECT_EQ(rows(*read(), index, {.order = Order::key, .range = {}}), (std::vector<Seen>{{"k", "v", RowMeta{}}}));
}

TEST_P(Rows, ReplacedRowTakesTheNewBodyAndMetadataAndKeepsItsPlace) {
    make_tables();
    const Bytes first = id("first");
    const Bytes second = id("second");
    commit_one(backend(), docs, put(first, "1"));
    commit_one(backend(), docs, put(second, "2"));
    const std::int64_t rid = rid_of(backend(), first);
    commit_one(backend(), docs, put(first, "changed", 2));
    const auto row = read()->get(docs, first);
    EXPECT_EQ(row->body, "changed");
    EXPECT_EQ(without_rid(row->meta), meta(2));
    EXPECT_EQ(row->meta.rid, rid);
    EXPECT_EQ(keys(backend(), docs), (std::vector<Bytes>{first, second}));
}

TEST_P(Rows, PlacesRiseWithEachInsertWhateverTheKey) {
    make_tables();
    const std::vector<Value> ids = {"z", 5, "a", true, -3, "m", 2.5};
    std::vector<Bytes> inserted;
    for (const Value& value : ids) {
        inserted.push_back(id(value));
        commit_one(backend(), docs, put(inserted.back(), "x"));
    }
    EXPECT_EQ(keys(backend(), docs), inserted);
    const auto seen = rows(*read(), docs);
    EXPECT_TRUE(
        std::is_sorted(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.meta.rid < b.meta.rid; }));
    EXPECT_GT(seen.front().meta.rid, 0) << "after_rid 0 is before every row";
}

TEST_P(Rows, RemovedKeyThatReturnsGetsALargerPlace) {
    make_tables();
    const Bytes a = id("a");
    const Bytes b = id("b");
    commit_one(backend(), docs, put(a, "1"));
    commit_one(backend(), docs, put(b, "2"));

    const std::int64_t last = rid_of(backend(), b);
    commit_one(backend(), docs, remove(b));
    commit_one(backend(), docs, put(b, "2 again"));
    EXPECT_GT(rid_of(backend(), b), last) << "removed and put back as the last row";

    const std::int64_t before = rid_of(backend(), b);
    commit_one(backend(), docs, remove(a));
    commit_one(backend(), docs, put(a, "1 again"));
    EXPECT_GT(rid_of(backend(), a), before) << "removed and put back from the front";
    EXPECT_EQ(keys(backend(), docs), (std::vector<Bytes>{b, a}));
}

TEST_P(Rows, RemovedKeyThatReturnsInTheSameBatchGetsALargerPlace) {
    make_tables();
    const Bytes a = id("a");
    const Bytes b = id("b");
    commit_one(backend(), docs, put(a, "1"));
    commit_one(backend(), docs, put(b, "2"));
    const std::int64_t last = rid_of(backend(), b);
    {
        const auto transaction = write();
        EXPECT_EQ(apply(*transaction, docs, {remove(b), put(b, "2 again"), remove(a), put(a, "1 again")}),
                  Outcomes(4, Outcome::done));
        transaction->commit();
    }
    EXPECT_GT(rid_of(backend(), b), last);
    EXPECT_GT(rid_of(backend(), a), rid_of(backend(), b));
}

TEST_P(Rows, RemovedAllAndPutBackGetsALargerPlace) {
    make_tables();
    const Bytes a = id("a");
    commit_one(backend(), docs, put(a, "1"));
    const std::int64_t last = rid_of(backend(), a);
    commit_one(backend(), docs, remove(a));
    commit_one(backend(), docs, put(a, "2"));
    EXPECT_GT(rid_of(backend(), a), last);
}

TEST_P(Rows, RemovedRowIsGone) {
    make_tables();
    const Bytes key = id("a");
    commit_one(backend(), docs, put(key, "1"));
    commit_one(backend(), docs, remove(key));
    EXPECT_FALSE(read()->get(docs, key).has_value());
    EXPECT_TRUE(rows(*read(), docs).empty());
    commit_one(backend(), docs, remove(key));  // a missing one is fine
    commit_one(backend(), index, put("k", "1"));
    commit_one(backend(), index, remove("k"));
    EXPECT_FALSE(read()->get(index, "k").has_value());
}

TEST_P(Rows, GetManyAnswersPerKeyInTheirOrder) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "one"));
    commit_one(backend(), docs, put(id(2), "two"));
    const Bytes one = id(1);
    const Bytes two = id(2);
    const Bytes three = id(3);
    const std::vector<BytesView> asked = {two, three, one, two};
    const auto found = read()->get_many(docs, asked);
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0]->body, "two");
    EXPECT_FALSE(found[1].has_value());
    EXPECT_EQ(found[2]->body, "one");
    EXPECT_EQ(found[3]->body, "two");
    EXPECT_EQ(found[0]->meta, found[3]->meta);
    EXPECT_TRUE(read()->get_many(docs, {}).empty());
    EXPECT_TRUE(read()->get_many(index, {}).empty());
}

TEST_P(Rows, GetManyTakesMoreKeysThanAStatementHasParameters) {
    make_tables();
    constexpr int count = 40'000;
    std::vector<Bytes> owned;
    for (int i = 0; i < count; ++i) owned.push_back(id(i));
    {
        const auto transaction = write();
        std::vector<Write> writes;
        for (int i = 0; i < count; i += 2) writes.push_back(put(owned[static_cast<std::size_t>(i)], "even"));
        transaction->apply(docs, writes);
        transaction->commit();
    }
    const std::vector<BytesView> asked(owned.begin(), owned.end());
    const auto found = read()->get_many(docs, asked);
    ASSERT_EQ(found.size(), owned.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i].has_value(), i % 2 == 0) << i;
}

TEST_P(Rows, BodiesMayHoldAnyBytesOfAnySize) {
    make_tables();
    const std::vector<Bytes> bodies = {"",         std::string(1, '\0'), std::string("a\0b", 3),
                                       "\xFF\xFE", noise(1'000'000),     noise(16U * 1024 * 1024)};
    {
        const auto transaction = write();
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            must(*transaction, docs, put(id(static_cast<int>(i)), bodies[i]));
            must(*transaction, index, put("k" + std::to_string(i), bodies[i]));
        }
        transaction->commit();
    }
    const auto transaction = read();
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        EXPECT_TRUE(body(*transaction, docs, id(static_cast<int>(i))) == bodies[i]) << "document " << i;
        EXPECT_TRUE(body(*transaction, index, "k" + std::to_string(i)) == bodies[i]) << "ordered " << i;
    }
    const auto seen = rows(*transaction, docs);
    ASSERT_EQ(seen.size(), bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) EXPECT_TRUE(seen[i].body == bodies[i]) << "scanned " << i;
}

TEST_P(Rows, BytesPassedInAreBorrowedForTheCallOnly) {
    make_tables();
    const Bytes kept = id("key");
    {
        Bytes key = kept;
        Bytes content = "the body of the row";
        const auto transaction = write();
        std::vector<Write> writes = {put(key, content)};
        transaction->apply(docs, writes);
        key.assign(key.size(), '!');
        content.assign(content.size(), '!');
        writes.clear();
        EXPECT_EQ(body(*transaction, docs, kept), "the body of the row");
        transaction->commit();
    }
    const auto transaction = read();
    EXPECT_EQ(body(*transaction, docs, kept), "the body of the row");

    std::string table(docs);
    Scan scan{.order = Order::key, .range = {kept, std::nullopt}};
    const auto cursor = transaction->scan(table, scan);
    table.assign(table.size(), '!');
    scan.range.lower->assign(kept.size(), '\xFF');
    RowView row;
    ASSERT_TRUE(cursor->next(row));
    EXPECT_EQ(cursor->key(), kept);
}

TEST_P(Rows, BytesOfARowBelongToTheCaller) {
    make_tables();
    const Bytes key = id("key");
    const Bytes content(10'000, 'x');
    commit_one(backend(), docs, put(key, content));
    std::optional<Row> row;
    std::vector<std::optional<Row>> many;
    {
        const auto transaction = read();
        row = transaction->get(docs, key);
        const std::vector<BytesView> asked = {key};
        many = transaction->get_many(docs, asked);
    }
    commit_one(backend(), docs, remove(key));
    EXPECT_EQ(row->body, content);
    EXPECT_EQ(many.at(0)->body, content);
}

TEST_P(Rows, LentBytesStayUntilTheCursorMoves) {
    make_tables();
    const Bytes first = id(1);
    commit_one(backend(), docs, put(first, "first"));
    commit_one(backend(), docs, put(id(2), "second"));
    const auto transaction = read();
    const auto cursor = transaction->scan(docs, {});
    RowView row;
    ASSERT_TRUE(cursor->next(row));
    const BytesView key = cursor->key();
    EXPECT_EQ(body(*transaction, docs, id(2)), "second");
    EXPECT_EQ(rows(*transaction, docs).size(), 2U);
    EXPECT_EQ(row.body, "first");
    EXPECT_EQ(key, first);
}

TEST_P(Rows, AHundredThousandOfThem) {
    make_tables();
    constexpr int count = 100'000;
    const auto key_of = [](int i) { return id("key " + std::to_string((i * 7'919) % count)); };
    for (int from = 0; from < count; from += 10'000) {
        std::vector<Bytes> owned;
        for (int i = from; i < from + 10'000; ++i) owned.push_back(key_of(i));
        std::vector<Write> writes;
        for (const Bytes& key : owned) writes.push_back(put(key, key, 1, Expect::absent()));
        const auto transaction = write();
        EXPECT_EQ(transaction->apply(docs, writes), Outcomes(writes.size(), Outcome::done));
        transaction->commit();
    }
    const auto transaction = read();
    const auto cursor = transaction->scan(docs, {});
    int i = 0;
    for (RowView row; cursor->next(row); ++i) ASSERT_EQ(cursor->key(), key_of(i)) << "row " << i;
    EXPECT_EQ(i, count);
    auto sorted = keys(*transaction, docs, {.order = Order::key, .range = {}});
    EXPECT_EQ(sorted.size(), static_cast<std::size_t>(count));
    EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
    std::reverse(sorted.begin(), sorted.end());
    EXPECT_TRUE(sorted == keys(*transaction, docs, {.order = Order::key_descending, .range = {}}));
    for (int probe = 0; probe < count; probe += 997) EXPECT_EQ(body(*transaction, docs, key_of(probe)), key_of(probe));
}

}  // namespace sheaf::conformance
