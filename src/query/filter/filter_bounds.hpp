// What a filter says about the values at paths, for a planner that wants to narrow by an index. Filter::bounds() makes
// it.
//
// Every bound holds for every matching document: at least one of the values that an index on the path holds for the
// document (IndexKeys: an array counts by its elements, a missing value as null) lies within its intervals.
//
// Which bounds hold together, for one key of an index on several fields:
// - those of fields that are not multikey, all of them: there the document has one value each;
// - of multikey fields whose paths have the same first part those with the same element number, other than 0;
// - of multikey fields whose paths begin differently one bound each, or those of one element number: such fields cannot
//   lead into one array, nor, in one document, into two.
//
// There are no bounds for paths with numbers behind the first part: to a filter these mean elements of an array and
// fields of its objects, to an index one of the two. So such an index is for sorting only. System fields have none
// either.
//
// Threads; lifetimes: values.
#pragma once

#include <cstddef>
#include <vector>

#include "document/path.hpp"
#include "query/intervals.hpp"

namespace sheaf::query {

struct Bound {
    Path path{};
    Intervals intervals{};
    // For documents without an array on the path the condition says no more than this bound: it needs no check.
    bool exact = false;
    std::size_t condition = 0;  // the conjunct that says it
    // Bounds with the same number, other than 0, hold together for one element of an array, as those within one
    // $elemMatch do. Others may hold for different elements each.
    std::size_t element = 0;
};

struct FilterBounds;

// $or: one of the branches holds. A branch without bounds can be anywhere.
struct Disjunction {
    std::size_t condition = 0;
    std::vector<FilterBounds> branches;  // without {}, for which clang 14 would need the whole type here
};

struct FilterBounds {
    std::size_t conditions = 0;  // conjuncts of the filter, bounded or not
    std::vector<Bound> bounds{};
    std::vector<Disjunction> disjunctions{};
};

}  // namespace sheaf::query
