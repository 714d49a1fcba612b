// Prints the usual table, and after it each contender's median beside that of its base line, as a ratio.
//
// A benchmark's name is "what/who"; its label is the durability mode. The base line of a "what" is the row whose "who"
// begins with "raw" (SQLite) or "base" (sheaf itself); "rate" is how much is done in the same time, in percent of it.
#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace sheaf::bench {

class RatioReporter : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& runs) override;
    void Finalize() override;

private:
    struct Row {
        std::string what;
        std::string who;
        std::string mode;
        double nanoseconds = 0;  // median wall time of one operation
    };
    std::vector<Row> rows_;
};

}  // namespace sheaf::bench
