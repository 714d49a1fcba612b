// The catalog: descriptions, the stamp by which its changes are noticed, and files of the first format.
#include <set>

#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/test_support.hpp"

namespace sheaf::sqlite {
namespace {

using namespace test;
using driver::TableInfo;

using Catalogs = SqliteTest;
using Stamps = SqliteTest;
using FirstFormat = SqliteTest;

void describe(Backend& backend, std::string_view table, BytesView description) {
    const auto transaction = write(backend);
    transaction->describe_table(table, description);
    transaction->commit();
}

TEST_F(Catalogs, DescriptionsGoWhereTheirTableGoes) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    EXPECT_EQ(read(*backend)->find_table("t"), (TableInfo{"t", TableKind::documents, ""}));
    EXPECT_EQ(read(*backend)->find_table("u"), std::nullopt);
    const Bytes description("\0any\xFF", 5);
    describe(*backend, "t", description);
    {
        const auto transaction = write(*backend);
        transaction->rename_table("t", "u");
        transaction->ensure_table("t", TableKind::unique_index);
        EXPECT_EQ(transaction->find_table("u")->description, description);
        transaction->commit();
    }
    const std::vector<TableInfo> expected = {{"t", TableKind::unique_index, ""},
                                             {"u", TableKind::documents, description}};
    EXPECT_EQ(read(*backend)->tables(), expected);
    EXPECT_EQ(error_of([&] { describe(*backend, "v", "x"); }), "not_found");
    EXPECT_EQ(error_of([&] { read(*backend)->describe_table("t", "x"); }), "unsupported");
    {
        const auto transaction = write(*backend);
        transaction->drop_table("u");
        transaction->ensure_table("u", TableKind::documents);
        transaction->commit();
    }
    describe(*backend, "t", "");
    EXPECT_EQ(read(*backend)->find_table("u")->description, "");
}

TEST_F(Stamps, ChangeWithEveryChangeOfTheCatalogAndNothingElse) {
    const auto backend = open(file_);
    std::set<std::uint64_t> seen;
    const auto is_new = [&] {
        const std::uint64_t stamp = read(*backend)->catalog_stamp();
        EXPECT_EQ(write(*backend)->catalog_stamp(), stamp);
        EXPECT_NE(stamp, 0U);
        return seen.insert(stamp).second;
    };
    EXPECT_TRUE(is_new());
    make_table(*backend, "t");
    EXPECT_TRUE(is_new());
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    remove_one(*backend, "t", id("a"));
    EXPECT_FALSE(is_new());
    describe(*backend, "t", "x");
    EXPECT_TRUE(is_new());
    {
        const auto transaction = write(*backend);
        transaction->rename_table("t", "u");
        transaction->commit();
    }
    EXPECT_TRUE(is_new());
    {
        const auto transaction = write(*backend);
        EXPECT_FALSE(transaction->drop_table("t"));
        EXPECT_NE(transaction->catalog_stamp(), 0U);
        EXPECT_TRUE(transaction->drop_table("u"));
        EXPECT_EQ(transaction->catalog_stamp(), 0U);
        transaction->commit();
    }
    EXPECT_TRUE(is_new());
}

TEST_F(Stamps, AreAsBeforeAfterARollback) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    const std::uint64_t before = read(*backend)->catalog_stamp();
    {
        const auto transaction = write(*backend);
        transaction->describe_table("t", "never");
        transaction->ensure_table("u", TableKind::ordered);
        put(*transaction, "u", "k", "v");
        EXPECT_EQ(transaction->catalog_stamp(), 0U);
        EXPECT_EQ(read(*backend)->catalog_stamp(), before);
    }
    EXPECT_EQ(read(*backend)->catalog_stamp(), before);
    const auto transaction = write(*backend);
    EXPECT_EQ(transaction->catalog_stamp(), before);
    EXPECT_EQ(error_of([&] { transaction->get("u", "k"); }), "not_found");
    EXPECT_EQ(transaction->find_table("t")->description, "");
}

TEST_F(Stamps, TellOfOtherHandles) {
    const auto one = open(file_);
    const auto two = open(file_);
    make_table(*one, "t");
    std::set<std::uint64_t> seen;
    for (int round = 0; round < 6; ++round) {
        Backend& changes = round % 2 == 0 ? *one : *two;
        describe(changes, "t", std::to_string(round));
        const std::uint64_t stamp = read(*one)->catalog_stamp();
        EXPECT_TRUE(seen.insert(stamp).second);
        for (Backend* backend : {one.get(), two.get()}) {
            EXPECT_EQ(read(*backend)->catalog_stamp(), stamp);
            EXPECT_EQ(write(*backend)->catalog_stamp(), stamp);
            EXPECT_EQ(write(*backend)->find_table("t")->description, std::to_string(round));
        }
    }
    const auto old = read(*one);
    const std::uint64_t before = old->catalog_stamp();
    make_table(*two, "u");
    EXPECT_EQ(old->catalog_stamp(), before) << "a snapshot has its own";
    EXPECT_EQ(old->find_table("u"), std::nullopt);
    EXPECT_NE(read(*one)->catalog_stamp(), before);
}

