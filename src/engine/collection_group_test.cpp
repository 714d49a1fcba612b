// Plain aggregates as a Collection answers them: what they see of the store, of its filters and of its transactions.
#include <gtest/gtest.h>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "support/open_store.hpp"

namespace sheaf {
namespace {

using testing::code_of;
using testing::open_memory_store;

const std::vector<std::string> by_status{"status"};
const std::vector<FieldAggregate> counts{{}};

Collection orders_of(const Database& database) {
    Collection orders = database.collection("orders");
    orders.insert_many(std::vector{
        R"({"_id": 1, "status": "paid", "amount": 10})"_json,
        R"({"_id": 2, "status": "open", "amount": 20})"_json,
        R"({"_id": 3, "status": "paid", "amount": 2.5})"_json,
        R"({"_id": 4, "status": "paid", "amount": null})"_json,
        R"({"_id": 5, "amount": 4})"_json,
    });
    return orders;
}

TEST(PlainAggregates, LookAtTheMatches) {
    const Database database = open_memory_store();
    const Collection orders = orders_of(database);
    const Document paid = R"({"status": "paid"})"_json;
    EXPECT_EQ(orders.aggregate(Aggregate::count, ""), Value(5));
    EXPECT_EQ(orders.aggregate(Aggregate::count, "", paid), Value(3));
    EXPECT_EQ(orders.aggregate(Aggregate::count, "amount", paid), Value(2));
    EXPECT_EQ(orders.aggregate(Aggregate::sum, "amount", paid), Value(12.5));
    EXPECT_EQ(orders.aggregate(Aggregate::sum, "amount", R"({"_id": {"$lt": 3}})"_json), Value(30));
    EXPECT_EQ(orders.aggregate(Aggregate::avg, "amount"), Value(36.5 / 4));
    EXPECT_EQ(orders.aggregate(Aggregate::min, "amount"), Value(2.5));
    EXPECT_EQ(orders.aggregate(Aggregate::max, "status"), Value("paid"));
    EXPECT_EQ(orders.aggregate(Aggregate::max, "amount", R"({"status": "lost"})"_json), Value());
    EXPECT_EQ(database.collection("none").aggregate(Aggregate::sum, "amount"), Value(0));
}

TEST(PlainAggregates, HonourTheirOptions) {
    const Database database = open_memory_store();
    Collection orders = orders_of(database);
    orders.delete_one(R"({"_id": 2})"_json, {.mode = Delete::soft});
    CountOptions options;
    EXPECT_EQ(orders.aggregate(Aggregate::sum, "amount"), Value(16.5));
    options.archived = Archived::only;
    EXPECT_EQ(orders.aggregate(Aggregate::sum, "amount", {}, options), Value(20));
    options.archived = Archived::include;
    EXPECT_EQ(orders.aggregate(Aggregate::max, "amount", {}, options), Value(20));
    options.skip = 1;
    options.limit = 2;
    EXPECT_EQ(orders.aggregate(Aggregate::sum, "amount", {}, options), Value(22.5));
    EXPECT_EQ(orders.aggregate(Aggregate::count, "", {}, options), Value(2));
    options.skip = INT64_MAX;
    options.limit = INT64_MAX;
    EXPECT_EQ(orders.aggregate(Aggregate::sum, "amount", {}, options), Value(0));
    options = {};
    options.let = R"({"least": 5})"_json;
    EXPECT_EQ(
        orders.aggregate(Aggregate::sum, "amount", R"({"$expr": {"$gte": ["$amount", "$$least"]}})"_json, options),
        Value(10));
    options.limit = -1;
    EXPECT_EQ(code_of([&] { orders.aggregate(Aggregate::sum, "amount", {}, options); }), Code::invalid_argument);
    EXPECT_EQ(code_of([&] { orders.aggregate(Aggregate::sum, ""); }), Code::invalid_argument);
    EXPECT_EQ(code_of([&] { orders.aggregate(Aggregate::sum, "a", R"({"$no": 1})"_json); }), Code::invalid_filter);
}

TEST(PlainAggregates, FindOutWhetherThereIsOne) {
    const Database database = open_memory_store();
    const Collection orders = orders_of(database);
    EXPECT_TRUE(orders.exists({}));
    EXPECT_TRUE(orders.exists(R"({"amount": {"$gt": 15}})"_json));
    EXPECT_FALSE(orders.exists(R"({"amount": {"$gt": 25}})"_json));
    EXPECT_FALSE(database.collection("none").exists({}));
    CountOptions options;
    options.skip = 4;
    EXPECT_TRUE(orders.exists({}, options));
    options.skip = 5;
    EXPECT_FALSE(orders.exists({}, options));
    options.skip = -1;
    EXPECT_EQ(code_of([&] { orders.exists({}, options); }), Code::invalid_argument);
}

TEST(GroupBy, GroupsTheMatches) {
    const Database database = open_memory_store();
    const Collection orders = orders_of(database);
    GroupOptions options;
    options.sort = {{1, true}};
    const auto groups = orders.group_by(by_status, {{}, {Aggregate::sum, "amount"}}, {}, options);
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(*groups[0].keys[0], Value("paid"));
    EXPECT_EQ(groups[0].values, (std::vector<Value>{3, 12.5}));
    EXPECT_FALSE(groups[1].keys[0]);
    EXPECT_EQ(*groups[2].keys[0], Value("open"));
    EXPECT_EQ(orders.group_by(by_status, counts, R"({"amount": {"$gt": 5}})"_json).size(), 2U);
    EXPECT_TRUE(orders.group_by(by_status, counts, R"({"amount": 77})"_json).empty());
    EXPECT_TRUE(database.collection("none").group_by(by_status, counts).empty());
}

TEST(GroupBy, SeesArchivedDocumentsOnRequest) {
    const Database database = open_memory_store();
    Collection orders = orders_of(database);
    orders.delete_one(R"({"_id": 2})"_json, {.mode = Delete::soft});
    EXPECT_EQ(orders.group_by(by_status, counts).size(), 2U);
    GroupOptions options;
    options.archived = Archived::include;
    EXPECT_EQ(orders.group_by(by_status, counts, {}, options).size(), 3U);
    EXPECT_EQ(orders.group_by({"_archived"}, counts, {}, options).size(), 2U);
}

TEST(Aggregates, SmallestAndLargestComeFromAnIndex) {
    Database database = open_memory_store();
    Collection a = database.collection("a");
    for (const char* text : {R"({"_id": 1, "n": null})", R"({"_id": 2})", R"({"_id": 3, "n": 5.0, "m": 1})",
                             R"({"_id": 4, "n": 5})", R"({"_id": 5, "n": -2})", R"({"_id": 6, "n": -2.0, "m": 7})"}) {
        a.insert_one(Document::from_json(text));
    }
    const auto answers = [&] {
        std::string text;
        for (const char* filter : {"{}", R"({"n": {"$lt": 5}})", R"({"n": {"$gt": 100}})", R"({"m": 1})"}) {
            for (const Aggregate op : {Aggregate::min, Aggregate::max}) {
                text += to_json(a.aggregate(op, "n", Document::from_json(filter))) + " ";
            }
        }
        return text;
    };
    const std::string expected = answers();
    EXPECT_EQ(expected, "-2 5.0 -2 -2 null null 5.0 5.0 ");
    a.create_index(R"({"n": 1})"_json);
    EXPECT_EQ(answers(), expected);
    a.drop_index("n_1");
    a.create_index(R"({"n": -1})"_json);
    EXPECT_EQ(answers(), expected);
    a.delete_one(R"({"_id": 5})"_json, {.mode = Delete::soft});
    EXPECT_EQ(a.aggregate(Aggregate::min, "n"), Value(-2.0)) << "the index holds the archived one, too";
    a.insert_one(R"({"n": [100]})"_json);
    EXPECT_TRUE(a.aggregate(Aggregate::max, "n").is_array());
}

TEST(GroupBy, SeesItsTransaction) {
    Database database = open_memory_store();
    const Collection outside = orders_of(database);
    database.run_in_transaction([&](Transaction& tx) {
        Collection orders = tx.collection("orders");
        orders.insert_one(R"({"status": "new", "amount": 100})"_json);
        EXPECT_EQ(orders.group_by(by_status, counts).size(), 4U);
        EXPECT_EQ(orders.aggregate(Aggregate::max, "amount"), Value(100));
        EXPECT_TRUE(orders.exists(R"({"status": "new"})"_json));
        EXPECT_EQ(outside.group_by(by_status, counts).size(), 3U);
    });
}

TEST(GroupBy, EndsWithItsTimeAndItsMemory) {
    Limits limits;
    limits.pipeline_bytes = 500;
    const Database database = open_memory_store(limits);
    const Collection orders = orders_of(database);
    GroupOptions options;
    options.control.deadline = Control::Clock::now() - std::chrono::seconds(1);
    EXPECT_EQ(code_of([&] { orders.group_by(by_status, counts, {}, options); }), Code::deadline_exceeded);
    EXPECT_EQ(code_of([&] { orders.group_by({"_id"}, counts); }), Code::limit_exceeded);
    EXPECT_EQ(orders.group_by({}, counts).size(), 1U);
}

}  // namespace
}  // namespace sheaf
