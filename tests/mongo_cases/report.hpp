// What became of the cases, counted per area, and whether that is what the lists expect.
//
// Threads: one at a time.
#pragma once

#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mongo_cases/lists.hpp"

namespace sheaf::mongo_cases {

struct Counts {
    int total = 0;
    int uncounted = 0;  // left out by a group that does not count, as whole kinds of indexes
    int left_out = 0;   // by the other groups
    int passed = 0;
    int failed = 0;

    double percent_passed() const;    // of those that were replayed
    double percent_left_out() const;  // of those that count
    void add(const Counts& other);
};

class Report {
public:
    void left_out(const Case& recorded, const Group& group);
    void replayed(const Case& recorded, bool passed);

    void print(std::ostream& out) const;
    // The failures that are not in the list, and the passes that are; returns how many.
    std::size_t print_surprises(std::ostream& out, const std::set<std::string>& expected_failures) const;
    // The areas that fall short of what is promised of them; returns how many.
    std::size_t print_goals(std::ostream& out) const;

    const std::set<std::string>& passed() const { return passed_; }
    const std::set<std::string>& failed() const { return failed_; }

private:
    Counts& counts_of(const Case& recorded);

    std::map<std::pair<int, std::string>, Counts> areas_;       // by tier and name
    std::map<std::string, std::map<std::string, int>> groups_;  // reason and name, then area
    std::set<std::string> passed_;
    std::set<std::string> failed_;
};

}  // namespace sheaf::mongo_cases
