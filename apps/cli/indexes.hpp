// What the verbs say about indexes.
#pragma once

#include <sheaf/collection.hpp>
#include <string>

namespace sheaf::cli {

// there is no index "x" on "users"; there are: a_1, b_1
std::string no_such_index(const Collection& collection, const std::string& name);

// The call of the command line that makes the index, and the one that drops it, for a POSIX shell.
std::string create_words(const std::string& store, const std::string& collection, const IndexInfo& index);
std::string drop_words(const std::string& store, const std::string& collection, const IndexInfo& index);

}  // namespace sheaf::cli
