// Rows of JSON Lines.
#include <fmt/format.h>

#include <cstring>
#include <sheaf/error.hpp>
#include <sheaf/limits.hpp>

#include "rows.hpp"

namespace sheaf::cli {

namespace {

class LineRows : public Rows {
public:
    explicit LineRows(Input& input) : input_(input) {}

    bool next() override {
        do {
            start_ = input_.position();
            if (!read_line()) return false;
        } while (line_.find_first_not_of(" \t\r") == std::string::npos);
        return true;
    }

    Document document() const override { return parse_row(line_, start_); }
    Position position() const override { return start_; }

private:
    bool read_line() {
        line_.clear();
        std::string_view text = input_.buffered();
        if (text.empty()) return false;
        for (; !text.empty(); text = input_.buffered()) {
            const std::size_t newline = text.find('\n');
            const std::string_view part = text.substr(0, newline);
            if (part.size() > Limits{}.json_bytes - line_.size()) {
                throw Error(Code::limit_exceeded,
                            fmt::format("line {} is longer than {} bytes", start_.line, Limits{}.json_bytes));
            }
            line_.append(part);
            input_.consume(part.size() + (newline == std::string_view::npos ? 0 : 1));
            if (newline != std::string_view::npos) break;
        }
        return true;
    }

    Input& input_;
    std::string line_;
    Position start_;
};

}  // namespace

std::unique_ptr<Rows> line_rows(Input& input) {
    return std::make_unique<LineRows>(input);
}

Document parse_row(const std::string& text, Position start) {
    try {
        return Document::from_json(text);
    } catch (const Error& error) {
        ErrorDetails details = error.details();
        if (details.line == 0) throw;
        const std::string told = fmt::format("line {}, column {}", details.line, details.column);
        if (details.line == 1) details.column += start.column - 1;
        details.line += start.line - 1;
        const std::string place = fmt::format("line {}, column {}", details.line, details.column);
        std::string message(error.message());
        if (const std::size_t at = message.rfind(told); at != std::string::npos) {
            message.replace(at, told.size(), place);
        } else {
            message.append(" at ").append(place);
        }
        throw Error(error.code(), message, details);
    }
}

}  // namespace sheaf::cli
