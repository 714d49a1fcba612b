// What the engine asks of a backend whose write transactions run side by side, and what it does when they collide.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

#include <sheaf/copy.hpp>

#include "support/observed_backend.hpp"
#include "support/open_store.hpp"

namespace sheaf {
namespace {

using driver::Isolation;
using std::chrono::milliseconds;
using testing::code_of;
using testing::error_of;
using testing::Observer;
using testing::OpenStore;
using Calls = std::vector<std::string>;

const Document one = R"({"_id": 1})"_json;
const Document add_one = R"({"$inc": {"n": 1}})"_json;

class Conflicts : public ::testing::Test {
protected:
    Conflicts() {
        for (int i = 1; i <= 3; ++i) a.insert_one(Document({{"_id", i}, {"n", 0}, {"state", "new"}}));
        observer.forget();
    }

    // The next `times` such calls fail, and then no more.
    void fail(std::string call, int times, Code code = Code::serialization) {
        observer.before = [this, failing = std::move(call), left = times, code](std::string_view now) mutable {
            if (now != failing || left == 0) return;
            --left;
            ++failures;
            throw Error(code, "thrown by the test");
        };
    }
    Isolation isolation() const { return observer.begun.back().isolation; }
    std::int64_t tries() const { return static_cast<std::int64_t>(observer.begun.size()); }
    std::int64_t n(int id = 1) const { return a.get(id)->document["n"].integer(); }

