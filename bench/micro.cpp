// What sheaf costs beside the engine under it: the same work by sheaf and by raw SQLite, in one run, interleaved.
//
//   build/release/bin/sheaf_bench [--benchmark_filter=REGEX] [--benchmark_repetitions=N]
//
// "ns_per_op" is wall time per document. Every row names its durability mode: durable (synchronous=FULL), process
// (synchronous=NORMAL) or memory.
#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include "bench/documents.hpp"
#include "bench/ratio_reporter.hpp"
#include "bench/raw_sqlite.hpp"

namespace sheaf::bench {
namespace {

constexpr std::size_t scan_documents = 100'000;

// A folder that goes away with the process.
class Workspace {
public:
    Workspace()
        : path_(std::filesystem::temp_directory_path() / ("sheaf-bench-" + std::to_string(std::random_device()()))) {
        std::filesystem::create_directory(path_);
    }
    ~Workspace() { std::filesystem::remove_all(path_); }
    std::string file() { return (path_ / (std::to_string(next_++) + ".db")).string(); }

private:
    std::filesystem::path path_;
    int next_ = 0;
};

Workspace& workspace() {
    static Workspace instance;
    return instance;
}

const std::vector<Sample>& samples() {
    static const std::vector<Sample> instance = make_samples(scan_documents);
    return instance;
}

std::string url(const std::string& mode) {
    return mode == "memory" ? "memory:" : "sqlite:" + workspace().file() + "?durability=" + mode;
}

// Times only the function, and counts per document.
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

void insert_sheaf(benchmark::State& state, const std::string& mode, std::size_t per_transaction) {
    Stopwatch watch(state, mode);
    Database database = open(url(mode));
    Collection docs = database.collection("docs");
    docs.insert_one(Document({{"_id", "warm-up"}}));
    std::vector<Document> documents;
    for (const Sample& sample : samples()) documents.push_back(sample.document);
    std::size_t next = 0;
    for (auto _ : state) {
        const std::span batch(documents.data() + next, per_transaction);
        watch.time(per_transaction, [&] {
            if (per_transaction == 1) {
                docs.insert_one(batch.front());
            } else {
                docs.insert_many(batch);
            }
        });
        next = (next + per_transaction) % documents.size();
    }
}

void insert_raw(benchmark::State& state, const std::string& mode, std::size_t per_transaction) {
    Stopwatch watch(state, mode);
    RawSqlite raw(workspace().file(), mode == "durable");
    raw.insert("warm-up", "x");
    std::size_t next = 0;
    for (auto _ : state) {
        watch.time(per_transaction, [&] {
            raw.begin();
            for (std::size_t i = next; i < next + per_transaction; ++i) {
                raw.insert(samples()[i].id, samples()[i].document.cbor());
            }
            raw.commit();
        });
        next = (next + per_transaction) % samples().size();
    }
}

Database& filled_store(const std::string& mode) {
    static std::map<std::string, Database> stores;
    const auto found = stores.find(mode);
    if (found != stores.end()) return found->second;
    Database database = open(url(mode));
    std::vector<Document> documents;
    for (const Sample& sample : samples()) documents.push_back(sample.document);
    database.collection("docs").insert_many(documents);
    return stores.emplace(mode, database).first->second;
}

RawSqlite& filled_raw(bool json_text) {
    static std::map<bool, std::unique_ptr<RawSqlite>> stores;
    auto& store = stores[json_text];
    if (store == nullptr) {
        store = std::make_unique<RawSqlite>(workspace().file(), false);
        store->begin();
        for (const Sample& sample : samples())
            store->insert(sample.id, json_text ? sample.json : sample.document.cbor());
        store->commit();
    }
    return *store;
}

constexpr std::size_t gets_per_iteration = 1000;

// Ids in the order in which they are asked for, so that reading them costs no contender a cache miss.
template <class Id>
std::vector<Id> random_ids() {
    std::mt19937_64 random(7);
    std::vector<Id> chosen;
    for (std::size_t i = 0; i < 64 * gets_per_iteration; ++i)
        chosen.emplace_back(samples()[random() % samples().size()].id);
    return chosen;
}

template <class Id, class Get>
void get_many_times(benchmark::State& state, const std::string& mode, Get get) {
    Stopwatch watch(state, mode);
    const std::vector<Id> chosen = random_ids<Id>();
    std::size_t next = 0;
    for (auto _ : state) {
        watch.time(gets_per_iteration, [&] {
            for (std::size_t i = next; i < next + gets_per_iteration; ++i) benchmark::DoNotOptimize(get(chosen[i]));
        });
        next = (next + gets_per_iteration) % chosen.size();
    }
}

void get_sheaf(benchmark::State& state, const std::string& mode) {
    Collection docs = filled_store(mode).collection("docs");
    get_many_times<Value>(state, mode, [&](const Value& id) { return docs.get(id)->document.cbor().size(); });
}

void get_raw(benchmark::State& state) {
    RawSqlite& raw = filled_raw(false);
    get_many_times<std::string>(state, "process", [&](const std::string& id) { return raw.get(id).size(); });
}

template <class Scan>
void scan(benchmark::State& state, const std::string& mode, Scan run) {
    Stopwatch watch(state, mode);
    for (auto _ : state) {
        watch.time(scan_documents, [&] { benchmark::DoNotOptimize(run()); });
    }
}

void scan_sheaf(benchmark::State& state, const std::string& mode) {
    Collection docs = filled_store(mode).collection("docs");
    const Document filter = two_field_filter();
    scan(state, mode, [&] { return docs.count_documents(filter); });
}

void codec(benchmark::State& state, bool to_text) {
    Stopwatch watch(state, "memory");
    constexpr std::size_t count = 1000;
    for (auto _ : state) {
        watch.time(count, [&] {
            for (std::size_t i = 0; i < count; ++i) {
                const Sample& sample = samples()[i];
                benchmark::DoNotOptimize(to_text ? to_json(sample.document.view()) : json_to_cbor(sample.json));
            }
        });
    }
}

template <class... Arguments>
void add(const std::string& name, int iterations, Arguments... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), arguments...)->Iterations(iterations)->UseManualTime();
}

