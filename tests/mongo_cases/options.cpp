#include "mongo_cases/options.hpp"

#include <stdexcept>

namespace sheaf::mongo_cases {

const char* const usage = R"(mongo_cases_test [options]: replays recorded MongoDB commands, see README.md
  --backend BACKEND     memory, sqlite, postgres or postgres_plain (without pushdown)
  --match TEXT          only cases whose id contains TEXT
  --area AREA           only cases whose area begins with AREA
  --show N              print the first N failing cases
  --list-failures FILE  write id, reason and message of each failing case to FILE
  --with-left-out       replay the cases of left_out.txt, too
  --write-expected      rewrite expected_failures.txt with what has failed
)";

Options parse_options(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& name = arguments[i];
        const auto value = [&]() -> const std::string& {
            if (i + 1 == arguments.size()) throw std::invalid_argument(name + " needs a value");
            return arguments[++i];
        };
        if (name == "--backend")
            options.backend = value();
        else if (name == "--match")
            options.match = value();
        else if (name == "--area")
            options.area = value();
        else if (name == "--list-failures")
            options.list_failures = value();
        else if (name == "--show")
            options.show = std::stoi(value());
        else if (name == "--with-left-out")
            options.with_left_out = true;
        else if (name == "--write-expected")
            options.write_expected = true;
        else
            throw std::invalid_argument("unknown option " + name);
    }
    if (options.write_expected && options.selects()) {
        throw std::invalid_argument("--write-expected needs a whole run");
    }
    return options;
}

}  // namespace sheaf::mongo_cases
