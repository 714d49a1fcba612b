#include "bench/ratio_reporter.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>

namespace sheaf::bench {

namespace {

bool is_base(const std::string& who) {
    return who.starts_with("raw") || who.starts_with("base");
}

}  // namespace

void RatioReporter::ReportRuns(const std::vector<Run>& runs) {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
        if (run.run_type != Run::RT_Aggregate || run.aggregate_name != "median") continue;
        const std::string name = run.run_name.function_name;
        const std::size_t slash = name.rfind('/');
        const auto counter = run.counters.find("ns_per_op");
        if (slash == std::string::npos || counter == run.counters.end()) continue;
        rows_.push_back({name.substr(0, slash), name.substr(slash + 1), run.report_label, counter->second.value});
    }
}

void RatioReporter::Finalize() {
    ConsoleReporter::Finalize();
    // They come at random.
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
        const auto place = [](const Row& row) { return std::tuple(row.what, !is_base(row.who), row.who); };
        return place(a) < place(b);
    });
    std::printf("\n%-36s %-20s %-9s %14s %9s %7s\n", "what", "who", "mode", "median ns/op", "ratio", "rate");
    for (const Row& row : rows_) {
        const auto base = std::find_if(rows_.begin(), rows_.end(),
                                       [&](const Row& other) { return other.what == row.what && is_base(other.who); });
        std::printf("%-36s %-20s %-9s %14.0f ", row.what.c_str(), row.who.c_str(), row.mode.c_str(), row.nanoseconds);
        if (base == rows_.end()) {
            std::printf("%9s\n", "-");
        } else {
            const double ratio = row.nanoseconds / base->nanoseconds;
            std::printf("%8.2fx %6.0f%%\n", ratio, 100 / ratio);
        }
    }
}

}  // namespace sheaf::bench
