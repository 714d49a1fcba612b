// The update operators: one table, and a parse function for each.
#pragma once

#include <string_view>

#include "query/update/action.hpp"

namespace sheaf::query {

// Throws invalid_update or type_mismatch with MongoDB's number for an operand that the operator cannot take.
using ParseAction = ActionPtr(View operand, const Target& target, const Settings& settings);

struct UpdateOperator {
    std::string_view name;
    ParseAction* parse;           // null: $rename, which has two paths
    bool only_on_insert = false;  // only for the document that an upsert inserts
};

// Null for a name that is no operator.
const UpdateOperator* find_update_operator(std::string_view name);

ActionPtr make_set(Value value);

ParseAction parse_set, parse_unset, parse_min, parse_max, parse_current_date;  // fields.cpp
ParseAction parse_inc, parse_mul, parse_bit;                                   // arithmetic.cpp
ParseAction parse_add_to_set, parse_pop, parse_pull, parse_pull_all;           // arrays.cpp
ParseAction parse_push;                                                        // push.cpp

}  // namespace sheaf::query
