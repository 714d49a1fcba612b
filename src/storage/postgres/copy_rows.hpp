// New rows by binary COPY, the fastest way into a table: for runs of many.
//
// Threads: those of the session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/postgres/session.hpp"
#include "storage/postgres/write_runs.hpp"

namespace sheaf::postgres {

// From here on COPY is faster than a statement with arrays, although it takes more round trips; with entries, which
// need to know the rids, two more.
inline constexpr std::size_t rows_worth_copying = 64;
inline constexpr std::size_t rows_with_entries_worth_copying = 1'000;
inline constexpr std::size_t bytes_worth_copying = 4U << 20U;

// Numbers for new rows of a documents table, ascending.
std::vector<std::int64_t> reserve_rids(Session& session, const TableEntry& table, std::size_t count);
// Within a savepoint. False: one of the rows is there already. `rids`: empty, the table gives them.
bool try_copy_rows(Session& session, const TableEntry& table, const Run& run, std::span<const std::int64_t> rids);

}  // namespace sheaf::postgres
