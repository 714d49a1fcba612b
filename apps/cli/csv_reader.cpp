#include "csv_reader.hpp"

#include <fmt/format.h>

#include <sheaf/error.hpp>
#include <sheaf/limits.hpp>

namespace sheaf::cli {

void CsvReader::fail(std::string_view what, Position at) const {
    ErrorDetails details;
    details.line = at.line;
    details.column = at.column;
    throw Error(Code::invalid_document, fmt::format("{} at line {}, column {}", what, at.line, at.column), details);
}

bool CsvReader::next(std::vector<CsvField>& record) {
    skip_empty_lines();
    record.clear();
    record_bytes_ = 0;
    start_ = input_.position();
    if (input_.peek() == Input::end) return false;
    while (read_field(record.emplace_back())) {
    }
    return true;
}

void CsvReader::skip_empty_lines() {
    while (input_.peek() == '\n' || input_.peek() == '\r') input_.consume(1);
}

void CsvReader::append(CsvField& field, char c) {
    if (++record_bytes_ > Limits{}.json_bytes) {
        throw Error(Code::limit_exceeded,
                    fmt::format("the row at line {} is longer than {} bytes", start_.line, Limits{}.json_bytes));
    }
    field.text.push_back(c);
}

// True when another field follows in this record.
bool CsvReader::read_field(CsvField& field) {
    if (input_.peek() == '"') read_quoted(field);
    for (;;) {
        const int c = input_.peek();
        if (c == Input::end) return false;
        if (c == '\r') {
            input_.consume(1);
            if (input_.peek() == '\n') continue;
            if (input_.peek() == Input::end) return false;
            fail("a carriage return without a line feed, outside quotes", input_.position());
        }
        if (c == ',' || c == '\n') {
            input_.consume(1);
            return c == ',';
        }
        if (field.quoted) fail("text behind a closing quote", input_.position());
        if (c == '"') fail("a quote inside a field that does not begin with one", input_.position());
        append(field, static_cast<char>(c));
        input_.consume(1);
    }
}

void CsvReader::read_quoted(CsvField& field) {
    const Position opening = input_.position();
    field.quoted = true;
    input_.consume(1);
    for (;;) {
        const int c = input_.peek();
        if (c == Input::end) fail("a quote is not closed", opening);
        input_.consume(1);
        if (c == '"') {
            if (input_.peek() != '"') return;
            input_.consume(1);
        }
        append(field, static_cast<char>(c));
    }
}

}  // namespace sheaf::cli
