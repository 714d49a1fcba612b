// Plays operations on a real store and puts its answers in the model's words.
// Threads: free functions.
#pragma once

#include <string>

#include <sheaf/open.hpp>

#include "model/operation.hpp"

namespace sheaf::model {

// On the database, each operation for itself, or in a transaction.
std::string play(Database& database, const Operation& operation);
std::string play(Transaction& transaction, const Operation& operation);

// Everything that the store holds, collection by collection, in insertion order, archived documents included.
std::string contents(const Database& database);

}  // namespace sheaf::model
