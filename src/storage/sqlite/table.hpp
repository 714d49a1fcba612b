// Table: one table as one connection knows it: its kind, the statements that it keeps prepared, and, on the writer's
// connection, where its row numbers stand.
//
// Statements are prepared when they are first needed and again by SQLite itself when the schema has changed. A table
// that has gone or has become another shows as a SqliteError with is_schema(); see Session::with_table.
//
// Threads: those of the connection. Tables are shared with their cursors, which hand statements back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/connection.hpp"

namespace sheaf::sqlite {

// In documents tables a row's columns are, in this order: data, rid, _version, _archived, _created, _updated (and, in
// scans, _id). In ordered tables: v (and k).
enum class Query : std::uint8_t {
    get,             // key
    scan_insertion,  // after rid
    scan_wanted,     // after rid, RowQuestion: only rows that the question's filter wants
    scan_from,       // lower key
    scan_range,      // lower key, upper key
    scan_down_from,
    scan_down_range,
    insert,          // key, body, version, archived, created, updated, rid: only when the key is new
    put,             // the same: insert or replace
    update_version,  // the same, with the expected version in place of the rid
    remove,          // key
    remove_version,  // key, expected version
    last_rid,
};
inline constexpr std::size_t query_count = 13;

class Table {
public:
    Table(const Connection& connection, std::string_view name, driver::TableKind kind);

    const std::string& name() const { return name_; }
    driver::TableKind kind() const { return kind_; }
    bool is_documents() const { return kind_ == driver::TableKind::documents; }

    Statement& statement(Query query);
    // For cursors, which keep a statement for longer than a call: the kept one, or a new one while another cursor has
    // it.
    Statement take(Query query);
    void give_back(Query query, Statement statement);

    // The row numbers of a documents table; used by RowNumbers alone.
    struct Numbers {
        std::uint64_t epoch = 0;  // of the writer's knowledge in which they were read; 0: never
        std::int64_t next = 0;
        bool removed = false;  // this transaction has removed rows
    };
    Numbers numbers;

private:
    Statement& slot(Query query) { return statements_[static_cast<std::size_t>(query)]; }
    Statement prepare(Query query) const;

    const Connection& connection_;
    std::string name_;
    driver::TableKind kind_;
    std::array<Statement, query_count> statements_;
};

}  // namespace sheaf::sqlite
