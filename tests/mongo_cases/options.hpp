// The command line of mongo_cases_test.
#pragma once

#include <string>
#include <vector>

namespace sheaf::mongo_cases {

struct Options {
    std::string backend = "memory";
    std::string match{};          // part of the id
    std::string area{};           // begins with
    std::string list_failures{};  // file to write
    int show = 0;                 // print as many failing cases
    bool write_expected = false;
    bool with_left_out = false;  // replay what is left out, too

    bool selects() const { return !match.empty() || !area.empty() || with_left_out; }
};

extern const char* const usage;

// Throws std::invalid_argument.
Options parse_options(const std::vector<std::string>& arguments);

}  // namespace sheaf::mongo_cases
