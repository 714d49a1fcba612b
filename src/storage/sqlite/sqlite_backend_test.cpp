// What the contract leaves to this backend, and how several handles, threads and processes share a file. That it keeps
// the contract at all is tests/conformance.
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "storage/sqlite/test_support.hpp"

namespace sheaf::sqlite {
namespace {

using namespace test;
using std::chrono::milliseconds;

using Shared = SqliteTest;
using Waiting = SqliteTest;
using RowNumbering = SqliteTest;
using Stored = SqliteTest;

TEST_F(Shared, HandlesSeeEachOthersCommitsAndTables) {
    const auto one = open(file_);
    const auto two = open(file_);
    make_table(*one, "t");
    EXPECT_EQ(body(*two, "t", id("a")), "(none)");
    put_one(*two, "t", id("a"), "of two");
    EXPECT_EQ(body(*one, "t", id("a")), "of two");
    {
        const auto transaction = write(*one);
        transaction->rename_table("t", "u");
        transaction->commit();
    }
    EXPECT_EQ(error_of([&] { body(*two, "t", id("a")); }), "not_found");
    EXPECT_EQ(error_of([&] { read(*two)->scan("t", {}); }), "not_found");
    EXPECT_EQ(error_of([&] { read(*two)->get_many("t", {}); }), "not_found");
    EXPECT_EQ(error_of([&] { put_one(*two, "t", id("a"), "x"); }), "not_found");
    EXPECT_EQ(error_of([&] { write(*two)->apply("t", {}); }), "not_found");
    EXPECT_EQ(body(*two, "u", id("a")), "of two");
}

TEST_F(Shared, ATableThatBecameAnotherKindIsSeenAsWhatItIs) {
    const auto one = open(file_);
    const auto two = open(file_);
    for (const TableKind kind : {TableKind::documents, TableKind::ordered, TableKind::documents}) {
        {
            const auto transaction = write(*one);
            transaction->drop_table("t");
            transaction->ensure_table("t", kind);
            transaction->commit();
        }
        const Bytes key = kind == TableKind::documents ? id("k") : "0 is no string's key";
        put_one(*two, "t", key, "x");
        EXPECT_EQ(body(*two, "t", key), "x");
        EXPECT_EQ(body(*one, "t", key), "x");
        driver::RowView row;
        const auto transaction = read(*two);
        const auto cursor = transaction->scan("t", {.order = driver::Order::key, .range = {}});
        ASSERT_TRUE(cursor->next(row));
        EXPECT_EQ(cursor->key(), key);
        EXPECT_EQ(row.meta.rid, kind == TableKind::documents ? 1 : 0);
    }
    const auto transaction = write(*two);
    EXPECT_EQ(put(*transaction, "t", id("k"), "y", Expect::exactly(Version{1}), 2), Outcome::done);
}

TEST_F(Shared, SnapshotsOutliveWhatOtherHandlesDo) {
    const auto one = open(file_);
    const auto two = open(file_);
    make_table(*one, "t");
    put_one(*one, "t", id("a"), "old");
    const auto snapshot = read(*two);
    put_one(*one, "t", id("a"), "new");
    put_one(*one, "t", id("b"), "new");
    EXPECT_EQ(body(*snapshot, "t", id("a")), "old");
    {
        const auto transaction = write(*one);
        transaction->drop_table("t");
        transaction->commit();
    }
    EXPECT_EQ(body(*snapshot, "t", id("a")), "old");
    EXPECT_EQ(body(*snapshot, "t", id("b")), "(none)");
    EXPECT_EQ(error_of([&] { body(*two, "t", id("a")); }), "not_found");
}

// A snapshot is taken by begin(), not by the first read.
TEST_F(Shared, SnapshotsBeginAtBegin) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    const auto snapshot = read(*backend);
    put_one(*backend, "t", id("a"), "x");
    EXPECT_EQ(body(*snapshot, "t", id("a")), "(none)");
}

TEST_F(Shared, ProcessesCountTogether) {
    constexpr int processes = 4;
    constexpr int increments = 50;
    {
        const auto backend = open(file_);
        make_table(*backend, "t");
        put_one(*backend, "t", id("counter"), "x");
        backend->close();
    }
    const auto count = [&] {
        const auto backend = open(file_, 60'000);
        for (int done = 0; done < increments;) {
            const std::int64_t version = read(*backend)->get("t", id("counter"))->meta.version.value;
            const auto transaction = write(*backend);
            const Outcome outcome =
                put(*transaction, "t", id("counter"), "x", Expect::exactly(Version{version}), version + 1);
            transaction->commit();
            if (outcome == Outcome::done) ++done;
        }
        backend->close();
    };
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            try {
                count();
                ::_exit(0);
            } catch (...) {
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(read(*open(file_))->get("t", id("counter"))->meta.version.value, 1 + processes * increments);
}

TEST_F(Waiting, ForAnotherHandleEndsBusy) {
    const auto one = open(file_);
    const auto two = open(file_, 50);
    const auto holder = write(*one);
    const auto start = Control::Clock::now();
    EXPECT_EQ(error_of([&] { write(*two); }, "another process"), "busy");
    EXPECT_GE(Control::Clock::now() - start, milliseconds(50));
    EXPECT_EQ(read(*two)->tables().size(), 0U);  // readers do not wait
}

TEST_F(Waiting, ForAnotherThreadEndsBusy) {
    const auto backend = open(file_, 50);
    const auto holder = write(*backend);
    EXPECT_EQ(
        std::async(std::launch::async, [&] { return error_of([&] { write(*backend); }, "another thread"); }).get(),
        "busy");
}

TEST_F(Waiting, ForOneselfIsLockedAtOnce) {
    const auto backend = open(file_, 60'000);
    const auto holder = write(*backend);
    EXPECT_EQ(error_of([&] { write(*backend); }), "locked");
    read(*backend)->tables();
}

TEST_F(Waiting, EndsWithTheDeadlineOrTheCallersWish) {
    const auto one = open(file_, 60'000);
    const auto two = open(file_, 60'000);
    const auto holder = write(*one);
    for (Backend* backend : {one.get(), two.get()}) {
        const auto deadline =
            std::async(std::launch::async, [&] {
                return error_of([&] {
                    backend->begin(
                        {.mode = Mode::write, .control = {.deadline = Control::within(milliseconds(30)), .stop = {}}});
                });
            }).get();
        EXPECT_EQ(deadline, "deadline_exceeded");
        std::stop_source stop;
        auto stopped = std::async(std::launch::async, [&] {
            return error_of([&] {
                backend->begin({.mode = Mode::write, .control = {.deadline = std::nullopt, .stop = stop.get_token()}});
            });
        });
        EXPECT_EQ(stopped.wait_for(milliseconds(20)), std::future_status::timeout);
        stop.request_stop();
        EXPECT_EQ(stopped.get(), "cancelled");
    }
}

TEST_F(Waiting, EndsWhenTheWriterHasGone) {
    const auto one = open(file_, 60'000);
    const auto two = open(file_, 60'000);
    make_table(*one, "t");
    for (Backend* backend : {one.get(), two.get()}) {
        auto holder = write(*one);
        put(*holder, "t", id("a"), "first");
        auto waiter = std::async(std::launch::async, [&] {
            const auto transaction = write(*backend);
            const Bytes seen = body(*transaction, "t", id("a"));
            put(*transaction, "t", id("a"), "second");
            transaction->commit();
            return seen;
        });
        EXPECT_EQ(waiter.wait_for(milliseconds(20)), std::future_status::timeout);
        holder->commit();
        EXPECT_EQ(waiter.get(), "first");
    }
}

TEST_F(Waiting, AWriterMayEndInAnotherThread) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    auto transaction = write(*backend);
    std::thread([moved = std::move(transaction)] {
        put(*moved, "t", id("a"), "x");
        moved->commit();
    }).join();
    put_one(*backend, "t", id("b"), "y");
    EXPECT_EQ(body(*backend, "t", id("a")), "x");
}

std::int64_t rid_of(Backend& backend, BytesView key) {
    return read(backend)->get("t", key).value().meta.rid;
}

TEST_F(RowNumbering, NoNumberIsUsedTwiceWhoeverRemovesAndAdds) {
    auto one = open(file_);
    const auto two = open(file_);
    make_table(*one, "t");
    std::int64_t last = 0;
    for (int round = 0; round < 24; ++round) {
        Backend& adds = round % 2 == 0 ? *one : *two;
        Backend& removes = round % 4 < 2 ? *one : *two;
        put_one(adds, "t", id("a"), "x");
        ASSERT_GT(rid_of(*two, id("a")), last) << round;
        last = rid_of(*one, id("a"));
        remove_one(removes, "t", id("a"));
        if (round % 8 == 7) {
            one->close();
            one = open(file_);
        }
    }
    EXPECT_EQ(last, 24) << "numbers are not wasted";
}

TEST_F(RowNumbering, HoldsThroughRenamesRollbacksAndFailedBatches) {
    auto backend = open(file_);
    make_table(*backend, "t");
    for (const char* key : {"a", "b", "c"}) put_one(*backend, "t", id(key), "x");
    {
        const auto transaction = write(*backend);
        remove(*transaction, "t", id("c"));
        transaction->rename_table("t", "u");
        transaction->rename_table("u", "t");
        transaction->commit();
    }
    {
        const auto transaction = write(*backend);  // rolled back: b stays
        remove(*transaction, "t", id("b"));
        put(*transaction, "t", id("x"), "x");
    }
    {
        const auto transaction = write(*backend);
        const Bytes a = id("a");
        const Bytes b = id("b");
        std::vector<Write> writes(3);
        writes[0] = {.kind = Write::Kind::remove, .key = b, .body = {}, .meta = {}, .expect = {}};
        writes[1] = {.kind = Write::Kind::put, .key = b, .body = "y", .meta = {}, .expect = {}};
        writes[2] = {.kind = Write::Kind::put, .key = a, .body = "y", .meta = {}, .expect = Expect::absent()};
        EXPECT_EQ(transaction->apply("t", writes).at(2), Outcome::duplicate);
        transaction->commit();
    }
    EXPECT_EQ(rid_of(*backend, id("b")), 2);
    backend->close();
    backend = open(file_);
    put_one(*backend, "t", id("c"), "x");
    EXPECT_GE(rid_of(*backend, id("c")), 4);
}

TEST_F(RowNumbering, ANewTableOfTheSameNameBeginsAtOne) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    remove_one(*backend, "t", id("a"));
    {
        const auto transaction = write(*backend);
        transaction->drop_table("t");
        transaction->ensure_table("t", TableKind::documents);
        transaction->commit();
    }
    put_one(*backend, "t", id("a"), "x");
    EXPECT_EQ(rid_of(*backend, id("a")), 1);
}

TEST_F(RowNumbering, RowsThatOthersAddAreCountedAndTheLastNumberIsRefused) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    Raw(file_).run("INSERT INTO t VALUES(41, 'other', x'A0', NULL, 1, 0, 0, 0)");
    put_one(*backend, "t", id("b"), "x");
    EXPECT_EQ(rid_of(*backend, id("b")), 42);
    Raw(file_).run("INSERT INTO t VALUES(9223372036854775807, 'last', x'A0', NULL, 1, 0, 0, 0)");
    const auto transaction = write(*backend);
    EXPECT_EQ(error_of([&] { put(*transaction, "t", id("c"), "x"); }), "limit_exceeded");
    EXPECT_EQ(put(*transaction, "t", id("a"), "y", Expect::exactly(Version{1}), 2), Outcome::done);
    transaction->commit();
    EXPECT_EQ(body(*backend, "t", id("a")), "y");
}

TEST_F(Stored, IdsAreReadableByOthers) {
    const auto backend = open(file_);
    make_table(*backend, "Users");
    const Bytes nul("a\0b", 3);
    put_one(*backend, "Users", id("ada"), "x");
    put_one(*backend, "Users", id(nul), "with a NUL");
    put_one(*backend, "Users", "\x20 a number's key", "y");
    Raw raw(file_);
    EXPECT_EQ(raw.ask("SELECT storage FROM _sheaf_tables WHERE name='Users'"), "Users~1");
    EXPECT_EQ(raw.ask("SELECT typeof(_id), _id FROM \"Users~1\" WHERE rid=1"), "text|ada");
    EXPECT_EQ(raw.ask("SELECT typeof(_id), hex(_id), length(CAST(_id AS BLOB)) FROM \"Users~1\" WHERE rid=2"),
              "text|610062|3");
    EXPECT_EQ(raw.ask("SELECT typeof(_id), typeof(metadata) FROM \"Users~1\" WHERE rid=3"), "blob|null");
    EXPECT_EQ(body(*backend, "Users", id(nul)), "with a NUL");
    EXPECT_EQ(body(*backend, "Users", id("a")), "(none)");
    EXPECT_EQ(raw.ask("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"), "0");
}

TEST_F(Stored, AKeyThatBeginsAsAStringsAndIsNoneIsRefused) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    for (const Bytes& key :
         {Bytes("0"), Bytes("0abc"), Bytes("0a\0b\0", 5), Bytes("0a\0\xFF", 4), Bytes("0a\0\0", 4)}) {
        EXPECT_EQ(error_of([&] { put_one(*backend, "t", key, "x"); }), "invalid_id");
        EXPECT_EQ(error_of([&] { body(*backend, "t", key); }), "invalid_id");
    }
    const auto transaction = write(*backend);
    const Bytes good = id("good");
    std::vector<Write> writes(2);
    writes[0].key = good;
    writes[1].key = "0bad";
    EXPECT_EQ(error_of([&] { transaction->apply("t", writes); }), "invalid_id");
    transaction->commit();
    EXPECT_EQ(body(*backend, "t", good), "(none)") << "a refused batch has changed nothing";
}

TEST_F(Stored, DroppingNeedsTheCursorsClosed) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    const auto transaction = write(*backend);
    {
        const auto cursor = transaction->scan("t", {});
        EXPECT_EQ(error_of([&] { transaction->drop_table("t"); }, "cursors"), "locked");
        driver::RowView row;
        EXPECT_TRUE(cursor->next(row));
        EXPECT_FALSE(cursor->next(row));
        EXPECT_FALSE(cursor->next(row));
    }
    EXPECT_TRUE(transaction->drop_table("t"));
    transaction->commit();
}

TEST_F(Stored, CursorsOfAnEndedTransactionHoldNothing) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    const auto transaction = read(*backend);
    const auto cursor = transaction->scan("t", {});
    transaction->commit();
    driver::RowView row;
    EXPECT_EQ(error_of([&] { cursor->next(row); }), "closed");
    EXPECT_EQ(error_of([&] { transaction->get("t", id("a")); }), "closed");
    put_one(*backend, "t", id("b"), "y");
    EXPECT_EQ(body(*backend, "t", id("b")), "y") << "the connection has kept no old snapshot";
}

}  // namespace
}  // namespace sheaf::sqlite
