#include "storage/sqlite/statement.hpp"

#include <sqlite3.h>

#include <string>
#include <utility>

#include "storage/sqlite/sqlite_error.hpp"

namespace sheaf::sqlite {

Statement::Statement(sqlite3* db, std::string_view sql) {
    const int result = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                          &statement_, nullptr);
    if (result != SQLITE_OK) raise(db, result, "prepare " + std::string(sql.substr(0, 200)));
}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

void Statement::check(int result) {
    if (result != SQLITE_OK) raise(sqlite3_db_handle(statement_), result, "bind a value");
}

void Statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(statement_, parameter, value));
}

// A null pointer would bind NULL: empty texts and blobs need an address too.
void Statement::bind_text(int parameter, std::string_view text) {
    check(sqlite3_bind_text64(statement_, parameter, text.data() == nullptr ? "" : text.data(), text.size(),
                              SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_blob(int parameter, BytesView bytes) {
    check(sqlite3_bind_blob64(statement_, parameter, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                              SQLITE_STATIC));
}

void Statement::bind_pointer(int parameter, void* pointer, const char* type) {
    check(sqlite3_bind_pointer(statement_, parameter, pointer, type, nullptr));
}

int Statement::try_step() noexcept {
    return sqlite3_step(statement_);
}

bool Statement::step() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    const char* sql = sqlite3_sql(statement_);
    raise(sqlite3_db_handle(statement_), result, "run " + std::string(std::string_view(sql).substr(0, 200)));
}

void Statement::reset() noexcept {
    sqlite3_reset(statement_);
}

void Statement::execute() {
    const Run run(*this);
    while (step()) continue;
}

std::int64_t Statement::integer(int column) {
    return sqlite3_column_int64(statement_, column);
}

BytesView Statement::bytes(int column) {
    // Of a text, too: sqlite3_column_text would append a NUL that nobody needs, at the price of a copy.
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return data == nullptr ? BytesView() : BytesView(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

bool Statement::is_text(int column) {
    return sqlite3_column_type(statement_, column) == SQLITE_TEXT;
}

bool Statement::is_blob(int column) {
    return sqlite3_column_type(statement_, column) == SQLITE_BLOB;
}

}  // namespace sheaf::sqlite
