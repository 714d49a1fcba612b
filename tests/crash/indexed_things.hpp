// A collection with a unique, a multikey and a compound index, and transactions that change all of them, for tests of
// crashes: afterwards the indexes must hold what the documents call for, and nothing else.
//
// Threads: free functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sheaf/open.hpp>

namespace sheaf::crash {

// "serial_1" (unique), "tags_1", "group_1_size_-1".
const std::vector<IndexDefinition>& thing_indexes();
void ensure_thing_indexes(Collection things);

// Transaction number k: new documents, one whose indexed values change, one that goes.
void change_things(Collection things, std::int64_t number);

// What is wrong with the indexes that the collection has; empty: nothing. Each is also asked for every document, which
// has to give those that are there. Indexes whose building was interrupted are finished first, or dropped.
enum class Unfinished : bool { finish, drop };
std::string faults_of_indexes(Database& database, const std::string& collection, Unfinished unfinished);

}  // namespace sheaf::crash
