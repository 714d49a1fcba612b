// What the backend tells about tables: descriptions, and the stamp that says whether anything about them has changed.
#include <set>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

constexpr TableKind kinds[] = {TableKind::documents, TableKind::ordered, TableKind::index, TableKind::unique_index};

Bytes description(Transaction& transaction, std::string_view name) {
    const auto table = transaction.find_table(name);
    return table ? table->description : "(no table)";
}

Bytes description(Backend& backend, std::string_view name) {
    return description(*backend.begin({}), name);
}

std::uint64_t stamp(Backend& backend) {
    return backend.begin({})->catalog_stamp();
}

// Runs the change in a transaction of its own and commits.
template <typename Change>
void commit(Backend& backend, const Change& change) {
    const auto writer = backend.begin({.mode = Mode::write});
    change(*writer);
    writer->commit();
}

}  // namespace

TEST_P(Catalog, FindTellsWhatIsListed) {
    commit(backend(), [](Transaction& writer) {
        for (const TableKind kind : kinds) {
            const std::string name = "t" + std::to_string(static_cast<int>(kind));
            writer.ensure_table(name, kind);
            writer.describe_table(name, "about " + name);
        }
        writer.ensure_table("plain", TableKind::ordered);
    });
    const auto reader = read();
    const auto listed = reader->tables();
    ASSERT_EQ(listed.size(), 5U);
    for (const TableInfo& table : listed) EXPECT_EQ(reader->find_table(table.name), table);
    EXPECT_EQ(listed[0], (TableInfo{"plain", TableKind::ordered, ""}));
    EXPECT_EQ(listed[3], (TableInfo{"t2", TableKind::index, "about t2"}));
    for (const std::string_view missing : {"", "t", "t4", "T1", "plain "}) EXPECT_FALSE(reader->find_table(missing));
}

