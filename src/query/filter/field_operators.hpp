// The tables of operators that stand under a path, one per family and file; filter_parse.cpp joins them.
//
// Threads: free functions.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <sheaf/error.hpp>

#include "query/filter/filter_parse.hpp"
#include "query/regex.hpp"

namespace sheaf::query {

struct FieldOperator {
    std::string_view name;
    // Throws with path and operator for an operand that it does not take.
    NodePtr (*parse)(const FilterField& field, View operand, const FilterContext& context);
};

std::span<const FieldOperator> comparison_conditions();  // $eq ... $lte, $in, $nin
std::span<const FieldOperator> element_conditions();     // $exists, $type
std::span<const FieldOperator> array_conditions();       // $all, $elemMatch, $size
std::span<const FieldOperator> number_conditions();      // $mod
std::span<const FieldOperator> bit_conditions();         // $bitsAllSet ...
std::span<const FieldOperator> regex_conditions();       // $regex, $options

NodePtr make_leaf(const FilterField& field, std::unique_ptr<ValueTest> test);
NodePtr make_equality(const FilterField& field, View operand);

// What Regex::compile() has refused, as a mistake in a filter. `where` is for messages: "$regex at a".
[[noreturn]] void refuse_pattern(const Error& error, std::string_view where);

// $expr
NodePtr parse_expr(View operand, const FilterContext& context);

}  // namespace sheaf::query
