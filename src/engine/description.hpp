// What a collection says about itself (sheaf/description.hpp).
// Threads: free functions; the transaction's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sheaf/description.hpp>
#include <sheaf/driver/backend.hpp>

#include "engine/store.hpp"

namespace sheaf::engine {

// Of a collection that does not exist: an empty one.
CollectionDescription describe_collection(driver::Transaction& tx, Store& store, const std::string& collection,
                                          std::int64_t sample, const Control& control);

// With their entries counted.
std::vector<IndexInfo> counted_indexes(driver::Transaction& tx, const CollectionInfo& info);

}  // namespace sheaf::engine
