// What the engine asks of a driver::Pushdown, in its forms, and in words for people.
//
// Threads: free functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sheaf/driver/pushdown.hpp>
#include <sheaf/predicate.hpp>

#include "query/sort.hpp"

namespace sheaf::engine {

// Nothing where a field is not in the document, or its path is none for a backend.
std::optional<std::vector<driver::SortTerm>> sort_terms(const query::Sort& sort);

// `age >= 18 and city = "Kyoto"`, shortened where it is long.
std::string predicate_text(const Predicate& predicate);

}  // namespace sheaf::engine
