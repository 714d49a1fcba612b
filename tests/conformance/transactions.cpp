// Transactions: all or nothing, own writes, locks, and what Capabilities and Statistics say.
#include <thread>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

TEST_P(Transactions, CommitMakesAllWritesVisibleAtOnce) {
    make_tables();
    const auto writer = write();
    must(*writer, docs, put(id(1), "one"));
    must(*writer, index, put("k", "two"));
    EXPECT_EQ(in_thread([&] { return body(backend(), docs, id(1)); }), "(none)");
    writer->commit();
    const auto reader = read();
    EXPECT_EQ(body(*reader, docs, id(1)), "one");
    EXPECT_EQ(body(*reader, index, "k"), "two");
}

TEST_P(Transactions, RefuseEverythingAfterTheyHaveEnded) {
    make_tables();
    for (const auto mode : {Mode::read, Mode::write}) {
        const auto transaction = backend().begin({.mode = mode});
        const auto cursor = transaction->scan(docs, {});
        transaction->commit();
        EXPECT_EQ(error_of([&] { transaction->get(docs, id(1)); }), "closed");
        EXPECT_EQ(error_of([&] { transaction->commit(); }), "closed");
        RowView row;
        EXPECT_EQ(error_of([&] { cursor->next(row); }), "closed");
    }
}

TEST_P(Transactions, ReadersCannotLock) {
    make_tables();
    EXPECT_EQ(error_of([&] { read()->lock_name("anything", LockWait::wait); }), "unsupported");
}

TEST_P(Transactions, TheDestructorRollsBack) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "old"));
    commit_one(backend(), docs, put(id(2), "removed"));
    const auto before = rows(*read(), docs);
    {
        const auto writer = write();
        must(*writer, docs, put(id(1), "new", 2));
        must(*writer, docs, remove(id(2)));
        must(*writer, docs, put(id(3), "added"));
        must(*writer, index, put("k", "added"));
    }
    EXPECT_EQ(rows(*read(), docs), before);
    EXPECT_EQ(body(backend(), index, "k"), "(none)");
}

TEST_P(Transactions, TheDestructorRollsBackDuringAnException) {
    make_tables();
    const auto fails = [&] {
        const auto writer = write();
        must(*writer, docs, put(id(1), "x"));
        throw Error(Code::invalid_argument, "thrown by the test");
    };
    EXPECT_EQ(error_of(fails), "invalid_argument");
    EXPECT_TRUE(rows(*read(), docs).empty());
    commit_one(backend(), docs, put(id(1), "the writer is free"));
}

TEST_P(Transactions, SeeTheirOwnWrites) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "old"));
    const auto writer = write();
    must(*writer, docs, put(id(1), "new", 2));
    must(*writer, docs, put(id(2), "added"));
    EXPECT_EQ(body(*writer, docs, id(1)), "new");
    const Bytes one = id(1);
    const Bytes two = id(2);
    const std::vector<BytesView> asked = {two, one};
    const auto found = writer->get_many(docs, asked);
    EXPECT_EQ(found.at(0)->body, "added");
    EXPECT_EQ(found.at(1)->body, "new");
    EXPECT_EQ(found.at(1)->meta.version, Version{2});
    must(*writer, docs, remove(id(1)));
    EXPECT_EQ(body(*writer, docs, id(1)), "(none)");
}

TEST_P(Transactions, AWriterSeesWhatWasCommittedBeforeItBegan) {
    make_tables();
    for (int i = 1; i <= 50; ++i) {
        const auto writer = write();
        const auto row = writer->get(docs, id("n"));
        ASSERT_EQ(row ? row->body : "0", std::to_string(i - 1));
        must(*writer, docs,
             put(id("n"), std::to_string(i), i, row ? Expect::exactly(row->meta.version) : Expect::absent()));
        writer->commit();
    }
}

TEST_P(Transactions, CommitWithoutWritesIsFine) {
    EXPECT_EQ(error_of([&] { write()->commit(); }), "nothing");
    EXPECT_EQ(error_of([&] { read()->commit(); }), "nothing");
    EXPECT_TRUE(read()->tables().empty());
}

