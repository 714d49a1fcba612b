// What the recorded cases (tests/mongo_cases) cannot say of indexes: what is left of a command that fails, how a
// duplicate key is reported, what explain shows.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "base/clock.hpp"
#include "engine/store.hpp"
#include "storage/memory/memory_backend.hpp"

namespace sheaf {
namespace {

class IndexCommands : public testing::Test {
protected:
    Document run(const Document& command) { return database_.run_command(command); }
    Document run(std::string_view json) { return run(Document::from_json(json)); }
    std::int64_t code_of(std::string_view json) {
        const Document reply = run(json);
        return reply["ok"].number() == 1 ? 0 : reply["code"].integer();
    }
    void insert(int count, int from = 0) {
        std::vector<Document> documents;
        for (int i = from; i < from + count; ++i) documents.push_back(Document({{"_id", i}, {"n", i % 10}}));
        database_.collection("things").insert_many(documents);
    }
    std::vector<std::string> names() {
        std::vector<std::string> found;
        const Document reply = run(R"({"listIndexes": "things"})");
        for (const View index : reply.at("cursor.firstBatch").elements()) {
            found.emplace_back(index["name"].string());
        }
        return found;
    }
    std::string plan_of(std::string_view command) {
        const Document reply =
            run(Document({{"explain", Document::from_json(command).to_object()}, {"verbosity", "queryPlanner"}}));
        return to_json(reply.at("queryPlanner.winningPlan"));
    }
    void index(std::string_view keys, std::string_view options = {}) {
        const std::string spec = R"({"name": "it", "key": )" + std::string(keys) + std::string(options) + "}";
        EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [)" + spec + "]}"), 0) << spec;
    }

    Database database_ = make_database(
        std::make_shared<engine::Store>(memory::open_memory(), Limits(), system_clock(), system_random()));
};

using Names = std::vector<std::string>;

TEST_F(IndexCommands, MakeAllOrNone) {
    insert(20);  // n is 0 to 9, twice
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": 1}, "name": "a"},
                                                                 {"key": {"n": 1}, "name": "n", "unique": true}]})"),
              11000);
    EXPECT_EQ(names(), Names{"_id_"});
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": 1}, "name": "a"},
                                                                 {"key": {"b": 0}, "name": "b"}]})"),
              67);
    EXPECT_EQ(names(), Names{"_id_"});
}

TEST_F(IndexCommands, MakeNoCollectionForASpecThatIsWrong) {
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": 1}}]})"), 9);
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"name": "a"}]})"), 9);
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": "text"}, "name": "a"}]})"), 115);
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": 1}, "name": "*"}]})"), 2);
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": 1}, "name": "a",
                                                                  "prepareUnique": true}]})"),
              115);
    EXPECT_FALSE(database_.has_collection("things"));
}

TEST_F(IndexCommands, RefuseConditionsThatAPartialIndexCannotHave) {
    const auto refused = [&](std::string_view filter) {
        return code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": 1}, "name": "a",
                           "partialFilterExpression": )" +
                       std::string(filter) + "}]}");
    };
    EXPECT_EQ(refused(R"({"$or": [{"a": 1}, {"b": {"$ne": 1}}]})"), 67);
    EXPECT_EQ(refused(R"({"a": {"$gt": 1, "$size": 2}})"), 67);
    EXPECT_EQ(refused(R"({"$and": [{"$expr": {"$eq": ["$a", 1]}}]})"), 224);
    EXPECT_EQ(refused(R"({"a": {"$frobnicate": 1}})"), 2);
    EXPECT_EQ(refused(R"({"$or": [{"a": {"$gt": 1, "$lte": 9}}, {"b": {"$exists": true}}]})"), 0);
}

TEST_F(IndexCommands, DropAllThatAreNamedOrNone) {
    EXPECT_EQ(code_of(R"({"createIndexes": "things", "indexes": [{"key": {"a": 1}, "name": "a"},
                                                                 {"key": {"b": 1}, "name": "b"}]})"),
              0);
    EXPECT_EQ(code_of(R"({"dropIndexes": "things", "index": ["a", "c"]})"), 27);
    EXPECT_EQ(names(), (Names{"_id_", "a", "b"}));
    EXPECT_EQ(code_of(R"({"dropIndexes": "things", "index": {"b": 1.0}})"), 0);
    EXPECT_EQ(names(), (Names{"_id_", "a"}));
}

TEST_F(IndexCommands, SayWhichKeyIsTaken) {
    index(R"({"name.last": 1, "born": -1})", R"(, "unique": true)");
    const Document reply = run(R"({"insert": "things", "documents": [
        {"_id": 1, "name": {"last": "Lovelace"}, "born": 1815},
        {"_id": 2, "name": {"last": "Lovelace"}, "born": 1815}]})");
    EXPECT_EQ(reply["n"].integer(), 1);
    const View error = *reply["writeErrors"].elements().begin();
    EXPECT_EQ(error["code"].integer(), 11000);
    EXPECT_EQ(to_json(error["keyPattern"]), R"({"name.last":1,"born":-1})");
    EXPECT_EQ(to_json(error["keyValue"]), R"({"name.last":"Lovelace","born":1815})");
    const Document modified = run(
        R"({"findAndModify": "things", "query": {"_id": 3}, "update": {"name": {"last": "Lovelace"}, "born": 1815},
            "upsert": true})");
    EXPECT_EQ(modified["code"].integer(), 11000);
    EXPECT_EQ(to_json(modified["keyPattern"]), R"({"name.last":1,"born":-1})");
}

