// The engine that sheaf stands on, used as directly as it can be: kept prepared statements, the same columns, the same
// pragmas. What sheaf costs is measured against this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace sheaf::bench {

class RawSqlite {
public:
    // full: synchronous=FULL, else NORMAL.
    RawSqlite(const std::string& file, bool full);
    ~RawSqlite();
    RawSqlite(const RawSqlite&) = delete;
    RawSqlite& operator=(const RawSqlite&) = delete;

    void begin() { run(begin_); }
    void commit() { run(commit_); }
    void insert(std::string_view id, std::string_view data);
    std::string get(std::string_view id);  // the body, copied out
    // Documents stored as JSON text; how many satisfy the condition of two_field_filter().
    std::int64_t count_by_json_extract();
    // Steps over all rows and looks at a byte of each body: what no scan can be faster than.
    std::int64_t step_over_all();

private:
    sqlite3_stmt* prepare(const char* sql);
    void run(sqlite3_stmt* statement);

    sqlite3* db_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* get_ = nullptr;
    sqlite3_stmt* count_ = nullptr;
    sqlite3_stmt* step_ = nullptr;
};

}  // namespace sheaf::bench
