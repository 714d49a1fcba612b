// The comparison of one collection in two stores, in a transaction of each.
// Threads: free functions; the transactions' thread.
#pragma once

#include <string>
#include <vector>

#include <sheaf/copy.hpp>
#include <sheaf/driver/backend.hpp>

#include "engine/store.hpp"

namespace sheaf::engine {

// The sorted names without repetitions, which all are in `present` (sorted), or all of those when none are given.
// Throws invalid_name, not_found; `where` tells of what.
std::vector<std::string> chosen_names(const std::vector<std::string>& wanted, const std::vector<std::string>& present,
                                      std::string_view where);

// Reads one side. Progress counts from `before` on, towards `total`.
CollectionComparison::Side read_side(Session& session, const std::string& name, const CompareOptions& options,
                                     std::int64_t before, std::int64_t total);

// Given both sides, finds what the difference is, if there is one.
CollectionComparison compare_collections(Session& first, Session& second, const std::string& name,
                                         CollectionComparison::Side first_side, CollectionComparison::Side second_side,
                                         const Control& control);

}  // namespace sheaf::engine
