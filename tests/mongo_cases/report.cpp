#include "mongo_cases/report.hpp"

#include <array>
#include <iomanip>
#include <ostream>

namespace sheaf::mongo_cases {

namespace {

// What is promised of whole areas, less what does not count.
struct Goal {
    std::string_view area;  // begins with
    double percent;
    double most_left_out = 10;  // percent, too
};
constexpr std::array<Goal, 7> goals{{{"operator/query", 97},
                                     {"operator/projection", 97},
                                     {"operator/update", 95},
                                     {"operator/expressions", 90},
                                     {"operator/accumulators", 90},
                                     {"query_and_write/commands", 85},
                                     {"indexes/", 99, 14}}};

// Some cases name their file as their area.
std::string area_of(const Case& recorded) {
    constexpr std::string_view combinations = "operator/test_operator_combination";
    return recorded.area.starts_with(combinations) ? "operator/combinations" : recorded.area;
}

double percent(int part, int whole) {
    return whole == 0 ? 100.0 : 100.0 * part / whole;
}

void print_row(std::ostream& out, const std::string& name, const Counts& counts) {
    out << std::left << std::setw(36) << name << std::right;
    for (const int number : {counts.total, counts.uncounted, counts.left_out, counts.passed, counts.failed}) {
        out << std::setw(10) << number;
    }
    out << std::setw(9) << std::fixed << std::setprecision(1) << counts.percent_passed() << " %\n";
}

}  // namespace

double Counts::percent_passed() const {
    return percent(passed, passed + failed);
}
double Counts::percent_left_out() const {
    return percent(left_out, total - uncounted);
}

void Counts::add(const Counts& other) {
    total += other.total;
    uncounted += other.uncounted;
    left_out += other.left_out;
    passed += other.passed;
    failed += other.failed;
}

Counts& Report::counts_of(const Case& recorded) {
    Counts& counts = areas_[{recorded.tier, area_of(recorded)}];
    ++counts.total;
    return counts;
}

void Report::left_out(const Case& recorded, const Group& group) {
    Counts& counts = counts_of(recorded);
    ++(group.counted ? counts.left_out : counts.uncounted);
    ++groups_[group.name + ": " + group.reason][area_of(recorded)];
}

void Report::replayed(const Case& recorded, bool passed) {
    Counts& counts = counts_of(recorded);
    ++(passed ? counts.passed : counts.failed);
    (passed ? passed_ : failed_).insert(recorded.id);
}

void Report::print(std::ostream& out) const {
    for (const auto& [reason, areas] : groups_) {
        int sum = 0;
        for (const auto& [area, count] : areas) sum += count;
        out << "left out: " << sum << ", " << reason << "\n   ";
        for (const auto& [area, count] : areas) out << ' ' << area << ' ' << count;
        out << '\n';
    }
    out << std::left << std::setw(36) << "\narea" << std::right;
    for (const auto* title : {"cases", "uncounted", "left out", "passed", "failed"}) out << std::setw(10) << title;
    out << '\n';
    Counts all;
    std::map<int, Counts> tiers;
    for (const auto& [key, counts] : areas_) {
        print_row(out, std::to_string(key.first) + ' ' + key.second, counts);
        tiers[key.first].add(counts);
        all.add(counts);
    }
    for (const auto& [tier, counts] : tiers) print_row(out, "tier " + std::to_string(tier), counts);
    print_row(out, "all", all);
}

std::size_t Report::print_surprises(std::ostream& out, const std::set<std::string>& expected_failures) const {
    std::size_t surprises = 0;
    const auto print = [&](const std::string& id, const char* what) {
        out << what << ' ' << id << '\n';
        ++surprises;
    };
    for (const std::string& id : failed_) {
        if (!expected_failures.contains(id)) print(id, "regression:");
    }
    for (const std::string& id : passed_) {
        if (expected_failures.contains(id)) print(id, "unexpected pass:");
    }
    return surprises;
}

std::size_t Report::print_goals(std::ostream& out) const {
    std::size_t missed = 0;
    for (const Goal& goal : goals) {
        Counts counts;
        for (const auto& [key, area] : areas_) {
            if (key.second.starts_with(goal.area)) counts.add(area);
        }
        const bool met = counts.percent_passed() >= goal.percent && counts.percent_left_out() <= goal.most_left_out;
        out << goal.area << ": " << counts.passed << " passed, " << counts.failed << " failed, " << counts.left_out
            << " left out (" << counts.percent_left_out() << " %), " << counts.uncounted
            << " uncounted: " << counts.percent_passed() << " % of at least " << goal.percent << " %"
            << (met ? "\n" : ": NOT MET\n");
        missed += met ? 0U : 1U;
    }
    return missed;
}

}  // namespace sheaf::mongo_cases
