// sheaf on PostgreSQL beside raw libpq, on the same server in the same run. Registered when SHEAF_TEST_POSTGRES names a
// server:
//
//   tools/with_postgres --durable build/release/bin/sheaf_bench --benchmark_filter='^postgres'
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>

#include "bench/fixture.hpp"
#include "bench/ids.hpp"
#include "bench/raw_postgres.hpp"
#include "bench/topics.hpp"

namespace sheaf::bench {
namespace {

constexpr std::size_t batch = 1000;
constexpr std::size_t bulk_batch = 10'000;
constexpr double one_percent = 100;  // of the scores' 10,000 values
const std::string durable = "durable";

std::string server() {
    const char* const url = std::getenv("SHEAF_TEST_POSTGRES");
    return url == nullptr ? "" : url;
}

std::string sheaf_url(const std::string& schema, const std::string& mode) {
    return server() + "&schema=" + schema + "&durability=" + mode;
}

RawPostgres& filled_raw_postgres() {
    static const auto instance = [] {
        auto raw = std::make_unique<RawPostgres>(server(), "raw_filled", true);
        raw->copy(samples());
        raw->index_scores();
        raw->vacuum();
        return raw;
    }();
    return *instance;
}

Database& filled_postgres() {
    static Database instance = [] {
        Database database = open(sheaf_url("sheaf_filled", durable));
        Collection docs = database.collection("docs");
        docs.drop();
        fill(database);
        docs.create_index(Document{{"score", 1}});
        RawPostgres(server(), "for_vacuum", true).vacuum();
        return database;
    }();
    return instance;
}

double first_score(std::size_t iteration) {
    return static_cast<double>(iteration * 7919 % 9'900);
}

template <class Make>
void add_gets(const std::string& who, Make make) {
    add_timed("postgres get by id/" + who, durable, 10, gets_per_iteration, [=] {
        return [get = make(), ids = random_ids<std::string>(samples())](std::size_t iteration) {
            std::size_t bytes = 0;
            for (std::size_t i = 0; i < gets_per_iteration; ++i) {
                bytes += get(ids[(iteration * gets_per_iteration + i) % ids.size()]);
            }
            return bytes;
        };
    });
}

// Batches of the samples, each in a transaction of its own, into an empty table.
template <class Insert>
std::size_t insert_in_batches(std::size_t iteration, std::size_t size, Insert insert) {
    const std::size_t begin = iteration * size % (samples().size() - size + 1);
    insert(std::span(samples()).subspan(begin, size));
    return size;
}

std::vector<Document> documents_of(std::span<const Sample> some) {
    std::vector<Document> documents;
    for (const Sample& sample : some) documents.push_back(sample.document);
    return documents;
}

void add_inserts(const std::string& mode) {
    add_timed("postgres insert 1000/txn " + mode + "/raw_pipeline", mode, 40, batch, [=] {
        auto raw = std::make_shared<RawPostgres>(server(), "raw_inserts", mode == durable);
        return [=](std::size_t iteration) {
            return insert_in_batches(iteration, batch, [&](auto some) { raw->insert_pipeline(some); });
        };
    });
    add_timed("postgres insert 1000/txn " + mode + "/sheaf_postgres", mode, 40, batch, [=] {
        Database database = open(sheaf_url("sheaf_inserts", mode));
        Collection docs = database.collection("docs");
        docs.drop();
        database.create_collection("docs");
        auto prepared = std::make_shared<std::vector<std::vector<Document>>>();
        for (std::size_t i = 0; i < 40; ++i) {
            insert_in_batches(i, batch, [&](auto some) { prepared->push_back(documents_of(some)); });
        }
        return
            [=](std::size_t iteration) mutable { return docs.insert_many((*prepared)[iteration]).inserted_ids.size(); };
    });
}

void add_bulk_load() {
    add_timed("postgres bulk load/raw_copy", durable, 1, samples().size(), [] {
        auto raw = std::make_shared<RawPostgres>(server(), "raw_bulk", true);
        return [=](std::size_t) {
            raw->copy(samples());
            return samples().size();
        };
    });
    add_timed("postgres bulk load/sheaf_postgres", durable, 1, samples().size(), [] {
        Database database = open(sheaf_url("sheaf_bulk", durable));
        database.collection("docs").drop();
        database.create_collection("docs");
        const auto documents = std::make_shared<std::vector<Document>>(documents_of(samples()));
        return [=, docs = database.collection("docs")](std::size_t) mutable {
            for (std::size_t i = 0; i < documents->size(); i += bulk_batch) {
                const std::size_t size = std::min(bulk_batch, documents->size() - i);
                docs.insert_many(std::span(*documents).subspan(i, size));
            }
            return documents->size();
        };
    });
}

void add_range() {
    const std::size_t documents = document_count() / 100;
    add_timed("postgres range 1 %/raw_sql", durable, 30, documents, [] {
        return [&raw = filled_raw_postgres()](std::size_t iteration) {
            return raw.scores_between(first_score(iteration), first_score(iteration) + one_percent);
        };
    });
    add_timed("postgres range 1 %/sheaf_postgres", durable, 30, documents, [] {
        return [docs = filled_postgres().collection("docs")](std::size_t iteration) {
            const double first = first_score(iteration);
            const Document range{{"score", Value::object({{"$gte", first}, {"$lt", first + one_percent}})}};
            std::size_t bytes = 0;
            Cursor cursor = docs.find(range);
            while (auto record = cursor.next()) bytes += record->document.cbor().size();
            return bytes;
        };
    });
}

}  // namespace

void add_postgres() {
    if (server().empty()) return;
    add_gets("raw_libpq", [] { return [&raw = filled_raw_postgres()](const std::string& id) { return raw.get(id); }; });
    add_gets("sheaf_postgres", [] {
        return [docs = filled_postgres().collection("docs")](const std::string& id) {
            return docs.get(id)->document.cbor().size();
        };
    });
    for (const std::string mode : {"durable", "process"}) add_inserts(mode);
    add_bulk_load();
    add_range();
}

}  // namespace sheaf::bench
