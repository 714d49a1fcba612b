// Collections as tables: made, dropped and renamed with all that belongs to them.
//
// Each works inside a transaction of the caller and throws invalid_name for what cannot name a collection.
// Threads: free functions; the transaction's thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

namespace sheaf::engine {

// Throws invalid_name unless the name may be a collection's.
void check_collection_name(std::string_view name);

// Lets those who write to a collection end before its tables are changed, and keeps others out until then, so that
// nobody loses work to the change or waits for it in a circle. Only where the transaction has done nothing yet: else
// the change itself has to wait for them, and may throw serialization or deadlock.
void wait_for_writers(driver::Transaction& tx, std::string_view name);

std::vector<std::string> collections_of(driver::Transaction& tx);  // sorted
// One that is there is fine.
void create_collection(driver::Transaction& tx, std::string_view name);
// With its indexes. False: there was none.
bool drop_collection(driver::Transaction& tx, std::string_view name);
// Its indexes are named in its description, and so go along. Throws not_found, already_exists; conflict while one of
// them is being built.
void rename_collection(driver::Transaction& tx, std::string_view from, std::string_view to);

}  // namespace sheaf::engine
