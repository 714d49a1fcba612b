// The parse functions of the update operators, for the table in update.cpp. Each throws invalid_update or
// type_mismatch for an operand that its operator cannot take.
#pragma once

#include <memory>

#include <sheaf/view.hpp>

#include "query/update/update_action.hpp"

namespace sheaf::query {

using ParseAction = std::unique_ptr<Action>(View operand, const Target& target, const Limits& limits);

ParseAction parse_set;
ParseAction parse_unset;
ParseAction parse_inc;
ParseAction parse_push;
ParseAction parse_pull;

}  // namespace sheaf::query
