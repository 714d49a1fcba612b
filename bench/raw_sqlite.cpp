#include "bench/raw_sqlite.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace sheaf::bench {

namespace {

void require(bool ok, sqlite3* db) {
    if (!ok) throw std::runtime_error(sqlite3_errmsg(db));
}

}  // namespace

RawSqlite::RawSqlite(const std::string& file, bool full) {
    require(sqlite3_open_v2(file.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            nullptr) == SQLITE_OK,
            db_);
    const std::string setup =
        std::string("PRAGMA journal_mode=WAL; PRAGMA synchronous=") + (full ? "FULL" : "NORMAL") +
        "; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; CREATE TABLE IF NOT EXISTS docs (rid INTEGER PRIMARY KEY, "
        "_id NOT NULL UNIQUE, data BLOB NOT NULL, metadata BLOB, _version INTEGER NOT NULL, "
        "_archived INTEGER NOT NULL, _created INTEGER NOT NULL, _updated INTEGER NOT NULL)";
    require(sqlite3_exec(db_, setup.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, db_);
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
    insert_ = prepare("INSERT INTO docs(_id, data, _version, _archived, _created, _updated) VALUES(?, ?, 1, 0, ?, ?)");
    get_ = prepare("SELECT data, _version, _archived, _created, _updated FROM docs WHERE _id = ?");
    count_ = prepare(
        "SELECT count(*) FROM docs WHERE json_extract(data, '$.age') > 54 AND "
        "json_extract(data, '$.address.city') = 'Kyoto'");
    step_ = prepare("SELECT data FROM docs ORDER BY rid");
}

RawSqlite::~RawSqlite() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
}

sqlite3_stmt* RawSqlite::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK, db_);
    statements_.push_back(statement);
    return statement;
}

void RawSqlite::run(sqlite3_stmt* statement) {
    require(sqlite3_step(statement) == SQLITE_DONE, db_);
    sqlite3_reset(statement);
}

void RawSqlite::insert(std::string_view id, std::string_view data) {
    sqlite3_bind_text(insert_, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    // JSON text is bound as text so that json_extract accepts it; CBOR as a blob.
    if (data.front() == '{') {
        sqlite3_bind_text(insert_, 2, data.data(), static_cast<int>(data.size()), SQLITE_STATIC);
    } else {
        sqlite3_bind_blob(insert_, 2, data.data(), static_cast<int>(data.size()), SQLITE_STATIC);
    }
    sqlite3_bind_int64(insert_, 3, 1'700'000'000'000);
    sqlite3_bind_int64(insert_, 4, 1'700'000'000'000);
    run(insert_);
}

std::string RawSqlite::get(std::string_view id) {
    sqlite3_bind_text(get_, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    std::string body;
    if (sqlite3_step(get_) == SQLITE_ROW) {
        const auto* data = static_cast<const char*>(sqlite3_column_blob(get_, 0));
        body.assign(data, static_cast<std::size_t>(sqlite3_column_bytes(get_, 0)));
        for (int column = 1; column <= 4; ++column) sqlite3_column_int64(get_, column);
    }
    sqlite3_reset(get_);
    return body;
}

std::int64_t RawSqlite::count_by_json_extract() {
    require(sqlite3_step(count_) == SQLITE_ROW, db_);
    const std::int64_t count = sqlite3_column_int64(count_, 0);
    sqlite3_reset(count_);
    return count;
}

std::int64_t RawSqlite::step_over_all() {
    std::int64_t sum = 0;
    while (sqlite3_step(step_) == SQLITE_ROW) sum += *static_cast<const char*>(sqlite3_column_blob(step_, 0));
    sqlite3_reset(step_);
    return sum;
}

void RawSqlite::execute(const std::string& sql) {
    require(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, db_);
}

sqlite3_stmt* RawSqlite::kept(const char* key, const std::string& sql) {
    sqlite3_stmt*& statement = kept_[key];
    if (statement == nullptr) statement = prepare(sql.c_str());
    return statement;
}

sqlite3_stmt* RawSqlite::bound(sqlite3_stmt* statement, const std::vector<Parameter>& parameters) {
    int place = 0;
    for (const Parameter& parameter : parameters) {
        ++place;
        if (const auto* integer = std::get_if<std::int64_t>(&parameter)) {
            sqlite3_bind_int64(statement, place, *integer);
        } else if (const auto* number = std::get_if<double>(&parameter)) {
            sqlite3_bind_double(statement, place, *number);
        } else {
            const auto text = std::get<std::string_view>(parameter);
            sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
        }
    }
    return statement;
}

void RawSqlite::change(const char* sql, const std::vector<Parameter>& parameters) {
    run(bound(kept(sql, sql), parameters));
}

std::int64_t RawSqlite::number(const char* sql, const std::vector<Parameter>& parameters) {
    sqlite3_stmt* statement = bound(kept(sql, sql), parameters);
    require(sqlite3_step(statement) == SQLITE_ROW, db_);
    const std::int64_t result = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return result;
}

std::size_t RawSqlite::read(const char* rest, const std::vector<Parameter>& parameters) {
    sqlite3_stmt* statement = bound(
        kept(rest, std::string("SELECT data, _version, _archived, _created, _updated FROM docs ") + rest), parameters);
    std::size_t bytes = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, 0));
        const RawRow row{std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement, 0))),
                         sqlite3_column_int64(statement, 1)};
        for (int column = 2; column <= 4; ++column) sqlite3_column_int64(statement, column);
        bytes += row.body.size();
    }
    sqlite3_reset(statement);
    return bytes;
}

std::size_t RawSqlite::step_over(const char* sql) {
    sqlite3_stmt* statement = kept(sql, sql);
    std::size_t rows = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int column = 0; column < sqlite3_column_count(statement); ++column) sqlite3_column_blob(statement, column);
        ++rows;
    }
    sqlite3_reset(statement);
    return rows;
}

}  // namespace sheaf::bench
