// Tables: made, listed, renamed and dropped, all of it inside transactions.
#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

std::vector<TableInfo> tables(Backend& backend) {
    return backend.begin({.mode = Mode::read, .control = {}})->tables();
}

}  // namespace

TEST_P(Tables, NewStoreHasNone) {
    EXPECT_TRUE(read()->tables().empty());
}

TEST_P(Tables, AreListedSortedByNameWithTheirKind) {
    const auto transaction = write();
    transaction->ensure_table("b", TableKind::ordered);
    transaction->ensure_table("c", TableKind::documents);
    transaction->ensure_table("a", TableKind::documents);
    transaction->ensure_table("B", TableKind::documents);
    const std::vector<TableInfo> expected = {{"B", TableKind::documents},
                                             {"a", TableKind::documents},
                                             {"b", TableKind::ordered},
                                             {"c", TableKind::documents}};
    EXPECT_EQ(transaction->tables(), expected);
    transaction->commit();
    EXPECT_EQ(tables(backend()), expected);
}

TEST_P(Tables, EnsureTellsWhetherItMadeTheTable) {
    const auto first = write();
    EXPECT_TRUE(first->ensure_table("t", TableKind::documents));
    EXPECT_FALSE(first->ensure_table("t", TableKind::documents));
    first->commit();
    EXPECT_FALSE(write()->ensure_table("t", TableKind::documents));
}

TEST_P(Tables, EnsureOfAnotherKindIsRefused) {
    make_tables();
    EXPECT_EQ(error_of([&] { write()->ensure_table(docs, TableKind::ordered); }), "already_exists");
    EXPECT_EQ(error_of([&] { write()->ensure_table(index, TableKind::documents); }), "already_exists");
    EXPECT_EQ(tables(backend()).size(), 2U);
}

TEST_P(Tables, NamesThatDifferInCaseAreDifferentTables) {
    {
        const auto transaction = write();
        EXPECT_TRUE(transaction->ensure_table("users", TableKind::documents));
        EXPECT_TRUE(transaction->ensure_table("Users", TableKind::documents));
        EXPECT_TRUE(transaction->ensure_table("USERS", TableKind::ordered));
        must(*transaction, "users", put(id(1), "lower"));
        must(*transaction, "Users", put(id(1), "mixed"));
        must(*transaction, "USERS", put("1", "upper"));
        transaction->commit();
    }
    EXPECT_EQ(body(backend(), "users", id(1)), "lower");
    EXPECT_EQ(body(backend(), "Users", id(1)), "mixed");
    EXPECT_EQ(body(backend(), "USERS", "1"), "upper");
    EXPECT_EQ(error_of([&] { read()->get("uSERS", id(1)); }), "not_found");
}

// Each of these has meaning somewhere else: to SQL, to LIKE, to a file system, to a backend's own tables.
TEST_P(Tables, NamesHaveNoMeaningToTheBackend) {
    const std::vector<std::string> names = {"select",
                                            "a.b",
                                            "a-b",
                                            "1",
                                            "_",
                                            ".",
                                            "..",
                                            "-",
                                            "sqlite_x",
                                            "sqlite_master",
                                            "sqlite_stat1",
                                            "a_archived_idx",
                                            "x_cfy",
                                            "main.t",
                                            "_sheaf_catalog_x",
                                            "rowid",
                                            "CON",
                                            "temp.t",
                                            std::string(128, 'n')};
    {
        const auto transaction = write();
        for (const std::string& name : names) {
            ASSERT_TRUE(transaction->ensure_table(name, TableKind::documents)) << name;
            must(*transaction, name, put(id("k"), "body of " + name));
        }
        transaction->commit();
    }
    EXPECT_EQ(tables(backend()).size(), names.size());
    for (const std::string& name : names) EXPECT_EQ(body(backend(), name, id("k")), "body of " + name);
}

TEST_P(Tables, MissingTablesAreNotFound) {
    const auto reader = read();
    const std::vector<BytesView> none;
    EXPECT_EQ(error_of([&] { reader->get("nowhere", id(1)); }), "not_found");
    EXPECT_EQ(error_of([&] { reader->get_many("nowhere", none); }), "not_found");
    EXPECT_EQ(error_of([&] { rows(*reader, "nowhere"); }), "not_found");
    EXPECT_EQ(error_of([&] { rows(*reader, "nowhere", {.order = Order::key, .range = {}}); }), "not_found");
    EXPECT_EQ(error_of([&] { must(*write(), "nowhere", put(id(1), "x")); }), "not_found");
    EXPECT_EQ(error_of([&] { write()->rename_table("nowhere", "somewhere"); }), "not_found");
    EXPECT_FALSE(write()->drop_table("nowhere"));
}

