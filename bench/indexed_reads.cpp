// Finds and counts through indexes beside raw SQLite with expression indexes on json_extract; and what must not cost
// more than it seems to: bounds in two branches, a top 10 without an index.
#include <string>

#include "bench/fixture.hpp"
#include "bench/topics.hpp"

namespace sheaf::bench {
namespace {

const std::string process = "process";
const std::string memory = "memory";

// Scores are spread evenly over 10,000 values; 1 % of the documents lie in a range of this width.
constexpr double one_percent = 100;
constexpr std::size_t many = 1000;
constexpr std::size_t singles = 100;  // finds of one document in one iteration

// Walks through the values so that each iteration asks for others.
std::size_t shuffled(std::size_t iteration, std::size_t bound) {
    return iteration * 7919 % bound;
}

std::string email(std::size_t number) {
    return "user" + std::to_string(shuffled(number, document_count())) + "@example.com";
}

double first_score(std::size_t iteration) {
    return static_cast<double>(shuffled(iteration, 9'900));
}

Document score_within(std::size_t iteration) {
    const double first = first_score(iteration);
    return Document{{"score", Value::object({{"$gte", first}, {"$lt", first + one_percent}})}};
}

// The same as a user's program may put it together.
Document score_within_branches(std::size_t iteration) {
    const double first = first_score(iteration);
    const Value low = Value::object({{"score", Value::object({{"$gte", first}})}});
    const Value high = Value::object({{"score", Value::object({{"$lt", first + one_percent}})}});
    return Document{{"$and", Value::array({low, high})}};
}

Document age_is(std::size_t iteration) {
    return Document{{"age", shuffled(iteration, 80)}};
}

std::size_t read_all(Cursor cursor) {
    std::size_t bytes = 0;
    while (auto record = cursor.next()) bytes += record->document.cbor().size();
    return bytes;
}

std::string sheaf_on(const std::string& mode) {
    return mode == memory ? "sheaf_memory" : "sheaf_sqlite";
}

// Rows that find by a filter that is made for each iteration.
template <class MakeFilter>
void add_find(const std::string& what, int iterations, std::size_t documents, MakeFilter filter,
              const FindOptions& options = {}) {
    for (const std::string& mode : {process, memory}) {
        add_timed(what + "/" + sheaf_on(mode), mode, iterations, documents, [=] {
            return [=, docs = filled_store(mode, With::indexes).collection("docs")](std::size_t iteration) {
                return read_all(docs.find(filter(iteration), options));
            };
        });
    }
}

void add_finds() {
    add_timed("index 1 document/raw_sqlite", process, 200, singles, [] {
        return [&raw = filled_raw(true, With::indexes)](std::size_t iteration) {
            std::size_t bytes = 0;
            for (std::size_t i = 0; i < singles; ++i) {
                const std::string wanted = email(iteration * singles + i);
                bytes += raw.read("WHERE json_extract(data, '$.email') = ?", {wanted});
            }
            return bytes;
        };
    });
    for (const std::string& mode : {process, memory}) {
        add_timed("index 1 document/" + sheaf_on(mode), mode, 200, singles, [=] {
            return [docs = filled_store(mode, With::indexes).collection("docs")](std::size_t iteration) {
                std::size_t bytes = 0;
                for (std::size_t i = 0; i < singles; ++i) {
                    bytes += read_all(docs.find(Document{{"email", email(iteration * singles + i)}}));
                }
                return bytes;
            };
        });
    }

    add_timed("index 1000 documents/raw_sqlite", process, 60, many, [] {
        return [&raw = filled_raw(true, With::indexes)](std::size_t iteration) {
            const auto age = static_cast<std::int64_t>(shuffled(iteration, 80));
            return raw.read("WHERE json_extract(data, '$.age') = ? LIMIT 1000", {age});
        };
    });
    add_find("index 1000 documents", 60, many, age_is, {.limit = many});

    const std::size_t documents = document_count() / 100;
    add_timed("index range 1 %/raw_sqlite", process, 20, documents, [] {
        return [&raw = filled_raw(true, With::indexes)](std::size_t iteration) {
            const double first = first_score(iteration);
            return raw.read("WHERE json_extract(data, '$.score') >= ? AND json_extract(data, '$.score') < ?",
                            {first, first + one_percent});
        };
    });
    add_find("index range 1 %", 20, documents, score_within);
}

void add_counts() {
    const std::size_t documents = document_count() / 100;
    add_timed("index count range 1 %/raw_sqlite", process, 100, documents, [] {
        return [&raw = filled_raw(true, With::indexes)](std::size_t iteration) {
            const double first = first_score(iteration);
            return raw.number(
                "SELECT count(*) FROM docs WHERE json_extract(data, '$.score') >= ? AND "
                "json_extract(data, '$.score') < ?",
                {first, first + one_percent});
        };
    });
    for (const std::string& mode : {process, memory}) {
        add_timed("index count range 1 %/" + sheaf_on(mode), mode, 100, documents, [=] {
            return [docs = filled_store(mode, With::indexes).collection("docs")](std::size_t iteration) {
                return docs.count_documents(score_within(iteration));
            };
        });
    }
}

void add_tags() {
    const std::size_t documents = document_count() / 100;
    add_timed("index tag/raw_json_each", process, 2, documents, [] {
        return [&raw = filled_raw(true, With::indexes)](std::size_t) {
            return raw.read("WHERE EXISTS(SELECT 1 FROM json_each(data, '$.tags') WHERE value = ?)", {rare_tag});
        };
    });
    add_find("index tag", 20, documents, [](std::size_t) { return Document{{"tags", std::string(rare_tag)}}; });
}

void add_split_bounds() {
    const std::size_t documents = document_count() / 100;
    for (const std::string& mode : {process, memory}) {
        const std::string what = "index split bounds " + mode;
        const auto row = [&](const std::string& who, Document (*filter)(std::size_t)) {
            add_timed(what + "/" + who, mode, 20, documents, [=] {
                return [=, docs = filled_store(mode, With::indexes).collection("docs")](std::size_t iteration) {
                    return read_all(docs.find(filter(iteration)));
                };
            });
        };
        row("base_one_condition", score_within);
        row("sheaf_two_branches", score_within_branches);
    }
}

// Without any index: a scan that finds nothing, but has to look at the same field, and the first ten by that field.
void add_top_ten() {
    for (const std::string& mode : {process, memory}) {
        const std::string what = "top 10 without index " + mode;
        add_timed(what + "/base_scan", mode, 3, document_count(), [=] {
            return [docs = filled_store(mode).collection("docs")](std::size_t) {
                return read_all(docs.find(Document{{"address.zip", "none"}}));
            };
        });
        add_timed(what + "/sheaf_sort_limit", mode, 3, document_count(), [=] {
            return [docs = filled_store(mode).collection("docs")](std::size_t) {
                return read_all(docs.find({}, {.sort = Document{{"address.zip", 1}}, .limit = 10}));
            };
        });
        if (mode == memory) continue;
        add_timed(what + "/sql_order_by_limit", mode, 2, document_count(), [] {
            return [&raw = filled_raw(true)](std::size_t) {
                return raw.read("ORDER BY json_extract(data, '$.address.zip'), _id LIMIT 10", {});
            };
        });
    }
}

}  // namespace

void add_index_reads() {
    add_finds();
    add_counts();
    add_tags();
    add_split_bounds();
    add_top_ten();
}

}  // namespace sheaf::bench
