// Inserts into a collection with four indexes, and updates of one indexed field, beside raw SQLite with four expression
// indexes on json_extract.
#include <span>
#include <string>

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
    make_indexes(docs);
    std::vector<Document> documents;
    for (std::size_t i = 0; i < per_transaction * static_cast<std::size_t>(state.max_iterations); ++i)
        documents.push_back(samples()[i].document);
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
        next += per_transaction;
    }
}

void insert_raw(benchmark::State& state, const std::string& mode, std::size_t per_transaction) {
    Stopwatch watch(state, mode);
    RawSqlite raw(new_file(), mode == "durable");
    raw.insert("warm-up", "{}");
    make_indexes(raw);
    std::size_t next = 0;
    for (auto _ : state) {
        watch.time(per_transaction, [&] {
            raw.begin();
            for (std::size_t i = next; i < next + per_transaction; ++i) raw.insert(samples()[i].id, samples()[i].json);
            raw.commit();
        });
        next += per_transaction;
    }
}

// A new value for each update of a document, whichever repetition it is in.
std::int64_t new_age(std::size_t number) {
    return static_cast<std::int64_t>(number % 1009);
}

void update_sheaf(benchmark::State& state, const std::string& mode, std::size_t per_transaction) {
    Stopwatch watch(state, mode);
    Database& database = filled_store(mode, With::changed);
    Collection docs = database.collection("docs");
    const auto ids = random_ids<std::string>(samples());
    const auto update = [&](Collection& collection, std::size_t number) {
        collection.update_one(Document{{"_id", ids[number % ids.size()]}},
                              Document{{"$set", Value::object({{"age", new_age(number)}})}});
    };
    static std::size_t next = 0;
    for (auto _ : state) {
        watch.time(per_transaction, [&] {
            if (per_transaction == 1) return update(docs, next);
            database.run_in_transaction([&](Transaction& tx) {
                Collection inside = tx.collection("docs");
                for (std::size_t i = next; i < next + per_transaction; ++i) update(inside, i);
            });
        });
        next += per_transaction;
    }
}

void update_raw(benchmark::State& state, const std::string& mode, std::size_t per_transaction) {
    Stopwatch watch(state, mode);
    RawSqlite& raw = filled_raw(true, With::changed);
    const auto ids = random_ids<std::string>(samples());
    static std::size_t next = 0;
    for (auto _ : state) {
        watch.time(per_transaction, [&] {
            raw.begin();
            for (std::size_t i = next; i < next + per_transaction; ++i) {
                raw.change(
                    "UPDATE docs SET data = json_set(data, '$.age', ?), _version = _version + 1, _updated = ? "
                    "WHERE _id = ?",
                    {new_age(i), std::int64_t{1'700'000'000'000}, ids[i % ids.size()]});
            }
            raw.commit();
        });
        next += per_transaction;
    }
}

}  // namespace

void add_index_writes() {
    const std::string process = "process";
    for (const std::string mode : {"durable", "process"}) {
        const int single = mode == "durable" ? 500 : 5000;
        add("4 indexes insert 1/txn " + mode + "/raw_sqlite", single, insert_raw, mode, 1);
        add("4 indexes insert 1/txn " + mode + "/sheaf_sqlite", single, insert_sheaf, mode, 1);
    }
    const int batches = 50;
    add("4 indexes insert 1000/txn/raw_sqlite", batches, insert_raw, process, 1000);
    add("4 indexes insert 1000/txn/sheaf_sqlite", batches, insert_sheaf, process, 1000);
    for (const std::size_t per_transaction : {std::size_t{1}, std::size_t{1000}}) {
        const std::string what = "4 indexes update " + std::to_string(per_transaction) + "/txn";
        const int iterations = per_transaction == 1 ? 3000 : 10;
        add(what + "/raw_sqlite", iterations, update_raw, process, per_transaction);
        add(what + "/sheaf_sqlite", iterations, update_sheaf, process, per_transaction);
    }
    add("4 indexes update 1/txn/sheaf_memory", 3000, update_sheaf, std::string("memory"), 1);
}

}  // namespace sheaf::bench
