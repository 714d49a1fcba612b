// Plan: how the documents that match a filter are found, and in which order they come.
//
// Values. A Plan keeps the CollectionInfo that it was made from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/explain.hpp>

#include "engine/catalog.hpp"

namespace sheaf::engine {

// One way into the documents of a collection.
struct Access {
    using Kind = AccessPath::Kind;
    Kind kind = Kind::scan;
    const Index* index = nullptr;            // of Kind::index; null: _id
    std::vector<driver::KeyRange> ranges{};  // of keys of the index, ascending and disjoint
    std::vector<Bytes> ids{};                // of Kind::ids: keys, ascending, each once
    bool descending = false;
    bool exact = false;                 // what lies in the ranges matches the filter, archived documents aside
    bool repeats = false;               // a document may come more than once
    std::size_t few_by = 0;             // taken because values of so many fields have led to few documents before
    std::int64_t estimated = -1;        // pairs in the ranges, or rows; -1: not counted
    std::vector<std::string> bounds{};  // for people; made on request
};

struct Plan {
    std::shared_ptr<const CollectionInfo> info{};  // null: there is no such collection, or the plan need not know
    std::vector<Access> accesses{};                // one, or those of the branches of an $or
    // How many leading fields of the sort (and then _id, which ends every sort) the rows come ordered by.
    std::size_t ordered = 0;
    std::string_view reason{};  // one of the planner's own words
    std::vector<Explanation::Considered> considered{};

    bool gets_ids() const { return !accesses.empty() && accesses.front().kind == Access::Kind::ids; }
    bool is_of_nothing() const { return info == nullptr && !gets_ids(); }  // there is no such collection
    bool may_repeat() const { return accesses.size() > 1 || (!accesses.empty() && accesses.front().repeats); }
};

// What running a plan has cost so far.
struct Cost {
    std::int64_t keys = 0;       // pairs looked at
    std::int64_t documents = 0;  // documents looked at
};

}  // namespace sheaf::engine
