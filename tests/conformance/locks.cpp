// Locks: of rows, of names, of whole tables. Where write transactions are serialised the transaction itself is the
// lock; what only row locks can show is skipped there.
#include <future>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

using driver::Isolation;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds short_time{150};

std::vector<Bytes> bodies(const std::vector<std::optional<Row>>& rows) {
    std::vector<Bytes> found;
    for (const auto& row : rows) found.push_back(row ? row->body : "(none)");
    return found;
}

std::vector<Bytes> lock(Transaction& transaction, const std::vector<Bytes>& keys, LockWait wait) {
    const std::vector<BytesView> views(keys.begin(), keys.end());
    return bodies(transaction.lock_rows(docs, views, wait));
}

std::string lock_error(Transaction& transaction, const std::vector<Bytes>& keys, LockWait wait) {
    return error_of([&] { lock(transaction, keys, wait); });
}

#define SKIP_WITHOUT_ROW_LOCKS() \
    if (!capabilities().row_locks) GTEST_SKIP() << "the transaction itself is the lock"
#define SKIP_WITHOUT_CONCURRENT_WRITERS() \
    if (!capabilities().concurrent_writers) GTEST_SKIP() << "write transactions are serialised"

}  // namespace

void Locks::fill() {
    make_tables();
    for (int i = 1; i <= 4; ++i) commit_one(backend(), docs, put(id(i), std::to_string(i)));
}

std::unique_ptr<Transaction> Locks::operation(const Control& control) {
    return backend().begin({.mode = Mode::write, .isolation = Isolation::operation, .control = control});
}

TEST_P(Locks, AreOfWriteTransactions) {
    fill();
    const auto reader = read();
    EXPECT_EQ(lock_error(*reader, {id(1)}, LockWait::wait), "unsupported");
    EXPECT_EQ(error_of([&] { reader->lock_name("anything", LockWait::wait); }), "unsupported");
    EXPECT_EQ(error_of([&] { reader->exclude_writers(docs); }), "unsupported");
    EXPECT_EQ(body(*reader, docs, id(1)), "1") << "the transaction stays usable";
}

TEST_P(Locks, GiveTheRowsInTheOrderOfTheKeys) {
    fill();
    for (const LockWait wait : {LockWait::wait, LockWait::no_wait, LockWait::skip_locked}) {
        const auto writer = write();
        EXPECT_EQ(lock(*writer, {id(3), id(9), id(1)}, wait), (std::vector<Bytes>{"3", "(none)", "1"}));
        EXPECT_EQ(lock(*writer, {}, wait), std::vector<Bytes>{});
        EXPECT_EQ(lock(*writer, {id(3)}, wait), std::vector<Bytes>{"3"}) << "it has the lock already";
    }
}

TEST_P(Locks, GiveWholeRows) {
    fill();
    const auto writer = write();
    const auto expected = writer->get(docs, id(2));
    const Bytes key = id(2);
    const BytesView asked[] = {key};
    const auto locked = writer->lock_rows(docs, asked, LockWait::wait);
    EXPECT_EQ(locked.at(0)->body, expected->body);
    EXPECT_EQ(locked.at(0)->meta, expected->meta);
}

TEST_P(Locks, SeeTheOwnWrites) {
    fill();
    const auto writer = write();
    must(*writer, docs, put(id(1), "new", 2));
    must(*writer, docs, remove(id(2)));
    must(*writer, docs, put(id(5), "added"));
    EXPECT_EQ(lock(*writer, {id(1), id(2), id(5)}, LockWait::no_wait), (std::vector<Bytes>{"new", "(none)", "added"}));
}

TEST_P(Locks, AreFollowedByWritesOfTheirTransaction) {
    fill();
    for (const Isolation isolation : {Isolation::serializable, Isolation::operation}) {
        const auto writer = backend().begin({.mode = Mode::write, .isolation = isolation});
        const Bytes key = id(1);
        const BytesView asked[] = {key};
        const auto locked = writer->lock_rows(docs, asked, LockWait::wait);
        const std::int64_t now = locked.at(0)->meta.version.value;
        must(*writer, docs, put(key, "changed", now + 1, version(now)));
        writer->commit();
    }
    EXPECT_EQ(body(backend(), docs, id(1)), "changed");
}

TEST_P(Locks, OfAMissingTable) {
    make_tables();
    const auto writer = write();
    writer->exclude_writers("nowhere");
    const Bytes key = id(1);
    const BytesView asked[] = {key};
    EXPECT_EQ(error_of([&] { writer->lock_rows("nowhere", asked, LockWait::wait); }), "not_found");
}

