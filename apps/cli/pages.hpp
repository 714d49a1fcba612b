// A page of find on standard output.
#pragma once

#include <sheaf/page.hpp>
#include <string_view>

#include "output.hpp"
#include "system_fields.hpp"

namespace sheaf::cli {

// "jsonl" and "json": one document {"records": [...], "next": TOKEN or null, "previous": TOKEN or null}, on one line or
// indented. "table": the records, and the tokens as notes on standard error.
void print_page(const Page& page, const SystemFields& fields, std::string_view format, Output& out);

}  // namespace sheaf::cli
