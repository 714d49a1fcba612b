// Asks compiled filters about 1,000 documents of about 300 B, ROUNDS times; tools/instructions counts the instructions
// that the processor needs for it, which, unlike times, are the same in every run.
//
//     matcher_loop two_fields 10
#include <cstdlib>
#include <iostream>
#include <span>
#include <string_view>

#include "bench/documents.hpp"
#include "query/filter/filter.hpp"

namespace {

struct NamedFilter {
    std::string_view name;
    std::string_view json;
};

// two_fields is the filter of the "filtered scan" benchmark.
constexpr NamedFilter filters[] = {
    {"two_fields", R"({"age": {"$gt": 54}, "address.city": "Kyoto"})"},
    {"tags", R"({"tags": "vip"})"},
    {"in", R"({"address.zip": {"$in": ["00001", "00500", "10000", "54321", "99999"]}})"},
    {"regex", R"({"email": {"$regex": "7@example"}})"},
    {"expr", R"({"$expr": {"$gt": ["$age", 54]}})"},
};

int usage() {
    std::cerr << "usage: matcher_loop FILTER ROUNDS, where FILTER is one of:";
    for (const NamedFilter& filter : filters) std::cerr << ' ' << filter.name;
    std::cerr << '\n';
    return 2;
}

}  // namespace

int main(int count, char** words) {
    const std::span<char*> arguments(words, static_cast<std::size_t>(count));
    if (arguments.size() != 3) return usage();
    const long rounds = std::strtol(arguments[2], nullptr, 10);
    for (const NamedFilter& wanted : filters) {
        if (wanted.name != arguments[1]) continue;
        const auto samples = sheaf::bench::make_samples(1000);
        const auto filter = sheaf::query::Filter::parse(sheaf::Document::from_json(wanted.json), sheaf::Limits{});
        long matches = 0;
        for (long round = 0; round < rounds; ++round) {
            for (const auto& sample : samples) matches += filter.matches({sample.document.view(), {}}) ? 1 : 0;
        }
        std::cout << matches << '\n';
        return 0;
    }
    return usage();
}