    Observer observer;
    int failures = 0;
    OpenStore open{testing::observed(memory::open_memory(), observer)};
    Collection a = open.database.collection("a");
};

TEST_F(Conflicts, WhatNamesOneIdIsReadInOneCall) {
    const auto expect_one_call = [&](const char* what) {
        EXPECT_EQ(observer.calls, (Calls{"begin", "get"})) << what;
        EXPECT_EQ(isolation(), Isolation::operation) << what;
        observer.forget();
    };
    EXPECT_TRUE(a.get(1));
    expect_one_call("get");
    EXPECT_TRUE(a.find_one(one));
    expect_one_call("find_one");
    EXPECT_TRUE(a.find_one(R"({"_id": {"$eq": 1}, "n": 0})"_json, {.sort = R"({"n": 1})"_json}));
    expect_one_call("find_one with more conditions and a sort");
    EXPECT_TRUE(a.exists(one));
    expect_one_call("exists");
    EXPECT_EQ(a.count_documents(R"({"_id": {"$in": [1]}})"_json), 1);
    expect_one_call("count_documents");
    const Collection none = open.database.collection("none");
    EXPECT_FALSE(none.find_one(one));
    expect_one_call("find_one in a collection that is not there");
    EXPECT_EQ(none.count_documents(one), 0);
    expect_one_call("count_documents in a collection that is not there");
}

TEST_F(Conflicts, OtherReadsAreSnapshots) {
    a.find_one(R"({"n": 0})"_json);
    EXPECT_EQ(isolation(), Isolation::serializable);
    a.find_one(R"({"_id": {"$in": [1, 2]}})"_json);
    EXPECT_EQ(isolation(), Isolation::serializable);
    a.find_one(one, {.hint = "_id_"});
    EXPECT_EQ(isolation(), Isolation::serializable);
    a.distinct("n", one);
    EXPECT_EQ(isolation(), Isolation::serializable);
}

TEST_F(Conflicts, OneDocumentIsWrittenAsAnOperationAndAllElseSerializably) {
    const auto expect = [&](Isolation expected, const char* what) {
        EXPECT_EQ(isolation(), expected) << what;
        EXPECT_EQ(observer.begun.back().mode, driver::Mode::write) << what;
    };
    a.insert_one(R"({"_id": 4})"_json);
    expect(Isolation::operation, "insert_one");
    a.update_one(one, add_one);
    expect(Isolation::operation, "update_one");
    a.update_one(R"({"state": "new"})"_json, add_one);
    expect(Isolation::operation, "update_one by another field");
    a.find_one_and_update(one, add_one);
    expect(Isolation::operation, "find_one_and_update");
    a.delete_one(R"({"_id": 4})"_json);
    expect(Isolation::operation, "delete_one");
    a.update_one(one, add_one, {.upsert = Upsert::yes});
    expect(Isolation::serializable, "upsert");
    a.find_one_and_update(one, add_one, {.upsert = Upsert::yes});
    expect(Isolation::serializable, "find_one_and_update with upsert");
    a.update_many({}, add_one);
    expect(Isolation::serializable, "update_many");
    a.delete_many(R"({"n": 100})"_json);
    expect(Isolation::serializable, "delete_many");
    a.restore({});
    expect(Isolation::serializable, "restore");
    open.database.create_collection("b");
    expect(Isolation::serializable, "create_collection");
}

TEST_F(Conflicts, AreTriedAgainUntilItWorks) {
    for (const Code code : {Code::serialization, Code::deadlock, Code::unavailable}) {
        for (const char* call : {"begin", "apply", "commit"}) {
            const std::int64_t before = n();
            const int times = code == Code::unavailable ? 2 : 3;
            failures = 0;
            fail(call, times, code);
            a.update_one(one, add_one);
            EXPECT_EQ(failures, times) << call;
            EXPECT_EQ(n(), before + 1) << call << ": once, though it was tried several times";
        }
    }
}

TEST_F(Conflicts, GiveUpAfterTheRetriesAndSaySo) {
    fail("commit", 100);
    const auto begun = std::chrono::steady_clock::now();
    const auto count = [&] {
        open.database.run_in_transaction([&](Transaction& tx) { tx.collection("a").update_one(one, add_one); },
                                         {.retries = 8});
    };
    const Error error = error_of(count);
    EXPECT_EQ(error.code(), Code::conflict);
    EXPECT_NE(error.message().find("9 times"), std::string_view::npos) << error.message();
    EXPECT_EQ(tries(), 9);
    // Pauses of 1, 2, 4, ... 64 ms, of which at least half is kept.
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(63));
    fail("commit", 100, Code::deadlock);
    EXPECT_EQ(code_of([&] { open.database.run_in_transaction([](Transaction&) {}, {.retries = 0}); }), Code::conflict);
    observer.before = nullptr;
    EXPECT_EQ(n(), 0);
}

TEST_F(Conflicts, AServerThatStaysAwayIsUnavailable) {
    fail("begin", 100, Code::unavailable);
    observer.forget();
    EXPECT_EQ(code_of([&] { open.database.run_in_transaction([](Transaction&) {}, {.retries = 2}); }),
              Code::unavailable);
    EXPECT_EQ(tries(), 3);
}

TEST_F(Conflicts, ThreeTriesFindOutThatAServerStaysAway) {
    fail("begin", 100, Code::unavailable);
    const auto expect_three_tries = [&](const auto& call) {
        observer.forget();
        const Error error = error_of(call);
        EXPECT_EQ(error.code(), Code::unavailable);
        EXPECT_EQ(error.message(), "thrown by the test");
        EXPECT_EQ(tries(), 3) << "each of them has waited for the server itself";
    };
    expect_three_tries([&] { a.update_one(one, add_one); });
    expect_three_tries([&] { a.count_documents(); });
    expect_three_tries([&] { open.database.run_in_transaction([](Transaction&) {}, {.retries = 100}); });
    observer.before = [calls = 0](std::string_view call) mutable {
        if (call == "commit" && ++calls <= 8) throw Error(calls % 4 == 0 ? Code::unavailable : Code::serialization, "");
    };
    a.update_one(one, add_one);
    EXPECT_EQ(n(), 1) << "conflicts do not count as tries to reach it";
}

TEST_F(Conflicts, ReadsAreTriedAgainAsLongAsNothingHasBeenHandedOut) {
    const Document new_ones = R"({"state": "new"})"_json;
    for (const char* call : {"begin", "scan"}) {
        fail(call, 2);
        EXPECT_TRUE(a.find_one(new_ones));
        fail(call, 2);
        EXPECT_EQ(a.count_documents(new_ones), 3);
        fail(call, 2);
        EXPECT_EQ(a.distinct("n", new_ones).size(), 1U);
        fail(call, 2);
        EXPECT_EQ(a.find_page(new_ones).records.size(), 3U);
    }
    EXPECT_EQ(failures, 16);
    fail("get", 2, Code::unavailable);
    EXPECT_TRUE(a.get(1));
    EXPECT_EQ(failures, 18);
    observer.before = nullptr;
    Cursor begun = a.find(new_ones);
    EXPECT_TRUE(begun.next());
    fail("scan", 1);
    EXPECT_TRUE(begun.next()) << "it goes on with the snapshot that it has";
}

TEST_F(Conflicts, AllReadsThatAreWholeAreTriedAgain) {
    a.create_index(R"({"n": 1})"_json, {.expire_after = std::chrono::seconds(1)});
    Database& database = open.database;
    const auto works = [&](std::string what, const std::function<bool()>& read) {
        for (const char* call : {"begin", "catalog_stamp", "tables", "scan", "fetch"}) {
            fail(call, 1);
            EXPECT_TRUE(read()) << what << ", where " << call << " fails";
            observer.before = nullptr;
        }
    };
    works("group_by", [&] { return a.group_by({"state"}, {{Aggregate::count}}).front().values.front() == Value(3); });
    works("aggregate", [&] { return a.aggregate(Aggregate::sum, "_id") == Value(6); });
    works("aggregate by an index", [&] { return a.aggregate(Aggregate::max, "n") == Value(0); });
    works("explain", [&] { return a.explain({}, {.verify = Verify::yes}).returned == 3; });
    works("list_indexes", [&] { return a.list_indexes().size() == 1; });
    works("verify_index", [&] { return a.verify_index("n_1").good(); });
    works("describe", [&] { return a.describe().documents == 3; });
    works("create_index of one that is there", [&] {
        return a.ensure_index({R"({"n": 1})"_json, {.expire_after = std::chrono::seconds(1)}}) == IndexChange::none;
    });
    works("expire", [&] { return a.expire() == 0 && database.expire() == 0; });
    works("list_collections", [&] { return database.has_collection("a"); });
    works("stats", [&] { return database.stats().collections.front().documents == 3; });
    works("compare", [&] { return compare(database, database).collections.front().first.documents == 3; });
    works("a pipeline", [&] {
        DocumentCursor cursor = a.aggregate(R"([{"$group": {"_id": 1, "sum": {"$sum": "$_id"}}}])"_pipeline);
        return (*cursor.next())["sum"].integer() == 6;
    });
    EXPECT_GE(failures, 30);
}

TEST_F(Conflicts, APipelineKeepsTheSnapshotThatItHasBegunWith) {
    DocumentCursor cursor = a.aggregate(Pipeline());
    EXPECT_TRUE(cursor.next());
    a.insert_one(R"({"_id": 4})"_json);
    fail("begin", 100);
    for (int i = 2; i <= 3; ++i) EXPECT_TRUE(cursor.next());
    EXPECT_FALSE(cursor.next());
    observer.before = nullptr;
    Transaction reader = open.database.begin({.access = Access::read});
    fail("scan", 1);
    EXPECT_EQ(code_of([&] { reader.collection("a").aggregate(Pipeline()).next(); }), Code::serialization);
}

TEST_F(Conflicts, ReadsOfATransactionAreNotTriedAgain) {
    Transaction reader = open.database.begin({.access = Access::read});
    fail("scan", 1);
    EXPECT_EQ(code_of([&] { reader.collection("a").find_one(R"({"state": "new"})"_json); }), Code::serialization);
    EXPECT_EQ(failures, 1);
}

TEST_F(Conflicts, WhatIsNoConflictIsNotTriedAgain) {
    for (const Code code : {Code::commit_unknown, Code::io, Code::busy}) {
        fail("commit", 1, code);
        observer.forget();
        EXPECT_EQ(code_of([&] { a.update_one(one, add_one); }), code);
        EXPECT_EQ(tries(), 1);
    }
}

TEST_F(Conflicts, TheControlEndsThem) {
    fail("commit", 1'000'000);
    const TransactionOptions late{.control = {.deadline = Control::within(milliseconds(40))}, .retries = 1'000'000};
    EXPECT_EQ(code_of([&] { open.database.run_in_transaction([](Transaction&) {}, late); }), Code::deadline_exceeded);
    EXPECT_LT(tries(), 12) << "it does not try again and again without a pause";
    std::stop_source stop;
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(milliseconds(20));
        stop.request_stop();
    });
    const TransactionOptions stopped{.control = {.stop = stop.get_token()}, .retries = 1'000'000};
    EXPECT_EQ(code_of([&] { open.database.run_in_transaction([](Transaction&) {}, stopped); }), Code::cancelled);
}

