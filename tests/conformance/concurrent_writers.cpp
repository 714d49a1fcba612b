// Write transactions side by side: what passes, what waits, and what is refused. Of backends with concurrent writers.
#include <future>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

using driver::Isolation;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds short_time{150};

bool is_conflict(const std::string& error) {
    return error == "serialization" || error == "deadlock";
}

// The error of a transaction's last write, or else of its commit.
std::string error_of_writing(Transaction& transaction, const Write& write) {
    const std::string error = error_of([&] { apply(transaction, docs, {write}); });
    return error == "nothing" ? error_of([&] { transaction.commit(); }) : error;
}

}  // namespace

void ConcurrentWriters::SetUp() {
    Conformance::SetUp();
    if (IsSkipped()) return;
    if (!capabilities().concurrent_writers) GTEST_SKIP() << "write transactions are serialised";
    make_tables();
    for (int i = 1; i <= 2; ++i) commit_one(backend(), docs, put(id(i), std::to_string(i)));
}

std::unique_ptr<Transaction> ConcurrentWriters::begin(Isolation isolation) {
    return backend().begin(
        {.mode = Mode::write, .isolation = isolation, .control = {.deadline = Control::within(seconds(20))}});
}

TEST_P(ConcurrentWriters, OfDifferentRowsBothCommit) {
    const auto first = begin(Isolation::operation);
    const auto second = begin(Isolation::operation);
    must(*first, docs, put(id(1), "first", 2, version(1)));
    must(*second, docs, put(id(2), "second", 2, version(1)));
    must(*first, docs, put(id(3), "first"));
    must(*second, docs, put(id(4), "second"));
    first->commit();
    second->commit();
    EXPECT_EQ(body(backend(), docs, id(1)) + body(backend(), docs, id(2)), "firstsecond");
    EXPECT_EQ(rows(*read(), docs).size(), 4U);
}

// The backend may take what lies close together for the same, and refuse one of the two, but not both.
TEST_P(ConcurrentWriters, OfDifferentRowsDoNotWaitForEachOther) {
    const auto first = begin(Isolation::serializable);
    const auto second = begin(Isolation::serializable);
    must(*first, docs, put(id(1), "first", 2, version(1)));
    const std::string two = error_of_writing(*second, put(id(2), "second", 2, version(1)));
    const std::string one = error_of([&] { first->commit(); });
    EXPECT_TRUE(one == "nothing" || two == "nothing") << one << ", " << two;
    EXPECT_TRUE(one == "nothing" || is_conflict(one)) << one;
    EXPECT_TRUE(two == "nothing" || is_conflict(two)) << two;
}

// Each reads what the other changes: in no order of the two could both have seen what they saw.
TEST_P(ConcurrentWriters, SkewIsRefused) {
    const auto first = begin(Isolation::serializable);
    const auto second = begin(Isolation::serializable);
    EXPECT_EQ(body(*first, docs, id(2)), "2");
    EXPECT_EQ(body(*second, docs, id(1)), "1");
    const std::string one = error_of_writing(*first, put(id(1), "first", 2, version(1)));
    const std::string two = error_of_writing(*second, put(id(2), "second", 2, version(1)));
    EXPECT_TRUE(is_conflict(one) || is_conflict(two)) << one << ", " << two;
    EXPECT_TRUE(one == "nothing" || two == "nothing") << "one of them may go on";
}

TEST_P(ConcurrentWriters, OfOneRowDoNotLoseAnUpdate) {
    const auto first = begin(Isolation::serializable);
    EXPECT_EQ(body(*first, docs, id(1)), "1");
    const auto other = begin(Isolation::serializable);
    EXPECT_EQ(body(*other, docs, id(2)), "2") << "its snapshot is taken";
    must(*first, docs, put(id(1), "first", 2, version(1)));
    auto second =
        std::async(std::launch::async, [&] { return error_of_writing(*other, put(id(1), "second", 2, version(1))); });
    second.wait_for(short_time);
    first->commit();
    EXPECT_TRUE(is_conflict(second.get()));
    EXPECT_EQ(body(backend(), docs, id(1)), "first");
}

TEST_P(ConcurrentWriters, ASerializableSnapshotStays) {
    const auto writer = begin(Isolation::serializable);
    EXPECT_EQ(body(*writer, docs, id(1)), "1");
    commit_one(backend(), docs, put(id(1), "changed", 2));
    EXPECT_EQ(body(*writer, docs, id(1)), "1");
}

TEST_P(ConcurrentWriters, AnOperationSeesWhatIsCommittedMeanwhile) {
    const auto writer = begin(Isolation::operation);
    EXPECT_EQ(body(*writer, docs, id(1)), "1");
    commit_one(backend(), docs, put(id(1), "changed", 2));
    EXPECT_EQ(body(*writer, docs, id(1)), "changed");
    const auto reader = backend().begin({.isolation = Isolation::operation});
    EXPECT_EQ(body(*reader, docs, id(1)), "changed");
}

