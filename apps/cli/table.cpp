#include "table.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <sheaf/json.hpp>

#include "text.hpp"

namespace sheaf::cli {

namespace {

constexpr std::size_t max_waiting = 1000;
constexpr std::size_t max_waiting_bytes = 64U * 1024 * 1024;
constexpr std::size_t max_columns = 200;
constexpr std::size_t max_cell = 60;
constexpr std::size_t max_cell_bytes = 8 * max_cell;  // cut before it is measured: a value may have megabytes
constexpr std::size_t min_cell = 4;
constexpr DateTime first_time{-62'167'219'200'000};    // 0000-01-01
constexpr DateTime end_of_times{253'402'300'800'000};  // 10000-01-01: beyond them there is no RFC 3339
constexpr std::size_t gap = 2;

// Strings, times and object ids without the marks that tell them apart in JSON.
std::string plain(View value) {
    switch (value.type()) {
        case Type::missing:
            return "";
        case Type::string:
            return std::string(value.string().substr(0, max_cell_bytes));
        case Type::object_id:
            return value.object_id().hex();
        case Type::datetime: {
            const DateTime time = value.datetime();
            return time >= first_time && time < end_of_times ? to_rfc3339(time) : to_json(value);
        }
        default:
            return to_json(value).substr(0, max_cell_bytes);
    }
}

std::string cell(View value) {
    return cut_to_width(escape_controls(plain(value)), max_cell);
}

}  // namespace

void Table::add(const Document& document) {
    if (started_) return print(document);
    waiting_.push_back(document);
    add_columns(document);
    std::size_t bytes = 0;
    if (waiting_.size() % 64 == 0) {
        for (const Document& one : waiting_) bytes += one.cbor().size();
    }
    if (waiting_.size() >= max_waiting || bytes > max_waiting_bytes) start();
}

void Table::finish() {
    if (!started_) start();
}

void Table::add_columns(const Document& document) {
    for (const MemberView member : document.view().members()) {
        auto column =
            std::find_if(columns_.begin(), columns_.end(), [&](const Column& c) { return c.name == member.key; });
        if (column == columns_.end()) {
            if (columns_.size() == max_columns) continue;
            column = columns_.insert(columns_.end(), {std::string(member.key), 0, true});
            column->width = std::clamp(display_width(escape_controls(member.key)), std::size_t{1}, max_cell);
        }
        column->width = std::max(column->width, display_width(cell(member.value)));
        column->numbers = column->numbers && member.value.is_number();
    }
}

// Takes from the widest columns until the row fits the terminal, or nothing is left to take.
void Table::fit() {
    if (!width_ || columns_.empty()) return;
    const std::size_t gaps = gap * (columns_.size() - 1);
    for (;;) {
        std::size_t total = gaps;
        for (const Column& column : columns_) total += column.width;
        const auto widest = std::max_element(columns_.begin(), columns_.end(),
                                             [](const Column& a, const Column& b) { return a.width < b.width; });
        if (total <= *width_ || widest->width <= min_cell) return;
        --widest->width;
    }
}

void Table::start() {
    started_ = true;
    fit();
    std::vector<std::string> names;
    std::vector<std::string> rules;
    for (const Column& column : columns_) {
        names.push_back(escape_controls(column.name));
        rules.emplace_back(column.width, '-');
    }
    if (!columns_.empty()) {
        print_row(names);
        print_row(rules);
    }
    for (const Document& document : waiting_) print(document);
    waiting_.clear();
}

void Table::print(const Document& document) {
    std::vector<std::string> cells;
    std::size_t shown = 0;
    for (const Column& column : columns_) {
        const View value = document[column.name];
        shown += value ? 1 : 0;
        cells.push_back(cell(value));
    }
    if (shown < document.view().size()) ++incomplete_;
    print_row(cells);
}

void Table::print_row(const std::vector<std::string>& cells) {
    std::string row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string text = cut_to_width(cells[i], columns_[i].width);
        const std::string padding(columns_[i].width - display_width(text), ' ');
        if (i > 0) row.append(gap, ' ');
        row += columns_[i].numbers ? padding + text : text + padding;
    }
    row.erase(row.find_last_not_of(' ') + 1);
    out_.line(width_ ? cut_to_width(row, *width_) : row);
}

std::optional<std::size_t> terminal_width(const Output& out) {
    winsize size{};
    if (!out.is_terminal() || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
    return size.ws_col;
}

}  // namespace sheaf::cli
