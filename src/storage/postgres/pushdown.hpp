// What the server works out about the rows of a documents table: counts, groups, the first rows of a sort. One pass
// over the table does it, and tells where the rows begin that the server cannot judge: those whose document JSON cannot
// express, and those whose values at the paths are of another kind or come from an array. Mostly there are none, and in
// a snapshot nobody looks for them again.
//
// Threads: those of the session.
#pragma once

#include <memory>

#include <sheaf/driver/pushdown.hpp>

#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

std::unique_ptr<driver::Pushdown> make_pushdown(std::shared_ptr<Session> session);

}  // namespace sheaf::postgres
