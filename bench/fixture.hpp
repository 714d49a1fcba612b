// What all topics use: temporary stores, the documents, stores that are filled once, a stopwatch.
//
// Threads: one, but for what a benchmark itself starts.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <sheaf/open.hpp>

#include "bench/documents.hpp"
#include "bench/raw_sqlite.hpp"

namespace sheaf::bench {

// How many documents the filled stores have (--documents=N).
std::size_t document_count();
void set_document_count(std::size_t count);

// That many samples, made once.
const std::vector<Sample>& samples();

std::string new_file();                    // in a folder that goes away with the process
std::string url(const std::string& mode);  // "memory:", or that of a new store with this durability

// Inserts the samples into the collection "docs", in few transactions.
void fill(Database& database);
void fill(RawSqlite& raw, bool json_text);

// Filled on first use and then shared; mode is "process" or "memory". `changed` is for benchmarks that change
// documents: with indexes, and not read by others.
enum class With : std::uint8_t { no_indexes, indexes, changed };
Database& filled_store(const std::string& mode, With indexes = With::no_indexes);
RawSqlite& filled_raw(bool json_text, With indexes = With::no_indexes);

// The four indexes of the comparisons, for both sides: email, age, score, address.city. sheaf's filled store has one on
// tags as well, which SQL has no counterpart for.
void make_indexes(Collection docs);
void make_indexes(RawSqlite& raw);

// Times only the function, and counts per operation.
class Stopwatch {
public:
    explicit Stopwatch(benchmark::State& state, const std::string& mode) : state_(state) { state.SetLabel(mode); }
    ~Stopwatch() {
        state_.counters["ns_per_op"] = operations_ == 0 ? 0 : nanoseconds_ / static_cast<double>(operations_);
    }
    template <class Function>
    void time(std::size_t operations, Function function) {
        const auto start = std::chrono::steady_clock::now();
        function();
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        state_.SetIterationTime(elapsed.count());
        nanoseconds_ += elapsed.count() * 1e9;
        operations_ += operations;
    }

private:
    benchmark::State& state_;
    double nanoseconds_ = 0;
    std::size_t operations_ = 0;
};

template <class... Arguments>
void add(const std::string& name, int iterations, Arguments... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), arguments...)->Iterations(iterations)->UseManualTime();
}

// One row. `make` makes the function that is timed, which gets the number of the iteration and does `operations`
// operations.
template <class Function>
void add_timed(const std::string& name, const std::string& mode, int iterations, std::size_t operations,
               Function make) {
    add(name, iterations, [=](benchmark::State& state) {
        auto run = make();  // what it needs is there before the time begins
        Stopwatch watch(state, mode);
        std::size_t iteration = 0;
        for (auto _ : state) {
            watch.time(operations, [&] { benchmark::DoNotOptimize(run(iteration)); });
            ++iteration;
        }
    });
}

}  // namespace sheaf::bench
