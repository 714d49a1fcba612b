// Documents on standard output, in the format that the user asked for.
// Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <sheaf/document.hpp>
#include <string_view>

#include "output.hpp"

namespace sheaf::cli {

// The next document to print, or nothing at the end.
using NextDocument = std::function<std::optional<Document>()>;

// `format`: "jsonl" (one per line), "json" (one array) or "table".
void print_documents(const NextDocument& next, std::string_view format, Output& out);

// A JSON document that stands alone: one line, on a terminal indented.
void print_report(const Document& document, Output& out);

}  // namespace sheaf::cli
