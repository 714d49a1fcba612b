// The planner: from a filter and a sort to a Plan.
//
// For each index it merges what the filter says about the index's fields into ranges of keys (several conditions on one
// field are intersected where no document has an array there), sees whether the ranges decide alone or the filter has
// to be asked again, and which part of the sort the index's order answers. Among the indexes that narrow it counts the
// pairs in the ranges, which costs a hundredth of fetching them, and takes the cheapest way; ties go to the first by
// name, so that the choice is the same for the same data.
//
// Threads: free functions; the transaction's thread.
#pragma once

#include <string_view>
#include <vector>

#include <sheaf/results.hpp>

#include "engine/plan.hpp"
#include "engine/store.hpp"
#include "query/filter/filter.hpp"
#include "query/sort.hpp"

namespace sheaf::engine {

// What is asked of a collection. Borrows all of it.
struct Query {
    const query::Filter& filter;
    const query::Sort* sort = nullptr;  // null or empty: any order
    Archived archived = Archived::exclude;
    std::int64_t limit = 0;      // rows that will be read, skipped ones included; 0: all
    std::string_view hint{};     // as in FindOptions
    bool only_counts = false;    // no row will be read where the index alone can count them
    bool beside_writes = false;  // the transaction may write while the rows are read
    bool explained = false;      // texts are wanted
    bool pushes_down = true;     // the backend's own engine may help
    // Paging: the keys of the values of the sort's fields that the results begin with; earlier ones may be left out.
    const std::vector<Bytes>* from = nullptr;
};

// Throws invalid_argument for a hint that cannot be followed.
Plan make_plan(driver::Transaction& tx, Store& store, std::string_view collection, const Query& query);

}  // namespace sheaf::engine