TEST_P(ConcurrentWriters, TheVersionDecidesInAnOperation) {
    const auto writer = begin(Isolation::operation);
    EXPECT_EQ(body(*writer, docs, id(1)), "1");
    commit_one(backend(), docs, put(id(1), "changed", 2));
    EXPECT_EQ(apply(*writer, docs, {put(id(1), "mine", 2, version(1))}), Outcomes{Outcome::mismatch});
    must(*writer, docs, put(id(1), "mine", 3, version(2)));
    writer->commit();
    EXPECT_EQ(body(backend(), docs, id(1)), "mine");
}

TEST_P(ConcurrentWriters, AnOperationWaitsForTheWriterOfItsRow) {
    const auto first = begin(Isolation::operation);
    must(*first, docs, put(id(1), "first", 2, version(1)));
    auto second = std::async(std::launch::async, [&, other = begin(Isolation::operation)] {
        return apply(*other, docs, {put(id(1), "second", 2, version(1))});
    });
    EXPECT_EQ(second.wait_for(short_time), std::future_status::timeout);
    first->commit();
    EXPECT_EQ(second.get(), Outcomes{Outcome::mismatch});
}

TEST_P(ConcurrentWriters, InsertsOfOneKeyHaveOneWinner) {
    const auto first = begin(Isolation::operation);
    must(*first, docs, put(id(7), "first", 1, Expect::absent()));
    auto second = std::async(std::launch::async, [&, other = begin(Isolation::operation)] {
        return apply(*other, docs, {put(id(7), "second", 1, Expect::absent())});
    });
    EXPECT_EQ(second.wait_for(short_time), std::future_status::timeout);
    first->commit();
    EXPECT_EQ(second.get(), Outcomes{Outcome::duplicate});
}

TEST_P(ConcurrentWriters, AnInsertFollowsOneThatIsRolledBack) {
    auto first = begin(Isolation::operation);
    must(*first, docs, put(id(7), "first", 1, Expect::absent()));
    auto second = std::async(std::launch::async, [&, other = begin(Isolation::operation)] {
        must(*other, docs, put(id(7), "second", 1, Expect::absent()));
        other->commit();
    });
    EXPECT_EQ(second.wait_for(short_time), std::future_status::timeout);
    first.reset();
    second.get();
    EXPECT_EQ(body(backend(), docs, id(7)), "second");
}

TEST_P(ConcurrentWriters, ThatWaitForEachOtherDoNotWaitForever) {
    const auto first = begin(Isolation::operation);
    must(*first, docs, put(id(1), "first", 2, version(1)));
    std::promise<void> written;
    auto second = std::async(std::launch::async, [&, other = begin(Isolation::operation)] {
        must(*other, docs, put(id(2), "second", 2, version(1)));
        written.set_value();
        return error_of_writing(*other, put(id(1), "second", 2, version(1)));
    });
    written.get_future().wait();
    const std::string one = error_of_writing(*first, put(id(2), "first", 2, version(1)));
    const std::string two = second.get();
    EXPECT_TRUE(is_conflict(one) || is_conflict(two)) << one << ", " << two;
}

TEST_P(ConcurrentWriters, AStaleCatalogIsNoticedByAWrite) {
    const auto other_handle = harness().second_handle();
    driver::Backend& elsewhere = other_handle ? *other_handle : backend();
    for (const Isolation isolation : {Isolation::serializable, Isolation::operation}) {
        const auto late = begin(isolation);
        const Bytes before = late->find_table(docs)->description;
        const auto change = elsewhere.begin({.mode = Mode::write});
        change->describe_table(docs, before + "x");
        change->commit();
        EXPECT_EQ(error_of_writing(*late, put(id(1), "with the old catalog", 2, version(1))), "serialization");
        EXPECT_EQ(body(backend(), docs, id(1)), "1");
        EXPECT_EQ(begin(isolation)->find_table(docs)->description, before + "x") << "the next one knows";
    }
}

TEST_P(ConcurrentWriters, ATableThatIsGoneIsNoticedByAWrite) {
    const auto other_handle = harness().second_handle();
    driver::Backend& elsewhere = other_handle ? *other_handle : backend();
    const auto late = begin(Isolation::operation);
    EXPECT_TRUE(late->find_table(docs));
    const auto change = elsewhere.begin({.mode = Mode::write});
    change->drop_table(docs);
    change->commit();
    EXPECT_EQ(error_of_writing(*late, put(id(3), "into nothing")), "serialization");
    EXPECT_EQ(error_of([&] { begin(Isolation::operation)->get(docs, id(1)); }), "not_found");
}

TEST_P(ConcurrentWriters, DescriptionsAreNotLost) {
    const auto first = begin(Isolation::serializable);
    const auto second = begin(Isolation::serializable);
    EXPECT_EQ(first->find_table(docs), second->find_table(docs));
    first->describe_table(docs, "first");
    first->commit();
    const std::string error = error_of([&] {
        second->describe_table(docs, "second");
        second->commit();
    });
    EXPECT_EQ(error, "serialization");
    EXPECT_EQ(read()->find_table(docs)->description, "first");
}

}  // namespace sheaf::conformance