TEST_P(Catalog, DescriptionsAreAnyBytesAndCanBeReplaced) {
    make_tables();
    for (const Bytes& text : {Bytes("first"), Bytes("\0\xFF'\"\x80", 5), noise(100'000), Bytes(), Bytes("last")}) {
        commit(backend(), [&](Transaction& writer) {
            writer.describe_table(docs, text);
            EXPECT_EQ(description(writer, docs), text);
        });
        EXPECT_EQ(description(backend(), docs), text);
        EXPECT_EQ(description(backend(), index), "");
    }
    EXPECT_EQ(error_of([&] { write()->describe_table("nowhere", "x"); }), "not_found");
    EXPECT_NE(error_of([&] { read()->describe_table(docs, "x"); }), "nothing");
    EXPECT_EQ(description(backend(), docs), "last");
}

TEST_P(Catalog, DescriptionsLeaveRowsAlone) {
    make_index_tables();
    commit_one(backend(), docs, put(id(1), "one"));
    commit_one(backend(), by_name, add_pair("k", 1));
    const auto before = rows(*read(), docs);
    commit(backend(), [&](Transaction& writer) {
        writer.describe_table(docs, "x");
        writer.describe_table(by_name, "y");
        EXPECT_EQ(rows(writer, docs), before);
        must(writer, docs, put(id(2), "two"));
    });
    EXPECT_EQ(rows(*read(), docs).size(), 2U);
    EXPECT_EQ(pairs(*read(), by_name), (std::vector<Pair>{{"k", 1}}));
}

TEST_P(Catalog, DescriptionsGoWhereTheirTableGoes) {
    make_tables();
    commit(backend(), [](Transaction& writer) {
        writer.describe_table(docs, "of docs");
        writer.describe_table(index, "of index");
    });
    commit(backend(), [](Transaction& writer) {
        writer.rename_table(docs, "moved");
        EXPECT_EQ(description(writer, "moved"), "of docs");
        EXPECT_EQ(description(writer, docs), "(no table)");
        writer.ensure_table(docs, TableKind::documents);
        EXPECT_EQ(description(writer, docs), "");
        writer.drop_table(index);
        writer.ensure_table(index, TableKind::ordered);
    });
    EXPECT_EQ(description(backend(), "moved"), "of docs");
    EXPECT_EQ(description(backend(), docs), "");
    EXPECT_EQ(description(backend(), index), "") << "dropped with the table that had it";
}

TEST_P(Catalog, DescriptionsRollBackAndSnapshotsKeepTheirs) {
    make_tables();
    commit(backend(), [](Transaction& writer) { writer.describe_table(docs, "old"); });
    {
        const auto writer = write();
        writer->describe_table(docs, "new");
        writer->rename_table(docs, "moved");
        writer->describe_table("moved", "newer");
        EXPECT_EQ(in_thread([&] { return description(backend(), docs); }), "old");
    }
    EXPECT_EQ(description(backend(), docs), "old");
    const auto snapshot = read();
    commit(backend(), [](Transaction& writer) { writer.describe_table(docs, "new"); });
    EXPECT_EQ(description(*snapshot, docs), "old");
    EXPECT_EQ(description(backend(), docs), "new");
}

TEST_P(Catalog, DescriptionsSurviveReopening) {
    if (!capabilities().persistent) GTEST_SKIP() << "not persistent";
    make_index_tables();
    commit(backend(), [](Transaction& writer) {
        writer.describe_table(docs, noise(5'000));
        writer.describe_table(by_mail, "of mails");
    });
    const auto before = read()->tables();
    close_and_reopen();
    EXPECT_EQ(read()->tables(), before);
    drop_and_reopen();
    EXPECT_EQ(description(backend(), docs), noise(5'000));
}

TEST_P(Catalog, StampStaysWhileNoTableChanges) {
    make_index_tables();
    const std::uint64_t before = stamp(backend());
    EXPECT_NE(before, 0U);
    EXPECT_EQ(stamp(backend()), before);
    commit(backend(), [&](Transaction& writer) {
        EXPECT_EQ(writer.catalog_stamp(), before);
        apply(writer, docs, {with(put(id(1), "one", 1, Expect::absent()), {adds(by_name, "k"), adds(by_mail, "k")})});
        must(writer, by_name, add_pair("l", 7));
        EXPECT_FALSE(writer.ensure_table(docs, TableKind::documents));
        EXPECT_FALSE(writer.drop_table("nowhere"));
        EXPECT_EQ(error_of([&] { writer.describe_table("nowhere", "x"); }), "not_found");
        EXPECT_EQ(error_of([&] { writer.rename_table(docs, by_name); }), "already_exists");
        EXPECT_EQ(writer.catalog_stamp(), before);
    });
    EXPECT_EQ(stamp(backend()), before);
    EXPECT_EQ(write()->catalog_stamp(), before);
}

TEST_P(Catalog, StampChangesWithEveryCommittedChange) {
    const std::vector<std::function<void(Transaction&)>> changes = {
        [](Transaction& writer) { writer.ensure_table("a", TableKind::documents); },
        [](Transaction& writer) { writer.ensure_table("b", TableKind::index); },
        [](Transaction& writer) { writer.describe_table("a", "1"); },
        [](Transaction& writer) { writer.describe_table("a", "2"); },
        [](Transaction& writer) { writer.rename_table("a", "c"); },
        [](Transaction& writer) { writer.drop_table("b"); },
        [](Transaction& writer) { writer.ensure_table("b", TableKind::unique_index); },
    };
    std::set<std::uint64_t> seen = {stamp(backend())};
    for (const auto& change : changes) {
        commit(backend(), change);
        const std::uint64_t now = stamp(backend());
        EXPECT_TRUE(seen.insert(now).second) << "seen before: " << now;
        EXPECT_EQ(stamp(backend()), now);
    }
    EXPECT_FALSE(seen.contains(0));
}

TEST_P(Catalog, StampIsZeroInsideATransactionThatHasChangedTables) {
    make_tables();
    const std::uint64_t before = stamp(backend());
    const std::vector<std::function<void(Transaction&)>> changes = {
        [](Transaction& writer) { writer.ensure_table("new", TableKind::index); },
        [](Transaction& writer) { writer.describe_table(docs, "x"); },
        [](Transaction& writer) { writer.rename_table(docs, "moved"); },
        [](Transaction& writer) { writer.drop_table(index); },
    };
    for (const auto& change : changes) {
        const auto writer = write();
        EXPECT_EQ(writer->catalog_stamp(), before);
        change(*writer);
        EXPECT_EQ(writer->catalog_stamp(), 0U);
        EXPECT_EQ(in_thread([&] { return stamp(backend()); }), before);
        EXPECT_EQ(writer->catalog_stamp(), 0U);
    }
    EXPECT_EQ(stamp(backend()), before) << "all of it was rolled back";
    EXPECT_EQ(write()->catalog_stamp(), before);
}

TEST_P(Catalog, SnapshotsKeepTheirStamp) {
    make_tables();
    const auto snapshot = read();
    const std::uint64_t before = snapshot->catalog_stamp();
    commit(backend(), [](Transaction& writer) { writer.describe_table(docs, "x"); });
    const std::uint64_t after = stamp(backend());
    EXPECT_NE(after, before);
    EXPECT_EQ(snapshot->catalog_stamp(), before);
    commit(backend(), [](Transaction& writer) { writer.describe_table(docs, ""); });
    EXPECT_NE(stamp(backend()), after);
    EXPECT_EQ(snapshot->catalog_stamp(), before);
    EXPECT_EQ(description(*snapshot, docs), "");
}

TEST_P(Catalog, StampIsRefusedAfterTheEnd) {
    for (const auto mode : {Mode::read, Mode::write}) {
        const auto transaction = backend().begin({.mode = mode});
        transaction->commit();
        EXPECT_EQ(error_of([&] { transaction->catalog_stamp(); }), "closed");
        EXPECT_EQ(error_of([&] { transaction->find_table(docs); }), "closed");
    }
}

TEST_P(Catalog, ChangesByAnotherHandleAreSeen) {
    if (!capabilities().multi_process) GTEST_SKIP() << "a store has one handle only";
    make_tables();
    const auto other = harness().second_handle();
    std::set<std::uint64_t> seen = {stamp(backend())};
    for (int round = 0; round < 5; ++round) {
        const Bytes text = "round " + std::to_string(round);
        Backend& changer = round % 2 == 0 ? *other : backend();
        commit(changer, [&](Transaction& writer) { writer.describe_table(docs, text); });
        EXPECT_TRUE(seen.insert(stamp(backend())).second);
        EXPECT_EQ(description(backend(), docs), text);
        EXPECT_EQ(description(*other, docs), text);
    }
    const std::uint64_t before = stamp(backend());
    commit_one(*other, docs, put(id(1), "document"));
    EXPECT_EQ(stamp(backend()), before);
}

}  // namespace sheaf::conformance
