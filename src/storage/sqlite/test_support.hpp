// Short forms for the tests of this folder.
// Threads: free functions.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>

#include "document/key.hpp"
#include "storage/sqlite/sqlite_backend.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::sqlite::test {

using driver::Backend;
using driver::Expect;
using driver::Mode;
using driver::Outcome;
using driver::TableKind;
using driver::Transaction;
using driver::Write;

inline std::unique_ptr<Backend> open(const std::string& path, int busy_timeout_ms = 5'000) {
    return open_sqlite(StoreOptions{.path = path,
                                    .durability = driver::Durability::process,
                                    .busy_timeout = std::chrono::milliseconds(busy_timeout_ms)});
}

inline std::unique_ptr<Transaction> read(Backend& backend) {
    return backend.begin({.mode = Mode::read, .control = {}});
}
inline std::unique_ptr<Transaction> write(Backend& backend) {
    return backend.begin({.mode = Mode::write, .control = {}});
}

inline Bytes id(std::string_view text) {
    return encode_string_key(text);
}

inline Outcome put(Transaction& transaction, std::string_view table, BytesView key, BytesView body, Expect expect = {},
                   std::int64_t version = 1) {
    Write made{.kind = Write::Kind::put, .key = key, .body = body, .meta = {}, .expect = expect};
    made.meta.version = Version{version};
    return transaction.apply(table, {&made, 1}).at(0);
}

inline Outcome remove(Transaction& transaction, std::string_view table, BytesView key) {
    const Write made{.kind = Write::Kind::remove, .key = key, .body = {}, .meta = {}, .expect = {}};
    return transaction.apply(table, {&made, 1}).at(0);
}

inline void make_table(Backend& backend, std::string_view name, TableKind kind = TableKind::documents) {
    const auto transaction = write(backend);
    transaction->ensure_table(name, kind);
    transaction->commit();
}

inline void put_one(Backend& backend, std::string_view table, BytesView key, BytesView body) {
    const auto transaction = write(backend);
    EXPECT_EQ(put(*transaction, table, key, body), Outcome::done);
    transaction->commit();
}

inline void remove_one(Backend& backend, std::string_view table, BytesView key) {
    const auto transaction = write(backend);
    EXPECT_EQ(remove(*transaction, table, key), Outcome::done);
    transaction->commit();
}

// "(none)" for a missing row.
inline Bytes body(Transaction& transaction, std::string_view table, BytesView key) {
    const auto row = transaction.get(table, key);
    return row ? row->body : "(none)";
}
inline Bytes body(Backend& backend, std::string_view table, BytesView key) {
    return body(*read(backend), table, key);
}

// The name of the code that is thrown, or "nothing"; `says` must stand in the message.
template <typename Function>
std::string error_of(Function&& function, std::string_view says = "") {
    try {
        std::forward<Function>(function)();
    } catch (const Error& error) {
        EXPECT_NE(error.message().find(says), std::string_view::npos) << error.what();
        return std::string(info(error.code()).name);
    }
    return "nothing";
}

// The file as another program has it.
class Raw {
public:
    explicit Raw(const std::string& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &db_), SQLITE_OK); }
    ~Raw() { sqlite3_close(db_); }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    // The first row's columns, separated by "|".
    std::string ask(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
        std::string answer;
        const int result = sqlite3_step(statement);
        EXPECT_TRUE(result == SQLITE_ROW || result == SQLITE_DONE) << sqlite3_errmsg(db_);
        for (int column = 0; result == SQLITE_ROW && column < sqlite3_column_count(statement); ++column) {
            if (column > 0) answer += '|';
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
            answer += text == nullptr ? "NULL" : text;
        }
        sqlite3_finalize(statement);
        return answer;
    }
    void run(const std::string& sql) {
        EXPECT_EQ(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
    }

private:
    sqlite3* db_ = nullptr;
};

// A folder for each test.
class SqliteTest : public ::testing::Test {
protected:
    testing_support::TempDir dir_;
    std::string file_ = dir_.path("store.db");
};

}  // namespace sheaf::sqlite::test
