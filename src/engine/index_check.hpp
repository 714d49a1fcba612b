// Compares an index with the documents of its collection, in one snapshot.
// Threads: a free function; the transaction's thread.
#pragma once

#include <string_view>

#include <sheaf/control.hpp>

#include "engine/catalog.hpp"

namespace sheaf::engine {

// Takes Limits::sort_bytes of memory, and a temporary file beyond that.
IndexCheck check_index(driver::Transaction& tx, std::string_view collection, const Index& index, const Limits& limits,
                       const Control& control);

}  // namespace sheaf::engine
