// TextSearch: finds a text in others in time linear in both, whatever they hold, and without memory of its own.
//
// Short texts are looked for with the standard library, which is faster; long ones with the two-way algorithm
// (Crochemore and Perrin, 1991).
//
// Threads: immutable. Borrows the text that it looks for.
//
//     TextSearch search(", ");
//     for (std::size_t at = search.find(text, 0); at != std::string_view::npos; at = search.find(text, at + 2)) ...
#pragma once

#include <cstddef>
#include <string_view>

namespace sheaf::query {

class TextSearch {
public:
    explicit TextSearch(std::string_view wanted);
    // Where the text stands for the first time at `from` or later, else npos. REQUIRES: from <= text.size().
    std::size_t find(std::string_view text, std::size_t from) const;

private:
    // Where the wanted text's last part begins, and its period.
    struct Suffix {
        std::size_t begin;
        std::size_t period;
    };
    template <typename Order>
    Suffix maximal_suffix(Order order) const;
    bool right_part_matches(std::string_view text, std::size_t at, std::size_t known, std::size_t& mismatch) const;
    std::size_t find_long(std::string_view text, std::size_t from) const;

    std::string_view wanted_;
    bool is_long_;
    bool is_periodic_ = false;
    Suffix suffix_{0, 1};
};

}  // namespace sheaf::query
