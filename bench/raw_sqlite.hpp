// The engine that sheaf stands on, used as directly as it can be: kept prepared statements, the same columns, the same
// pragmas. What sheaf costs is measured against this.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace sheaf::bench {

// A document as a user of SQLite would hold it.
struct RawRow {
    std::string body;
    std::int64_t version = 0;
};

class RawSqlite {
public:
    using Parameter = std::variant<std::int64_t, double, std::string_view>;

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

    // Any statement. It is prepared once and kept, by the address of its text: give literals.
    void execute(const std::string& sql);  // not kept
    void change(const char* sql, const std::vector<Parameter>& parameters);
    std::int64_t number(const char* sql, const std::vector<Parameter>& parameters);
    // Reads "SELECT data, _version, _archived, _created, _updated FROM docs " + the rest; each row is copied out.
    // Returns the bytes of the bodies.
    std::size_t read(const char* rest, const std::vector<Parameter>& parameters);
    // Reads all columns of all rows; how many rows.
    std::size_t step_over(const char* sql);

private:
    sqlite3_stmt* prepare(const char* sql);
    sqlite3_stmt* kept(const char* key, const std::string& sql);
    sqlite3_stmt* bound(sqlite3_stmt* statement, const std::vector<Parameter>& parameters);
    void run(sqlite3_stmt* statement);

    sqlite3* db_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
    std::map<const char*, sqlite3_stmt*> kept_;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* get_ = nullptr;
    sqlite3_stmt* count_ = nullptr;
    sqlite3_stmt* step_ = nullptr;
};

}  // namespace sheaf::bench