TEST_P(Locks, EndWithTheirTransaction) {
    fill();
    for (const bool commits : {true, false}) {
        {
            const auto writer = write();
            EXPECT_TRUE(writer->lock_name("a name", LockWait::wait));
            writer->exclude_writers(docs);
            lock(*writer, {id(1)}, LockWait::wait);
            if (commits) writer->commit();
        }
        const auto next = write();
        EXPECT_TRUE(next->lock_name("a name", LockWait::no_wait));
        EXPECT_EQ(lock(*next, {id(1)}, LockWait::no_wait), std::vector<Bytes>{"1"});
        must(*next, docs, put(id(1), "1"));
    }
}

TEST_P(Locks, NamesAreAnyBytes) {
    const auto writer = write();
    for (const std::string& name :
         {std::string(), std::string("a\0b", 3), std::string("'; --"), std::string("\xFF"), std::string(5'000, 'x')}) {
        EXPECT_TRUE(writer->lock_name(name, LockWait::wait));
        EXPECT_TRUE(writer->lock_name(name, LockWait::no_wait)) << "it has the lock already";
    }
    writer->commit();
}

TEST_P(Locks, ExcludingWritersLetsTheirOwnTransactionWrite) {
    fill();
    const auto writer = write();
    writer->exclude_writers(docs);
    EXPECT_EQ(body(*writer, docs, id(1)), "1");
    must(*writer, docs, put(id(1), "mine", 2));
    must(*writer, index, put("k", "mine"));
    writer->describe_table(docs, "described");
    writer->commit();
    EXPECT_EQ(body(backend(), docs, id(1)), "mine");
    EXPECT_EQ(read()->find_table(docs)->description, "described");
}

TEST_P(Locks, ReadersDoNotCare) {
    fill();
    const auto writer = write();
    writer->exclude_writers(docs);
    lock(*writer, {id(1)}, LockWait::wait);
    EXPECT_EQ(in_thread([&] { return body(backend(), docs, id(1)); }), "1");
}

TEST_P(Locks, OfDifferentRowsDoNotMeet) {
    SKIP_WITHOUT_ROW_LOCKS();
    fill();
    const auto first = write();
    const auto second = write();
    lock(*first, {id(1)}, LockWait::wait);
    EXPECT_EQ(lock(*second, {id(2)}, LockWait::no_wait), std::vector<Bytes>{"2"});
    must(*first, docs, put(id(1), "first", 2, version(1)));
    must(*second, docs, put(id(2), "second", 2, version(1)));
    first->commit();
    second->commit();
    EXPECT_EQ(body(backend(), docs, id(1)) + body(backend(), docs, id(2)), "firstsecond");
}

TEST_P(Locks, NoWaitThrowsAndLeavesTheTransactionUsable) {
    SKIP_WITHOUT_ROW_LOCKS();
    fill();
    const auto holder = write();
    lock(*holder, {id(1)}, LockWait::wait);
    const auto other = write();
    must(*other, docs, put(id(3), "before", 2, version(1)));
    EXPECT_EQ(lock_error(*other, {id(1)}, LockWait::no_wait), "locked");
    EXPECT_EQ(lock_error(*other, {id(2), id(1)}, LockWait::no_wait), "locked");
    EXPECT_EQ(lock(*other, {id(2)}, LockWait::no_wait), std::vector<Bytes>{"2"});
    must(*other, docs, put(id(4), "after", 2, version(1)));
    other->commit();
    EXPECT_EQ(body(backend(), docs, id(3)) + body(backend(), docs, id(4)), "beforeafter");
}

TEST_P(Locks, SkippedRowsAreAsIfTheyWereMissing) {
    SKIP_WITHOUT_ROW_LOCKS();
    fill();
    const auto holder = write();
    lock(*holder, {id(1), id(3)}, LockWait::wait);
    const auto other = write();
    EXPECT_EQ(lock(*other, {id(1), id(2), id(3), id(4)}, LockWait::skip_locked),
              (std::vector<Bytes>{"(none)", "2", "(none)", "4"}));
    EXPECT_EQ(lock_error(*holder, {id(4)}, LockWait::no_wait), "locked") << "those that were given are locked";
}

TEST_P(Locks, WaitUntilTheOtherHasEndedAndGiveTheRowAsItIsThen) {
    SKIP_WITHOUT_ROW_LOCKS();
    fill();
    const auto holder = write();
    lock(*holder, {id(1)}, LockWait::wait);
    auto waiting = std::async(std::launch::async, [&] {
        const auto other = operation({.deadline = Control::within(seconds(20))});
        return lock(*other, {id(1)}, LockWait::wait);
    });
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout);
    must(*holder, docs, put(id(1), "changed", 2, version(1)));
    holder->commit();
    EXPECT_EQ(waiting.get(), std::vector<Bytes>{"changed"});
}

TEST_P(Locks, WaitNoLongerThanTheControl) {
    SKIP_WITHOUT_ROW_LOCKS();
    fill();
    const auto holder = write();
    lock(*holder, {id(1)}, LockWait::wait);
    const auto late = operation({.deadline = Control::within(short_time)});
    EXPECT_EQ(lock_error(*late, {id(1)}, LockWait::wait), "deadline_exceeded");
    std::stop_source stop;
    auto waiting = std::async(std::launch::async, [&] {
        const auto other = operation({.deadline = Control::within(seconds(20)), .stop = stop.get_token()});
        return lock_error(*other, {id(1)}, LockWait::wait);
    });
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout);
    stop.request_stop();
    EXPECT_EQ(waiting.get(), "cancelled");
}

