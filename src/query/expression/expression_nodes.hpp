// The nodes of an expression that are not operators: constants, paths and literals. For the parser.
// Threads: free functions.
#pragma once

#include <string>
#include <vector>

#include "query/expression/expression.hpp"

namespace sheaf::query {

// "$a.b"; an empty path is the document itself.
ExpressionPtr make_field_path(std::vector<std::string> path);
// "$_version", where the evaluation knows the system fields; else a field like any other.
ExpressionPtr make_system_field_path(SystemField field, std::vector<std::string> path);
// "$$name.a.b"
ExpressionPtr make_variable_path(std::size_t slot, std::vector<std::string> path);
ExpressionPtr make_array(Expressions elements);
ExpressionPtr make_object(std::vector<std::string> keys, Expressions values);

}  // namespace sheaf::query
