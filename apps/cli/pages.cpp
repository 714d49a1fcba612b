#include "pages.hpp"

#include <sheaf/json.hpp>

#include "documents.hpp"
#include "text.hpp"

namespace sheaf::cli {

namespace {

Value token(const std::optional<std::string>& text) {
    return text ? Value(*text) : Value();
}

void print_object(const Page& page, const SystemFields& fields, int indent, Output& out) {
    Array records;
    for (const Record& record : page.records) records.emplace_back(fields.apply(record).to_object());
    out.line(
        to_json(Value::object(
                    {{"records", std::move(records)}, {"next", token(page.next)}, {"previous", token(page.previous)}}),
                {.indent = indent}));
}

}  // namespace

void print_page(const Page& page, const SystemFields& fields, std::string_view format, Output& out) {
    if (format != "table") return print_object(page, fields, format == "json" ? 2 : 0, out);
    auto record = page.records.begin();
    const auto next = [&]() -> std::optional<Document> {
        return record == page.records.end() ? std::nullopt : std::optional(fields.apply(*record++));
    };
    print_documents(next, format, out);
    out.finish();  // the table before the notes
    if (page.next) message("note: the next page: --after " + *page.next);
    if (page.previous) message("note: the previous page: --before " + *page.previous);
}

}  // namespace sheaf::cli
