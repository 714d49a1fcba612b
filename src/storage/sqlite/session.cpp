#include "storage/sqlite/session.hpp"

#include <sqlite3.h>

#include <sheaf/error.hpp>

#include "storage/sqlite/key_column.hpp"
#include "storage/sqlite/names.hpp"

namespace sheaf::sqlite {

namespace {

constexpr std::size_t max_kept_tables = 256;  // each keeps a few statements of about 2 KiB

}  // namespace

Session::Session(const StoreOptions& options, Role role) : connection_(options, role) {
    if (role == Role::writer) {
        open_store(connection_, options);
        begin_ = connection_.prepare("BEGIN IMMEDIATE");
        commit_ = connection_.prepare("COMMIT");
        roll_back_ = connection_.prepare("ROLLBACK");
        savepoint_ = connection_.prepare("SAVEPOINT batch");
        release_ = connection_.prepare("RELEASE batch");
        roll_back_to_ = connection_.prepare("ROLLBACK TO batch");
    }
    snapshot_ = connection_.prepare("PRAGMA user_version");
}

void Session::begin_snapshot(Patience& patience) {
    if (tables_.size() > max_kept_tables) tables_.clear();
    connection_.step_patiently(snapshot_, patience);
    try {
        check_format_version(snapshot_.integer(0));
        if (!catalog_) catalog_.emplace(connection_);
    } catch (...) {
        end_snapshot();
        throw;
    }
}

void Session::end_snapshot() noexcept {
    snapshot_.reset();
}

void Session::begin_write(Patience& patience) {
    if (tables_.size() > max_kept_tables) tables_.clear();
    connection_.step_patiently(begin_, patience);
    begin_.reset();
    try {
        if (!catalog_) catalog_.emplace(connection_);
        const std::uint32_t version = connection_.data_version();
        if (version != data_version_) {  // somebody else has written
            ++epoch_;
            data_version_ = version;
            check_format_version(connection_.number("PRAGMA user_version"));
        }
    } catch (...) {
        roll_back();
        throw;
    }
}

void Session::commit_write() {
    commit_.execute();
    data_version_ = connection_.data_version();
}

bool Session::roll_back() noexcept {
    ++epoch_;
    if (!connection_.in_transaction()) return true;  // SQLite has done so itself
    roll_back_.try_step();
    roll_back_.reset();
    return !connection_.in_transaction();
}

const std::shared_ptr<Table>& Session::table(std::string_view name) {
    const auto kept = tables_.find(name);
    if (kept != tables_.end()) return kept->second;
    check_table_name(name);
    const auto entry = catalog_->find(name);
    if (!entry) {
        throw Error(Code::not_found, "there is no table \"" + std::string(name) + "\"",
                    {.collection = std::string(name)});
    }
    return tables_.emplace(name, std::make_shared<Table>(connection_, name, entry->kind)).first->second;
}

void Session::require_table(std::string_view name) {
    forget_table(name);
    table(name);
}

void Session::forget_table(std::string_view name) {
    const auto kept = tables_.find(name);
    if (kept != tables_.end()) tables_.erase(kept);
}

std::optional<driver::Row> Session::get(Table& table, BytesView key) {
    Statement& statement = table.statement(Query::get);
    const Statement::Run running(statement);
    bind_key(statement, 1, table.kind(), key, scratch_);
    if (!statement.step()) return std::nullopt;
    return driver::Row{Bytes(read_body(statement)), table.is_documents() ? read_meta(statement) : driver::RowMeta{}};
}

driver::RowMeta read_meta(Statement& statement) {
    return {.rid = statement.integer(1),
            .version = Version{statement.integer(2)},
            .archived = statement.integer(3) != 0,
            .created = DateTime{statement.integer(4)},
            .updated = DateTime{statement.integer(5)}};
}

BytesView read_body(Statement& statement) {
    if (!statement.is_blob(0)) throw Error(Code::corrupt, "a row's data is not a blob; another program has written it");
    return statement.bytes(0);
}

}  // namespace sheaf::sqlite
