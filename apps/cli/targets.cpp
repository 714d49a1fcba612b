#include "targets.hpp"

#include "arguments.hpp"

namespace sheaf::cli {

namespace {

constexpr const char* filter_help = R"(which documents, such as {"name": "Ada"} or {"age": {"$gte": 18}})";

}  // namespace

void add_store(Verb& verb, Target& target) {
    verb.required("STORE", target.store, store_help);
}

void add_target(Verb& verb, Target& target) {
    add_store(verb, target);
    verb.required("COLLECTION", target.collection, "the collection's name");
}

void add_filter(Verb& verb, std::string& filter) {
    verb.required("FILTER", filter, filter_help);
}

void add_optional_filter(Verb& verb, std::optional<std::string>& filter) {
    verb.optional("FILTER", filter, filter_help);
}

Document optional_filter(const std::optional<std::string>& filter) {
    return filter ? document_argument("FILTER", *filter) : Document();
}

void add_hint(Verb& verb, std::optional<std::string>& hint) {
    verb.text("--hint", "INDEX", hint, "use this index; $natural: none; if not given, the planner chooses");
}

void add_expect_version(Verb& verb, std::optional<std::string>& version) {
    verb.text("--expect-version", "N|exists|absent", version,
              "refuse (exit code 3) unless the document has this version, exists, or does not exist");
}

}  // namespace sheaf::cli
