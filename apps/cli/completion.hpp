// Completion scripts, made from the same description of verbs and options that parses them, so that they cannot go
// stale.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace sheaf::cli {

std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);

}  // namespace sheaf::cli
