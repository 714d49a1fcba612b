// CsvReader: records of CSV (RFC 4180): fields parted by commas, lines by LF or CRLF, quotes doubled inside quotes.
//
// Empty lines are passed over. Throws invalid_document with line and column, limit_exceeded.
#pragma once

#include <string>
#include <vector>

#include "input.hpp"

namespace sheaf::cli {

struct CsvField {
    std::string text;
    bool quoted = false;
};

class CsvReader {
public:
    explicit CsvReader(Input& input) : input_(input) {}
    bool next(std::vector<CsvField>& record);
    Position position() const { return start_; }  // where the record began

private:
    bool read_field(CsvField& field);
    void read_quoted(CsvField& field);
    void skip_empty_lines();
    void append(CsvField& field, char c);
    [[noreturn]] void fail(std::string_view what, Position at) const;
    Input& input_;
    Position start_;
    std::size_t record_bytes_ = 0;
};

}  // namespace sheaf::cli
