// Paging: the results of a query a page at a time, by tokens that say where a page ends. Unlike with skip, a page costs
// the same wherever it is (with an index on the sort), and what others insert or remove meanwhile makes no result come
// twice or be left out.
//
//     PageOptions options{.sort = R"({"age": -1})"_json, .size = 20};
//     for (;;) {
//         Page page = users.find_page({}, options);
//         for (const Record& record : page.records) ...
//         if (!page.next) break;
//         options.after = *page.next;
//     }
//
// Values; threads: as any value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/results.hpp>

namespace sheaf {

struct PageOptions {
    Document sort{};  // ties are in the order of _id; empty: in the order of _id
    Document projection{};
    std::int64_t size = 50;  // records of a page, at most; 1 to 100,000
    // A token of a page of the same filter and sort: what follows it, or what comes before it. At most one of both.
    // Tokens are opaque; another sort's or a damaged one throws invalid_argument.
    std::optional<std::string> after{};
    std::optional<std::string> before{};
    Archived archived = Archived::exclude;
    std::string hint{};
    Document let{};
    Control control{};
};

struct Page {
    std::vector<Record> records{};          // in the order of the sort, forward and backward
    std::optional<std::string> next{};      // absent: nothing follows
    std::optional<std::string> previous{};  // absent: nothing comes before
};

}  // namespace sheaf
