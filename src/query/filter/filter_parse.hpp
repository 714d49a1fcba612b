// Turns a filter document into nodes. The bytes must outlive the nodes.
#pragma once

#include <string>
#include <string_view>

#include <sheaf/limits.hpp>

#include "query/filter/filter_node.hpp"

namespace sheaf::query {

// What a parse function needs to know about where it is.
struct FilterContext {
    const Settings& settings;
    bool has_system_fields = true;  // false inside arrays, whose elements are not documents of a collection
    std::size_t depth = 0;          // of $and, $or, $nor and $not

    const Limits& limits() const { return settings.limits; }
    FilterContext deeper() const;  // throws limit_exceeded
};

// A path and how it is called in messages (the path that a $pull works on is not walked, but named).
struct FilterField {
    Field field;
    std::string_view text;
};

// Whether the key names an operator that stands at the top level of a filter, such as $and; supported or not yet.
bool is_top_operator(std::string_view key);

// A whole query: {"a": 1, "$or": [...]}.
Nodes parse_query(View query, const FilterContext& context);
// The operators under a path: {"$gt": 1, "$lt": 5}.
Nodes parse_operators(const FilterField& field, View operators, const FilterContext& context);

}  // namespace sheaf::query