TEST_F(Stamps, BeginAgainAfterTheLast) {
    EXPECT_EQ(next_mark(format_version), 256 + format_version);
    EXPECT_EQ(next_mark(0x7FFFFF00 + format_version), 256 + format_version);
    const auto backend = open(file_);
    make_table(*backend, "t");
    Raw(file_).run("PRAGMA user_version=" + std::to_string(0x7FFFFF00 + format_version));
    const std::uint64_t last = read(*backend)->catalog_stamp();
    make_table(*backend, "u");
    EXPECT_NE(read(*backend)->catalog_stamp(), last);
    EXPECT_EQ(read(*backend)->tables().size(), 2U);
    EXPECT_EQ(Raw(file_).ask("PRAGMA user_version"), std::to_string(256 + format_version));
}

// As sheaf 0.1.0 has made it.
void make_first_format(const std::string& file) {
    Raw raw(file);
    raw.run(
        "PRAGMA journal_mode=WAL; BEGIN;"
        "CREATE TABLE _sheaf_tables(name TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, storage TEXT NOT NULL UNIQUE, "
        "last_rid INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
        "CREATE TABLE \"users\"(rid INTEGER PRIMARY KEY, _id NOT NULL UNIQUE, data BLOB NOT NULL, metadata BLOB, "
        "_version INTEGER NOT NULL, _archived INTEGER NOT NULL DEFAULT 0, _created INTEGER NOT NULL, "
        "_updated INTEGER NOT NULL);"
        "CREATE TABLE \"log\"(k BLOB PRIMARY KEY NOT NULL, v BLOB NOT NULL) WITHOUT ROWID;"
        "INSERT INTO _sheaf_tables VALUES('users', 'documents', 'users', 8), ('log', 'ordered', 'log', 0);"
        "INSERT INTO users VALUES(5, 'ada', x'A0', NULL, 3, 0, 1000, 2000);"
        "CREATE VIEW theirs AS SELECT unknown_function(data) FROM users;"
        "PRAGMA application_id=1936221542; PRAGMA user_version=1; COMMIT");
}

TEST_F(FirstFormat, IsConvertedWhenItIsOpened) {
    make_first_format(file_);
    const auto backend = open(file_);
    const std::vector<TableInfo> expected = {{"log", TableKind::ordered, ""}, {"users", TableKind::documents, ""}};
    EXPECT_EQ(read(*backend)->tables(), expected);
    EXPECT_EQ(read(*backend)->get("users", id("ada"))->meta.rid, 5);
    describe(*backend, "users", "new");
    put_one(*backend, "users", id("bob"), "x");
    EXPECT_EQ(read(*backend)->get("users", id("bob"))->meta.rid, 9);
    EXPECT_EQ(read(*open(file_))->find_table("users")->description, "new");
    Raw raw(file_);
    EXPECT_EQ(raw.ask("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(raw.ask("SELECT name, kind, storage, last_rid, description FROM _sheaf_tables WHERE name='users'"),
              "users|documents|users|8|new");
    const std::string converted = raw.ask("SELECT sql FROM sqlite_master WHERE name='_sheaf_tables'");
    const std::string other = dir_.path("new.db");
    make_table(*open(other), "t");
    EXPECT_EQ(converted, Raw(other).ask("SELECT sql FROM sqlite_master WHERE name='_sheaf_tables'"));
}

TEST_F(FirstFormat, IsConvertedOnceWhoeverOpensIt) {
    make_first_format(file_);
    Raw(file_).run("PRAGMA user_version=1");
    {
        Raw holder(file_);
        holder.run("BEGIN IMMEDIATE");
        EXPECT_EQ(error_of([&] { open(file_, 20); }), "busy");
    }
    EXPECT_EQ(Raw(file_).ask("PRAGMA user_version"), "1");
    const auto one = open(file_);
    const auto two = open(file_);
    EXPECT_EQ(Raw(file_).ask("PRAGMA user_version"), "2");
    EXPECT_EQ(read(*one)->tables(), read(*two)->tables());
}

TEST_F(FirstFormat, DoesNotReturnWhileTheStoreIsOpen) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    Raw(file_).run("PRAGMA user_version=1");
    EXPECT_EQ(error_of([&] { read(*backend); }, "set"), "corrupt");
    EXPECT_EQ(error_of([&] { write(*backend); }, "set"), "corrupt");
    EXPECT_EQ(error_of([&] { write(*backend); }, "set"), "corrupt") << "the second, too";
}

}  // namespace
}  // namespace sheaf::sqlite
