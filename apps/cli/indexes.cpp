#include "indexes.hpp"

#include <fmt/format.h>

#include <vector>

namespace sheaf::cli {

namespace {

// A word that a shell takes as it is: in single quotes unless it is plain.
std::string quoted(const std::string& word) {
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += R"('\'')";
        } else {
            out += c;
        }
    }
    return out += "'";
}

std::string call(const std::vector<std::string>& words) {
    std::string line = "    sheaf index";
    for (const std::string& word : words) line.append(" ").append(quoted(word));
    return line;
}

}  // namespace

std::string no_such_index(const Collection& collection, const std::string& name) {
    std::string names;
    for (const IndexInfo& index : collection.list_indexes()) {
        names.append(names.empty() ? "; there are: " : ", ").append(index.name);
    }
    return fmt::format("there is no index \"{}\" on \"{}\"{}", name, collection.name(),
                       names.empty() ? "; it has none but that of _id" : names);
}

std::string create_words(const std::string& store, const std::string& collection, const IndexInfo& index) {
    const IndexOptions& options = index.definition.options;
    std::vector<std::string> words = {"create", store, collection, index.definition.keys.to_json()};
    if (options.unique) words.emplace_back("--unique");
    if (options.nulls_distinct) words.emplace_back("--nulls-distinct");
    if (options.sparse) words.emplace_back("--sparse");
    if (options.partial) words.insert(words.end(), {"--partial", options.partial->to_json()});
    if (options.expire_after) words.insert(words.end(), {"--ttl", std::to_string(options.expire_after->count())});
    words.insert(words.end(), {"--name", index.name});
    return call(words);
}

std::string drop_words(const std::string& store, const std::string& collection, const IndexInfo& index) {
    return call({"drop", store, collection, index.name});
}

}  // namespace sheaf::cli
