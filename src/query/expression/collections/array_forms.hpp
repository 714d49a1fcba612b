// The array operators that read their operands themselves, for the table in arrays.cpp.
// Threads: free functions.
#pragma once

#include <string_view>

#include "query/expression/expression.hpp"

namespace sheaf::query {

ExpressionPtr parse_in(View operand, ExpressionParser& parser, std::string_view name);
ExpressionPtr parse_sort_array(View operand, ExpressionParser& parser, std::string_view name);
ExpressionPtr parse_zip(View operand, ExpressionParser& parser, std::string_view name);

}  // namespace sheaf::query
