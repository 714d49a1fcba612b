// Inserts, gets by _id, filtered scans, JSON.
#include <span>

#include <sheaf/json.hpp>

#include "bench/fixture.hpp"
#include "bench/ids.hpp"
#include "bench/topics.hpp"

namespace sheaf::bench {
namespace {

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
    RawSqlite raw(new_file(), mode == "durable");
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

template <class Id, class Get>
void get_many_times(benchmark::State& state, const std::string& mode, Get get) {
    Stopwatch watch(state, mode);
    const std::vector<Id> chosen = random_ids<Id>(samples());
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
        watch.time(document_count(), [&] { benchmark::DoNotOptimize(run()); });
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

}  // namespace

void add_basics() {
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

}  // namespace sheaf::bench
