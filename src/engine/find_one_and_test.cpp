// find_one_and_..., sorted updates, bulk_write and distinct on the memory backend.
#include <gtest/gtest.h>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "engine/store.hpp"
#include "storage/memory/memory_backend.hpp"

namespace sheaf {
namespace {

class FindOneAnd : public testing::Test {
protected:
    FindOneAnd() {
        for (const char* text : {R"({"_id": 1, "n": 5})", R"({"_id": 2, "n": 9})", R"({"_id": 3, "n": 7})"}) {
            items.insert_one(Document::from_json(text));
        }
    }

    std::string stored(int id) const {
        const auto record = items.get(id);
        return record ? record->document.to_json() + " v" + std::to_string(record->version.value) : "none";
    }

    Database database = make_database(
        std::make_shared<engine::Store>(memory::open_memory(), Limits{}, system_clock(), system_random()));
    Collection items = database.collection("items");
};

std::string shown(const FindOneAndResult& result) {
    return result.record ? result.record->document.to_json() + " v" + std::to_string(result.record->version.value)
                         : "none";
}

const Document increment = R"({"$inc": {"n": 1}})"_json;

TEST_F(FindOneAnd, ReturnsTheImageBeforeOrAfter) {
    const auto before = items.find_one_and_update(R"({"_id": 1})"_json, increment);
    EXPECT_EQ(shown(before), R"({"_id":1,"n":5} v1)");
    EXPECT_TRUE(before.matched);
    const auto after = items.find_one_and_update(R"({"_id": 1})"_json, increment, {.image = Return::after});
    EXPECT_EQ(shown(after), R"({"_id":1,"n":7} v3)");
    EXPECT_EQ(stored(1), R"({"_id":1,"n":7} v3)");
}

TEST_F(FindOneAnd, TheImageAfterANoOpIsTheDocumentAsItIs) {
    const auto result =
        items.find_one_and_update(R"({"_id": 1})"_json, R"({"$set": {"n": 5}})"_json, {.image = Return::after});
    EXPECT_EQ(shown(result), R"({"_id":1,"n":5} v1)");
}

TEST_F(FindOneAnd, SortSaysWhich) {
    EXPECT_EQ(shown(items.find_one_and_update({}, increment, {.sort = R"({"n": -1})"_json})), R"({"_id":2,"n":9} v1)");
    EXPECT_EQ(shown(items.find_one_and_delete({}, {.sort = R"({"n": 1})"_json})), R"({"_id":1,"n":5} v1)");
    EXPECT_EQ(shown(items.find_one_and_replace({}, R"({"m": 0})"_json, {.sort = R"({"n": 1})"_json})),
              R"({"_id":3,"n":7} v1)");
    EXPECT_EQ(stored(3), R"({"_id":3,"m":0} v2)");
}

TEST_F(FindOneAnd, ProjectsTheImage) {
    EXPECT_EQ(shown(items.find_one_and_update(R"({"_id": 1})"_json, increment,
                                              {.projection = R"({"_id": 0})"_json, .image = Return::after})),
              R"({"n":6} v2)");
}

TEST_F(FindOneAnd, WithoutAMatch) {
    const auto none = items.find_one_and_update(R"({"_id": 9})"_json, increment);
    EXPECT_FALSE(none.matched);
    EXPECT_FALSE(none.record);
    EXPECT_FALSE(items.find_one_and_delete(R"({"_id": 9})"_json).record);
    const auto upserted =
        items.find_one_and_update(R"({"_id": 9})"_json, increment, {.image = Return::after, .upsert = Upsert::yes});
    EXPECT_FALSE(upserted.matched);
    EXPECT_EQ(shown(upserted), R"({"_id":9,"n":1} v1)");
    EXPECT_EQ(upserted.upserted_id, Value(9));
    const auto before = items.find_one_and_replace(R"({"_id": 10})"_json, {}, {.upsert = Upsert::yes});
    EXPECT_FALSE(before.record);
    EXPECT_EQ(before.upserted_id, Value(10));
}

TEST_F(FindOneAnd, ChecksTheVersion) {
    EXPECT_THROW(items.find_one_and_delete(R"({"_id": 1})"_json, {.expected_version = ExpectedVersion::exactly(2)}),
                 Error);
    EXPECT_THROW(items.find_one_and_delete(R"({"_id": 9})"_json, {.expected_version = ExpectedVersion::exists()}),
                 Error);
    EXPECT_EQ(stored(1), R"({"_id":1,"n":5} v1)");
}

TEST_F(FindOneAnd, SoftDeleteKeepsTheDocument) {
    EXPECT_TRUE(items.find_one_and_delete(R"({"_id": 1})"_json, {.mode = Delete::soft}).matched);
    EXPECT_EQ(stored(1), "none");
    EXPECT_EQ(items.restore(R"({"_id": 1})"_json).restored_count, 1);
}

TEST_F(FindOneAnd, SortedUpdate) {
    items.update_one({}, increment, {.sort = R"({"n": -1})"_json});
    EXPECT_EQ(stored(2), R"({"_id":2,"n":10} v2)");
    items.replace_one({}, R"({"m": 1})"_json, {.sort = R"({"n": -1})"_json});
    EXPECT_EQ(stored(2), R"({"_id":2,"m":1} v3)");
    EXPECT_THROW(items.update_many({}, increment, {.sort = R"({"n": -1})"_json}), Error);
}

TEST_F(FindOneAnd, DistinctCountsArraysByTheirElements) {
    items.insert_one(R"({"_id": 4, "n": [7, [7], 5.0, null], "a": [{"b": 2}, {"b": [1, 2]}, 3]})"_json);
    EXPECT_EQ(to_json(Value(Array(items.distinct("n")))), "[null,5,7,9,[7]]");
    EXPECT_EQ(to_json(Value(Array(items.distinct("a.b")))), "[1,2]");
    EXPECT_EQ(to_json(Value(Array(items.distinct("a.1.b")))), "[1,2]");
    EXPECT_EQ(to_json(Value(Array(items.distinct("n", R"({"_id": {"$lt": 3}})"_json)))), "[5,9]");
    EXPECT_EQ(items.distinct("missing").size(), 0U);
    EXPECT_THROW(items.distinct(""), Error);
}

TEST_F(FindOneAnd, BulkWriteStopsAtTheFirstFailureOrTriesAll) {
    const std::vector<BulkOperation> operations{
        InsertOne{R"({"_id": 10})"_json},
        InsertOne{R"({"_id": 1})"_json},  // exists
        UpdateOne{R"({"_id": 1})"_json, increment},
        UpdateMany{{}, R"({"$set": {"m": 1}})"_json},
        ReplaceOne{R"({"_id": 20})"_json, R"({"r": 1})"_json, {.upsert = Upsert::yes}},
        UpdateOne{{}, R"({"$bad": {"n": 1}})"_json},
        DeleteOne{R"({"_id": 10})"_json},
        DeleteMany{R"({"n": {"$gte": 7}})"_json},
    };
    const BulkWriteResult ordered = items.bulk_write(operations);
    EXPECT_EQ(ordered.inserted_count, 1);
    ASSERT_EQ(ordered.failures.size(), 1U);
    EXPECT_EQ(ordered.failures[0].index, 1U);
    EXPECT_EQ(ordered.failures[0].error.code(), Code::duplicate_key);
    EXPECT_EQ(stored(1), R"({"_id":1,"n":5} v1)");

    const BulkWriteResult unordered = items.bulk_write(std::span(operations).subspan(1), {.order = Order::unordered});
    EXPECT_EQ(to_json(unordered),
              R"({"acknowledged":true,"insertedCount":0,"matchedCount":5,"modifiedCount":5,"deletedCount":3,)"
              R"("upsertedCount":1,"upsertedIds":{"3":20},"failures":[{"index":0,"code":"duplicate_key","message":)"
              R"("document 1 exists already in \"items\""},{"index":4,"code":"invalid_update","message":)"
              R"("unknown operator \"$bad\" at n"}]})");
    EXPECT_EQ(items.count_documents(), 2);
}

