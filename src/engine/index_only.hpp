// Answers that come from an index without looking at every document: how many, which different values, the smallest and
// the largest. Each is nothing where the indexes do not suffice; then the documents have to be read.
//
// Threads: the transaction's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/planner.hpp"
#include "query/distinct.hpp"

namespace sheaf::engine {

// How many rows the plan brings, `limit` at most (0: none). REQUIRES: made of this query.
std::optional<std::int64_t> count_by_index(driver::Transaction& tx, std::string_view collection, const Plan& plan,
                                           const Query& query);

// Adds the different values at a path, looking at one document for each: where an index begins with the path, no
// document has an array there, and they are few. False: they were not (all) found so.
bool distinct_by_index(driver::Transaction& tx, Store& store, const std::string& collection, std::string_view path,
                       const Query& query, const Control& control, query::DistinctValues& values);

}  // namespace sheaf::engine
