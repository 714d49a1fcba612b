// Locks and the signal of changes through the public interface: the same calls on every backend. Where write
// transactions are serialised (no row locks), the transaction itself is the lock.
#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

#include "concurrency/cas.hpp"
#include "concurrency/together.hpp"
#include "support/backends.hpp"
#include "support/empty_store.hpp"

namespace sheaf {

namespace {

using concurrency::patient;
using concurrency::run_together;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing_support::chosen_backends;
using testing_support::EmptyStore;

constexpr milliseconds short_time{150};

template <typename Function>
std::string error_of(Function&& function) {
    try {
        function();
    } catch (const Error& error) {
        return std::string(info(error.code()).name);
    }
    return "nothing";
}

class Locks : public testing::TestWithParam<std::string> {
protected:
    Locks() : place_(GetParam()), database_(open(url())), jobs_(database_.collection("jobs")) {
        for (int i = 1; i <= 5; ++i) jobs_.insert_one(Document({{"_id", i}, {"state", "new"}, {"rank", -i}}));
    }

    std::string url() const { return place_.patient_url() + (GetParam() == "postgres" ? "&notify=on" : ""); }
    bool has_row_locks() const { return database_.capabilities().row_locks; }
    Transaction begin() { return database_.begin({.control = patient()}); }
    static std::vector<std::int64_t> ids(Cursor cursor) {
        std::vector<std::int64_t> found;
        while (auto record = cursor.next()) found.push_back(record->id().integer());
        return found;
    }

