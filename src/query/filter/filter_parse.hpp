// Turns a filter document into nodes. The bytes must outlive the nodes.
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>

#include <sheaf/limits.hpp>

#include "query/filter/filter_node.hpp"

namespace sheaf::query {

// What a parse function needs to know about where it is.
struct FilterContext {
    const Settings& settings;
    bool has_system_fields = true;
    bool in_element = false;  // of an array, where operators on whole documents such as $expr have no place
    std::size_t depth = 0;    // of $and, $or, $nor, $not, $elemMatch and parts of a schema

    const Limits& limits() const { return settings.limits; }
    FilterContext deeper() const;  // throws limit_exceeded
    FilterContext element() const;
};

// A path, how it is called in messages (the path that a $pull works on is not walked, but named), and the operators
// that stand together there, for those that belong to each other.
struct FilterField {
    Field field{};
    std::string_view text{};
    View operators{};
};

[[noreturn]] void refuse(std::string_view message, const FilterField& field, std::string_view op, int mongo = 0);

// Whether the key names an operator that stands at the top level of a filter, such as $and; supported or not.
bool is_top_operator(std::string_view key);
// Whether an object such as {"$gt": 5} asks about the value at a path, by its first key. What begins with a top-level
// operator does not, nor do references between documents ($ref, $id, $db).
bool begins_with_field_operator(View object);

// A whole query: {"a": 1, "$or": [...]}.
Nodes parse_query(View query, const FilterContext& context);
// The operators under a path: {"$gt": 1, "$lt": 5}.
Nodes parse_operators(const FilterField& field, View operators, const FilterContext& context);

}  // namespace sheaf::query
