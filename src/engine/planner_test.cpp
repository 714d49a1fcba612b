// Which way the planner takes, as explain() tells it. That all ways give the same answers is tests/indexes.
#include <gtest/gtest.h>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "support/open_store.hpp"

namespace sheaf {
namespace {

using testing::code_of;
using testing::open_memory_store;

// 2,000 documents: "n" is unique, "g" has 20 values, "t" is an array, "o" is there in every hundredth.
Collection filled(Database& database) {
    Collection docs = database.collection("docs");
    std::vector<Document> documents;
    for (int i = 0; i < 2000; ++i) {
        Object document{{"_id", i}, {"n", i}, {"g", i % 20}, {"s", "name" + std::to_string(i)}};
        document.set("t", Value::array({i % 50, i % 7 + 100}));
        if (i % 100 == 0) document.set("o", i);
        documents.emplace_back(std::move(document));
    }
    docs.insert_many(documents);
    return docs;
}

// "n_1 n: [3, 5) | sort"; a scan is "scan".
std::string plan(const Collection& docs, const char* filter, const ExplainOptions& options = {}) {
    ExplainOptions verified = options;
    verified.verify = Verify::yes;
    const Explanation how = docs.explain(Document::from_json(filter), verified);
    EXPECT_TRUE(how.verified.value()) << filter << ": " << how.difference;
    std::string text;
    for (const AccessPath& path : how.paths) {
        if (!text.empty()) text += " + ";
        text += path.kind == AccessPath::Kind::index ? path.index : path.kind == AccessPath::Kind::ids ? "ids" : "scan";
        if (path.direction == "backward") text += " backward";
        for (const std::string& bound : path.bounds) text += " " + bound;
        if (path.exact && path.kind == AccessPath::Kind::index) text += " exact";
    }
    return how.sort == "none" ? text : text + " | " + how.sort;
}

ExplainOptions sorted(const char* sort, std::int64_t limit = 0) {
    return {.sort = Document::from_json(sort), .limit = limit};
}

TEST(Planner, MergesBoundsOfOneField) {
    Database database = open_memory_store();
    Collection docs = filled(database);
    EXPECT_EQ(plan(docs, R"({"n": 5})"), "scan");
    docs.create_index(R"({"n": 1})"_json);
    docs.create_index(R"({"t": 1})"_json);
    EXPECT_EQ(plan(docs, R"({"n": 5})"), "n_1 n: [5, 5] exact");
    EXPECT_EQ(plan(docs, R"({"n": {"$gte": 3, "$lt": 5}})"), "n_1 n: [3, 5) exact");
    EXPECT_EQ(plan(docs, R"({"$and": [{"n": {"$gt": 3}}, {"$and": [{"n": {"$lte": 5}}, {"g": 4}]}]})"),
              "n_1 n: (3, 5]");
    EXPECT_EQ(plan(docs, R"({"n": {"$in": [7, 3, 3.0]}})"), "n_1 n: [3, 3] or [7, 7] exact");
    EXPECT_EQ(plan(docs, R"({"n": null})"), "n_1 n: [null, null]");
    EXPECT_EQ(plan(docs, R"({"n": {"$lt": 3, "$gt": 5}})"), "n_1 n: nothing exact");
    EXPECT_EQ(plan(docs, R"({"n": {"$gte": -1, "$lt": 2}})"), "n_1 n: [-1, 2) exact");
    EXPECT_EQ(plan(docs, R"({"_id": {"$gt": 1990}})"), "_id_ _id: (1990, Infinity] exact");
    EXPECT_EQ(plan(docs, R"({"_id": {"$in": [1, 2]}})"), "ids");
    EXPECT_EQ(plan(docs, R"({"t": {"$gte": 106, "$lt": 107}})"), "t_1 t: [106, Infinity]")
        << "two elements may hold for it";
    EXPECT_EQ(plan(docs, R"({"t": {"$elemMatch": {"$gte": 3, "$lt": 4}}})"), "t_1 t: [3, 4)");
    EXPECT_EQ(plan(docs, R"({"n": {"$gte": 0}})"), "scan") << "all documents";
}

TEST(Planner, UsesSeveralFieldsAndBranches) {
    Database database = open_memory_store();
    Collection docs = filled(database);
    docs.create_index(R"({"g": 1, "n": -1})"_json);
    docs.create_index(R"({"s": 1})"_json);
    docs.create_index(R"({"o": 1})"_json, {.sparse = true});
    EXPECT_EQ(plan(docs, R"({"g": 3, "n": {"$lt": 100}})"), "g_1_n_-1 g: [3, 3] n: (NaN, 100) exact");
    EXPECT_EQ(plan(docs, R"({"s": {"$regex": "^name199"}})"), R"(s_1 s: ["name199", "name19:"))");
    EXPECT_EQ(plan(docs, R"({"$or": [{"s": "name3"}, {"g": 3, "n": 3}]})"),
              R"(s_1 s: ["name3", "name3"] + g_1_n_-1 g: [3, 3] n: [3, 3])");
    EXPECT_EQ(plan(docs, R"({"$or": [{"s": "name3"}, {"x": 1}]})"), "scan");
    EXPECT_EQ(plan(docs, R"({"o": {"$exists": true}})"), "o_1");
    EXPECT_EQ(plan(docs, R"({"o": null})"), "scan") << "a sparse index does not hold these";
}

TEST(Planner, AnswersSorts) {
    Database database = open_memory_store();
    Collection docs = filled(database);
    docs.create_index(R"({"g": 1, "n": -1})"_json);
    docs.create_index(R"({"g": 1, "_id": 1})"_json);
    docs.create_index(R"({"t": 1})"_json);
    EXPECT_EQ(plan(docs, "{}", sorted(R"({"_id": 1})", 5)), "_id_ exact | index");
    EXPECT_EQ(plan(docs, "{}", sorted(R"({"_id": -1, "g": 1})", 5)), "_id_ backward exact | index");
    EXPECT_EQ(plan(docs, "{}", sorted(R"({"g": 1})", 5)), "g_1__id_1 exact | index");
    EXPECT_EQ(plan(docs, R"({"g": 2})", sorted(R"({"n": 1})", 5)),
              "g_1_n_-1 backward g: [2, 2] exact | index, ties by _id in memory");
    EXPECT_EQ(plan(docs, "{}", sorted(R"({"g": -1, "n": 1})", 5)),
              "g_1_n_-1 backward exact | index, ties by _id in memory");
    EXPECT_EQ(plan(docs, "{}", sorted(R"({"g": 1, "s": 1})", 5)).substr(0, 3), "g_1");
    EXPECT_EQ(plan(docs, "{}", sorted(R"({"t": 1})", 5)), "scan | memory, the first 5") << "t is an array";
}

TEST(Planner, FollowsHints) {
    Database database = open_memory_store();
    Collection docs = filled(database);
    docs.create_index(R"({"n": 1})"_json);
    docs.create_index(R"({"o": 1})"_json, {.sparse = true});
    EXPECT_EQ(plan(docs, R"({"n": 5})", {.hint = "$natural"}), "scan");
    EXPECT_EQ(plan(docs, R"({"g": 5})", {.hint = "n_1"}), "n_1");
    EXPECT_EQ(plan(docs, R"({"n": 5})", {.hint = "_id_"}), "_id_");
    EXPECT_EQ(code_of([&] { docs.explain({}, {.hint = "missing"}); }), Code::invalid_argument);
    EXPECT_EQ(code_of([&] { docs.explain({}, {.hint = "o_1"}); }), Code::invalid_argument);
}

TEST(Planner, ACursorMeetsEachDocumentOnceWhateverItsTransactionWrites) {
    Database database = open_memory_store();
    Collection outside = filled(database);
    outside.create_index(R"({"n": 1})"_json);
    Transaction transaction = database.begin();
    Collection docs = transaction.collection("docs");
    int met = 0;
    Cursor cursor = docs.find(R"({"n": {"$gte": 1990}})"_json, {.hint = "n_1"});
    while (const auto record = cursor.next()) {
        docs.update_one(Document{{"_id", record->id().to_value()}}, R"({"$inc": {"n": 5}})"_json);
        ASSERT_LE(++met, 10);
    }
    EXPECT_EQ(met, 10);
}

}  // namespace
}  // namespace sheaf
