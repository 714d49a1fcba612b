// What a store in memory does by itself: gets among 100,000 and a million documents, scans, and reading beside a writer
// that commits 10,000 times a second.
#include <atomic>
#include <map>
#include <string>
#include <thread>

#include "bench/fixture.hpp"
#include "bench/ids.hpp"
#include "bench/topics.hpp"

namespace sheaf::bench {
namespace {

const std::string memory = "memory";

struct Filled {
    std::vector<Value> ids;
    Database database;
};

// Stores of their own, so that a million documents need not be held for the other topics.
Filled& store_of(std::size_t count) {
    static std::map<std::size_t, Filled> stores;
    const auto found = stores.find(count);
    if (found != stores.end()) return found->second;
    constexpr std::size_t batch = 50'000;
    Database database = open("memory:");
    std::vector<std::string> ids;
    for (std::size_t begin = 0; begin < count; begin += batch) {
        std::vector<Document> documents;
        for (Sample& sample : make_samples(std::min(batch, count - begin), begin)) {
            documents.push_back(sample.document);
            ids.push_back(std::move(sample.id));
        }
        database.collection("docs").insert_many(documents);
    }
    const auto chosen = random_ids<Value>(count, [&](std::size_t number) { return ids[number]; });
    return stores.emplace(count, Filled{chosen, database}).first->second;
}

std::size_t get_batch(const Collection& docs, const std::vector<Value>& ids, std::size_t iteration) {
    const std::size_t begin = iteration * gets_per_iteration % ids.size();
    std::size_t bytes = 0;
    for (std::size_t i = begin; i < begin + gets_per_iteration; ++i) bytes += docs.get(ids[i])->document.cbor().size();
    return bytes;
}

void add_gets() {
    for (const std::size_t count : {std::size_t{100'000}, std::size_t{1'000'000}}) {
        add_timed("memory get of " + std::to_string(count) + "/sheaf_memory", memory, 60, gets_per_iteration, [=] {
            return [docs = store_of(count).database.collection("docs"),
                    &ids = store_of(count).ids](std::size_t iteration) { return get_batch(docs, ids, iteration); };
        });
        add_timed("memory scan of " + std::to_string(count) + "/sheaf_memory", memory, 3, count, [=] {
            return [docs = store_of(count).database.collection("docs"), filter = two_field_filter()](std::size_t) {
                return docs.count_documents(filter);
            };
        });
    }
}

// Commits one update after another, so many in a second, until it ends.
class PacedWriter {
public:
    explicit PacedWriter(Collection docs)
        : docs_(std::move(docs)), thread_([this](const std::stop_token& stop) {
              while (!stop.stop_requested()) {
                  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
                  const auto due = static_cast<std::int64_t>(elapsed.count() * per_second);
                  while (commits_ < due && !stop.stop_requested()) commit();
                  std::this_thread::sleep_for(std::chrono::microseconds(50));
              }
          }) {}
    double rate() const {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
        return static_cast<double>(commits_) / elapsed.count();
    }

private:
    static constexpr double per_second = 10'000;

    void commit() {
        const std::vector<Value>& ids = store_of(100'000).ids;
        const auto number = commits_.load();
        docs_.update_one(Document{{"_id", ids[static_cast<std::size_t>(number) % ids.size()]}},
                         Document{{"$set", Value::object({{"age", number % 80}})}});
        ++commits_;
    }

    Collection docs_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::atomic<std::int64_t> commits_ = 0;
    std::jthread thread_;
};

enum class Beside : bool { nobody, writer };

// As many reads as are done in a quarter of a second and more.
template <class Read>
void read_beside(benchmark::State& state, Beside beside, std::size_t operations, int rounds, Read read) {
    Collection docs = store_of(100'000).database.collection("docs");
    std::optional<PacedWriter> writer;
    if (beside == Beside::writer) writer.emplace(docs);
    Stopwatch watch(state, memory);
    std::size_t iteration = 0;
    for (auto _ : state) {
        watch.time(operations * static_cast<std::size_t>(rounds), [&] {
            for (int round = 0; round < rounds; ++round) benchmark::DoNotOptimize(read(docs, iteration++));
        });
    }
    if (writer) state.counters["commits_per_s"] = writer->rate();
}

void add_beside_writer() {
    const auto gets = [](benchmark::State& state, Beside beside) {
        read_beside(state, beside, gets_per_iteration, 500, [](const Collection& docs, std::size_t iteration) {
            return get_batch(docs, store_of(100'000).ids, iteration);
        });
    };
    const auto scans = [](benchmark::State& state, Beside beside) {
        read_beside(state, beside, 100'000, 30, [filter = two_field_filter()](const Collection& docs, std::size_t) {
            return docs.count_documents(filter);
        });
    };
    add("memory get beside writer/base_alone", 2, gets, Beside::nobody);
    add("memory get beside writer/with_writer", 2, gets, Beside::writer);
    add("memory scan beside writer/base_alone", 2, scans, Beside::nobody);
    add("memory scan beside writer/with_writer", 2, scans, Beside::writer);
}

}  // namespace

void add_memory() {
    add_gets();
    add_beside_writer();
}

}  // namespace sheaf::bench
