// Named arguments: the operand of operators that take an object such as {input: "$a", find: "x", replacement: "y"}.
//
// Threads: stateless. The operands borrow from the bytes of the object.
//
//     constexpr NamedArgument names[] = {{"input", 50695}, {"chars"}};
//     constexpr NamedArguments trim_arguments{names, 50696, 50694};
//     Expressions arguments = trim_arguments.parse(operand, parser, "$trim");
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "query/expression/expression.hpp"

namespace sheaf::query {

struct NamedArgument {
    std::string_view name;
    int when_absent = 0;  // MongoDB's number of the error; 0: optional
};

struct NamedArguments {
    std::span<const NamedArgument> names;
    int not_an_object;
    int unknown_name;

    // The operands as they stand, one per name in the order of `names`; missing for an absent optional one. For forms
    // that parse some of them later or not at all.
    std::vector<View> read(View operand, std::string_view op) const;
    // The operands parsed, in the order of `names`. Absent ones at the end are left off, so that a Function can tell
    // them from those that evaluate to missing; absent ones before that are null pointers.
    Expressions parse(View operand, ExpressionParser& parser, std::string_view op) const;
};

// Whether all arguments that there are have the same value for every document; for ExpressionParser::folded.
bool all_constant(std::span<const ExpressionPtr> arguments);

}  // namespace sheaf::query
