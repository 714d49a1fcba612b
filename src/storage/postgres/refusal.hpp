// Which write of a batch was refused, and why: the batch is rehearsed here, upon what one look finds in the tables.
//
// Threads: those of the session.
#pragma once

#include <span>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/session.hpp"
#include "storage/postgres/write_runs.hpp"

namespace sheaf::postgres {

// The outcomes up to the first refusal; `done` behind it. REQUIRES: the batch has been refused, and is taken back.
// Throws serialization when nothing is found: another transaction was in the way that this one cannot see.
std::vector<driver::Outcome> rehearse(Session& session, const TableEntry& table, std::span<const driver::Write> writes,
                                      const EntryTables& indexes);

}  // namespace sheaf::postgres
