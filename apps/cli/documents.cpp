#include "documents.hpp"

#include <fmt/format.h>

#include <sheaf/json.hpp>
#include <string>
#include <utility>

#include "table.hpp"
#include "text.hpp"

namespace sheaf::cli {

namespace {

// JSON of several lines, each after the first two spaces further in. Line ends inside strings are escapes.
std::string indented(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    for (const char c : text) {
        out.push_back(c);
        if (c == '\n') out.append("  ");
    }
    return out;
}

void print_array(const NextDocument& next, Output& out) {
    bool first = true;
    while (const auto document = next()) {
        out.write(std::exchange(first, false) ? "[\n  " : ",\n  ");
        out.write(indented(to_json(document->view(), {.indent = 2})));
    }
    out.line(first ? "[]" : "\n]");
}

void print_table(const NextDocument& next, Output& out) {
    Table table(out, terminal_width(out));
    while (const auto document = next()) table.add(*document);
    table.finish();
    if (table.incomplete() > 0) {
        message(fmt::format("note: {} documents have fields for which the table has no column", table.incomplete()));
    }
}

}  // namespace

void print_documents(const NextDocument& next, std::string_view format, Output& out) {
    if (format == "json") return print_array(next, out);
    if (format == "table") return print_table(next, out);
    while (const auto document = next()) out.line(document->to_json());
}

void print_report(const Document& document, Output& out) {
    out.line(to_json(document.view(), {.indent = out.is_terminal() ? 2 : 0}));
}

}  // namespace sheaf::cli
