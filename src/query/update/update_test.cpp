// What all operators share: the form of an update, conflicts, limits, upserts.
#include "query/update/update_cases.hpp"

#include <gtest/gtest.h>

namespace sheaf::query {
namespace {

TEST(Update, SeveralOperators) {
    EXPECT_EQ(mismatches({
                  {R"({"a":1,"b":2,"c":[1]})",
                   R"({"$set": {"d": 4}, "$inc": {"a": 1}, "$unset": {"b": ""}, "$push": {"c": 2}})",
                   R"({"a":2,"c":[1,2],"d":4})"},
                  {R"({"a":[0,0]})", R"({"$inc": {"a.1": 2}, "$set": {"a.0": 1}})", R"({"a":[1,2]})"},
              }),
              "");
}

TEST(Update, RefusesToParse) {
    EXPECT_EQ(
        mismatches({
            {"{}", "{}", "9 an update needs an operator such as $set; an empty document is for replace"},
            {"{}", "5", "9 an update is an object of operators or a pipeline, not an integer"},
            {"{}", R"({"a": 1})",
             R"(9 "a" is not an operator; an update consists of operators such as $set, )"
             "and a whole new document is for replace"},
            {"{}", R"({"$set": {"a": 1}, "b": 2})",
             R"(9 "b" is not an operator; an update consists of operators such as $set, )"
             "and a whole new document is for replace"},
            {"{}", R"({"$frob": {"a.b": 1}})", R"(9 unknown operator "$frob" at a.b)"},
            {"{}", R"({"$set": 5})", "9 $set needs an object of paths and values, not an integer"},
            {"{}", R"({"$rename": null})", "9 $rename needs an object of paths and values, not null"},
            {"{}", R"({"$set": {"a..b": 5}})", "56 $set at a..b: the path has an empty part"},
            {"{}", R"({"$set": {"": 5}})", "56 $set at : the path has an empty part"},
            {"{}", R"({"$set": {"_version": 5}})", "9 $set at _version: the system field _version cannot be changed"},
        }),
        "");
}

TEST(Update, RefusesConflicts) {
    EXPECT_EQ(
        mismatches({
            {"{}", R"({"$set": {"a": 1}, "$inc": {"a": 1}})", "40 the paths a ($set) and a ($inc) conflict"},
            {"{}", R"({"$set": {"a.b.c": 1, "a.b": 1}})", "40 the paths a.b ($set) and a.b.c ($set) conflict"},
            {"{}", R"({"$set": {"a": 1, "a.b.c": 1, "aa": 1}})", "40 the paths a ($set) and a.b.c ($set) conflict"},
            {"{}", R"({"$set": {"a": 1}, "$setOnInsert": {"a.b": 1}})",
             "40 the paths a ($set) and a.b ($setOnInsert) conflict"},
            {"{}", R"({"$currentDate": {"a": true}, "$pop": {"a": 1}})",
             "40 the paths a ($currentDate) and a ($pop) conflict"},
            {"{}", R"({"$unset": {"a.b": 1, "a.bb": 2, "a.c.b": 3}})", "unchanged"},
        }),
        "");
}

TEST(Update, ResultStaysWithinLimits) {
    Limits small;
    small.depth = 3;
    small.document_bytes = 40;
    const auto code = [&](const char* update) {
        try {
            Update::parse(Document::from_json(update), small).apply(R"({"_id": 1})"_json, small);
        } catch (const Error& error) {
            return error.code();
        }
        return Code::internal;
    };
    EXPECT_EQ(code(R"({"$set": {"a.b": 1}})"), Code::internal);  // no error
    EXPECT_EQ(code(R"({"$set": {"a.b.c.d": 1}})"), Code::limit_exceeded);
    EXPECT_EQ(code(R"({"$set": {"a": "01234567890123456789012345678901234567890123456789"}})"), Code::limit_exceeded);
}

TEST(Update, Upserted) {
    const struct {
        const char* filter;
        const char* update;
        const char* expected;
    } cases[] = {
        {R"({"a": 1, "_id": 5})", R"({"$set": {"b": 2}})", R"({"_id":5,"a":1,"b":2})"},
        {R"({"_id": {"$eq": "q"}})", R"({"$inc": {"n": 1}})", R"({"_id":"q","n":1})"},
        {R"({"c.d": 1, "e": {"$gt": 5}})", R"({"$set": {"c.f": 2}})", R"({"c":{"d":1,"f":2}})"},
        {R"({"a": {"b": 1}})", R"({"$set": {"a.c": 2}})", R"({"a":{"b":1,"c":2}})"},
        {R"({"a": 1})", R"({"$set": {"_id": 7}})", R"({"_id":7,"a":1})"},
        {R"({"a": 1})", R"({"$unset": {"a": ""}})", "{}"},
        {R"({"n": 4})", R"({"$inc": {"n": 1}})", R"({"n":5})"},
        {R"({"_version": 4, "a": null})", R"({"$push": {"l": 1}})", R"({"a":null,"l":[1]})"},
        {R"({"_id": 1})", R"({"$pull": {"l": 1}})", R"({"_id":1})"},
        {R"({"_id": 1})", R"({"$mul": {"n": 3}, "$min": {"m": 2}})", R"({"_id":1,"m":2,"n":0})"},
        {R"({"_id": 1, "a": 2})", R"({"$rename": {"a": "b"}})", R"({"_id":1,"b":2})"},
        {R"({"a": 2})", R"({"$rename": {"a": "_id"}})", R"({"_id":2})"},
        {R"({"_id": 1, "a": 2})", R"({"$setOnInsert": {"a": 3, "$b": 4}})", R"({"_id":1,"a":3,"$b":4})"},
        {R"({"_id": null})", R"({"$setOnInsert": {"_id": null, "x": 1}})", R"({"_id":null,"x":1})"},
        {R"({"_id": 1, "a": [1, 2]})", R"({"$set": {"a.$[]": 0}})", R"({"_id":1,"a":[0,0]})"},
        {R"({"a": 1, "a.b": 2})", R"({"$set": {"c": 2}})", "54 the paths a (the filter) and a.b (the filter) conflict"},
        {R"({"$and": [{"a": 1}, {"a": 2}]})", R"({"$set": {"c": 2}})",
         "54 the paths a (the filter) and a (the filter) conflict"},
        {R"({"_id": 1})", R"({"$set": {"_id": 2}})",
         "66 $set at _id: _id cannot be changed from the integer 1 to the integer 2"},
        {R"({"_id.a": 1})", R"({"$setOnInsert": {"_id.b": 2}})",
         "66 $setOnInsert at _id.b: _id cannot be changed from an object to an object"},
        {R"({"a": "x"})", R"({"$inc": {"a": 2}})", R"(14 $inc at a: the value is the string "x", not a number)"},
        {R"({"a": 5})", R"({"$set": {"a.$": 2}})",
         R"(2 $set at a.$: the filter has not looked into an array, so that "$" stands for no element)"},
        {R"({"x": 5})", R"({"$set": {"a.$[]": 2}})",
         R"(2 $set at a.$[]: "$[]" and "$[name]" need an array, but there is nothing)"},
    };
    for (const auto& c : cases) EXPECT_EQ(upserted(c.filter, c.update), c.expected) << c.filter << " " << c.update;
}

// $setOnInsert does nothing to a document that is there, whatever is in the way.
TEST(Update, SetOnInsertLeavesWhatIsThere) {
    EXPECT_EQ(
        mismatches({
            {R"({"_id":1,"a":1})", R"({"$setOnInsert": {"a": 2, "b.c": 3}})", "unchanged"},
            {R"({"_id":1,"a":1})", R"({"$setOnInsert": {"a.b": 2, "_id": 7}})", "unchanged"},
            {R"({"_id":1,"a":1})", R"({"$setOnInsert": {"$b": 2}, "$set": {"c": 1}})", R"({"_id":1,"a":1,"c":1})"},
        }),
        "");
}

TEST(Update, UpsertedReplacement) {
    const auto replaced = [](const char* filter, const char* replacement) {
        const Filter parsed = Filter::parse(Document::from_json(filter), test_limits);
        return to_json(upserted_replacement(parsed, Document::from_json(replacement), test_limits).view());
    };
    EXPECT_EQ(replaced(R"({"_id": 3, "b": 1})", R"({"a": 1})"), R"({"_id":3,"a":1})");
    EXPECT_EQ(replaced(R"({"b": 1})", R"({"a": 1})"), R"({"a":1})");
    EXPECT_EQ(replaced(R"({"b": 1})", R"({"a": 1, "_id": 9})"), R"({"_id":9,"a":1})");
    EXPECT_EQ(replaced(R"({"_id": 3})", R"({"a": 1, "_id": 3})"), R"({"_id":3,"a":1})");
    EXPECT_THROW(replaced(R"({"_id": 3})", R"({"_id": 4})"), Error);
    EXPECT_THROW(replaced(R"({"$and": [{"_id": 3}, {"_id": 4}]})", "{}"), Error);
}

}  // namespace
}  // namespace sheaf::query
