// Batches: all writes of an apply() in their order, or none.
#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

constexpr Outcome done = Outcome::done;
constexpr Outcome mismatch = Outcome::mismatch;
constexpr Outcome duplicate = Outcome::duplicate;

}  // namespace

TEST_P(Batches, EmptyOneIsFine) {
    make_tables();
    const auto transaction = write();
    EXPECT_TRUE(transaction->apply(docs, {}).empty());
    EXPECT_TRUE(transaction->apply(index, {}).empty());
    transaction->commit();
}

TEST_P(Batches, WritesHappenInOrder) {
    make_tables();
    const Bytes a = id("a");
    const auto transaction = write();
    EXPECT_EQ(apply(*transaction, docs,
                    {put(a, "1", 1, Expect::absent()), put(a, "2", 2, version(1)), put(a, "3", 3, version(2)),
                     remove(a, version(3)), put(a, "4", 1, Expect::absent())}),
              Outcomes(5, done));
    EXPECT_EQ(body(*transaction, docs, a), "4");
    EXPECT_EQ(apply(*transaction, index, {put("k", "1"), remove("k"), put("k", "2", 1, Expect::absent())}),
              Outcomes(3, done));
    EXPECT_EQ(body(*transaction, index, "k"), "2");
}

TEST_P(Batches, SameKeyTwice) {
    make_tables();
    const Bytes a = id("a");
    const auto transaction = write();
    EXPECT_EQ(until_failure(
                  apply(*transaction, docs, {put(a, "1", 1, Expect::absent()), put(a, "2", 1, Expect::absent())}), 2),
              (Outcomes{done, duplicate}));
    EXPECT_FALSE(transaction->get(docs, a).has_value()) << "the first write of the failed batch is not there either";
    EXPECT_EQ(apply(*transaction, docs, {put(a, "1"), put(a, "2")}), Outcomes(2, done));
    EXPECT_EQ(body(*transaction, docs, a), "2");
    EXPECT_EQ(rows(*transaction, docs).size(), 1U);
}

TEST_P(Batches, FailureInTheMiddleChangesNothing) {
    make_tables();
    const Bytes a = id("a");
    const Bytes b = id("b");
    commit_one(backend(), docs, put(a, "a", 1));
    commit_one(backend(), docs, put(b, "b", 5));
    const auto before = rows(*read(), docs);
    {
        const auto transaction = write();
        EXPECT_EQ(until_failure(apply(*transaction, docs,
                                      {put(a, "x", 2, version(1)), put(id("new"), "x", 1, Expect::absent()), remove(b),
                                       put(a, "x", 9, version(8)), put(id("later"), "x")}),
                                5),
                  (Outcomes{done, done, done, mismatch}));
        EXPECT_EQ(rows(*transaction, docs), before);
        transaction->commit();
    }
    EXPECT_EQ(rows(*read(), docs), before);
}

TEST_P(Batches, FailureAtTheFirstAndAtTheLastWrite) {
    make_tables();
    const Bytes a = id("a");
    commit_one(backend(), docs, put(a, "a", 1));
    const auto before = rows(*read(), docs);
    const auto transaction = write();
    EXPECT_EQ(until_failure(apply(*transaction, docs, {put(a, "x", 1, Expect::absent()), put(id(1), "x")}), 2),
              Outcomes{duplicate});
    EXPECT_EQ(rows(*transaction, docs), before);
    EXPECT_EQ(until_failure(apply(*transaction, docs, {put(id(1), "x"), put(id(2), "x"), remove(a, version(2))}), 3),
              (Outcomes{done, done, mismatch}));
    EXPECT_EQ(rows(*transaction, docs), before);
}

TEST_P(Batches, FailureInAnOrderedTableChangesNothing) {
    make_tables();
    commit_one(backend(), index, put("b", "kept"));
    const auto transaction = write();
    EXPECT_EQ(until_failure(apply(*transaction, index,
                                  {put("a", "x"), put("b", "x"), remove("b"), put("c", "x", 1, Expect::absent()),
                                   put("c", "y", 1, Expect::absent()), put("d", "x")}),
                            6),
              (Outcomes{done, done, done, done, duplicate}));
    EXPECT_EQ(rows(*transaction, index, {.order = Order::key, .range = {}}),
              (std::vector<Seen>{{"b", "kept", RowMeta{}}}));
}

TEST_P(Batches, FailedOneLeavesEarlierWritesAndTheTransactionUsable) {
    make_tables();
    {
        const auto transaction = write();
        must(*transaction, docs, put(id(1), "earlier"));
        EXPECT_EQ(until_failure(apply(*transaction, docs, {put(id(2), "x"), put(id(1), "x", 1, Expect::absent())}), 2),
                  (Outcomes{done, duplicate}));
        EXPECT_EQ(body(*transaction, docs, id(1)), "earlier");
        EXPECT_FALSE(transaction->get(docs, id(2)).has_value());
        must(*transaction, docs, put(id(3), "later"));
        must(*transaction, index, put("k", "later"));
        transaction->ensure_table("made", TableKind::documents);
        transaction->commit();
    }
    EXPECT_EQ(keys(backend(), docs), (std::vector<Bytes>{id(1), id(3)}));
    EXPECT_EQ(body(backend(), index, "k"), "later");
    EXPECT_EQ(read()->tables().size(), 3U);
}

TEST_P(Batches, FailedOneDoesNotMovePlaces) {
    make_tables();
    const Bytes a = id("a");
    const Bytes b = id("b");
    commit_one(backend(), docs, put(a, "a"));
    commit_one(backend(), docs, put(b, "b"));
    const auto before = rows(*read(), docs);
    {
        const auto transaction = write();
        until_failure(apply(*transaction, docs, {remove(a), put(a, "x"), put(b, "x", 1, Expect::absent())}), 3);
        transaction->commit();
    }
    EXPECT_EQ(rows(*read(), docs), before);
}

TEST_P(Batches, AreRefusedInReadTransactions) {
    make_tables();
    EXPECT_EQ(error_of([&] { apply(*read(), docs, {put(id(1), "x")}); }), "unsupported");
    EXPECT_EQ(error_of([&] { apply(*read(), index, {put("k", "x")}); }), "unsupported");
    EXPECT_EQ(error_of([&] { apply(*read(), docs, {remove(id(1))}); }), "unsupported");
    EXPECT_TRUE(rows(*read(), docs).empty());
}

TEST_P(Batches, TenThousandWritesFailAtTheLast) {
    make_tables();
    commit_one(backend(), docs, put(id("taken"), "kept"));
    std::vector<Bytes> owned;
    for (int i = 0; i < 10'000; ++i) owned.push_back(id(i));
    owned.push_back(id("taken"));
    std::vector<Write> writes;
    for (const Bytes& key : owned) writes.push_back(put(key, "x", 1, Expect::absent()));
    const auto transaction = write();
    const auto outcomes = until_failure(transaction->apply(docs, writes), writes.size());
    EXPECT_EQ(outcomes.size(), writes.size());
    EXPECT_EQ(outcomes.back(), duplicate);
    EXPECT_EQ(keys(*transaction, docs), std::vector<Bytes>{id("taken")});
}

}  // namespace sheaf::conformance
