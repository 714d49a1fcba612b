// A filter that names one id: what it selects is found by one get, without the catalog and without a snapshot.
// Threads: free functions.
#pragma once

#include <optional>
#include <string_view>

#include <sheaf/driver/backend.hpp>
#include <sheaf/limits.hpp>

#include "query/filter/filter.hpp"

namespace sheaf::engine {

// The key of the only document that the filter can match, whatever else it asks of it. Nothing where it names no id or
// several, or where a hint asks for another way.
std::optional<Bytes> only_id(const query::Filter& filter, std::string_view hint, const Limits& limits);

// Of a transaction that only reads what the filter selects.
driver::Isolation reading_isolation(const query::Filter& filter, std::string_view hint, const Limits& limits);

}  // namespace sheaf::engine
