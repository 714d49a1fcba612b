// Which backends the tests run on: those that the environment variable TEST_DB names, separated by commas; unset or
// empty: all.
//
// Threads: any.
//
//     INSTANTIATE_TEST_SUITE_P(Backends, Things, testing::ValuesIn(chosen_backends({"memory", "sqlite"})));
#pragma once

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::testing_support {

inline bool is_chosen(std::string_view backend) {
    const char* variable = std::getenv("TEST_DB");
    std::string_view names = variable == nullptr ? "" : variable;
    if (names.empty()) return true;
    while (!names.empty()) {
        const std::string_view one = names.substr(0, names.find(','));
        if (one == backend) return true;
        names.remove_prefix(std::min(names.size(), one.size() + 1));
    }
    return false;
}

inline std::vector<std::string> chosen_backends(std::initializer_list<std::string_view> all) {
    std::vector<std::string> chosen;
    for (const std::string_view one : all) {
        if (is_chosen(one)) chosen.emplace_back(one);
    }
    return chosen;
}

}  // namespace sheaf::testing_support
