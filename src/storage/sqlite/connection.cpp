#include "storage/sqlite/connection.hpp"

#include <sqlite3.h>

#include <sheaf/error.hpp>

#include "storage/sqlite/row_filter.hpp"
#include "storage/sqlite/sqlite_error.hpp"

namespace sheaf::sqlite {

namespace {

// SQLite gives meaning to names such as ":memory:" and "file:..."; a path that begins with a folder has none.
std::string plain_path(const std::string& path) {
    return path.front() == '/' ? path : "./" + path;
}

int on_busy(void* patience_of_step, int) noexcept {
    Patience* const patience = *static_cast<Patience**>(patience_of_step);
    return patience != nullptr && patience->pause() ? 1 : 0;
}

}  // namespace

Connection::Connection(const StoreOptions& options, Role role) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (role == Role::writer ? SQLITE_OPEN_CREATE : 0);
    const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
    const int result = sqlite3_open_v2(plain_path(options.path).c_str(), &handle_, flags, vfs);
    try {
        if (result != SQLITE_OK) raise(handle_, result, "open " + options.path);
        sqlite3_busy_handler(handle_, on_busy, &patience_);
        harden();
        define_row_filter(handle_);
        if (role == Role::reader) {
            execute("PRAGMA query_only=ON");
            keep_log_on_close();  // moving the log into the file is the writer's work
        }
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Connection::~Connection() {
    sqlite3_close_v2(handle_);
}

// A file may come from anybody. What its schema holds beside our tables (triggers, views, odd functions) is never run.
void Connection::harden() const {
    constexpr struct {
        int option;
        int value;
    } settings[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                    {SQLITE_DBCONFIG_ENABLE_FKEY, 0},
                    {SQLITE_DBCONFIG_DQS_DML, 0},
                    {SQLITE_DBCONFIG_DQS_DDL, 0},
                    {SQLITE_DBCONFIG_ENABLE_QPSG, 1},
                    {SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1},
                    {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0}};
    for (const auto& setting : settings) {
        const int result = sqlite3_db_config(handle_, setting.option, setting.value, nullptr);
        if (result != SQLITE_OK) raise(handle_, result, "set up the connection");
    }
    execute("PRAGMA temp_store=MEMORY");
    execute("PRAGMA mmap_size=0");
    execute("PRAGMA cell_size_check=ON");
}

void Connection::execute(std::string_view sql) const {
    Statement statement = prepare(sql);
    statement.execute();
}

std::int64_t Connection::number(std::string_view sql) const {
    Statement statement = prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

std::string Connection::text(std::string_view sql) const {
    Statement statement = prepare(sql);
    return statement.step() ? std::string(statement.bytes(0)) : std::string();
}

void Connection::require_writable() const {
    if (sqlite3_db_readonly(handle_, "main") != 0) {
        throw Error(Code::io, std::string(sqlite3_db_filename(handle_, nullptr)) +
                                  " cannot be written: the file or its file system is read-only");
    }
}

bool Connection::step_patiently(Statement& statement, Patience& patience) const {
    patience_ = &patience;
    const int result = statement.try_step();
    patience_ = nullptr;
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    const int primary = result & 0xFF;
    statement.reset();
    if (primary == SQLITE_BUSY || primary == SQLITE_PROTOCOL) patience.give_up("another process kept the store");
    raise(handle_, result, "begin a transaction");
}

std::uint32_t Connection::data_version() const {
    std::uint32_t version = 0;
    const int result = sqlite3_file_control(handle_, nullptr, SQLITE_FCNTL_DATA_VERSION, &version);
    if (result != SQLITE_OK) raise(handle_, result, "read the data version");
    return version;
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}
bool Connection::reads_snapshot() const {
    return sqlite3_txn_state(handle_, "main") != SQLITE_TXN_NONE;
}
std::int64_t Connection::changes() const {
    return sqlite3_changes64(handle_);
}
std::int64_t Connection::last_insert() const {
    return sqlite3_last_insert_rowid(handle_);
}
void Connection::keep_log_on_close() const {
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

}  // namespace sheaf::sqlite
