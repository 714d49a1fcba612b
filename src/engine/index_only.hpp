// Answers that come from an index without looking at every document: how many, which different values, the smallest and
// the largest. Each is nothing or false where the indexes do not suffice; then the documents have to be read.
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

// Finds the smallest or largest value at a path that is neither null nor missing, and there the first document that has
// it; a missing value when there is none. False: not found so.
enum class Extreme : bool { smallest, largest };
bool extreme_by_index(driver::Transaction& tx, Store& store, const std::string& collection, std::string_view path,
                      Extreme extreme, const Query& query, Bytes& value);

}  // namespace sheaf::engine
