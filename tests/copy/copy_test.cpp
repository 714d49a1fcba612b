// sheaf::copy() from each backend to each: the copy, and a copy of the copy, are what the source is.
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sheaf/sheaf.hpp>

#include "support/empty_store.hpp"

namespace sheaf {
namespace {

using testing_support::EmptyStore;

constexpr int many = 12'000;  // three batches

// Every type of value, as a member and as an _id, and what is unlike in JSON, CBOR and databases.
const char* const odd_documents[] = {
    R"({"_id": "numbers", "nan": {"$numberDouble": "NaN"}, "inf": {"$numberDouble": "-Infinity"},
        "zero": {"$numberDouble": "-0.0"}, "int": {"$numberInt": "5"}, "long": {"$numberLong": "5"},
        "double": {"$numberDouble": "5.0"}, "max": {"$numberLong": "9223372036854775807"},
        "small": {"$numberDouble": "5e-324"}})",
    R"({"_id": "order", "z": 1, "a": {"y": 1, "b": 2, "": 3}, "10": 1, "9": 2, "$set": {"$x": 1}, "a.b": 1})",
    R"({"_id": "text", "nul": "a\u0000b", "emoji": "\ud83d\ude00", "\u0000": "key"})",
    R"({"_id": "types", "bytes": {"$binary": {"base64": "AP8AQQ==", "subType": "00"}}, "null": null, "no": false,
        "date": {"$date": {"$numberLong": "-1"}}, "oid": {"$oid": "00112233445566778899aabb"}, "empty": [{}, [], ""]})",
    R"({"_id": null})",
    R"({"_id": true})",
    R"({"_id": {"$numberDouble": "1.5"}})",
    R"({"_id": {"$numberLong": "7"}})",
    R"({"_id": {"$numberDouble": "NaN"}})",
    R"({"_id": "a\u0000b"})",
    R"({"_id": ""})",
    R"({"_id": {"$date": {"$numberLong": "0"}}})",
    R"({"_id": {"$oid": "00112233445566778899aabb"}})",
    R"({"_id": {"$binary": {"base64": "AAD/", "subType": "00"}}})",
};

void fill_odd(Collection odd) {
    std::vector<Record> records;
    std::int64_t number = 0;
    for (const char* const text : odd_documents) {
        ++number;
        records.push_back({.document = Document::from_json(text),
                           .version = {number * 1'000'000'007},
                           .created = {-number},
                           .updated = {number * 1'000},
                           .archived = number % 3 == 0});
    }
    odd.insert_records(records);
}

void fill_many(Collection collection) {
    std::vector<Document> documents;
    for (int i = 0; i < many; ++i) {
        // Not in the order of the keys.
        documents.push_back(Document({{"_id", i * 7919 % many}, {"x", i}, {"city", "c" + std::to_string(i % 50)}}));
    }
    collection.insert_many(documents);
    collection.update_many(R"({"x": {"$lt": 100}})"_json, R"({"$set": {"tags": ["p", "q"]}})"_json);
    collection.delete_many(R"({"x": {"$gte": 100, "$lt": 200}})"_json, {.mode = Delete::soft});
    collection.delete_many(R"({"x": {"$gte": 200, "$lt": 300}})"_json);
    collection.insert_one(R"({"_id": 11800, "x": -1})"_json);  // an id that was removed, at another place
    collection.create_index(R"({"x": 1})"_json, {.unique = true});
    collection.create_index(R"({"city": -1, "x": 1})"_json, {.name = "by city"});
    collection.create_index(R"({"city": 1})"_json, {.partial = R"({"x": {"$gt": 6000}})"_json});
    collection.create_index(R"({"tags": 1})"_json, {.sparse = true});
    collection.create_index(R"({"email": 1})"_json, {.unique = true, .nulls_distinct = true});
    collection.create_index(R"({"seen": 1})"_json, {.expire_after = std::chrono::hours(1)});
}

void fill(Database& database) {
    fill_odd(database.collection("odd"));
    fill_many(database.collection("many"));
    database.create_collection("empty");
}

std::vector<std::string> records_of(const Database& database, const std::string& name) {
    std::vector<std::string> lines;
    Cursor all = database.collection(name).find({}, {.archived = Archived::include, .hint = "$natural"});
    while (const auto record = all.next()) {
        lines.push_back(to_json(record->with_system_fields().view(), {.mode = JsonMode::canonical}));
    }
    return lines;
}

// Not by compare() alone, which is tested here too.
void expect_same(const Database& a, const Database& b) {
    EXPECT_TRUE(compare(a, b).equal());
    ASSERT_EQ(a.list_collections(), b.list_collections());
    for (const std::string& name : a.list_collections()) {
        EXPECT_EQ(records_of(a, name), records_of(b, name));
        const std::vector<IndexInfo> expected = a.collection(name).list_indexes();
        const std::vector<IndexInfo> indexes = b.collection(name).list_indexes();
        ASSERT_EQ(indexes.size(), expected.size());
        for (std::size_t i = 0; i < indexes.size(); ++i) {
            EXPECT_EQ(indexes[i].to_document(), expected[i].to_document());
            EXPECT_EQ(indexes[i].multikey, expected[i].multikey);
            EXPECT_TRUE(b.collection(name).verify_index(indexes[i].name).good());
        }
    }
}

struct Killed : std::runtime_error {
    Killed() : std::runtime_error("killed") {}
};

using Pair = std::pair<const char*, const char*>;

class BetweenBackends : public ::testing::TestWithParam<Pair> {};

TEST_P(BetweenBackends, ThereAndBack) {
    const EmptyStore from_place(GetParam().first);
    const EmptyStore to_place(GetParam().second);
    Database from = open(from_place.url());
    Database to = open(to_place.url());
    Database back = open("memory:");
    fill(from);
    EXPECT_TRUE(copy(from, to).good());
    expect_same(from, to);
    EXPECT_TRUE(copy(to, back).good());
    expect_same(from, back);
}

TEST_P(BetweenBackends, GoesOnWhereAnotherWasKilled) {
    const EmptyStore from_place(GetParam().first);
    Database from = open(from_place.url());
    fill(from);
    for (int calls = 1; calls <= 8; ++calls) {  // of progress: four batches, and the indexes
        const EmptyStore to_place(GetParam().second);
        Database to = open(to_place.url());
        int left = calls;
        const CopyOptions killed{.progress = [&](const CopyProgress&) {
            if (--left == 0) throw Killed();
        }};
        EXPECT_THROW(copy(from, to, killed), Killed);
        if (to_place.is_lasting()) {
            to.close();
            to = open(to_place.url());
        }
        EXPECT_TRUE(copy(from, to).good());
        expect_same(from, to);
    }
}

std::string pair_name(const ::testing::TestParamInfo<Pair>& info) {
    return std::string(info.param.first) + "_to_" + info.param.second;
}

INSTANTIATE_TEST_SUITE_P(Copy, BetweenBackends,
                         ::testing::Values(Pair{"memory", "sqlite"}, Pair{"sqlite", "memory"}, Pair{"sqlite", "sqlite"},
                                           Pair{"sqlite", "postgres"}, Pair{"postgres", "sqlite"},
                                           Pair{"postgres", "postgres"}),
                         pair_name);

}  // namespace
}  // namespace sheaf
