// Table: documents as aligned columns for people. The first documents decide which columns there are and how wide;
// later ones are printed as they come, so that memory stays bounded.
#pragma once

#include <cstddef>
#include <optional>
#include <sheaf/document.hpp>
#include <string>
#include <vector>

#include "output.hpp"

namespace sheaf::cli {

class Table {
public:
    // `width`: of the terminal, in columns; none: only single cells are cut.
    Table(Output& out, std::optional<std::size_t> width) : out_(out), width_(width) {}

    void add(const Document& document);
    void finish();
    // Documents with fields for which there is no column.
    std::size_t incomplete() const { return incomplete_; }

private:
    struct Column {
        std::string name;
        std::size_t width = 0;
        bool numbers = true;  // aligned to the right
    };
    void add_columns(const Document& document);
    void fit();
    void start();
    void print(const Document& document);
    void print_row(const std::vector<std::string>& cells);

    Output& out_;
    std::optional<std::size_t> width_;
    std::vector<Document> waiting_;
    std::vector<Column> columns_;
    bool started_ = false;
    std::size_t incomplete_ = 0;
};

// Columns of the terminal that standard output is; none when it is not one.
std::optional<std::size_t> terminal_width(const Output& out);

}  // namespace sheaf::cli
