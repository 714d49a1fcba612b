// The extension in SQLite's own shell, as a user has it, and in this process, where sanitizers watch.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <sheaf/document.hpp>

#include "document/key.hpp"
#include "storage/sqlite/sqlite_backend.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::sqlite {
namespace {

using driver::Mode;
using driver::TableKind;

constexpr const char* person = R"({"name": "Ada \"L\"", "born": {"$date": "1815-12-10T00:00:00Z"}, "age": 36,
    "height": 1.5, "admin": true, "spouse": null, "tags": ["a", {"b": 2}], "address": {"city": "London", "no": [7, 8]},
    "raw": {"$binary": {"base64": "AAE=", "subType": "00"}}, "ref": {"$oid": "0123456789abcdef01234567"},
    "nul": "a\u0000b", "far": {"$date": {"$numberLong": "999999999999999"}}})";

class Extension : public ::testing::Test {
protected:
    void SetUp() override {
        const auto backend = open_sqlite(StoreOptions{.path = file_});
        const auto transaction = backend->begin({.mode = Mode::write, .control = {}});
        transaction->ensure_table("People", TableKind::documents);
        const Bytes key = encode_string_key("ada");
        const Document document = Document::from_json(person);
        const driver::Write write{
            .kind = driver::Write::Kind::put,
            .key = key,
            .body = document.cbor(),
            .meta = {.rid = 0, .version = Version{1}, .archived = false, .created = {}, .updated = {}},
            .expect = {}};
        transaction->apply("People", {&write, 1});
        transaction->commit();
    }

    testing_support::TempDir dir_;
    std::string file_ = dir_.path("people.db");
};

class InProcess : public Extension {
protected:
    void SetUp() override {
        Extension::SetUp();
        ASSERT_EQ(sqlite3_open(file_.c_str(), &db_), SQLITE_OK);
        sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
        char* message = nullptr;
        ASSERT_EQ(sqlite3_load_extension(db_, SHEAF_EXTENSION, nullptr, &message), SQLITE_OK) << message;
    }
    void TearDown() override { sqlite3_close(db_); }

    // The one value of a query, as typeof:text; "error: ..." when it fails.
    std::string ask(const std::string& expression) {
        const std::string sql = "SELECT typeof(x), CASE typeof(x) WHEN 'blob' THEN hex(x) ELSE x END FROM (SELECT " +
                                expression + " AS x FROM \"People~1\")";
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
        std::string answer;
        if (sqlite3_step(statement) == SQLITE_ROW) {
            for (const int column : {0, 1}) {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
                if (column == 1) answer += ':';
                if (text != nullptr)
                    answer.append(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
            }
        } else {
            answer = std::string("error: ") + sqlite3_errmsg(db_);
        }
        sqlite3_finalize(statement);
        return answer;
    }

    sqlite3* db_ = nullptr;
};

TEST_F(InProcess, DocJsonIsTheDocument) {
    EXPECT_EQ(ask("doc_json(data)"), "text:" + Document::from_json(person).to_json());
    EXPECT_EQ(ask("json_extract(doc_json(data), '$.address.no[1]')"), "integer:8");
}

TEST_F(InProcess, DocGetGivesSqlValues) {
    EXPECT_EQ(ask("doc_get(data, 'name')"), "text:Ada \"L\"");
    EXPECT_EQ(ask("doc_get(data, 'born')"), "text:1815-12-10T00:00:00Z");
    EXPECT_EQ(ask("doc_get(data, 'age')"), "integer:36");
    EXPECT_EQ(ask("doc_get(data, 'height')"), "real:1.5");
    EXPECT_EQ(ask("doc_get(data, 'admin')"), "integer:1");
    EXPECT_EQ(ask("doc_get(data, 'spouse')"), "null:");
    EXPECT_EQ(ask("doc_get(data, 'tags')"), R"(text:["a",{"b":2}])");
    EXPECT_EQ(ask("doc_get(data, 'tags.1.b')"), "integer:2");
    EXPECT_EQ(ask("doc_get(data, 'address.city')"), "text:London");
    EXPECT_EQ(ask("doc_get(data, 'address')"), R"(text:{"city":"London","no":[7,8]})");
    EXPECT_EQ(ask("doc_get(data, 'raw')"), "blob:0001");
    EXPECT_EQ(ask("doc_get(data, 'ref')"), "text:0123456789abcdef01234567");
    EXPECT_EQ(ask("doc_get(data, 'far')"), R"(text:{"$date":{"$numberLong":"999999999999999"}})");
    EXPECT_EQ(ask("doc_get(data, 'nul')"), std::string("text:a\0b", 8));
}

TEST_F(InProcess, WhatIsMissingIsNull) {
    for (const char* path : {"nothing", "age.x", "tags.9", "address.city.x", "", "."}) {
        EXPECT_EQ(ask("doc_get(data, '" + std::string(path) + "')"), "null:") << path;
    }
    EXPECT_EQ(ask("doc_json(NULL)"), "null:");
    EXPECT_EQ(ask("doc_get(NULL, 'a')"), "null:");
    EXPECT_EQ(ask("doc_get(data, NULL)"), "null:");
}

TEST_F(InProcess, OtherValuesAreRefused) {
    for (const char* value :
         {"x''", "x'01'", "x'ff'", "x'a1'", "x'a16161'", "x'bf'", "x'a000'", "x'80'", "'{}'", "5", "zeroblob(1000)",
          "substr(data, 2)", "substr(data, 1, length(data) - 1)", "data || x'00'"}) {
        EXPECT_EQ(ask("doc_json(" + std::string(value) + ")").substr(0, 15), "error: doc_json") << value;
        EXPECT_EQ(ask("doc_get(" + std::string(value) + ", 'a')").substr(0, 14), "error: doc_get") << value;
    }
}

TEST_F(InProcess, MayStandInViewsAndIndexesOfUntrustedSchemas) {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    ASSERT_EQ(sqlite3_exec(db_, "CREATE VIEW cities AS SELECT doc_get(data, 'address.city') AS city FROM \"People~1\"",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    EXPECT_EQ(ask("(SELECT city FROM cities)"), "text:London");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // the shell cannot load what has a sanitizer in it
TEST_F(Extension, WorksInThePlainShell) {
    const std::string command =
        "sqlite3 -bail '" + file_ + "' '.load " + std::string(SHEAF_EXTENSION) +
        "' \"SELECT _id, _version, doc_get(data, 'age'), doc_json(data) FROM \\\"People~1\\\"\" 2>&1";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    ASSERT_NE(pipe, nullptr);
    std::string output;
    std::array<char, 4096> buffer{};
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe.get()))
        output.append(buffer.data(), got);
    EXPECT_EQ(output, "ada|1|36|" + Document::from_json(person).to_json() + "\n");
}
#endif

}  // namespace
}  // namespace sheaf::sqlite
