// Rows: the documents of an import, one after another, from any of the formats.
//
// next() moves to the following row without making a document of it, so that rows can be skipped; what is malformed
// throws invalid_json with line and column of the whole input. A row that was refused ends the reading.
// Threads: one.
#pragma once

#include <memory>
#include <sheaf/document.hpp>
#include <string>

#include "input.hpp"

namespace sheaf::cli {

class Rows {
public:
    virtual ~Rows() = default;
    virtual bool next() = 0;
    virtual Document document() const = 0;
    // Where the row began.
    virtual Position position() const = 0;
};

// One document per line; empty lines are passed over.
std::unique_ptr<Rows> line_rows(Input& input);
// The elements of an array, or documents one after another; with a JSON Pointer (RFC 6901) those of the array, or the
// one document, that it names inside the one JSON value of the input. The pointer's syntax is checked at once
// (UsageError).
std::unique_ptr<Rows> json_rows(Input& input, const std::string& pointer);

enum class CsvTypes : bool { inferred, strings };
// RFC 4180 with a header line.
std::unique_ptr<Rows> csv_rows(Input& input, CsvTypes types);

// Parses JSON of a row; errors speak of line and column in the whole input.
Document parse_row(const std::string& text, Position start);

}  // namespace sheaf::cli
