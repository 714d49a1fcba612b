// Table: one table as one connection knows it: its kind, the statements that it keeps prepared, and, on the writer's
// connection, where its row numbers stand. Also a join: the documents of a table that an index leads to.
//
// Statements are prepared when they are first needed, and again by SQLite itself when the schema has changed. When the
// catalog has changed, the session makes new Tables.
//
// Threads: those of the connection. Tables are shared with their cursors, which hand statements back.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/table_sql.hpp"

namespace sheaf::sqlite {

class Table {
public:
    Table(const Connection& connection, Subject subject)
        : connection_(connection), subject_(std::move(subject)), key_column_(sqlite::key_column(subject_)) {}

    const std::string& name() const { return subject_.name; }
    driver::TableKind kind() const { return subject_.kind; }
    bool is_documents() const { return kind() == driver::TableKind::documents; }
    bool is_index() const { return driver::is_index(kind()); }
    // Of a join, the index has the keys.
    driver::TableKind key_kind() const { return subject_.key_kind; }
    int key_column() const { return key_column_; }

    Statement& statement(Query query);
    // For cursors, which keep a statement for longer than a call: the kept one, or a new one while another cursor has
    // it.
    Statement take(Query query);
    void give_back(Query query, Statement statement);

    // This table's rows in the order of an index.
    const std::shared_ptr<Table>& join(const Table& index);

    // The row numbers of a documents table; used by RowNumbers alone.
    struct Numbers {
        std::uint64_t epoch = 0;  // of the writer's knowledge in which they were read; 0: never
        std::int64_t next = 0;
        bool removed = false;  // this transaction has removed rows
    };
    Numbers numbers;

private:
    Statement& slot(Query query) { return statements_[static_cast<std::size_t>(query)]; }
    Statement prepare(Query query) const { return connection_.prepare(sql_of(subject_, query)); }

    const Connection& connection_;
    Subject subject_;
    int key_column_;
    std::array<Statement, query_count> statements_;
    std::vector<std::shared_ptr<Table>> joins_;
};

}  // namespace sheaf::sqlite
