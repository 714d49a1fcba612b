// The words with which most verbs begin: STORE COLLECTION [FILTER], and options that several share.
#pragma once

#include <optional>
#include <sheaf/document.hpp>
#include <string>

#include "cli.hpp"

namespace sheaf::cli {

struct Target {
    std::string store;
    std::string collection;
};

constexpr const char* store_help = "a file, or a URL such as memory: (see sheaf --help)";

void add_store(Verb& verb, Target& target);
void add_target(Verb& verb, Target& target);
void add_filter(Verb& verb, std::string& filter);
void add_optional_filter(Verb& verb, std::optional<std::string>& filter);
// {} when there is none.
Document optional_filter(const std::optional<std::string>& filter);
void add_hint(Verb& verb, std::optional<std::string>& hint);
void add_expect_version(Verb& verb, std::optional<std::string>& version);

}  // namespace sheaf::cli
