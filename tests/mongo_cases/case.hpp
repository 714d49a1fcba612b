// Case: one recorded case of mongo-cases.jsonl: the commands that were run, and what a MongoDB answered to the last
// one. The format is in ../shared/data/README.md.
//
// Threads: an immutable value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/document.hpp>

namespace sheaf::mongo_cases {

struct Assertion {
    std::string kind{};
    std::optional<std::int64_t> error_code{};  // the command must fail with it
    Document holder{};                         // what expected() lends from
    bool raw_reply = false;                    // `expected` is the reply itself, not what its firstBatch holds
    bool ignore_document_order = false;
    std::vector<std::string> ignore_order_in{};

    View expected() const { return holder["expected"]; }
};

struct Case {
    std::string id{};
    std::string area{};
    int tier = 0;
    std::vector<Document> commands{};  // the last one is the one under test; empty: none was recorded
    Assertion assertion{};

    std::string command_name() const;  // of the last one
};

// One line of the file. Throws sheaf::Error when the line cannot be read.
Case parse_case(std::string_view line);
// The id alone, for lines that cannot be read.
std::string id_of_line(std::string_view line);

}  // namespace sheaf::mongo_cases
