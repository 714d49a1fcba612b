// The schema of a store: made once, by whoever may; and the names in it.
#include "storage/postgres/schema.hpp"

#include <thread>
#include <vector>

#include "storage/postgres/names.hpp"
#include "storage/postgres/test_store.hpp"

namespace sheaf::postgres {
namespace {

using namespace test;

using SchemaTest = StoreTest;

// A role that may log in and nothing else, until it is granted something.
class RoleTest : public StoreTest {
protected:
    RoleTest() { run("CREATE ROLE " + role_ + " LOGIN"); }
    ~RoleTest() override {
        run("DROP OWNED BY " + role_);
        run("DROP ROLE " + role_);
    }
    void grant(const std::string& what) { run("GRANT " + what + " TO " + role_); }

    const std::string role_ = "role_" + schema_;
};

TEST_F(SchemaTest, IsMadeOnceByManyThatStartTogether) {
    run("DROP SCHEMA " + schema_);
    std::vector<std::string> errors(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& error : errors) {
            threads.emplace_back([&] {
                error = error_of([&] {
                    for (int i = 0; i < 3; ++i) open()->ping();
                });
            });
        }
    }
    EXPECT_EQ(errors, std::vector<std::string>(8, "nothing"));
    EXPECT_EQ(number("SELECT count(*) FROM _sheaf_store WHERE format = 1"), 1);
}

TEST_F(SchemaTest, OfAnotherFormatIsRefused) {
    open();
    run("UPDATE _sheaf_store SET format = 2");
    EXPECT_EQ(error_of([&] { open(); }, "newer sheaf"), "unsupported");
    run("UPDATE _sheaf_store SET format = 0");
    EXPECT_EQ(error_of([&] { open(); }, "format 0"), "corrupt");
    run("DELETE FROM _sheaf_store");
    EXPECT_EQ(error_of([&] { open(); }, "one row"), "corrupt");
}

TEST_F(SchemaTest, HoldsWhatPeopleSeeThere) {
    const auto backend = open();
    make_table(*backend, "users");
    EXPECT_EQ(number("SELECT kind::bigint FROM _sheaf_tables WHERE name = 'users'"), 0);
    EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                     " AND relname IN ('users', 'users~key', 'users~rid', 'users~seq')"),
              4);
}

TEST_F(SchemaTest, TablesTakeTheirNamesAlong) {
    const auto backend = open();
    const std::string longest(255, 'n');
    const std::string other = longest.substr(1) + "m";
    for (const TableKind kind : {TableKind::documents, TableKind::unique_index}) {
        for (const auto& [from, to] :
             {std::pair<std::string, std::string>{"a", "b"}, {longest, other}, {"b", "a_rid"}}) {
            const auto transaction = write(*backend);
            transaction->ensure_table(from, kind);
            transaction->rename_table(from, to);
            EXPECT_TRUE(transaction->ensure_table(from, kind));
            transaction->rename_table(from, "c");
            EXPECT_TRUE(transaction->drop_table("c"));
            transaction->commit();
        }
        const auto transaction = write(*backend);
        for (const std::string& name : {std::string("b"), std::string("a_rid"), other}) transaction->drop_table(name);
        transaction->commit();
    }
    EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relname LIKE '%~%'"
                     " AND relnamespace = current_schema()::regnamespace"),
              0);
}

TEST_F(SchemaTest, NamesOfTheServersOwnTablesAreFree) {
    const auto backend = open();
    for (const char* name : {"pg_class", "pg_type", "_sheaf_tables", "_sheaf_store", "_users", "users"}) {
        make_table(*backend, name);
        put_one(*backend, name, id("k"), name);
    }
    const auto again = open();
    EXPECT_EQ(body(*again, "pg_class", id("k")), "pg_class");
    EXPECT_EQ(body(*again, "_sheaf_tables", id("k")), "_sheaf_tables");
    const auto transaction = write(*again);
    EXPECT_TRUE(transaction->drop_table("pg_class"));
    transaction->commit();
    EXPECT_EQ(read(*backend)->tables().size(), 5U);
}

TEST_F(SchemaTest, ATableOfAnotherProgramIsLeftAlone) {
    const auto backend = open();
    run("CREATE TABLE theirs (n integer)");
    const auto transaction = write(*backend);
    EXPECT_EQ(error_of([&] { transaction->ensure_table("theirs", TableKind::documents); }, "another program"),
              "already_exists");
    EXPECT_TRUE(transaction->ensure_table("ours", TableKind::documents));
    EXPECT_EQ(error_of([&] { transaction->get("theirs", id("k")); }), "not_found");
    transaction->commit();
    EXPECT_EQ(read(*backend)->tables().size(), 1U);
}

TEST_F(SchemaTest, ATableThatWasRemovedByHandIsReported) {
    const auto backend = open();
    make_table(*backend, "users");
    make_table(*backend, "others");
    run("DROP TABLE users");
    const auto again = open();
    EXPECT_EQ(error_of([&] { body(*again, "users", id("k")); }, "users"), "corrupt");
    EXPECT_EQ(body(*again, "others", id("k")), "(none)");
}

TEST_F(RoleTest, WithoutRightsIsToldWhatToGrant) {
    EXPECT_EQ(error_of([&] { open("", role_); }, "GRANT"), "unauthorized");
    run("DROP SCHEMA " + schema_);
    EXPECT_EQ(error_of([&] { open("", role_); }, "GRANT CREATE ON DATABASE"), "unauthorized");
    open();
    EXPECT_EQ(error_of([&] { open("", role_); }, "GRANT USAGE ON SCHEMA"), "unauthorized");
}

TEST_F(RoleTest, ThatOwnsTheSchemaNeedsNoMore) {
    grant("USAGE, CREATE ON SCHEMA " + schema_);
    const auto backend = open("", role_);
    make_table(*backend, "users");
    put_one(*backend, "users", id("k"), "x");
    EXPECT_EQ(body(*backend, "users", id("k")), "x");
}

TEST_F(RoleTest, ThatMayOnlyReadReads) {
    const auto owner = open();
    make_table(*owner, "users");
    put_one(*owner, "users", id("k"), "x");
    grant("USAGE ON SCHEMA " + schema_);
    grant("SELECT ON ALL TABLES IN SCHEMA " + schema_);
    const auto reader = open("", role_);
    EXPECT_EQ(body(*reader, "users", id("k")), "x");
    EXPECT_EQ(body(*read(*reader, Isolation::operation), "users", id("k")), "x");
    EXPECT_GT(reader->statistics().bytes, 0);
    EXPECT_EQ(read(*reader)->tables().size(), 1U);
    EXPECT_EQ(read(*reader)->estimate("users"), 1);
    EXPECT_EQ(error_of([&] { put_one(*reader, "users", id("l"), "x"); }, "users"), "unauthorized");
    EXPECT_EQ(error_of([&] { make_table(*reader, "more"); }), "unauthorized");
    EXPECT_EQ(error_of([&] { write(*reader)->describe_table("users", "x"); }), "unauthorized");
}

}  // namespace
}  // namespace sheaf::postgres
