// The variables of a command's `let`: {"limit": 5, "twice": {"$multiply": [2, "$$limit"]}}, evaluated once, without a
// document. Threads: a free function.
#pragma once

#include <sheaf/document.hpp>

#include "query/settings.hpp"

namespace sheaf::query {

// Each value is an expression of constants and the variables before it. Throws as ExpressionParser does; for names that
// a variable cannot have; for values that look at a document (MongoDB's 4890500) or at $$NOW (51144), which is there
// for the command's expressions, not for its variables; limit_exceeded.
Bindings make_bindings(const Document& let, DateTime now, const Limits& limits);

}  // namespace sheaf::query