TEST_P(Tables, AMissingTableLeavesTheTransactionUsable) {
    make_tables();
    {
        const auto transaction = write();
        EXPECT_EQ(error_of([&] { transaction->get("nowhere", id(1)); }), "not_found");
        EXPECT_FALSE(transaction->drop_table("nowhere"));
        must(*transaction, docs, put(id(1), "x"));
        transaction->commit();
    }
    EXPECT_EQ(body(backend(), docs, id(1)), "x");
}

TEST_P(Tables, RenameKeepsRowsAndTheirPlaces) {
    make_tables();
    commit_one(backend(), docs, put(id("b"), "1"));
    commit_one(backend(), docs, put(id("a"), "2"));
    const auto before = rows(*read(), docs);
    {
        const auto transaction = write();
        transaction->rename_table(docs, "moved");
        EXPECT_EQ(rows(*transaction, "moved"), before);
        EXPECT_EQ(error_of([&] { transaction->get(docs, id("a")); }), "not_found");
        transaction->commit();
    }
    EXPECT_EQ(rows(*read(), "moved"), before);
    EXPECT_EQ(error_of([&] { read()->get(docs, id("a")); }), "not_found");
    EXPECT_EQ(tables(backend()),
              (std::vector<TableInfo>{{"index", TableKind::ordered}, {"moved", TableKind::documents}}));
}

TEST_P(Tables, RenameOntoAnExistingOneIsRefused) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "kept"));
    commit_one(backend(), index, put("k", "kept too"));
    EXPECT_EQ(error_of([&] { write()->rename_table(docs, index); }), "already_exists");
    EXPECT_EQ(body(backend(), docs, id(1)), "kept");
    EXPECT_EQ(body(backend(), index, "k"), "kept too");
}

TEST_P(Tables, RenameMayChangeCaseOnlyAndNamesMayBeSwapped) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "one"));
    {
        const auto transaction = write();
        transaction->rename_table(docs, "DOCS");
        transaction->ensure_table(docs, TableKind::documents);
        must(*transaction, docs, put(id(1), "two"));
        transaction->rename_table(docs, "x");
        transaction->rename_table("DOCS", docs);
        transaction->rename_table("x", "DOCS");
        transaction->commit();
    }
    EXPECT_EQ(body(backend(), docs, id(1)), "one");
    EXPECT_EQ(body(backend(), "DOCS", id(1)), "two");
}

TEST_P(Tables, DroppedTableIsGoneAndItsNameFreeForAnotherKind) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "x"));
    EXPECT_EQ(body(backend(), docs, id(1)), "x");
    {
        const auto transaction = write();
        EXPECT_TRUE(transaction->drop_table(docs));
        EXPECT_FALSE(transaction->drop_table(docs));
        EXPECT_EQ(error_of([&] { transaction->get(docs, id(1)); }), "not_found");
        EXPECT_TRUE(transaction->ensure_table(docs, TableKind::ordered));
        EXPECT_TRUE(rows(*transaction, docs, {.order = Order::key, .range = {}}).empty());
        must(*transaction, docs, put("key", "ordered"));
        transaction->commit();
    }
    EXPECT_EQ(body(backend(), docs, "key"), "ordered");
    EXPECT_EQ(rows(*read(), docs, {.order = Order::key, .range = {}}).size(), 1U);
}

// Whatever a backend keeps about a table that it has read before, its kind above all, must not outlive the table.
TEST_P(Tables, RemadeTablesOfTheOtherKindAreReadAsThat) {
    make_tables();
    for (int round = 0; round < 4; ++round) {
        const bool documents = round % 2 == 0;
        {
            const auto writer = write();
            writer->drop_table("t");
            writer->ensure_table("t", documents ? TableKind::documents : TableKind::ordered);
            must(*writer, "t", put(id(1), "body", 3));
            EXPECT_EQ(rows(*writer, "t", {.order = Order::key, .range = {}}).size(), 1U);
            writer->commit();
        }
        const auto reader = read();
        EXPECT_EQ(reader->get("t", id(1))->meta.version, Version{documents ? 3 : 0});
        EXPECT_EQ(rows(*reader, "t", {.order = Order::key, .range = {}}).size(), 1U);
        EXPECT_EQ(error_of([&] { rows(*reader, "t", {.order = Order::insertion, .range = {}}); }) == "nothing",
                  documents);
    }
}