void add_all() {
    for (const std::string mode : {"durable", "process"}) {
        const int single = mode == "durable" ? 500 : 5000;
        add("insert 1/txn " + mode + "/raw_sqlite", single, insert_raw, mode, 1);
        add("insert 1/txn " + mode + "/sheaf_sqlite", single, insert_sheaf, mode, 1);
        add("insert 1000/txn " + mode + "/raw_sqlite", 50, insert_raw, mode, 1000);
        add("insert 1000/txn " + mode + "/sheaf_sqlite", 50, insert_sheaf, mode, 1000);
    }
    const std::string process = "process";
    const std::string memory = "memory";
    add("get by id/raw_sqlite", 50, get_raw);
    add("get by id/sheaf_sqlite", 50, get_sheaf, process);
    add("get by id/sheaf_memory", 50, get_sheaf, memory);
    add("filtered scan/raw_json_extract", 5,
        [=](auto& s) { scan(s, process, [] { return filled_raw(true).count_by_json_extract(); }); });
    add("filtered scan/sqlite_step_only", 5,
        [=](auto& s) { scan(s, process, [] { return filled_raw(false).step_over_all(); }); });
    add("filtered scan/sheaf_sqlite", 5, scan_sheaf, process);
    add("filtered scan/sheaf_memory", 5, scan_sheaf, memory);
    add("insert 1/txn memory/sheaf_memory", 5000, insert_sheaf, memory, 1);
    add("insert 1000/txn memory/sheaf_memory", 50, insert_sheaf, memory, 1000);
    add("codec/json_to_cbor", 20, codec, false);
    add("codec/cbor_to_json", 20, codec, true);
}

}  // namespace
}  // namespace sheaf::bench

int main(int argc, char** argv) {
    // Repetitions of all benchmarks are mixed at random, so that noise of the machine meets all alike.
    std::vector<char*> arguments(argv, argv + argc);
    std::string defaults[] = {"--benchmark_repetitions=5", "--benchmark_enable_random_interleaving=true",
                              "--benchmark_report_aggregates_only=true"};
    for (std::size_t i = 0; i < std::size(defaults); ++i) {
        arguments.insert(arguments.begin() + 1 + static_cast<std::ptrdiff_t>(i), defaults[i].data());
    }
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
    sheaf::bench::add_all();
    sheaf::bench::RatioReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
}
