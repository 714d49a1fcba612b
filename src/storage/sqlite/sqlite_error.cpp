#include "storage/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <string>
#include <system_error>

namespace sheaf::sqlite {

SqliteError::SqliteError(int sqlite_code, std::string_view message)
    : Error(code_of(sqlite_code), message), sqlite_code_(sqlite_code) {}

bool SqliteError::is_full_disk() const noexcept {
    return primary() == SQLITE_FULL;
}

bool SqliteError::is_schema() const noexcept {
    return primary() == SQLITE_ERROR || primary() == SQLITE_SCHEMA;
}

bool SqliteError::is_broken_medium() const noexcept {
    return code() == Code::io && !is_full_disk();
}

Code code_of(int sqlite_code) {
    if (sqlite_code == SQLITE_IOERR_NOMEM) return Code::internal;
    switch (sqlite_code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_PROTOCOL:
            return Code::busy;
        case SQLITE_LOCKED:
            return Code::locked;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_ERROR:  // all our statements are fixed: when one does not fit, the schema is not what sheaf makes
        case SQLITE_SCHEMA:
            return Code::corrupt;
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_NOLFS:
            return Code::io;
        case SQLITE_INTERRUPT:
            return Code::cancelled;
        case SQLITE_TOOBIG:
            return Code::limit_exceeded;
        case SQLITE_ABORT:
            return Code::transaction_aborted;
        default:
            return Code::internal;
    }
}

namespace {

std::string_view hint(int sqlite_code) {
    switch (sqlite_code & 0xFF) {
        case SQLITE_FULL:
            return "; the disk or the file's size limit is full, nothing of this transaction was kept";
        case SQLITE_NOTADB:
            return "; it is another kind of file, or encrypted";
        case SQLITE_READONLY:
            return "; sheaf needs to write the file, its folder and its -wal and -shm files";
        case SQLITE_LOCKED:
            return "; close this transaction's cursors on the table first";
        default:
            return "";
    }
}

}  // namespace

void raise(sqlite3* db, int sqlite_code, std::string_view doing) {
    std::string message = "cannot ";
    message.append(doing);
    const char* file = db == nullptr ? nullptr : sqlite3_db_filename(db, nullptr);
    if (file != nullptr && *file != '\0') message.append(" in ").append(file);
    // The handle may have gone on to another error; then its text is not about this one.
    const bool current = db != nullptr && (sqlite3_errcode(db) & 0xFF) == (sqlite_code & 0xFF);
    message.append(": ").append(current ? sqlite3_errmsg(db) : sqlite3_errstr(sqlite_code));
    const int system_error = db == nullptr ? 0 : sqlite3_system_errno(db);
    const Code code = code_of(sqlite_code);
    if (code == Code::io && system_error != 0) {
        message.append(", ").append(std::generic_category().message(system_error));
    }
    message.append(hint(sqlite_code)).append(" (SQLite code ").append(std::to_string(sqlite_code)).append(")");
    throw SqliteError(sqlite_code, message);
}

}  // namespace sheaf::sqlite
