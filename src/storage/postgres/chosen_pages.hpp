// Pages of rows that a Pushdown has chosen: by their rids, or those of which a condition holds. In insertion order.
//
// Threads: those of the session.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/postgres/pages.hpp"

namespace sheaf::postgres {

// A condition on the table "d"; adds its parameters.
using Condition = std::function<std::string(Params&)>;

std::unique_ptr<Pages> pages_of(const TableEntry& table, std::vector<std::int64_t> rids);
// From a rid on.
std::unique_ptr<Pages> pages_where(const TableEntry& table, std::int64_t first_rid, Condition condition);

}  // namespace sheaf::postgres
