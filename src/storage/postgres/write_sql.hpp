// The SQL of all statements that write rows. Each takes arrays, one for each column, and does all rows of a run.
//
// A statement that has to change all of its rows fails with `refused` when it does not, so that a savepoint takes back
// what was sent with it.
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/write_runs.hpp"

namespace sheaf::postgres {

inline constexpr std::string_view refused = "22012";  // division by zero: 1 / (whether all rows were changed)

// Documents: keys, bodies, docs, versions, archived, created, updated; of a change also the expected versions, the rids
// (negative: any) and the number of rows; of an erasure keys, expected versions, rids and the number.
// Ordered tables: keys, bodies. Index tables: keys, rids; where a pair has to be there, the number.
// Removal: keys; of pairs keys, rids. Absence: keys.
std::string run_sql(std::string_view quoted, driver::TableKind kind, Run::Kind run);
// The same for one row without entries, which tells by the number of changed rows whether it was refused: one value for
// each column and, where a version is expected, that version.
std::string single_sql(std::string_view quoted, driver::TableKind kind, Run::Kind run);

// Pairs of rows whose rids are not known here: keys, keys of the documents; where it is unique, the number.
std::string add_entries_of_new_sql(std::string_view index, bool is_unique, std::string_view documents);

// $1: how many numbers for new rows.
std::string reserve_sql(std::string_view quoted);
// For binary copying of new rows: key, body; of documents key, rid (if so wanted), body, doc, version, archived,
// created, updated.
std::string copy_sql(std::string_view quoted, driver::TableKind kind, bool with_rids);

}  // namespace sheaf::postgres
