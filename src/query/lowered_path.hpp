// Which paths a backend's own engine may be asked about.
//
// Threads: free functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "document/path.hpp"

namespace sheaf::query {

// The keys of a path, as <sheaf/predicate.hpp> allows them; nothing for any other: a number may name an element,
// "$date" stands for a date where documents are stored as JSON, and U+0000 cannot stand there at all. Nothing for paths
// that are long, either, from which a backend would make much text.
std::optional<std::vector<std::string>> lowered_path(const Path& path);

}  // namespace sheaf::query