TEST_F(IndexCommands, TakeHintsByNameAndByKeys) {
    insert(20);
    index(R"({"n": 1})");
    for (const char* hint : {R"("it")", R"({"n": 1.0})", R"("_id_")", R"({"_id": 1})", R"({"$natural": 1})", "{}"}) {
        const Document reply =
            run(R"({"count": "things", "query": {"n": {"$gte": 5}}, "hint": )" + std::string(hint) + "}");
        EXPECT_EQ(reply["n"].integer(), 10) << hint;
    }
    EXPECT_EQ(code_of(R"({"find": "things", "hint": {"n": -1}})"), 2);
    EXPECT_EQ(code_of(R"({"find": "nothing", "hint": "it"})"), 0);
    const Document reply = run(R"({"delete": "things", "deletes": [{"q": {"n": 3}, "limit": 0, "hint": "it"}]})");
    EXPECT_EQ(reply["n"].integer(), 2);
}

TEST_F(IndexCommands, ExplainPlans) {
    insert(20);
    index(R"({"n": 1})");
    EXPECT_EQ(plan_of(R"({"find": "things", "filter": {"b": 1}, "hint": {"$natural": 1}})"),
              R"({"stage":"COLLSCAN","filter":{"b":1},"direction":"forward"})");
    const std::string by_index =
        plan_of(R"({"find": "things", "filter": {"n": 3}, "hint": "it", "limit": 5, "skip": 1})");
    EXPECT_EQ(by_index.find(R"({"stage":"LIMIT","inputStage":{"stage":"SKIP","inputStage":{"stage":"FETCH",)"
                            R"("inputStage":{"stage":"IXSCAN","keyPattern":{"n":1},"indexName":"it",)"
                            R"("direction":"forward","indexBounds":{"n":["[3, 3]"]}}})"),
              0U)
        << by_index;
    insert(5000, 20);
    const std::string either = plan_of(R"({"find": "things", "filter": {"$or": [{"n": {"$gt": 8000}}, {"_id": 3}]}})");
    EXPECT_NE(either.find(R"("stage":"OR","inputStages":[{"stage":"I)"), std::string::npos) << either;
    const std::string sorted = plan_of(R"({"find": "things", "sort": {"b": 1}})");
    EXPECT_EQ(sorted.find(R"({"stage":"SORT",)"), 0U) << sorted;
    EXPECT_NE(sorted.find(R"("sortPattern":{"b":1})"), std::string::npos) << sorted;
    EXPECT_EQ(plan_of(R"({"find": "things", "filter": {"_id": 3}})"), R"({"stage":"IDHACK"})");
}

TEST_F(IndexCommands, ExplainWithoutWriting) {
    insert(20);
    const std::string removal = plan_of(R"({"delete": "things", "deletes": [{"q": {"n": 3}, "limit": 1}]})");
    EXPECT_EQ(removal.find(R"({"stage":"DELETE",)"), 0U) << removal;
    const std::string change = plan_of(R"({"update": "things", "updates": [{"q": {}, "u": {"$set": {"n": 0}}}]})");
    EXPECT_EQ(change.find(R"({"stage":"UPDATE",)"), 0U) << change;
    const std::string one = plan_of(R"({"findAndModify": "things", "query": {"n": 3}, "remove": true})");
    EXPECT_EQ(one.find(R"({"stage":"DELETE",)"), 0U) << one;
    EXPECT_EQ(run(R"({"count": "things", "query": {"n": 3}})")["n"].integer(), 2);
}

TEST_F(IndexCommands, ExplainWhatItCost) {
    insert(20);
    const Document reply = run(R"({"explain": {"find": "things", "filter": {"n": 3}}})");
    EXPECT_EQ(reply.at("executionStats.nReturned").integer(), 2);
    EXPECT_EQ(reply.at("executionStats.totalDocsExamined").integer(), 20);
    EXPECT_EQ(reply.at("executionStats.totalKeysExamined").integer(), 0);
    EXPECT_TRUE(reply["sheaf"].is_object());
    EXPECT_EQ(reply.at("queryPlanner.namespace").string(), "sheaf.things");
}

TEST_F(IndexCommands, ExplainPipelines) {
    insert(20);
    const Document reply = run(R"({"aggregate": "things", "explain": true,
                                   "pipeline": [{"$match": {"n": 3}}, {"$group": {"_id": "$n"}}]})");
    ASSERT_EQ(reply["stages"].size(), 2U) << reply.to_json();
    const View cursor = (*reply["stages"].elements().begin())["$cursor"];
    EXPECT_EQ(to_json(cursor.at("queryPlanner.parsedQuery")), R"({"n":3})");
    EXPECT_FALSE(cursor["executionStats"]);
    EXPECT_EQ(code_of(R"({"aggregate": "things", "explain": true, "pipeline": [{"$frobnicate": 1}]})"), 40324);
}

TEST_F(IndexCommands, ExplainOnlyQueries) {
    EXPECT_EQ(code_of(R"({"explain": {"insert": "things", "documents": [{}]}})"), 20);
    EXPECT_EQ(code_of(R"({"explain": {"explain": {"find": "things"}}})"), 20);
    EXPECT_EQ(code_of(R"({"explain": {"frobnicate": 1}})"), 59);
    EXPECT_EQ(code_of(R"({"explain": {}})"), 9);
    EXPECT_EQ(code_of(R"({"explain": {"find": "things"}, "verbosity": "much"})"), 2);
    EXPECT_EQ(code_of(R"({"explain": {"find": "things", "frobnicate": 1}})"), 40415);
    EXPECT_EQ(code_of(R"({"explain": {"update": "things", "updates": [{"q": {}, "u": {}}, {"q": {}, "u": {}}]}})"), 16);
}

}  // namespace
}  // namespace sheaf