    EmptyStore place_;  // before the database, which closes first
    Database database_;
    Collection jobs_;
    const Document new_ones_ = R"({"state": "new"})"_json;
};

TEST_P(Locks, GetForUpdateGivesTheDocument) {
    Transaction tx = begin();
    Collection jobs = tx.collection("jobs");
    for (const LockWait wait : {LockWait::wait, LockWait::no_wait, LockWait::skip_locked}) {
        const auto record = jobs.get_for_update(2, wait);
        ASSERT_TRUE(record);
        EXPECT_EQ(record->document, jobs_.get(2)->document);
        EXPECT_EQ(record->version, Version{1});
        EXPECT_FALSE(jobs.get_for_update(99, wait));
        EXPECT_FALSE(tx.collection("nothing").get_for_update(1, wait));
    }
    UpdateOptions locked_version;
    locked_version.expected_version = ExpectedVersion::exactly(1);
    EXPECT_EQ(
        jobs.update_one(R"({"_id": 2})"_json, R"({"$set": {"state": "done"}})"_json, locked_version).modified_count, 1);
    DeleteOptions soft;
    soft.mode = Delete::soft;
    jobs.delete_one(R"({"_id": 3})"_json, soft);
    EXPECT_FALSE(jobs.get_for_update(3)) << "archived";
    tx.commit();
    EXPECT_EQ((*jobs_.get(2))["state"].string(), "done");
}

TEST_P(Locks, NeedATransactionThatWrites) {
    FindOptions locking;
    locking.lock = LockWait::wait;
    EXPECT_EQ(error_of([&] { jobs_.get_for_update(1); }), "invalid_argument");
    EXPECT_EQ(error_of([&] { jobs_.find_one({}, locking); }), "invalid_argument");
    Transaction reader = database_.begin({.access = Access::read});
    Collection jobs = reader.collection("jobs");
    EXPECT_EQ(error_of([&] { jobs.get_for_update(1); }), "invalid_argument");
    EXPECT_EQ(error_of([&] { jobs.find(new_ones_, locking); }), "invalid_argument");
    EXPECT_EQ(error_of([&] { reader.advisory_lock("report"); }), "invalid_argument");
    EXPECT_TRUE(jobs.get(1)) << "the transaction stays usable";
}

TEST_P(Locks, FindsThatLockFindTheSame) {
    for (const LockWait wait : {LockWait::wait, LockWait::no_wait, LockWait::skip_locked}) {
        Transaction tx = begin();
        Collection jobs = tx.collection("jobs");
        FindOptions options;
        options.lock = wait;
        options.sort = R"({"rank": 1})"_json;
        EXPECT_EQ(ids(jobs.find(new_ones_, options)), (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
        options.limit = 2;
        options.skip = 1;
        EXPECT_EQ(ids(jobs.find(new_ones_, options)), (std::vector<std::int64_t>{4, 3}));
        options.projection = R"({"rank": 1})"_json;
        EXPECT_EQ(jobs.find_one(R"({"_id": 2})"_json, {.projection = options.projection, .lock = wait})->document,
                  R"({"_id": 2, "rank": -2})"_json);
        EXPECT_TRUE(ids(jobs.find(R"({"state": "old"})"_json, options)).empty());
        EXPECT_TRUE(ids(tx.collection("nothing").find({}, options)).empty());
    }
}

TEST_P(Locks, AreHeldUntilTheTransactionEnds) {
    if (!has_row_locks()) GTEST_SKIP() << "the transaction itself is the lock";
    Transaction holder = begin();
    EXPECT_TRUE(holder.collection("jobs").get_for_update(1));
    Transaction other = begin();
    Collection jobs = other.collection("jobs");
    EXPECT_FALSE(jobs.get_for_update(1, LockWait::skip_locked));
    EXPECT_EQ(error_of([&] { jobs.get_for_update(1, LockWait::no_wait); }), "locked");
    EXPECT_TRUE(jobs.get_for_update(2, LockWait::no_wait)) << "the transaction stays usable";
    auto waiting = std::async(std::launch::async,
                              [&] { jobs_.update_one(R"({"_id": 1})"_json, R"({"$set": {"state": "late"}})"_json); });
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout) << "nobody else can change it";
    holder.rollback();
    waiting.get();
}

TEST_P(Locks, SkippingGoesOnUntilTheLimitIsFull) {
    if (!has_row_locks()) GTEST_SKIP() << "the transaction itself is the lock";
    Transaction holder = begin();
    FindOptions first_two{.sort = R"({"_id": 1})"_json, .limit = 2, .lock = LockWait::skip_locked};
    EXPECT_EQ(ids(holder.collection("jobs").find(new_ones_, first_two)), (std::vector<std::int64_t>{1, 2}));
    Transaction other = begin();
    EXPECT_EQ(ids(other.collection("jobs").find(new_ones_, first_two)), (std::vector<std::int64_t>{3, 4}));
    Transaction third = begin();
    EXPECT_EQ(ids(third.collection("jobs").find(new_ones_, first_two)), std::vector<std::int64_t>{5});
}

// A job queue: each job is taken once, and all are.
TEST_P(Locks, ManyWorkersShareAQueue) {
    for (int i = 6; i <= 40; ++i) jobs_.insert_one(Document({{"_id", i}, {"state", "new"}}));
    std::mutex mutex;
    std::multiset<std::int64_t> taken;
    run_together(4, [&](int) {
        for (bool more = true; more;) {
            std::optional<std::int64_t> mine;
            database_.run_in_transaction(
                [&](Transaction& tx) {
                    mine.reset();
                    Collection jobs = tx.collection("jobs");
                    const auto job = jobs.find_one(new_ones_, {.lock = LockWait::skip_locked});
                    if (!job) return;
                    mine = job->id().integer();
                    jobs.update_one(Document({{"_id", *mine}}), R"({"$set": {"state": "done"}})"_json);
                },
                {.control = patient(), .retries = 100});
            more = mine.has_value() || jobs_.count_documents(new_ones_) > 0;
            const std::scoped_lock lock(mutex);
            if (mine) taken.insert(*mine);
        }
    });
    EXPECT_EQ(taken.size(), 40U);
    EXPECT_EQ(std::set(taken.begin(), taken.end()).size(), 40U) << "none twice";
}

TEST_P(Locks, OfNames) {
    Transaction holder = begin();
    EXPECT_TRUE(holder.advisory_lock("report"));
    EXPECT_TRUE(holder.advisory_lock("another", LockWait::no_wait)) << "several may be taken";
    EXPECT_TRUE(holder.advisory_lock("report", LockWait::skip_locked)) << "it has it already";
    if (database_.capabilities().concurrent_writers) {
        Transaction other = begin();
        EXPECT_FALSE(other.advisory_lock("report", LockWait::skip_locked));
        EXPECT_EQ(error_of([&] { other.advisory_lock("report", LockWait::no_wait); }), "locked");
    }
    holder.collection("jobs").delete_many({});
    holder.commit();
    Transaction next = begin();
    EXPECT_TRUE(next.advisory_lock("report", LockWait::no_wait)) << "it ended with its transaction";
    EXPECT_EQ(next.collection("jobs").count_documents(), 0);
}

TEST_P(Locks, OfNamesComeFirstInATransaction) {
    Transaction tx = begin();
    EXPECT_TRUE(tx.collection("jobs").get(1));
    EXPECT_EQ(error_of([&] { tx.advisory_lock("report"); }), "invalid_argument");
    EXPECT_TRUE(tx.collection("jobs").get(1)) << "the transaction stays usable";
    tx.rollback();
    EXPECT_EQ(error_of([&] { tx.advisory_lock("report"); }), "closed");
}

// The lock is what keeps the second from counting before the first has inserted.
TEST_P(Locks, OfNamesProtectWhatIsNotThereYet) {
    run_together(6, [&](int thread) {
        database_.run_in_transaction(
            [&](Transaction& tx) {
                tx.advisory_lock("one leader");
                Collection leaders = tx.collection("leaders");
                if (leaders.count_documents() == 0) leaders.insert_one(Document({{"_id", thread}}));
            },
            {.control = patient()});
    });
    EXPECT_EQ(database_.collection("leaders").count_documents(), 1);
}

TEST_P(Locks, ChangesWakeUpWhoWaitsForThem) {
    ChangeSignal changes = database_.changes();
    std::atomic<int> seen = 0;
    std::jthread waiting([&](const std::stop_token& stop) {
        try {
            for (;; ++seen) changes.wait({.stop = stop});
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::cancelled) << error.what();
        }
    });
    const auto wait_for_more = [&](int than) {
        const auto end = Control::Clock::now() + seconds(20);
        while (seen <= than && Control::Clock::now() < end) std::this_thread::sleep_for(milliseconds(1));
        return seen > than;
    };
    for (int i = 0; i < 3; ++i) {
        const int before = seen;
        jobs_.update_one(R"({"_id": 1})"_json, R"({"$inc": {"n": 1}})"_json);
        EXPECT_TRUE(wait_for_more(before));
    }
    std::this_thread::sleep_for(short_time);
    const int quiet = seen;
    jobs_.get(1);
    std::this_thread::sleep_for(short_time);
    EXPECT_LE(seen, quiet + 1) << "reading changes nothing";
}

TEST_P(Locks, ChangesOutliveTheHandleOfTheirStore) {
    std::optional<Database> second = open(url());
    ChangeSignal changes = second->changes();
    second.reset();
    std::string error = "nothing";
    for (int i = 0; i < 10 && error == "nothing"; ++i) {
        error = error_of([&] { changes.wait({.deadline = Control::within(short_time)}); });
    }
    EXPECT_EQ(error, "deadline_exceeded") << "the store is still open";
    changes = database_.changes();
    jobs_.delete_one(R"({"_id": 1})"_json);
    changes.wait({.deadline = Control::within(seconds(20))});
}

INSTANTIATE_TEST_SUITE_P(Backends, Locks, testing::ValuesIn(chosen_backends({"memory", "sqlite", "postgres"})),
                         [](const auto& backend) { return backend.param; });

}  // namespace

}  // namespace sheaf
