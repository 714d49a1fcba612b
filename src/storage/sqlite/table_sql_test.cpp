// That SQLite runs the statements as they are meant: along an index, without sorting and without reading whole tables.
#include "storage/sqlite/table_sql.hpp"

#include <vector>

#include "storage/sqlite/row_filter.hpp"
#include "storage/sqlite/test_support.hpp"

namespace sheaf::sqlite {
namespace {

using namespace test;
using driver::Order;

constexpr const char* docs = "Docs";
constexpr const char* by_name = "_sheaf_i.0190a1b2-0000-7000-8000-000000000001";
constexpr const char* by_mail = "_sheaf_i.0190a1b2-0000-7000-8000-000000000002";

class Plans : public SqliteTest {
protected:
    void SetUp() override {
        const auto backend = open(file_);
        make_table(*backend, docs);
        make_table(*backend, by_name, TableKind::index);
        make_table(*backend, by_mail, TableKind::unique_index);
        backend->close();
        ASSERT_EQ(sqlite3_open(file_.c_str(), &db_), SQLITE_OK);
        define_row_filter(db_);
    }
    void TearDown() override { sqlite3_close(db_); }

    std::string plan(const Subject& subject, Query query) {
        const std::string sql = "EXPLAIN QUERY PLAN " + sql_of(subject, query);
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
            << sql << ": " << sqlite3_errmsg(db_);
        std::string lines;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            if (!lines.empty()) lines += "; ";
            lines += reinterpret_cast<const char*>(sqlite3_column_text(statement, 3));
        }
        sqlite3_finalize(statement);
        return lines;
    }

    static std::vector<Query> scans() {
        std::vector<Query> all;
        for (const Order order : {Order::key, Order::key_descending}) {
            for (const bool has_upper : {false, true}) {
                for (const bool wanted : {false, true}) all.push_back(scan_query(order, has_upper, wanted));
            }
        }
        return all;
    }

    sqlite3* db_ = nullptr;
};

TEST_F(Plans, FetchingWalksTheIndexAndLooksDocumentsUp) {
    for (const TableKind kind : {TableKind::index, TableKind::unique_index}) {
        const Subject join{docs, TableKind::documents, kind == TableKind::index ? by_name : by_mail, kind};
        for (const Query query : scans()) {
            const std::string lines = plan(join, query);
            EXPECT_EQ(lines.find("SEARCH i USING PRIMARY KEY (k>?"), 0U) << lines;
            EXPECT_NE(lines.find("; SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"), std::string::npos) << lines;
            EXPECT_EQ(lines.find("TEMP B-TREE"), std::string::npos) << lines;
            EXPECT_EQ(lines.find("SCAN"), std::string::npos) << lines;
        }
    }
}

TEST_F(Plans, ScansInTheOrderOfKeysDoNotSort) {
    const Subject subjects[] = {{docs}, {by_name, TableKind::index}, {by_mail, TableKind::unique_index}};
    for (const Subject& subject : subjects) {
        for (const Query query : scans()) {
            const std::string lines = plan(subject, query);
            EXPECT_EQ(lines.find("SEARCH"), 0U) << lines;
            EXPECT_EQ(lines.find("TEMP B-TREE"), std::string::npos) << lines;
        }
    }
}

TEST_F(Plans, CountingLooksAtKeysOnly) {
    for (const bool has_upper : {false, true}) {
        for (const bool limited : {false, true}) {
            const Query query = count_query(has_upper, limited);
            EXPECT_NE(plan({docs}, query).find("USING COVERING INDEX"), std::string::npos);
            for (const Subject& index : {Subject{by_name, TableKind::index}, {by_mail, TableKind::unique_index}}) {
                EXPECT_NE(plan(index, query).find("USING PRIMARY KEY (k>?"), std::string::npos) << plan(index, query);
            }
        }
    }
}

TEST_F(Plans, TheFirstPairOfAKeyAndTheLastRowAreFoundAtOnce) {
    EXPECT_EQ(plan({by_name, TableKind::index}, Query::get).find("SEARCH"), 0U);
    EXPECT_EQ(plan({by_name, TableKind::index}, Query::get).find("TEMP"), std::string::npos);
    EXPECT_EQ(plan({by_name, TableKind::index}, Query::remove_pair).find("SEARCH"), 0U);
    EXPECT_EQ(plan({by_mail, TableKind::unique_index}, Query::remove_pair).find("SEARCH"), 0U);
    EXPECT_EQ(plan({docs}, Query::last_rid).find("SEARCH"), 0U);
}

TEST_F(Plans, WhatAKindOfTableDoesNotHaveIsUnsupported) {
    for (const TableKind kind : {TableKind::ordered, TableKind::index, TableKind::unique_index}) {
        for (const Query query : {Query::scan_insertion, Query::scan_wanted, Query::update_version,
                                  Query::remove_version, Query::last_rid}) {
            EXPECT_EQ(error_of([&] { sql_of({"t", kind}, query); }), "unsupported");
        }
    }
    EXPECT_EQ(error_of([&] {
                  sql_of({docs, TableKind::documents, by_name, TableKind::index}, Query::insert);
              }),
              "unsupported");
}

}  // namespace
}  // namespace sheaf::sqlite