TEST_F(Conflicts, WhatTheFunctionHasCommittedItselfIsNotDoneTwice) {
    const auto commits_and_fails = [](Transaction& tx) {
        tx.collection("a").update_one(one, add_one);
        tx.commit();
        throw Error(Code::serialization, "of something else");
    };
    EXPECT_EQ(code_of([&] { open.database.run_in_transaction(commits_and_fails); }), Code::serialization);
    EXPECT_EQ(n(), 1);
    fail("commit", 1);
    open.database.run_in_transaction([](Transaction& tx) {
        tx.collection("a").update_one(one, add_one);
        tx.commit();
    });
    EXPECT_EQ(n(), 2) << "its own commit has failed, and so it was run again";
}

TEST_F(Conflicts, TheSecondTryOfOneIdLocksItFirst) {
    fail("apply", 1);
    a.update_one(one, add_one);
    EXPECT_EQ(observer.calls, (Calls{"begin", "catalog_stamp", "get", "apply",  // and again:
                                     "begin", "catalog_stamp", "lock_rows", "apply", "commit"}));
    EXPECT_EQ(n(), 1);
}

TEST_F(Conflicts, TheSecondTryAsksTheLockedRowAgain) {
    fail("apply", 1);
    int locks = 0;
    observer.locked = [&](Observer::Rows& rows) {
        if (++locks > 1) return;
        const Document taken = R"({"_id": 1, "n": 0, "state": "taken"})"_json;
        rows.front()->body = taken.cbor();
    };
    const auto found = a.find_one_and_update(R"({"state": "new"})"_json, add_one, {.image = Return::after});
    EXPECT_EQ(locks, 2) << "the first had changed by the time that it was locked";
    ASSERT_TRUE(found.record);
    EXPECT_EQ(found.record->document["state"].string(), "new");
    EXPECT_EQ(found.record->document["n"].integer(), 1);
}

