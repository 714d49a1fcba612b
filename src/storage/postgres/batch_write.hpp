// BatchWrite: apply() on PostgreSQL. A batch is a fixed number of statements, however many documents it has: each takes
// arrays of keys, bodies, versions and so on, and all of them travel in one round trip, inside a savepoint. Large
// batches of new documents go by COPY.
//
// A statement that meets a unique constraint, or changes fewer rows than it was given, refuses the batch: it is taken
// back, and then one look finds the first write that was refused, for the outcome.
//
// Threads: those of its transaction.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

std::vector<driver::Outcome> apply_batch(Session& session, std::string_view table,
                                         std::span<const driver::Write> writes);

}  // namespace sheaf::postgres
