// From the words of the command line to documents, ids and versions.
#pragma once

#include <optional>
#include <sheaf/document.hpp>
#include <sheaf/pipeline.hpp>
#include <sheaf/results.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::cli {

// JSON of an object. Errors name the argument, such as FILTER, beside line and column.
Document document_argument(std::string_view name, const std::string& text);

// JSON of an array of objects.
Pipeline pipeline_argument(std::string_view name, const std::string& text);
std::vector<Document> documents_argument(std::string_view name, const std::string& text);

// A JSON scalar is that value (5, "5", true, null, {"$oid": "..."}); everything else is a string.
Value id_argument(const std::string& text);

// N, "exists" or "absent"; none: no check. Throws UsageError.
ExpectedVersion expected_version_argument(const std::optional<std::string>& text);

}  // namespace sheaf::cli