TEST_P(Transactions, PlacesOfARolledBackInsertMayBeReusedButNeverFall) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "x"));
    const std::int64_t first = read()->get(docs, id(1))->meta.rid;
    {
        const auto writer = write();
        for (int i = 2; i < 10; ++i) must(*writer, docs, put(id(i), "x"));
    }
    commit_one(backend(), docs, put(id(100), "x"));
    EXPECT_GT(read()->get(docs, id(100))->meta.rid, first);
    EXPECT_EQ(keys(backend(), docs), (std::vector<Bytes>{id(1), id(100)}));
}

TEST_P(Transactions, LocksReturnAtOnceWhereWritersAreSerialised) {
    if (capabilities().row_locks || capabilities().concurrent_writers) GTEST_SKIP() << "locks are the backend's own";
    make_tables();
    const auto writer = write();
    for (const LockWait wait : {LockWait::wait, LockWait::no_wait, LockWait::skip_locked}) {
        EXPECT_TRUE(writer->lock_name("a name", wait));
        writer->exclude_writers(docs);
        const Bytes key = id(1);
        EXPECT_EQ(writer->lock_rows(docs, std::vector<BytesView>{key}, wait).size(), 1U);
    }
    must(*writer, docs, put(id(1), "x"));
    writer->commit();
    EXPECT_EQ(body(backend(), docs, id(1)), "x");
}

TEST_P(Transactions, ReadersDoNotHoldUpTheWriter) {
    make_tables();
    const auto reader = read();
    const auto cursor_owner = read();
    commit_one(backend(), docs, put(id(1), "x"));
    in_thread([&] { commit_one(backend(), docs, put(id(2), "y")); });
    EXPECT_TRUE(rows(*reader, docs).empty());
    EXPECT_TRUE(rows(*cursor_owner, docs).empty());
}

TEST_P(Transactions, MayMoveToAnotherThread) {
    make_tables();
    auto writer = write();
    must(*writer, docs, put(id(1), "one"));
    in_thread([&, moved = std::move(writer)]() mutable {
        EXPECT_EQ(body(*moved, docs, id(1)), "one");
        must(*moved, docs, put(id(2), "two"));
        moved->commit();
        moved.reset();
    });
    EXPECT_EQ(keys(backend(), docs), (std::vector<Bytes>{id(1), id(2)}));
    commit_one(backend(), docs, put(id(3), "the first thread holds nothing any more"));
    in_thread([&] { commit_one(backend(), docs, put(id(4), "nor does another")); });

    auto reader = read();
    auto cursor = reader->scan(docs, {});
    RowView row;
    ASSERT_TRUE(cursor->next(row));
    const auto rest = in_thread([&, moved = std::move(reader), walking = std::move(cursor)]() mutable {
        std::size_t count = 0;
        for (RowView next; walking->next(next);) ++count;
        walking.reset();
        moved.reset();
        return count;
    });
    EXPECT_EQ(rest, 3U);
}

TEST_P(Transactions, MovedAndRolledBackElsewhereFreesTheWriter) {
    make_tables();
    auto writer = write();
    must(*writer, docs, put(id(1), "x"));
    in_thread([moved = std::move(writer)]() mutable { moved.reset(); });
    EXPECT_TRUE(rows(*read(), docs).empty());
    commit_one(backend(), docs, put(id(2), "x"));
}

TEST_P(Transactions, CapabilitiesAreConsistent) {
    const driver::Capabilities& one = capabilities();
    EXPECT_FALSE(one.backend.empty());
    EXPECT_EQ(one.persistent, one.durability != driver::Durability::memory);
    EXPECT_TRUE(one.persistent || !one.multi_process);
    EXPECT_EQ(&one, &backend().capabilities()) << "they do not change while the store is open";
}

TEST_P(Transactions, StatisticsAndPing) {
    make_tables();
    EXPECT_EQ(error_of([&] { backend().ping(); }), "nothing");
    commit_one(backend(), docs, put(id(1), noise(1'000'000)));
    EXPECT_GE(backend().statistics().bytes, 1'000'000);
    const auto writer = write();
    const auto reader = read();
    EXPECT_EQ(error_of([&] { backend().ping(); }), "nothing") << "while transactions are open";
    EXPECT_GE(backend().statistics().bytes, 1'000'000);
}

}  // namespace sheaf::conformance
