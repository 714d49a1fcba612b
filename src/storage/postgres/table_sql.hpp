// The SQL of all statements that read rows, and the reading of rows from their results.
//
// Every statement selects a row's columns first, in the same order for each kind of table:
//     documents   rid, body, version, archived, created, updated
//     ordered     body
//     index       rid
// and then what it needs besides, such as the key.
//
// Threads: free functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/catalog.hpp"
#include "storage/postgres/connection.hpp"

namespace sheaf::postgres {

inline constexpr std::string_view document_columns = "d.rid, d.body, d.version, d.archived, d.created, d.updated";
std::string_view columns(driver::TableKind kind);  // of the table as "d"
std::size_t column_count(driver::TableKind kind);  // the number of the first column behind them

driver::Row row_of(const Result& result, std::size_t row, driver::TableKind kind);
driver::RowView view_of(const Result& result, std::size_t row, driver::TableKind kind);  // lent by the result

// $1 key. Of an index: the pair with the smallest rid.
std::string get_sql(const TableEntry& table);
// $1 keys; behind the columns stands the place of the row's key among them, from 1. `locking`: "" or, of documents,
// such as "FOR UPDATE OF d NOWAIT"; then the rows are locked in the order of the keys.
std::string get_many_sql(const TableEntry& table, std::string_view locking);
// One entry per key, from the result of that statement.
std::vector<std::optional<driver::Row>> many_of(const Result& result, std::size_t keys, driver::TableKind kind);

// How many rows lie in ranges: $1 lower bounds, $2 upper bounds, $3 a limit.
std::string count_ranges_sql(const TableEntry& table);

// For a bound of a range that has no upper one: behind every key, as keys are at most 1 KiB and a bit.
BytesView behind_all_keys();

}  // namespace sheaf::postgres
