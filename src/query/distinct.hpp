// DistinctValues: the different values at a path over many documents, as MongoDB's distinct finds them: an array counts
// by its elements, a number in the path is an index or a key, what is missing does not count.
// Threads: one at a time.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/value.hpp>
#include <sheaf/view.hpp>

#include "document/path.hpp"

namespace sheaf::query {

class DistinctValues {
public:
    // Throws invalid_argument for an empty path, limit_exceeded.
    DistinctValues(std::string_view path, const Limits& limits);
    // Throws limit_exceeded when the values take more than limits.pipeline_bytes.
    void add(View document);
    void add_value(View value) { keep(value); }  // that is at the path and no array
    std::vector<Value> values() const;           // in their order

private:
    void collect(View value, std::size_t depth);
    void keep(View value);

    Path path_;
    std::size_t bytes_left_;
    std::map<Bytes, Bytes> values_;  // by order-preserving key
};

}  // namespace sheaf::query
