// Step: one operation of a comparison as an object of the form that tests/cases/case.hpp describes, with a few
// operations and members more, so that it can be generated, played on any store, printed and played again:
//
//     {"op": "find", "filter": {...}, "sort": {...}, "project": {...}, "skip": 1, "limit": 2, "let": {...}}
//     {"op": "update_one", "filter": {...}, "update": {...} or [...], "array_filters": [...], "upsert": true}
//     {"op": "find_one_and_update", ..., "return": "before" or "after"}    find_one_and_replace, find_one_and_delete
//     {"op": "distinct", "path": "a.b", "filter": {...}}                  {"op": "aggregate", "pipeline": [...]}
//     {"op": "total", "aggregate": "sum", "field": "n", "filter": {...}}
//     {"op": "group_by", "fields": ["s"], "aggregates": [{"op": "avg", "field": "n"}], "sort": [[1, -1], [0, 1]]}
//     {"op": "pages", "filter": {...}, "sort": {...}, "size": 3}          all pages, forward and then backward
//
// All reads may have "archived": "include" or "only", and a "hint".
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sheaf/collection.hpp>
#include <sheaf/value.hpp>

namespace sheaf::oracle {

// What a step answered, comparable byte for byte.
struct Answer {
    std::string error{};         // the code's name; empty: it was done
    int mongo = 0;               // with it
    std::vector<Bytes> items{};  // encoded values: results, counts, images

    bool operator==(const Answer&) const = default;
};

// Where two answers differ, for a message.
std::string difference(const Answer& a, const Answer& b);

// A member, or null when there is none.
Value member(const Object& object, std::string_view key);
// Whether the step leaves the documents as they are.
bool is_read(const Object& step);

// Does the step. Errors of sheaf are answers; throws std::invalid_argument for an operation that there is not.
Answer play(Collection& collection, const Object& step);

}  // namespace sheaf::oracle