TEST_F(Conflicts, ALockedRowThatIsGoneIsNoMatch) {
    fail("apply", 1);
    observer.locked = [](Observer::Rows& rows) { rows.front().reset(); };
    EXPECT_EQ(a.update_one(one, add_one).matched_count, 0);
    fail("apply", 1);
    observer.locked = [](Observer::Rows& rows) { rows.front()->meta.version = {7}; };
    UpdateOptions second;
    second.expected_version = ExpectedVersion::exactly(1);
    EXPECT_EQ(code_of([&] { a.update_one(one, add_one, second); }), Code::version_mismatch);
}

// Where there is no snapshot, a document can be moved behind the place where the search is.
TEST_F(Conflicts, NoMatchIsBelievedOfASnapshotOnly) {
    const Document new_ones = R"({"state": "new"})"_json;
    const auto overlook = [&] {
        observer.forget();
        observer.scanning = [left = 1](driver::Scan& scan) mutable {
            if (left-- > 0) scan.after_rid = INT64_MAX;
        };
    };
    overlook();
    EXPECT_EQ(a.update_one(new_ones, add_one).modified_count, 1);
    ASSERT_EQ(tries(), 2);
    EXPECT_EQ(observer.begun.front().isolation, Isolation::operation);
    EXPECT_EQ(observer.begun.back().isolation, Isolation::serializable);
    overlook();
    EXPECT_TRUE(a.find_one_and_update(new_ones, add_one).matched);
    overlook();
    EXPECT_TRUE(a.find_one_and_delete(new_ones).matched);
    overlook();
    EXPECT_EQ(a.update_one(new_ones, add_one, {.expected_version = ExpectedVersion::exists()}).modified_count, 1);
    overlook();
    EXPECT_EQ(a.delete_one(new_ones).deleted_count, 1);
    observer.forget();
    EXPECT_EQ(a.update_one(R"({"state": "old"})"_json, add_one).matched_count, 0);
    EXPECT_EQ(tries(), 2);
    observer.forget();
    EXPECT_EQ(a.update_one(R"({"_id": 99})"_json, add_one).matched_count, 0);
    EXPECT_EQ(tries(), 1) << "what is got by its _id is there or not";
    observer.capabilities.concurrent_writers = false;
    observer.forget();
    EXPECT_EQ(a.update_one(R"({"state": "old"})"_json, add_one).matched_count, 0);
    EXPECT_EQ(tries(), 1) << "nobody else writes";
}

