// Opening stores so that a typing error does not make one.
#pragma once

#include <optional>
#include <sheaf/open.hpp>
#include <string>
#include <vector>

namespace sheaf::cli {

// Throws not_found for a SQLite file that does not exist; import and insert alone make one (sheaf::open).
Database open_existing(const std::string& url);

// Says so on standard error when there is no such collection; it reads as empty all the same.
Collection collection_or_note(const Database& database, const std::string& name);

// The one that is named, or all of them.
std::vector<Collection> chosen_collections(const Database& database, const std::optional<std::string>& name);

// Whether `path` is the very file that holds the store.
bool is_store_file(const std::string& url, const std::string& path);

}  // namespace sheaf::cli