TEST_F(FindOneAnd, BulkWriteInsideATransactionIsAllOrNothing) {
    const std::vector<BulkOperation> operations{InsertOne{R"({"_id": 10})"_json}, InsertOne{R"({"_id": 1})"_json},
                                                InsertOne{R"({"_id": 11})"_json}};
    for (const char* name : {"items", "fresh"}) {
        const auto bulk = [&](Transaction& tx) {
            if (std::string_view(name) == "fresh") tx.collection(name).insert_one(R"({"_id": 1})"_json);
            EXPECT_THROW(tx.collection(name).bulk_write(operations), Error);
        };
        try {
            database.run_in_transaction(bulk);
            ADD_FAILURE() << "the transaction was committed";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::transaction_aborted);
        }
        EXPECT_FALSE(database.collection(name).get(10)) << name;
    }
}

TEST_F(FindOneAnd, BulkWriteFindsTheCulpritsAmongManyInserts) {
    std::vector<BulkOperation> operations;
    for (int i = 100; i < 1100; ++i) operations.push_back(InsertOne{Document({{"_id", i % 700}})});  // 1 to 3 exist
    const BulkWriteResult unordered = items.bulk_write(operations, {.order = Order::unordered});
    EXPECT_EQ(unordered.inserted_count, 697);
    ASSERT_EQ(unordered.failures.size(), 303U);  // 1, 2, 3 and the 300 that come twice
    EXPECT_EQ(unordered.failures.front().index, 601U);
    items.delete_many({});
    const BulkWriteResult ordered = items.bulk_write(operations);
    EXPECT_EQ(ordered.inserted_count, 700);
    ASSERT_EQ(ordered.failures.size(), 1U);
    EXPECT_EQ(ordered.failures.front().index, 700U);
}

TEST_F(FindOneAnd, BulkWriteReportsWhatStandsWhenItIsStopped) {
    std::stop_source stop;
    const std::vector<BulkOperation> operations{UpdateOne{R"({"_id": 1})"_json, increment}};
    stop.request_stop();
    const BulkWriteResult result =
        items.bulk_write(operations, {.order = Order::unordered, .control = {.stop = stop.get_token()}});
    ASSERT_EQ(result.failures.size(), 1U);
    EXPECT_EQ(result.failures.front().error.code(), Code::cancelled);
    EXPECT_EQ(result.modified_count, 0);
}

}  // namespace
}  // namespace sheaf
