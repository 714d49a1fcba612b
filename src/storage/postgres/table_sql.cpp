#include "storage/postgres/table_sql.hpp"

#include <array>

namespace sheaf::postgres {

using driver::TableKind;

std::string_view columns(TableKind kind) {
    if (kind == TableKind::documents) return document_columns;
    return kind == TableKind::ordered ? "d.body" : "d.rid";
}

std::size_t column_count(TableKind kind) {
    return kind == TableKind::documents ? 6 : 1;
}

driver::RowView view_of(const Result& result, std::size_t row, TableKind kind) {
    if (kind == TableKind::ordered) return {.body = result.bytes(row, 0)};
    if (driver::is_index(kind)) return {.meta = {.rid = result.integer(row, 0)}};
    return {.body = result.bytes(row, 1),
            .meta = {.rid = result.integer(row, 0),
                     .version = {result.integer(row, 2)},
                     .archived = result.boolean(row, 3),
                     .created = {result.integer(row, 4)},
                     .updated = {result.integer(row, 5)}}};
}

driver::Row row_of(const Result& result, std::size_t row, TableKind kind) {
    const driver::RowView view = view_of(result, row, kind);
    return {Bytes(view.body), view.meta};
}

std::string get_sql(const TableEntry& table) {
    std::string sql = "SELECT ";
    sql.append(columns(table.kind)).append(" FROM ").append(table.quoted).append(" d WHERE d.key = $1");
    if (table.kind == TableKind::index) sql += " ORDER BY d.rid LIMIT 1";
    return sql;
}

std::string get_many_sql(const TableEntry& table, std::string_view locking) {
    std::string sql = "SELECT ";
    sql.append(columns(table.kind)).append(", u.place FROM unnest($1::bytea[]) WITH ORDINALITY u(key, place) ");
    if (table.kind == TableKind::index) {
        return sql + "CROSS JOIN LATERAL (SELECT i.rid FROM " + table.quoted +
               " i WHERE i.key = u.key ORDER BY i.rid LIMIT 1) d";
    }
    sql.append("JOIN ").append(table.quoted).append(" d ON d.key = u.key");
    if (!locking.empty()) sql.append(" ").append(locking);
    return sql;
}

std::vector<std::optional<driver::Row>> many_of(const Result& result, std::size_t keys, TableKind kind) {
    std::vector<std::optional<driver::Row>> rows(keys);
    for (std::size_t i = 0; i < result.rows(); ++i) {
        const auto place = static_cast<std::size_t>(result.integer(i, column_count(kind)));
        rows.at(place - 1) = row_of(result, i, kind);
    }
    return rows;
}

std::string count_ranges_sql(const TableEntry& table) {
    return "SELECT count(*) FROM (SELECT FROM unnest($1::bytea[], $2::bytea[]) r(lower, upper) JOIN " + table.quoted +
           " d ON d.key >= r.lower AND d.key < r.upper LIMIT $3) x";
}

BytesView behind_all_keys() {
    static constexpr auto bound = [] {
        std::array<char, 2048> bytes{};
        bytes.fill('\xFF');
        return bytes;
    }();
    return {bound.data(), bound.size()};
}

}  // namespace sheaf::postgres
