// Rows of CSV with a header line.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sheaf/error.hpp>
#include <vector>

#include "csv_reader.hpp"
#include "rows.hpp"

namespace sheaf::cli {

namespace {

bool digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A plain decimal number whose value is kept exactly: int64, or at most 15 significant digits with a fraction. Leading
// zeros, a plus and exponents speak of codes rather than numbers: those stay strings.
std::optional<Value> number(std::string_view text) {
    const std::string_view unsigned_text = text.substr(text.starts_with('-') ? 1 : 0);
    const std::string_view whole = unsigned_text.substr(0, unsigned_text.find('.'));
    if (!digits(whole) || (whole.size() > 1 && whole.front() == '0')) return {};
    const char* const end = text.data() + text.size();
    if (whole.size() == unsigned_text.size()) {
        std::int64_t value = 0;
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc() || stop != end || text == "-0") return {};
        return Value(value);
    }
    const std::string_view fraction = unsigned_text.substr(whole.size() + 1);
    if (!digits(fraction) || whole.size() + fraction.size() > (whole == "0" ? 16U : 15U)) return {};
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end) return {};
    return Value(value);
}

// Quotes say that a cell is text.
Value infer(const CsvField& field) {
    if (field.quoted) return Value(field.text);
    if (field.text == "true") return Value(true);
    if (field.text == "false") return Value(false);
    if (auto value = number(field.text)) return std::move(*value);
    return Value(field.text);
}

class CsvRows : public Rows {
public:
    CsvRows(Input& input, CsvTypes types) : reader_(input), types_(types) {}

    bool next() override {
        if (header_.empty() && !read_header()) return false;
        if (!reader_.next(record_)) return false;
        if (record_.size() == header_.size()) return true;
        throw Error(Code::invalid_document, fmt::format("line {}: {} cells, where the header has {}",
                                                        reader_.position().line, record_.size(), header_.size()));
    }

    Document document() const override {
        Object object;
        for (std::size_t i = 0; i < header_.size(); ++i) {
            const CsvField& field = record_[i];
            if (field.text.empty() && !field.quoted) continue;
            object.append(header_[i], types_ == CsvTypes::strings ? Value(field.text) : infer(field));
        }
        return Document(object);
    }

    Position position() const override { return reader_.position(); }

private:
    bool read_header() {
        if (!reader_.next(record_)) return false;
        for (const CsvField& field : record_) {
            const auto refuse = [&](std::string_view why) {
                throw Error(Code::invalid_document,
                            fmt::format("the header, line {}: {}", reader_.position().line, why));
            };
            if (field.text.empty()) refuse(fmt::format("column {} has no name", header_.size() + 1));
            if (field.text.find('.') != std::string::npos) {
                refuse(fmt::format("\"{}\" holds a dot, which would read as a path; rename the column", field.text));
            }
            if (std::find(header_.begin(), header_.end(), field.text) != header_.end()) {
                refuse(fmt::format("two columns are named \"{}\"", field.text));
            }
            header_.push_back(field.text);
        }
        return true;
    }

    CsvReader reader_;
    CsvTypes types_;
    std::vector<std::string> header_;
    std::vector<CsvField> record_;
};

}  // namespace

std::unique_ptr<Rows> csv_rows(Input& input, CsvTypes types) {
    return std::make_unique<CsvRows>(input, types);
}

}  // namespace sheaf::cli