TEST_P(Locks, OfRowsThatHaveChangedSinceTheSnapshotAreConflicts) {
    SKIP_WITHOUT_ROW_LOCKS();
    fill();
    const auto late = write();
    EXPECT_EQ(body(*late, docs, id(2)), "2") << "its snapshot is taken";
    commit_one(backend(), docs, put(id(1), "changed", 2));
    EXPECT_EQ(lock_error(*late, {id(1)}, LockWait::wait), "serialization");
}

TEST_P(Locks, OfNamesExcludeEachOther) {
    SKIP_WITHOUT_CONCURRENT_WRITERS();
    make_tables();
    const auto holder = write();
    EXPECT_TRUE(holder->lock_name("report", LockWait::wait));
    const auto other = write();
    EXPECT_FALSE(other->lock_name("report", LockWait::skip_locked));
    EXPECT_EQ(error_of([&] { other->lock_name("report", LockWait::no_wait); }), "locked");
    EXPECT_TRUE(other->lock_name("another", LockWait::no_wait));
    must(*other, docs, put(id(1), "usable"));
    other->commit();
    const auto late = backend().begin({.mode = Mode::write, .control = {.deadline = Control::within(short_time)}});
    EXPECT_EQ(error_of([&] { late->lock_name("report", LockWait::wait); }), "deadline_exceeded");
}

TEST_P(Locks, OfNamesAreOlderThanTheSnapshot) {
    SKIP_WITHOUT_CONCURRENT_WRITERS();
    make_tables();
    const auto holder = write();
    EXPECT_TRUE(holder->lock_name("report", LockWait::wait));
    auto waiting = std::async(std::launch::async, [&] {
        const auto other =
            backend().begin({.mode = Mode::write, .control = {.deadline = Control::within(seconds(20))}});
        other->lock_name("report", LockWait::wait);
        return body(*other, docs, id(1));
    });
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout);
    must(*holder, docs, put(id(1), "written under the lock"));
    holder->commit();
    EXPECT_EQ(waiting.get(), "written under the lock");
}

TEST_P(Locks, ThatComeTooLateAreRefused) {
    SKIP_WITHOUT_CONCURRENT_WRITERS();
    fill();
    const auto writer = write();
    EXPECT_EQ(body(*writer, docs, id(1)), "1");
    EXPECT_EQ(error_of([&] { writer->lock_name("report", LockWait::wait); }), "invalid_argument");
    EXPECT_EQ(error_of([&] { writer->exclude_writers(docs); }), "unsupported");
    must(*writer, docs, put(id(1), "usable", 2, version(1)));
    writer->commit();
    EXPECT_EQ(body(backend(), docs, id(1)), "usable");
}

TEST_P(Locks, ExcludingWritersKeepsOthersOut) {
    SKIP_WITHOUT_CONCURRENT_WRITERS();
    fill();
    auto alone = write();
    alone->exclude_writers(docs);
    auto waiting = std::async(std::launch::async, [&] {
        const auto other = operation({.deadline = Control::within(seconds(20))});
        must(*other, docs, put(id(1), "other", 2, version(1)));
        other->commit();
    });
    commit_one(backend(), index, put("k", "another table is free"));
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout);
    EXPECT_EQ(body(*alone, docs, id(1)), "1");
    alone->commit();
    waiting.get();
    EXPECT_EQ(body(backend(), docs, id(1)), "other");
}

TEST_P(Locks, ExcludingWritersWaitsForThoseThatHaveWrittenAndSeesIt) {
    SKIP_WITHOUT_CONCURRENT_WRITERS();
    fill();
    const auto other = write();
    must(*other, docs, put(id(1), "other", 2, version(1)));
    auto waiting = std::async(std::launch::async, [&] {
        const auto alone =
            backend().begin({.mode = Mode::write, .control = {.deadline = Control::within(seconds(20))}});
        alone->exclude_writers(docs);
        return body(*alone, docs, id(1));
    });
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout);
    other->commit();
    EXPECT_EQ(waiting.get(), "other");
}

}  // namespace sheaf::conformance
