#include "storage/sqlite/session.hpp"

#include <sqlite3.h>

#include <string>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/sqlite/key_column.hpp"
#include "storage/sqlite/leaping_count.hpp"
#include "storage/sqlite/names.hpp"

namespace sheaf::sqlite {

using driver::TableKind;

namespace {

constexpr std::size_t max_kept_tables = 256;  // each keeps a few statements of about 2 KiB
constexpr std::int64_t exact_estimates = 100;
constexpr std::int64_t least_row_bytes = 6;  // a cell and the pointer to it

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
    connection_.step_patiently(snapshot_, patience);
    try {
        see(snapshot_.integer(0));
    } catch (...) {
        end_snapshot();
        throw;
    }
}

void Session::end_snapshot() noexcept {
    snapshot_.reset();
}

void Session::begin_write(Patience& patience) {
    connection_.step_patiently(begin_, patience);
    begin_.reset();
    try {
        const std::uint32_t version = connection_.data_version();
        if (version == data_version_ && mark_ != 0) return see(mark_);
        ++epoch_;  // somebody else has written
        const Statement::Run running(snapshot_);
        snapshot_.step();
        see(snapshot_.integer(0));
        data_version_ = version;
    } catch (...) {
        roll_back();
        throw;
    }
}

// A transaction begins with this mark.
void Session::see(std::int64_t mark) {
    check_mark(mark);
    if (mark != mark_ || tables_.size() > max_kept_tables) tables_.clear();
    mark_ = mark;
    if (!catalog_) catalog_.emplace(connection_);
}

void Session::mark_catalog_change() {
    if (catalog_changed_) return;
    changed_mark_ = next_mark(mark_);
    connection_.execute("PRAGMA user_version=" + std::to_string(changed_mark_));
    catalog_changed_ = true;
}

void Session::commit_write() {
    commit_.execute();
    if (std::exchange(catalog_changed_, false)) mark_ = changed_mark_;
    data_version_ = connection_.data_version();
}

bool Session::roll_back() noexcept {
    ++epoch_;
    if (std::exchange(catalog_changed_, false)) tables_.clear();
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
    return tables_.emplace(name, std::make_shared<Table>(connection_, Subject{std::string(name), entry->kind}))
        .first->second;
}

const std::shared_ptr<Table>& Session::join(std::string_view documents, std::string_view index) {
    Table& rows = *table(documents);
    const Table& keys = *table(index);
    if (!rows.is_documents() || !keys.is_index()) {
        throw Error(Code::unsupported, "only an index leads to documents, and only to documents");
    }
    return rows.join(keys);
}

std::optional<driver::Row> Session::get(Table& table, BytesView key) {
    Statement& statement = table.statement(Query::get);
    const Statement::Run running(statement);
    bind_key(statement, 1, table.kind(), key, scratch_);
    if (!statement.step()) return std::nullopt;
    const driver::RowView row = read_row(statement, table.kind());
    return driver::Row{Bytes(row.body), row.meta};
}

std::int64_t Session::number(Table& table, Query query) {
    Statement& statement = table.statement(query);
    const Statement::Run running(statement);
    return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Session::count(Table& table, const KeySegment& segment, std::int64_t limit) {
    const bool leaps = table.is_index() && segment.upper.has_value();
    return leaps ? count_by_leaps(table, segment, limit) : count_by_steps(table, segment, limit);
}

std::int64_t Session::estimate(Table& table) {
    if (table.is_documents()) return largest_rid(table);
    const std::vector<KeySegment> all = segments(table.kind(), driver::KeyRange());
    const std::int64_t rows = count(table, all.front(), exact_estimates);
    if (rows < exact_estimates) return rows;
    return connection_.number("PRAGMA page_count") * connection_.number("PRAGMA page_size") / least_row_bytes;
}

namespace {

BytesView read_body(Statement& statement) {
    if (!statement.is_blob(0)) throw Error(Code::corrupt, "a row's data is not a blob; another program has written it");
    return statement.bytes(0);
}

}  // namespace

driver::RowView read_row(Statement& statement, TableKind kind) {
    if (driver::is_index(kind)) return {.body = {}, .meta = {.rid = statement.integer(0)}};
    if (kind == TableKind::ordered) return {.body = read_body(statement), .meta = {}};
    return {.body = read_body(statement),
            .meta = {.rid = statement.integer(1),
                     .version = Version{statement.integer(2)},
                     .archived = statement.integer(3) != 0,
                     .created = DateTime{statement.integer(4)},
                     .updated = DateTime{statement.integer(5)}}};
}

}  // namespace sheaf::sqlite
