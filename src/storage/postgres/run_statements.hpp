// Sends the statements of a run: its rows, and then the pairs that go out of the indexes and those that come in.
//
// Threads: those of the connection.
#pragma once

#include <span>
#include <string_view>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/connection.hpp"
#include "storage/postgres/write_runs.hpp"

namespace sheaf::postgres {

void send_run(Connection& connection, const TableEntry& table, const Run& run, EntryTables& tables);
// The pairs alone, of rows that were given these rids.
void send_entries_of_new(Connection& connection, const Run& run, std::span<const std::int64_t> rids,
                         EntryTables& tables);

// The parameters of single_sql().
Params single_params(driver::TableKind kind, const Run& run);

// A document as JSON; empty: none.
std::string json_of(BytesView body);

}  // namespace sheaf::postgres
