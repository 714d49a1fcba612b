// The tables of operators, one per family; operators.cpp joins them. A family stands in a folder with what it needs.
//
//     View add(Evaluation& evaluation, Arguments arguments);
//     constexpr Function functions[] = {{"$add", 0, any_number, add}, {"$subtract", 2, 2, subtract}};
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "query/expression/expression.hpp"

namespace sheaf::query {

using Arguments = std::span<const View>;  // evaluated; missing where an argument has no value

inline constexpr std::size_t any_number = SIZE_MAX;

// An operator whose arguments are evaluated before it is called. Calls must depend on the arguments alone, so that they
// can be made at parse time when all are constant.
struct Function {
    std::string_view name;
    std::size_t least;  // arguments; a wrong number is MongoDB's 16020 (fixed) or 28667 (a range)
    std::size_t most;
    View (*call)(Evaluation& evaluation, Arguments arguments);
};

// An operator that reads its operand itself.
struct Form {
    std::string_view name;
    ExpressionPtr (*parse)(View operand, ExpressionParser& parser, std::string_view name);
};

struct Family {
    std::span<const Function> functions;
    std::span<const Form> forms;
};

Family arithmetic_operators();     // $add ... $trunc, trigonometry, bitwise
Family comparison_operators();     // $eq ... $cmp, $and, $or, $not, $cond, $ifNull, $switch
Family string_operators();         // $concat ... $trim
Family regex_operators();          // $regexMatch, $regexFind, $regexFindAll
Family conversion_operators();     // $convert, $toInt ..., $type, $isNumber
Family array_operators();          // $size ... $zip, $sortArray, $range
Family loop_operators();           // $let, $map, $filter, $reduce
Family set_operators();            // $setUnion ... $anyElementTrue
Family object_operators();         // $getField, $setField, $mergeObjects, $objectToArray, ...
Family date_operators();           // $year ... $dateTrunc
Family accumulating_operators();   // $sum, $avg, $min, $max, $stdDevPop, ... of their arguments
Family miscellaneous_operators();  // $literal, $rand, $meta, $bsonSize, ...

// Null when there is no such operator.
const Function* find_function(std::string_view name);
const Form* find_form(std::string_view name);
bool is_expression_operator(std::string_view name);

// A constant, kept by the node. For forms that know their value when they are parsed.
ExpressionPtr make_constant(View value);
// A Function's node, as a form may want to make it.
ExpressionPtr make_call(const Function& function, Expressions arguments);

}  // namespace sheaf::query
