#include "storage/postgres/transaction.hpp"

#include <utility>

#include <sheaf/error.hpp>

#include "storage/postgres/batch_write.hpp"
#include "storage/postgres/cursor.hpp"
#include "storage/postgres/names.hpp"
#include "storage/postgres/pushdown.hpp"
#include "storage/postgres/reading.hpp"
#include "storage/postgres/schema.hpp"
#include "storage/postgres/table_sql.hpp"

namespace sheaf::postgres {

using driver::LockWait;
using driver::Row;
using driver::TableInfo;
using driver::TableKind;

Transaction::Transaction(Shared& shared, const driver::BeginOptions& begin)
    : session_(std::make_shared<Session>(shared, begin)) {}

// Not left to the session: a cursor may still hold it.
Transaction::~Transaction() {
    session_->rollback();
}

void Transaction::require_writes(std::string_view doing) const {
    if (session_->writes()) return;
    throw Error(Code::unsupported, "a read transaction cannot " + std::string(doing) + "; begin one with Mode::write");
}

// Tables.

std::vector<TableInfo> Transaction::tables() {
    session_->catalog_stamp();  // which tells of the whole catalog, as this does: commit() asks whether it was right
    std::vector<TableInfo> all;
    for (const auto& [name, entry] : session_->catalog().tables) all.push_back({name, entry.kind, entry.description});
    return all;
}

std::optional<TableInfo> Transaction::find_table(std::string_view name) {
    const TableEntry* entry = session_->find(name);
    if (entry == nullptr) return std::nullopt;
    return TableInfo{std::string(name), entry->kind, entry->description};
}

std::uint64_t Transaction::catalog_stamp() {
    return session_->catalog_stamp();
}

namespace {

constexpr std::string_view duplicate_table = "42P07";

// Changes a table's row in _sheaf_tables, if it is still the one that this transaction knows, and the table. The table
// is locked first, as by those who write to it, and then ask for the row.
struct TableChange {
    std::string_view name;
    std::string_view lock;
    std::string_view sql;  // of the row; its last two parameters are the table's name and its mark
    Params params{};
    std::vector<std::string> ddl{};
};

void change_table(Session& session, TableChange change) {
    const TableEntry& entry = session.catalog().at(change.name);
    const std::string lock = "LOCK TABLE " + entry.quoted + " IN " + std::string(change.lock) + " MODE";
    change.params.text(change.name).integer(entry.changed);
    std::vector<Result> results;
    const auto refusal = session.try_run(
        [&](Connection& connection) {
            connection.send_once(lock);
            connection.send(change.sql, change.params);
            for (const std::string& sql : change.ddl) connection.send_once(sql);
        },
        results, {sqlstate::unique_violation, duplicate_table});
    if (refusal || results.at(1).affected() != 1) session.catalog_outdated();
}

// What is to be changed is not looked for in a remembered catalog where there is a snapshot.
const TableEntry* find_to_change(Session& session, std::string_view name) {
    session.catalog();
    return session.find(name);
}

const TableEntry& require_existing(Session& session, std::string_view name) {
    const TableEntry* entry = find_to_change(session, name);
    return entry == nullptr ? session.catalog().at(name) : *entry;
}

[[noreturn]] void refuse_existing(std::string_view name, std::string_view what) {
    throw Error(Code::already_exists, "\"" + std::string(name) + "\" is " + std::string(what),
                {.collection = std::string(name)});
}

}  // namespace

void Transaction::describe_table(std::string_view name, BytesView description) {
    require_writes("describe a table");
    require_existing(*session_, name);
    const std::int64_t changed = new_mark();
    change_table(*session_,
                 {.name = name,
                  .lock = "ROW EXCLUSIVE",
                  .sql = "UPDATE _sheaf_tables SET description = $1, changed = $2 WHERE name = $3 AND changed = $4",
                  .params = Params().bytes(description).integer(changed)});
    session_->change_catalog([&](Catalog& catalog) {
        TableEntry& entry = catalog.tables.find(name)->second;
        entry.description = Bytes(description);
        entry.changed = changed;
    });
}

bool Transaction::ensure_table(std::string_view name, TableKind kind) {
    require_writes("make a table");
    const std::string storage = storage_name(name);
    if (const TableEntry* entry = find_to_change(*session_, name)) {
        if (entry->kind != kind) refuse_existing(name, "a table of another kind");
        return false;
    }
    TableEntry made{.kind = kind, .quoted = quote_name(storage), .changed = new_mark()};
    std::vector<Result> results;
    // The row first: who makes the same table at the same time waits for it.
    const auto refusal = session_->try_run(
        [&](Connection& connection) {
            connection.send("INSERT INTO _sheaf_tables (name, kind, description, changed) VALUES ($1, $2, '', $3)",
                            Params().text(name).integer(static_cast<std::int64_t>(kind)).integer(made.changed));
            for (const std::string& sql : create_table_sql(storage, kind)) connection.send_once(sql);
            connection.send("SELECT to_regclass($1)::oid::bigint", Params().text(made.quoted));
        },
        results, {sqlstate::unique_violation, duplicate_table});
    if (refusal && refusal->statement == 0) session_->catalog_outdated();
    if (refusal) {
        refuse_existing(name, "a table of another program in the schema \"" + session_->options().schema + "\"");
    }
    made.relation = results.back().integer(0, 0);
    session_->change_catalog([&](Catalog& catalog) { catalog.tables.emplace(name, std::move(made)); });
    made_.emplace(name);
    session_->made(name);
    return true;
}

void Transaction::rename_table(std::string_view from, std::string_view to) {
    require_writes("rename a table");
    const std::string storage = storage_name(to);
    const TableEntry& entry = require_existing(*session_, from);
    if (session_->find(to) != nullptr) refuse_existing(to, "a table already");
    const std::int64_t changed = new_mark();
    change_table(*session_, {.name = from,
                             .lock = "ACCESS EXCLUSIVE",
                             .sql = "UPDATE _sheaf_tables SET name = $1, changed = $2 WHERE name = $3 AND changed = $4",
                             .params = Params().text(to).integer(changed),
                             .ddl = rename_table_sql(storage_name(from), storage, entry.kind)});
    session_->change_catalog([&](Catalog& catalog) {
        auto node = catalog.tables.extract(catalog.tables.find(from));
        node.key() = to;
        node.mapped().quoted = quote_name(storage);
        node.mapped().changed = changed;
        catalog.tables.insert(std::move(node));
    });
    if (made_.erase(std::string(from)) != 0) made_.emplace(to);
}

bool Transaction::drop_table(std::string_view name) {
    require_writes("drop a table");
    if (find_to_change(*session_, name) == nullptr) return false;
    change_table(*session_, {.name = name,
                             .lock = "ACCESS EXCLUSIVE",
                             .sql = "DELETE FROM _sheaf_tables WHERE name = $1 AND changed = $2",
                             .ddl = {drop_table_sql(storage_name(name))}});
    session_->change_catalog([&](Catalog& catalog) { catalog.tables.erase(catalog.tables.find(name)); });
    made_.erase(std::string(name));
    return true;
}

// Reading.

std::optional<Row> Transaction::get(std::string_view table, BytesView key) {
    return get_row(*session_, table, key);
}

std::vector<std::optional<Row>> Transaction::get_many(std::string_view table, std::span<const BytesView> keys) {
    return get_rows(*session_, table, keys);
}

std::unique_ptr<driver::Cursor> Transaction::scan(std::string_view table, const driver::Scan& scan) {
    return open_scan(session_, table, scan);
}

std::unique_ptr<driver::Cursor> Transaction::fetch(std::string_view table, const driver::IndexScan& scan) {
    return open_fetch(session_, table, scan);
}

std::int64_t Transaction::count(std::string_view table, std::span<const driver::KeyRange> ranges, std::int64_t limit) {
    return count_rows(*session_, table, ranges, limit);
}

// Of documents the largest row number: never too few. Others are counted while they are small; then as the planner does
// it, by how many rows a page had when the table was last looked at.
std::int64_t Transaction::estimate(std::string_view table) {
    const TableEntry& entry = session_->table(table);
    const std::string sql =
        entry.kind == TableKind::documents
            ? "SELECT coalesce(max(rid), 0) FROM " + entry.quoted
            : "SELECT CASE WHEN few.n < 1000 THEN few.n ELSE ceil(c.pages * CASE WHEN c.reltuples > 0 AND c.relpages > "
              "0"
              " THEN c.reltuples / c.relpages ELSE 200 END)::bigint END FROM"
              " (SELECT count(*) AS n FROM (SELECT FROM " +
                  entry.quoted +
                  " LIMIT 1000) t) few, (SELECT reltuples, relpages, pg_relation_size(oid) / 8192 AS pages"
                  " FROM pg_class WHERE oid = '" +
                  entry.quoted + "'::regclass) c";
    return session_->query(sql).integer(0, 0);
}

// Writing.

std::vector<driver::Outcome> Transaction::apply(std::string_view table, std::span<const driver::Write> writes) {
    require_writes("write");
    return apply_batch(*session_, table, writes);
}

namespace {

// In the order of the keys, so that those who lock the same rows do not wait for each other.
std::string locking(LockWait wait) {
    std::string sql = "ORDER BY d.key FOR UPDATE OF d";
    if (wait == LockWait::no_wait) sql += " NOWAIT";
    if (wait == LockWait::skip_locked) sql += " SKIP LOCKED";
    return sql;
}

}  // namespace

std::vector<std::optional<Row>> Transaction::lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                       LockWait wait) {
    require_writes("lock rows");
    const TableEntry& entry = session_->table(table);
    if (entry.kind != TableKind::documents) throw Error(Code::unsupported, "only rows of documents can be locked");
    if (keys.empty()) return {};
    const std::string sql = get_many_sql(entry, locking(wait));
    const Params params = std::move(Params().byte_strings(keys));
    if (wait != LockWait::no_wait) return many_of(session_->query(sql, params), keys.size(), TableKind::documents);
    std::vector<Result> results;
    const auto refusal = session_->try_run([&](Connection& connection) { connection.send(sql, params); }, results,
                                           {sqlstate::lock_not_available});
    if (!refusal) return many_of(results.at(0), keys.size(), TableKind::documents);
    throw Error(Code::locked, "another transaction has locked a row of \"" + std::string(table) + "\"",
                {.collection = std::string(table)});
}

bool Transaction::lock_name(std::string_view name, LockWait wait) {
    require_writes("lock a name");
    const bool locked = session_->lock_name(name, wait);
    if (locked || wait == LockWait::skip_locked) return locked;
    throw Error(Code::locked, "another transaction has locked the name \"" + std::string(name) + "\"");
}

// Nobody else sees a table that this transaction has made.
void Transaction::exclude_writers(std::string_view table) {
    require_writes("keep out writers");
    if (made_.count(table) == 0) session_->exclude_writers(table);
}

driver::Pushdown* Transaction::pushdown() {
    if (pushdown_ == nullptr && session_->options().pushdown) pushdown_ = make_pushdown(session_);
    return pushdown_.get();
}

void Transaction::commit() {
    session_->commit();
}

}  // namespace sheaf::postgres
