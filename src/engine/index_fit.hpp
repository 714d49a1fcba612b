// IndexFit: what one index can do for a query: which of its keys can lead to matching documents, whether they decide
// alone, and how much of the sort its order answers.
//
// Values; they borrow the index.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/planner.hpp"

namespace sheaf::engine {

struct IndexFit {
    const Index* index = nullptr;            // null: _id, by which every collection is ordered
    const query::IndexKeys* keys = nullptr;  // its fields
    std::vector<query::Intervals> fields{};  // what the filter leaves of each field
    query::IndexKeys::Ranges ranges{};       // of whole keys
    bool exact = false;                      // every document in the ranges matches
    std::size_t ordered = 0;                 // leading fields of the sort, and then _id, that the order answers
    bool descending = false;                 // the way to go for that order
    std::vector<std::size_t> answers{};      // for each leading field of the index: the field of the sort; or constant
    static constexpr std::size_t constant = SIZE_MAX;

    bool narrows() const { return ranges.used > 0; }
    bool is_multikey() const { return index != nullptr && index->multikey != 0; }
    // The fields that narrow are bounded to values.
    bool names_values() const { return narrows() && fields[ranges.used - 1].only_points(); }
    // All fields are, so that each range of a unique index holds one pair at most.
    bool names_whole_keys() const { return names_values() && ranges.used == fields.size(); }
    std::string_view name() const;
};

// REQUIRES: the index is ready, or null.
IndexFit fit_index(const Index* index, const query::FilterBounds& bounds, const query::Sort* sort);

const Path& id_path();

// As the storage contract has them.
std::vector<driver::KeyRange> key_ranges(const std::vector<query::Interval>& intervals);

// Leaves out what comes before the page that begins with `from` (see Query).
void begin_page(IndexFit& fit, const std::vector<Bytes>& from);

}  // namespace sheaf::engine
