// An explanation for people.
#pragma once

#include <sheaf/explain.hpp>
#include <string>

namespace sheaf::cli {

// Several lines; control characters are escaped.
std::string explanation_text(const Explanation& how);

}  // namespace sheaf::cli