TEST_F(Conflicts, ALockingFindEndsWithItsTransaction) {
    std::vector<Document> documents;
    for (int i = 100; i < 247; ++i) documents.push_back(Document({{"_id", i}, {"n", 1000 - i}}));
    a.insert_many(documents);
    Transaction tx = open.database.begin();
    Cursor cursor = tx.collection("a").find({}, {.sort = R"({"n": 1})"_json, .lock = LockWait::wait});
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(cursor.next());
    tx.commit();
    EXPECT_EQ(code_of([&] { cursor.next(); }), Code::closed);
}

TEST_F(Conflicts, WithoutRowLocksAndInSerializableTransactionsNothingIsLocked) {
    fail("apply", 1);
    a.update_one(one, add_one, {.upsert = Upsert::yes});
    observer.capabilities.row_locks = false;
    fail("apply", 1);
    a.update_one(one, add_one);
    EXPECT_EQ(std::count(observer.calls.begin(), observer.calls.end(), "lock_rows"), 0);
    EXPECT_EQ(n(), 2);
}

TEST_F(Conflicts, AMismatchAbortsTheTransactionAroundIt) {
    observer.applied = [left = 1](std::vector<driver::Outcome>& outcomes) mutable {
        if (left-- > 0) outcomes.push_back(driver::Outcome::mismatch);
    };
    Transaction tx = open.database.begin();
    Collection inside = tx.collection("a");
    EXPECT_EQ(code_of([&] { inside.update_one(one, add_one); }), Code::serialization);
    EXPECT_EQ(code_of([&] { inside.update_one(one, add_one); }), Code::transaction_aborted);
    EXPECT_EQ(code_of([&] { tx.commit(); }), Code::transaction_aborted);
}

TEST_F(Conflicts, AMismatchOutsideIsTriedAgain) {
    observer.applied = [left = 2](std::vector<driver::Outcome>& outcomes) mutable {
        if (left-- > 0) outcomes.push_back(driver::Outcome::mismatch);
    };
    EXPECT_EQ(a.update_one(one, add_one).modified_count, 1);
    EXPECT_EQ(tries(), 3);
}

TEST_F(Conflicts, AnIdThatOnlyOthersSeeIsAConflict) {
    const Document fourth = R"({"_id": 4})"_json;
    observer.applied = [left = 1](std::vector<driver::Outcome>& outcomes) mutable {
        if (left-- > 0) outcomes.push_back(driver::Outcome::duplicate);
    };
    a.insert_one(fourth);
    EXPECT_EQ(tries(), 2) << "refused, but not there: it came or went";
    EXPECT_EQ(code_of([&] { a.insert_one(fourth); }), Code::duplicate_key);
    const std::vector<Document> twice(2, R"({"_id": 5})"_json);
    observer.forget();
    EXPECT_EQ(code_of([&] { a.insert_many(twice); }), Code::duplicate_key);
    EXPECT_EQ(tries(), 1) << "twice in one batch is no conflict";
}

