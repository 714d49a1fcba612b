// The variables of a command's `let`: {"limit": 5, "names": ["$$NOW"]}, evaluated once, without a document.
// Threads: a free function.
#pragma once

#include <sheaf/document.hpp>

#include "query/settings.hpp"

namespace sheaf::query {

// Each value is an expression of constants, $$NOW and the variables before it. Throws as ExpressionParser does, and for
// names that a variable cannot have.
Bindings make_bindings(const Document& let, DateTime now, const Limits& limits);

}  // namespace sheaf::query
