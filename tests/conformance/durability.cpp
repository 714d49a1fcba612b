// Closing and coming back: what a persistent store holds when it is opened again.
#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

TEST_P(Closing, EveryCallIsRefusedAfterwards) {
    make_tables();
    backend().close();
    EXPECT_EQ(error_of([&] { read(); }), "closed");
    EXPECT_EQ(error_of([&] { write(); }), "closed");
    EXPECT_EQ(error_of([&] { backend().ping(); }), "closed");
    EXPECT_EQ(error_of([&] { backend().statistics(); }), "closed");
    EXPECT_EQ(error_of([&] { backend().close(); }), "closed");
}

TEST_P(Closing, IsRefusedWhileATransactionIsOpen) {
    make_tables();
    {
        const auto reader = read();
        EXPECT_EQ(error_of([&] { backend().close(); }), "busy");
        EXPECT_TRUE(rows(*reader, docs).empty()) << "nothing has been closed";
    }
    commit_one(backend(), docs, put(id(1), "still open"));
    EXPECT_EQ(error_of([&] { backend().close(); }), "nothing");
}

TEST_P(Closing, AfterTransactionsHaveEnded) {
    make_tables();
    for (int i = 0; i < 10; ++i) commit_one(backend(), docs, put(id(i), "x"));
    {
        const auto reader = read();
        const auto cursor = reader->scan(docs, {});
        RowView row;
        EXPECT_TRUE(cursor->next(row));
    }
    in_thread([&] { return rows(*read(), docs).size(); });
    EXPECT_EQ(error_of([&] { backend().close(); }), "nothing");
}

#define SKIP_UNLESS_PERSISTENT() \
    if (!capabilities().persistent) GTEST_SKIP() << "not persistent"

TEST_P(Reopening, FindsEverythingCommitted) {
    SKIP_UNLESS_PERSISTENT();
    make_tables();
    const Bytes large = noise(1'000'000);
    commit_one(backend(), docs, put(id("z"), "first", 3));
    commit_one(backend(), docs, put(id(5), large, 4));
    commit_one(backend(), docs, put(id(true), "", 1));
    commit_one(backend(), index, put(std::string("\0k", 2), "value"));
    const auto documents = rows(*read(), docs);
    const auto ordered = rows(*read(), index, {.order = Order::key, .range = {}});
    const auto tables = read()->tables();
    for (int round = 0; round < 3; ++round) {
        if (round == 1) drop_and_reopen();
        if (round != 1) close_and_reopen();
        EXPECT_TRUE(rows(*read(), docs) == documents) << "round " << round;
        EXPECT_TRUE(rows(*read(), index, {.order = Order::key, .range = {}}) == ordered) << "round " << round;
        EXPECT_EQ(read()->tables(), tables);
    }
}

TEST_P(Reopening, DoesNotFindWhatWasNotCommitted) {
    SKIP_UNLESS_PERSISTENT();
    make_tables();
    commit_one(backend(), docs, put(id(1), "committed"));
    {
        const auto writer = write();
        must(*writer, docs, put(id(1), "dirty", 2));
        must(*writer, docs, put(id(2), noise(5'000'000)));
        writer->drop_table(index);
        writer->ensure_table("new", TableKind::documents);
    }
    close_and_reopen();
    EXPECT_EQ(body(backend(), docs, id(1)), "committed");
    EXPECT_EQ(rows(*read(), docs).size(), 1U);
    EXPECT_EQ(read()->tables().size(), 2U);
}

TEST_P(Reopening, PlacesGoOnRising) {
    SKIP_UNLESS_PERSISTENT();
    make_tables();
    for (int i = 0; i < 3; ++i) commit_one(backend(), docs, put(id(i), "x"));
    const std::int64_t last = read()->get(docs, id(2))->meta.rid;
    commit_one(backend(), docs, remove(id(2)));
    close_and_reopen();
    commit_one(backend(), docs, put(id(2), "again"));
    EXPECT_GT(read()->get(docs, id(2))->meta.rid, last) << "the store was closed after the last row was removed";
    EXPECT_EQ(keys(backend(), docs), (std::vector<Bytes>{id(0), id(1), id(2)}));
}

TEST_P(Reopening, TableChangesStay) {
    SKIP_UNLESS_PERSISTENT();
    make_tables();
    commit_one(backend(), docs, put(id(1), "x"));
    {
        const auto writer = write();
        writer->rename_table(docs, "Moved");
        writer->drop_table(index);
        writer->ensure_table(index, TableKind::documents);
        writer->commit();
    }
    close_and_reopen();
    EXPECT_EQ(read()->tables(),
              (std::vector<TableInfo>{{"Moved", TableKind::documents}, {"index", TableKind::documents}}));
    EXPECT_EQ(body(backend(), "Moved", id(1)), "x");
    EXPECT_EQ(error_of([&] { read()->get(docs, id(1)); }), "not_found");
}

TEST_P(Reopening, KeepsCapabilitiesAndTakesWrites) {
    SKIP_UNLESS_PERSISTENT();
    make_tables();
    const std::string name = capabilities().backend;
    const driver::Durability durability = capabilities().durability;
    for (int i = 0; i < 5; ++i) {
        close_and_reopen();
        EXPECT_EQ(capabilities().backend, name);
        EXPECT_EQ(capabilities().durability, durability);
        commit_one(backend(), docs, put(id(i), "x", 1, Expect::absent()));
    }
    EXPECT_EQ(rows(*read(), docs).size(), 5U);
}

}  // namespace sheaf::conformance
