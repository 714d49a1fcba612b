#include "query/update/update_cases.hpp"

#include <gtest/gtest.h>

namespace sheaf::query {
namespace {

TEST(UpdatePipeline, Stages) {
    EXPECT_EQ(
        mismatches({
            {R"({"_id":1,"a":2})", "[]", "unchanged"},
            {R"({"_id":1,"a":2})", R"([{"$set": {"b": {"$add": ["$a", 1]}}}])", R"({"_id":1,"a":2,"b":3})"},
            {R"({"_id":1,"a":2})", R"([{"$addFields": {"a": 2}}])", "unchanged"},
            {R"({"_id":1,"a":2,"b":3})", R"([{"$set": {"c": {"$add": ["$a", "$b"]}}}, {"$unset": ["a", "b"]}])",
             R"({"_id":1,"c":5})"},
            {R"({"_id":1,"a":2,"b":3})", R"([{"$project": {"a": 1}}])", R"({"_id":1,"a":2})"},
            {R"({"_id":1,"a":2,"b":3})", R"([{"$project": {"a": 1, "_id": 0}}])", R"({"_id":1,"a":2})"},
            {R"({"_id":1,"a":{"x":5}})", R"([{"$replaceWith": "$a"}])", R"({"_id":1,"x":5})"},
            {R"({"_id":1,"a":{"x":5}})",
             R"([{"$replaceRoot": {"newRoot": "$a"}}, {"$set": {"x": {"$add": ["$x", 1]}}}])", R"({"_id":1,"x":6})"},
            {R"({"_id":1,"a":2})", R"([{"$set": {"_id": 1.0, "t": "$$NOW"}}])",
             R"({"_id":1,"a":2,"t":{"$date":"2023-11-14T22:13:20Z"}})"},
        }),
        "");
}

TEST(UpdatePipeline, Errors) {
    EXPECT_EQ(
        mismatches({
            {R"({"_id":1})", R"([{"$set": {"_id": 2}}])",
             "66 the pipeline cannot change _id from the integer 1 to the integer 2"},
            {R"({"_id":1})", R"([{"$set": {"_version": 2}}])", "9 the pipeline makes the system field _version"},
            {"{}", R"([{"$match": {"a": 1}}])", "72 the stage $match has no place in an update"},
            {"{}", R"([{"$sett": {"a": 1}}])", R"(40324 unknown stage "$sett" in an update)"},
            {"{}", R"([{"$set": {"a": 1}, "$unset": "b"}])", "40323 a stage of an update has one operator, not 2"},
            {"{}", "[{}]", "40323 a stage of an update has one operator, not 0"},
            {"{}", "[5]", "14 a stage of an update is an object, not an integer"},
            {"{}", R"([{"$replaceRoot": 5}])", "40229 $replaceRoot needs an object, not an integer"},
            {"{}", R"([{"$replaceRoot": {}}])", "40414 $replaceRoot needs newRoot"},
            {"{}", R"([{"$replaceRoot": {"newRoot": "$a", "x": 1}}])", R"(40415 $replaceRoot has no option "x")"},
            {"{}", "[]", "9 array filters do not go with a pipeline", R"([{"x": 1}])"},
        }),
        "");
}

TEST(UpdatePipeline, ResultStaysWithinLimits) {
    const auto code = [](const char* pipeline) {
        Limits small;
        small.document_bytes = 60;
        try {
            const Document update = Document::from_json("{\"p\":" + std::string(pipeline) + "}");
            Update::parse(update["p"], small).apply(R"({"_id": 1, "a": "0123456789"})"_json, small);
        } catch (const Error& error) {
            return error.code();
        }
        return Code::internal;
    };
    EXPECT_EQ(code(R"([{"$set": {"b": ["$a", "$a"]}}])"), Code::internal);  // no error
    EXPECT_EQ(code(R"([{"$set": {"b": ["$a", "$a", "$a", "$a", "$a"]}}])"), Code::limit_exceeded);
}

TEST(UpdatePipeline, Upserted) {
    EXPECT_EQ(upserted(R"({"_id": 3, "a": 1})", R"([{"$set": {"b": {"$add": ["$a", 1]}}}])"),
              R"({"_id":3,"a":1,"b":2})");
    EXPECT_EQ(upserted(R"({"a": 1})", R"([{"$set": {"_id": "x"}}])"), R"({"_id":"x","a":1})");
    EXPECT_EQ(upserted(R"({"_id": 3})", R"([{"$unset": "_id"}])"), R"({"_id":3})");
    EXPECT_EQ(upserted(R"({"_id": 3})", R"([{"$set": {"_id": 4}}])"),
              "66 the pipeline cannot change _id from the integer 3 to the integer 4");
}

}  // namespace
}  // namespace sheaf::query
