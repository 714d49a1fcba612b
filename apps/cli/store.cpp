#include "store.hpp"

#include <filesystem>
#include <sheaf/driver/registry.hpp>
#include <sheaf/error.hpp>

#include "text.hpp"

namespace sheaf::cli {

Database open_existing(const std::string& url) {
    const auto parsed = driver::StoreUrl::parse(url);
    std::error_code error;
    if (parsed.scheme == "sqlite" && !std::filesystem::exists(parsed.path, error)) {
        if (error) throw Error(Code::io, "cannot look at " + parsed.path + ": " + error.message());
        throw Error(Code::not_found, "there is no store at " + parsed.path + " (import and insert make one)");
    }
    return open(url);
}

Collection collection_or_note(const Database& database, const std::string& name) {
    Collection collection = database.collection(name);
    if (!database.has_collection(name)) message("note: there is no collection \"" + name + "\"");
    return collection;
}

std::vector<Collection> chosen_collections(const Database& database, const std::optional<std::string>& name) {
    if (name) return {collection_or_note(database, *name)};
    std::vector<Collection> all;
    for (const std::string& one : database.list_collections()) all.push_back(database.collection(one));
    return all;
}

bool is_store_file(const std::string& url, const std::string& path) {
    const auto parsed = driver::StoreUrl::parse(url);
    std::error_code error;
    return parsed.scheme == "sqlite" && std::filesystem::equivalent(parsed.path, path, error);
}

}  // namespace sheaf::cli