TEST_P(Tables, KindsComeBackWhenADropIsRolledBack) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "document"));
    commit_one(backend(), index, put("k", "value"));
    {
        const auto writer = write();
        writer->drop_table(docs);
        writer->drop_table(index);
        writer->ensure_table(docs, TableKind::ordered);
        writer->ensure_table(index, TableKind::documents);
        must(*writer, docs, put("k", "x"));
        must(*writer, index, put(id(1), "x"));
    }
    const auto writer = write();
    EXPECT_EQ(rows(*writer, docs, {.order = Order::insertion, .range = {}}).size(), 1U);
    EXPECT_EQ(body(*writer, docs, id(1)), "document");
    EXPECT_EQ(body(*writer, index, "k"), "value");
    must(*writer, docs, put(id(2), "x"));
    must(*writer, index, put("l", "x"));
}

TEST_P(Tables, DroppedAndRemadeTableIsEmpty) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "x"));
    {
        const auto transaction = write();
        transaction->drop_table(docs);
        EXPECT_TRUE(transaction->ensure_table(docs, TableKind::documents));
        transaction->commit();
    }
    EXPECT_TRUE(rows(*read(), docs).empty());
    EXPECT_EQ(body(backend(), docs, id(1)), "(none)");
}

TEST_P(Tables, EverythingRollsBack) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "one"));
    commit_one(backend(), index, put("k", "two"));
    const auto before = tables(backend());
    {
        const auto transaction = write();
        transaction->ensure_table("new", TableKind::documents);
        must(*transaction, "new", put(id(1), "x"));
        transaction->rename_table(docs, "renamed");
        transaction->drop_table(index);
        transaction->ensure_table(docs, TableKind::ordered);
        must(*transaction, docs, put("k", "x"));
        EXPECT_EQ(transaction->tables().size(), 3U);
    }
    EXPECT_EQ(tables(backend()), before);
    EXPECT_EQ(body(backend(), docs, id(1)), "one");
    EXPECT_EQ(body(backend(), index, "k"), "two");
    EXPECT_EQ(error_of([&] { read()->get("new", id(1)); }), "not_found");
    EXPECT_EQ(error_of([&] { read()->get("renamed", id(1)); }), "not_found");
    EXPECT_TRUE(write()->ensure_table("new", TableKind::ordered));
}

TEST_P(Tables, OthersSeeThemAtCommitOnly) {
    const auto writer = write();
    writer->ensure_table("t", TableKind::documents);
    EXPECT_TRUE(in_thread([&] { return tables(backend()); }).empty());
    EXPECT_EQ(in_thread([&] { return error_of([&] { read()->get("t", id(1)); }); }), "not_found");
    writer->commit();
    EXPECT_EQ(tables(backend()).size(), 1U);
}

TEST_P(Tables, SnapshotKeepsTablesThatAreDroppedOrRenamedMeanwhile) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "one"));
    commit_one(backend(), index, put("k", "two"));
    const auto snapshot = read();
    {
        const auto transaction = write();
        transaction->drop_table(docs);
        transaction->rename_table(index, "moved");
        transaction->ensure_table("new", TableKind::documents);
        transaction->commit();
    }
    EXPECT_EQ(snapshot->tables(),
              (std::vector<TableInfo>{{"docs", TableKind::documents}, {"index", TableKind::ordered}}));
    EXPECT_EQ(error_of([&] { snapshot->get("new", id(1)); }), "not_found");
    if (capabilities().concurrent_writers) {
        EXPECT_EQ(error_of([&] { snapshot->get(docs, id(1)); }), "serialization");
    } else {
        EXPECT_EQ(body(*snapshot, docs, id(1)), "one");
        EXPECT_EQ(body(*snapshot, index, "k"), "two");
    }
    EXPECT_EQ(error_of([&] { read()->get(docs, id(1)); }), "not_found");
    EXPECT_EQ(body(backend(), "moved", "k"), "two");
}

TEST_P(Tables, ReadTransactionsCannotChangeThem) {
    make_tables();
    EXPECT_NE(error_of([&] { read()->ensure_table("new", TableKind::documents); }), "nothing");
    EXPECT_NE(error_of([&] { read()->drop_table(docs); }), "nothing");
    EXPECT_NE(error_of([&] { read()->rename_table(docs, "moved"); }), "nothing");
    EXPECT_EQ(tables(backend()),
              (std::vector<TableInfo>{{"docs", TableKind::documents}, {"index", TableKind::ordered}}));
}

TEST_P(Tables, AThousandOfThem) {
    {
        const auto transaction = write();
        for (int i = 0; i < 1'000; ++i) transaction->ensure_table("t" + std::to_string(i), TableKind::documents);
        for (int i = 0; i < 1'000; i += 2) transaction->drop_table("t" + std::to_string(i));
        transaction->commit();
    }
    EXPECT_EQ(tables(backend()).size(), 500U);
    commit_one(backend(), "t999", put(id(1), "x"));
    EXPECT_EQ(body(backend(), "t999", id(1)), "x");
}

}  // namespace sheaf::conformance