TEST_F(Conflicts, AConflictIsNotTheFaultOfOneDocument) {
    std::vector<BulkOperation> inserts;
    for (int i = 10; i < 14; ++i) inserts.emplace_back(InsertOne{Document({{"_id", i}})});
    for (const Code code : {Code::conflict, Code::unavailable, Code::unauthorized}) {
        fail("begin", 1'000, code);
        observer.forget();
        const BulkWriteResult result = a.bulk_write(inserts, {.order = Order::unordered});
        ASSERT_EQ(result.failures.size(), 1U);
        EXPECT_EQ(result.failures.front().error.code(), code);
        EXPECT_LE(tries(), 3) << "it is not looked for in halves of the batch";
    }
}

TEST_F(Conflicts, AValueOfAUniqueIndexThatOnlyOthersSeeIsAConflict) {
    a.create_index(R"({"mail": 1})"_json, {.unique = true, .sparse = true});
    observer.applied = [left = 1](std::vector<driver::Outcome>& outcomes) mutable {
        if (left-- > 0) outcomes.push_back(driver::Outcome::duplicate_entry);
    };
    observer.forget();
    a.insert_one(R"({"_id": 4, "mail": "x"})"_json);
    EXPECT_EQ(tries(), 2);
    EXPECT_EQ(code_of([&] { a.insert_one(R"({"_id": 5, "mail": "x"})"_json); }), Code::duplicate_key);
}

TEST_F(Conflicts, IndexesAreBuiltWhileWritersAreKeptOut) {
    a.create_index(R"({"n": 1})"_json);
    Calls begins;
    for (std::size_t i = 1; i < observer.calls.size(); ++i) {
        const bool writing = observer.calls[i - 1] == "begin" && observer.calls[i] == "exclude_writers";
        if (writing) begins.push_back(observer.calls[i]);
    }
    EXPECT_EQ(begins.size(), 2U) << "at the beginning, and in the one step";
    observer.forget();
    a.create_index(R"({"n": 1})"_json);
    EXPECT_EQ(std::count(observer.calls.begin(), observer.calls.end(), "exclude_writers"), 0)
        << "one that is there already keeps nobody waiting";
    a.drop_index("n_1");
    EXPECT_EQ(observer.calls.back(), "commit");
    EXPECT_EQ(std::count(observer.calls.begin(), observer.calls.end(), "exclude_writers"), 1);
}

TEST_F(Conflicts, ABuildingGivesWritersTimeInProportionToItsSteps) {
    std::vector<Document> documents;
    for (int i = 100; i < 20'200; ++i) documents.push_back(Document({{"_id", i}}));
    a.insert_many(documents);
    using Clock = std::chrono::steady_clock;
    std::vector<Clock::duration> pauses;
    observer.before = [&, committed = Clock::time_point()](std::string_view call) mutable {
        if (call == "commit") committed = Clock::now();
        if (call != "exclude_writers") return;
        pauses.push_back(Clock::now() - committed);
        std::this_thread::sleep_for(milliseconds(60));  // a server far away
    };
    a.create_index(R"({"n": 1})"_json);
    ASSERT_GE(pauses.size(), 4U);
    for (std::size_t i = 2; i < pauses.size(); ++i) EXPECT_GE(pauses[i], milliseconds(30)) << "before step " << i;
}

TEST_F(Conflicts, ABuildingThatCollidesGoesOn) {
    fail("exclude_writers", 2, Code::deadlock);
    a.create_index(R"({"n": 1})"_json);
    EXPECT_EQ(failures, 2);
    fail("describe_table", 3);
    a.create_index(R"({"state": 1})"_json);
    EXPECT_EQ(failures, 5);
    testing::expect_good(a);
}

TEST_F(Conflicts, AnIndexComesFirstInATransactionAndADropNeedNot) {
    observer.before = [&](std::string_view call) {
        const bool first = observer.calls.size() > 1 && observer.calls[observer.calls.size() - 2] == "begin";
        if (call == "exclude_writers" && !first) throw Error(Code::unsupported, "it is too late");
    };
    Transaction late = open.database.begin();
    late.collection("a").insert_one(R"({"_id": 4})"_json);
    const Error error = error_of([&] { late.collection("a").create_index(R"({"n": 1})"_json); });
    EXPECT_EQ(error.code(), Code::unsupported);
    EXPECT_NE(error.message().find("first thing in a transaction"), std::string_view::npos) << error.message();
    late.rollback();
    open.database.run_in_transaction([](Transaction& tx) {
        Collection inside = tx.collection("a");
        inside.create_index(R"({"n": 1})"_json);
        inside.insert_one(R"({"_id": 4})"_json);
        tx.rename_collection("a", "b");
    });
    testing::expect_good(open.database.collection("b"));
    open.database.run_in_transaction([](Transaction& tx) {
        tx.collection("b").insert_one(R"({"_id": 5})"_json);
        EXPECT_TRUE(tx.drop_collection("b"));
    });
    EXPECT_FALSE(open.database.has_collection("b"));
}

TEST_F(Conflicts, StalenessReachesTheBackend) {
    Transaction tx = open.database.begin({.access = Access::read, .staleness = Staleness::allowed});
    EXPECT_EQ(observer.begun.back().staleness, Staleness::allowed);
    EXPECT_EQ(observer.begun.back().mode, driver::Mode::read);
    EXPECT_EQ(code_of([&] { open.database.begin({.staleness = Staleness::allowed}); }), Code::invalid_argument);
    open.database.run_in_transaction(
        [](Transaction& reading) {
            EXPECT_EQ(code_of([&] { reading.collection("a").insert_one({}); }), Code::unsupported);
        },
        {.access = Access::read});
}

}  // namespace
}  // namespace sheaf
