// Snapshots: a read transaction sees the store as it was at begin(), for as long as it is open.
#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

TEST_P(Snapshots, AreTakenAtBeginNotAtTheFirstRead) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "old"));
    const auto snapshot = read();
    commit_one(backend(), docs, put(id(1), "new", 2));
    commit_one(backend(), docs, put(id(2), "added"));
    EXPECT_EQ(body(*snapshot, docs, id(1)), "old");
    EXPECT_EQ(body(*snapshot, docs, id(2)), "(none)");
    EXPECT_EQ(rows(*snapshot, docs).size(), 1U);
    EXPECT_EQ(body(backend(), docs, id(1)), "new");
}

TEST_P(Snapshots, StayWhateverOthersCommit) {
    make_tables();
    for (int i = 0; i < 500; ++i) commit_one(backend(), docs, put(id(i), "old " + std::to_string(i)));
    const auto snapshot = read();
    const auto before = rows(*snapshot, docs);
    for (int i = 0; i < 500; ++i) {
        if (i % 3 == 0) commit_one(backend(), docs, remove(id(i)));
        if (i % 3 == 1) commit_one(backend(), docs, put(id(i), "new", 2));
        if (i % 3 == 2) commit_one(backend(), docs, put(id(-i), "added"));
        if (i % 50 == 0) {
            EXPECT_EQ(rows(*snapshot, docs), before) << "after " << i << " changes";
        }
    }
    EXPECT_EQ(rows(*snapshot, docs), before);
    EXPECT_EQ(keys(*snapshot, docs, {.order = Order::key, .range = {}}).size(), before.size());
    EXPECT_NE(rows(*read(), docs), before);
}

TEST_P(Snapshots, OpenCursorsStayToo) {
    make_tables();
    for (int i = 0; i < 200; ++i) commit_one(backend(), docs, put(id(i), std::to_string(i)));
    const auto snapshot = read();
    const auto cursor = snapshot->scan(docs, {});
    RowView row;
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(cursor->next(row));
        EXPECT_EQ(row.body, std::to_string(i));
        commit_one(backend(), docs, i % 2 == 0 ? remove(id(199 - i)) : put(id(199 - i), "changed", 2));
    }
    EXPECT_FALSE(cursor->next(row));
}

TEST_P(Snapshots, ManyOfDifferentMomentsAtOnce) {
    make_tables();
    std::vector<std::unique_ptr<Transaction>> snapshots;
    for (int i = 0; i < 40; ++i) {
        snapshots.push_back(read());
        commit_one(backend(), docs, put(id("counter"), std::to_string(i), i + 1));
        commit_one(backend(), docs, put(id(i), "row"));
    }
    for (std::size_t i = snapshots.size(); i-- > 0;) {
        EXPECT_EQ(body(*snapshots[i], docs, id("counter")), i == 0 ? "(none)" : std::to_string(i - 1));
        EXPECT_EQ(rows(*snapshots[i], docs).size(), i == 0 ? 0U : i + 1);
        if (i % 2 == 0) snapshots[i].reset();
    }
    EXPECT_EQ(body(*snapshots[1], docs, id("counter")), "0");
    EXPECT_EQ(body(*snapshots[39], docs, id("counter")), "38");
}

TEST_P(Snapshots, DoNotSeeAnOpenWriterNorItsRollback) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "old"));
    const auto before = read();
    {
        const auto writer = write();
        must(*writer, docs, put(id(1), "dirty", 2));
        must(*writer, docs, put(id(2), "dirty"));
        const auto during = read();  // by the thread that holds the writer
        EXPECT_EQ(body(*during, docs, id(1)), "old");
        EXPECT_EQ(rows(*during, docs).size(), 1U);
        EXPECT_EQ(in_thread([&] { return body(backend(), docs, id(1)); }), "old");
    }
    EXPECT_EQ(body(*before, docs, id(1)), "old");
    EXPECT_EQ(body(backend(), docs, id(1)), "old");
    EXPECT_EQ(rows(*read(), docs).size(), 1U);
}

TEST_P(Snapshots, BegunWhileAWriterIsOpenDoNotSeeItsCommit) {
    make_tables();
    const auto writer = write();
    must(*writer, docs, put(id(1), "new"));
    const auto snapshot = read();
    writer->commit();
    EXPECT_EQ(body(*snapshot, docs, id(1)), "(none)");
    EXPECT_EQ(body(backend(), docs, id(1)), "new");
}

TEST_P(Snapshots, ACommittedReadIsOver) {
    make_tables();
    const auto snapshot = read();
    EXPECT_EQ(body(*snapshot, docs, id(1)), "(none)");
    EXPECT_EQ(error_of([&] { snapshot->commit(); }), "nothing");
    commit_one(backend(), docs, put(id(1), "x"));
    EXPECT_EQ(body(backend(), docs, id(1)), "x");
}

TEST_P(Snapshots, LargeBodiesStayReadable) {
    make_tables();
    const Bytes large = noise(1'000'000);
    commit_one(backend(), docs, put(id(1), large));
    const auto snapshot = read();
    const auto cursor = snapshot->scan(docs, {});
    RowView row;
    ASSERT_TRUE(cursor->next(row));
    for (int i = 2; i < 6; ++i) commit_one(backend(), docs, put(id(1), noise(1'000'000, static_cast<unsigned>(i)), i));
    EXPECT_TRUE(row.body == large);
    EXPECT_TRUE(body(*snapshot, docs, id(1)) == large);
}

}  // namespace sheaf::conformance
