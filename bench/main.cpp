// What sheaf costs beside the engine under it: the same work by sheaf and by raw SQLite, in one run, interleaved.
//
//   build/release/bin/sheaf_bench [--documents=N] [--benchmark_filter=REGEX] [--benchmark_repetitions=N]
//
// "ns_per_op" is wall time per operation, or per document of a scan. Every row names its durability mode: durable
// (synchronous=FULL), process (synchronous=NORMAL) or memory.
#include <charconv>
#include <cstdio>
#include <string_view>

#include "bench/fixture.hpp"
#include "bench/ratio_reporter.hpp"
#include "bench/topics.hpp"

namespace {

// Takes --documents=N out of the arguments; false when it is no number, or too small a one.
bool take_documents(std::vector<char*>& arguments) {
    constexpr std::string_view option = "--documents=";
    constexpr std::size_t least = 100'000;  // so many are inserted
    for (auto at = arguments.begin(); at != arguments.end(); ++at) {
        std::string_view text(*at);
        if (!text.starts_with(option)) continue;
        text.remove_prefix(option.size());
        std::size_t count = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (error != std::errc() || end != text.data() + text.size() || count < least) return false;
        sheaf::bench::set_document_count(count);
        arguments.erase(at);
        return true;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    // Repetitions of all benchmarks are mixed at random, so that noise of the machine meets all alike.
    std::vector<char*> arguments(argv, argv + argc);
    if (!take_documents(arguments)) {
        std::fputs("sheaf_bench: --documents needs a number from 100000 on\n", stderr);
        return 2;
    }
    std::string defaults[] = {"--benchmark_repetitions=5", "--benchmark_enable_random_interleaving=true",
                              "--benchmark_report_aggregates_only=true"};
    for (std::size_t i = 0; i < std::size(defaults); ++i) {
        arguments.insert(arguments.begin() + 1 + static_cast<std::ptrdiff_t>(i), defaults[i].data());
    }
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
    sheaf::bench::add_basics();
    sheaf::bench::add_index_reads();
    sheaf::bench::add_index_writes();
    sheaf::bench::add_grouping();
    sheaf::bench::add_memory();
    sheaf::bench::add_postgres();
    sheaf::bench::RatioReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
}
