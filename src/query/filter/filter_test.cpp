#include "query/filter/filter.hpp"

#include <gtest/gtest.h>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "query/filter/filter_testing.hpp"

namespace sheaf::query {
namespace {

void check(std::initializer_list<MatchCase> cases) {
    EXPECT_EQ(wrong_matches(cases), "");
}

void check_errors(std::initializer_list<ErrorCase> cases) {
    EXPECT_EQ(wrong_errors(cases), "");
}

TEST(Filter, EqualityComparesWithinTypes) {
    check({
        {R"({"a": 1})", R"({"a": 1})", true},
        {R"({"a": 1})", R"({"a": 1.0})", true},
        {R"({"a": {"$numberLong": "1"}})", R"({"a": 1})", true},
        {R"({"a": 9007199254740993})", R"({"a": 9007199254740992.0})", false},
        {R"({"a": 9007199254740992})", R"({"a": 9007199254740992.0})", true},
        {R"({"a": -0.0})", R"({"a": 0})", true},
        {R"({"a": 1})", R"({"a": true})", false},
        {R"({"a": true})", R"({"a": 1})", false},
        {R"({"a": true})", R"({"a": true})", true},
        {R"({"a": "true"})", R"({"a": true})", false},
        {R"({"a": "1"})", R"({"a": 1})", false},
        {R"({"a": ""})", R"({"a": null})", false},
        {R"({"a": "b\u0000c"})", R"({"a": "b\u0000c"})", true},
        {R"({"a": "b\u0000c"})", R"({"a": "b"})", false},
        {R"({"a": {"$date": "2024-01-01T00:00:00Z"}})", R"({"a": {"$date": "2024-01-01T00:00:00Z"}})", true},
        {R"({"a": {"$date": 0}})", R"({"a": 0})", false},
        {R"({"a": {"$oid": "0123456789abcdef01234567"}})", R"({"a": {"$oid": "0123456789abcdef01234567"}})", true},
        {R"({"a": {"$numberDouble": "NaN"}})", R"({"a": {"$numberDouble": "NaN"}})", true},
        {R"({"a": 1})", R"({"a": {"$numberDouble": "NaN"}})", false},
        {R"({"a": {"$numberDouble": "NaN"}})", R"({"a": 1})", false},
    });
}

TEST(Filter, WholeObjectsCompareWithKeyOrder) {
    check({
        {R"({"a": {"x": 1, "y": 2}})", R"({"a": {"x": 1, "y": 2}})", true},
        {R"({"a": {"x": 1, "y": 2}})", R"({"a": {"y": 2, "x": 1}})", false},
        {R"({"a": {"x": 1, "y": 2}})", R"({"a": {"x": 1}})", false},
        {R"({"a": {"x": 1.0}})", R"({"a": {"x": 1}})", true},
        {R"({"a": {}})", R"({"a": {}})", true},
        {R"({"a": {"x": 1}})", R"({"a": {}})", false},
        {R"({"a": [{"x": 1}]})", R"({"a": {"x": 1}})", true},
        {R"({"a": {"$gt": 1}})", R"({"a": {"$eq": {"$gt": 1}}})", true},
        {R"({"a": {"b": {"$gt": 1}}})", R"({"a": {"b": {"$gt": 1}}})", true},
    });
}

TEST(Filter, RangesStayWithinTheType) {
    check({
        {R"({"a": 5})", R"({"a": {"$gt": 4.5}})", true},
        {R"({"a": 5})", R"({"a": {"$gt": 5}})", false},
        {R"({"a": 5})", R"({"a": {"$gte": 5}})", true},
        {R"({"a": 5})", R"({"a": {"$lt": 5}})", false},
        {R"({"a": 5})", R"({"a": {"$lte": 5.0}})", true},
        {R"({"a": 5})", R"({"a": {"$gt": 1, "$lt": 5}})", false},
        {R"({"a": 1.5})", R"({"a": {"$gt": 1.25}})", true},
        {R"({"a": 1.5})", R"({"a": {"$lt": 1.25}})", false},
        {R"({"a": 1.5})", R"({"a": {"$lte": 1.5}})", true},
        {R"({"a": 1.5})", R"({"a": {"$ne": 1.5}})", false},
        {R"({"a": "abc"})", R"({"a": {"$gt": -1}})", false},
        {R"({"a": 5})", R"({"a": {"$lt": "z"}})", false},
        {R"({"a": "b"})", R"({"a": {"$gt": "a"}})", true},
        {R"({"a": "\u00e9"})", R"({"a": {"$gt": "z"}})", true},
        {R"({"a": "B"})", R"({"a": {"$gt": "a"}})", false},
        {R"({"a": true})", R"({"a": {"$gt": false}})", true},
        {R"({"a": 1})", R"({"a": {"$gt": false}})", false},
        {R"({"a": {"$date": 5}})", R"({"a": {"$gte": {"$date": 5}}})", true},
        {R"({"a": {"$date": 5}})", R"({"a": {"$gt": 0}})", false},
        {R"({"a": null})", R"({"a": {"$gte": null}})", true},
        {R"({})", R"({"a": {"$lte": null}})", true},
        {R"({})", R"({"a": {"$gt": null}})", false},
        {R"({"a": 5})", R"({"a": {"$gte": null}})", false},
        {R"({"a": {"$numberDouble": "NaN"}})", R"({"a": {"$lt": 5}})", false},
        {R"({"a": {"$numberDouble": "NaN"}})", R"({"a": {"$gte": {"$numberDouble": "NaN"}}})", true},
        {R"({"a": {"$numberDouble": "NaN"}})", R"({"a": {"$gt": {"$numberDouble": "NaN"}}})", false},
        {R"({"a": 5})", R"({"a": {"$lte": {"$numberDouble": "NaN"}}})", false},
        {R"({"a": {"$numberDouble": "Infinity"}})", R"({"a": {"$gt": 9223372036854775807}})", true},
        {R"({"a": {"x": 3}})", R"({"a": {"$gt": {"x": 2}}})", true},
        {R"({"a": [1, 3]})", R"({"a": {"$gt": [1, 2]}})", true},
        {R"({"a": [1, 3]})", R"({"a": {"$gt": [1, 3]}})", false},
    });
}

TEST(Filter, NullAndMissing) {
    check({
        {R"({"a": null})", R"({"a": null})", true},
        {R"({"b": 1})", R"({"a": null})", true},
        {R"({"a": 0})", R"({"a": null})", false},
        {R"({"a": 5})", R"({"a.b": null})", true},
        {R"({"a": {}})", R"({"a.b": null})", true},
        {R"({"a": [{"b": 1}, {}]})", R"({"a.b": null})", true},
        {R"({"a": [{"b": 1}]})", R"({"a.b": null})", false},
        {R"({"a": [1, 2]})", R"({"a.b": null})", false},
        {R"({"a": []})", R"({"a.b": null})", false},
        {R"({"a": []})", R"({"a": null})", false},
        {R"({"a": [1, null]})", R"({"a": null})", true},
        {R"({"b": 1})", R"({"a": {"$ne": 1}})", true},
        {R"({"b": 1})", R"({"a": {"$ne": null}})", false},
        {R"({"b": 1})", R"({"a": {"$nin": [1, 2]}})", true},
        {R"({"b": 1})", R"({"a": {"$nin": [1, null]}})", false},
        {R"({"b": 1})", R"({"a": {"$in": [1, null]}})", true},
        {R"({"a": null})", R"({"a": {"$in": [null]}})", true},
        {R"({"b": 1})", R"({"a": {"$not": {"$gt": 5}}})", true},
        {R"({"b": 1})", R"({"$nor": [{"a": 1}]})", true},
    });
}

TEST(Filter, Exists) {
    check({
        {R"({"a": null})", R"({"a": {"$exists": true}})", true},
        {R"({"b": 1})", R"({"a": {"$exists": true}})", false},
        {R"({"b": 1})", R"({"a": {"$exists": false}})", true},
        {R"({"a": 1})", R"({"a": {"$exists": false}})", false},
        {R"({"a": 1})", R"({"a": {"$exists": 1}})", true},
        {R"({"a": 1})", R"({"a": {"$exists": 0}})", false},
        {R"({"a": 1})", R"({"a": {"$exists": null}})", false},
        {R"({"a": 1})", R"({"a": {"$exists": "no"}})", true},
        {R"({"a": []})", R"({"a": {"$exists": true}})", true},
        {R"({"a": [{"b": 1}, {"c": 2}]})", R"({"a.b": {"$exists": true}})", true},
        {R"({"a": [[{"b": 1}]]})", R"({"a.b": {"$exists": true}})", false},
        {R"({"a": [1, 2]})", R"({"a.1": {"$exists": true}})", true},
        {R"({"a": [1, 2]})", R"({"a.2": {"$exists": true}})", false},
        {R"({"a": {"b": 1}})", R"({"a..b": {"$exists": true}})", false},
        {R"({"a": {"": {"b": 1}}})", R"({"a..b": {"$exists": true}})", true},
    });
}

TEST(Filter, ArraysMatchByElementAndAsAWhole) {
    check({
        {R"({"a": [1, 2, 3]})", R"({"a": 2})", true},
        {R"({"a": [1, 2, 3]})", R"({"a": 4})", false},
        {R"({"a": [1, 2, 3]})", R"({"a": [1, 2, 3]})", true},
        {R"({"a": [1, 2, 3]})", R"({"a": [1, 2]})", false},
        {R"({"a": [[1, 2], 3]})", R"({"a": [1, 2]})", true},
        {R"({"a": [[1, 2], 3]})", R"({"a": 1})", false},
        {R"({"a": [[]]})", R"({"a": []})", true},
        {R"({"a": [1, 9]})", R"({"a": {"$gt": 3, "$lt": 5}})", true},  // different elements
        {R"({"a": [1, 2]})", R"({"a": {"$ne": 2}})", false},
        {R"({"a": [1, 2]})", R"({"a": {"$nin": [3]}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$in": [2, 5]}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$in": [[1, 2]]}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$not": {"$gt": 1}}})", false},
        {R"({"tags": "a"})", R"({"tags": "a"})", true},
    });
}

TEST(Filter, PathsThroughArrays) {
    check({
        {R"({"a": {"b": {"c": 1}}})", R"({"a.b.c": 1})", true},
        {R"({"a": [{"b": 1}, {"b": 2}]})", R"({"a.b": 2})", true},
        {R"({"a": [{"b": [1, 2]}, 5]})", R"({"a.b": 2})", true},
        {R"({"a": [{"b": [{"c": 1}]}, {"b": [{"c": 2}]}]})", R"({"a.b.c": 2})", true},
        {R"({"a": [[{"b": 1}]]})", R"({"a.b": 1})", false},
        {R"({"a": [[{"b": 1}]]})", R"({"a.0.b": 1})", true},
        {R"({"a": [10, 20]})", R"({"a.1": 20})", true},
        {R"({"a": [10, 20]})", R"({"a.01": 20})", false},
        {R"({"a": [10, 20]})", R"({"a.2": null})", false},
        {R"({"a": [[10, 2], [3, 4]]})", R"({"a.0.0": {"$gt": 5}})", true},
        {R"({"a": [[1, 2]]})", R"({"a.0": 1})", false},
        {R"({"a": [[1, 2]]})", R"({"a.0": [1, 2]})", true},
        {R"({"a": {"0": 7}})", R"({"a.0": 7})", true},
        {R"({"a": [{"0": 7}]})", R"({"a.0": 7})", true},
        {R"({"a": [{"0": {"b": 7}}]})", R"({"a.0.b": 7})", true},
        {R"({"a": [{"b": 7}, {"b": 8}]})", R"({"a.1.b": 8})", true},
        {R"({"a": [{"b": 7}, {"b": 8}]})", R"({"a.1.b": 7})", false},
        {R"({"a": [{"b": 7}]})", R"({"a.1.b": null})", true},
        {R"({"a": [{"b": 7}, {"c": 8}]})", R"({"a.b": {"$ne": 7}})", false},
    });
}

TEST(Filter, In) {
    check({
        {R"({"a": 1})", R"({"a": {"$in": []}})", false},
        {R"({"a": 1})", R"({"a": {"$nin": []}})", true},
        {R"({"a": 2.0})", R"({"a": {"$in": [3, 2, 1, 2, 2]}})", true},
        {R"({"a": {"$numberDouble": "NaN"}})", R"({"a": {"$in": [1, {"$numberDouble": "NaN"}]}})", true},
        {R"({"a": "x"})", R"({"a": {"$in": [1, "x", {"x": 1}, true]}})", true},
        {R"({"a": {"x": 1}})", R"({"a": {"$in": [1, "x", {"x": 1}, true]}})", true},
        {R"({"a": false})", R"({"a": {"$in": [0, "", null]}})", false},
    });
    Array many;
    for (int i = 0; i < 100'000; ++i) many.push_back("id-" + std::to_string(2 * i));
    const Filter filter = Filter::parse(Document({{"a", Value::object({{"$in", Value(many)}})}}), limits);
    EXPECT_TRUE(filter.matches({Document({{"a", "id-77776"}}).view(), {}}));
    EXPECT_FALSE(filter.matches({Document({{"a", "id-77777"}}).view(), {}}));
}

TEST(Filter, Logic) {
    check({
        {R"({"a": 1, "b": 2})", R"({})", true},
        {R"({"a": 1, "b": 2})", R"({"$comment": "anything"})", true},
        {R"({"a": 1, "b": 2})", R"({"$and": [{"a": 1}, {"b": 2}]})", true},
        {R"({"a": 1, "b": 2})", R"({"$and": [{"a": 1}, {"b": 3}]})", false},
        {R"({"a": 1, "b": 2})", R"({"$or": [{"a": 5}, {"b": 2}]})", true},
        {R"({"a": 1, "b": 2})", R"({"$or": [{"a": 5}, {"b": 5}]})", false},
        {R"({"a": 1, "b": 2})", R"({"$or": [{}, {"a": 5}]})", true},
        {R"({"a": 1, "b": 2})", R"({"$nor": [{"a": 5}, {"b": 5}]})", true},
        {R"({"a": 1, "b": 2})", R"({"$nor": [{"a": 5}, {"b": 2}]})", false},
        {R"({"a": 1, "b": 2})", R"({"$nor": [{}]})", false},
        {R"({"a": 1, "b": 2})", R"({"$or": [{"a": 5}, {"b": 2}], "a": 7})", false},
        {R"({"a": 1})", R"({"a": {"$not": {"$not": {"$eq": 1}}}})", true},
        {R"({"a": 7})", R"({"a": {"$not": {"$gt": 5, "$lt": 9}}})", false},
        {R"({"a": 1})", R"({"a": {"$not": {"$gt": 5, "$lt": 9}}})", true},
        {R"({"a": 1})", R"({"$or": [{"a": 1}, {"a": 2}]})", true},
        {R"({"a": [5, 2]})", R"({"$or": [{"a": 1}, {"a": 2}]})", true},
        {R"({"a": 3})", R"({"$or": [{"a": 1}, {"a": 2}]})", false},
        {R"({})", R"({"$or": [{"a": 1}, {"a": null}]})", true},
        {R"({})", R"({"$alwaysTrue": 1})", true},
        {R"({})", R"({"$alwaysFalse": 1.0})", false},
        {R"({})", R"({"$or": [{"$alwaysFalse": 1}, {"$alwaysTrue": 1}]})", true},
        {R"({"a": {"$ref": "c", "$id": 5}})", R"({"a": {"$ref": "c", "$id": 5}})", true},
        {R"({"a": {"$ref": "c", "$id": 5}})", R"({"a": {"$ref": "c", "$id": 6}})", false},
        {R"({"a": {"$ref": "c", "$id": 5}})", R"({"a.$id": 5})", true},
    });
}

TEST(Filter, SystemFieldsAreNotInTheBody) {
    const SystemFields system{{3}, {1000}, {2000}, true};
    EXPECT_TRUE(matches("{}", R"({"_version": 3})", system));
    EXPECT_FALSE(matches("{}", R"({"_version": {"$gt": 3}})", system));
    EXPECT_TRUE(matches("{}", R"({"_version": {"$in": [2, 3]}})", system));
    EXPECT_TRUE(matches("{}", R"({"_created": {"$date": 1000}, "_updated": {"$gt": {"$date": 1999}}})", system));
    EXPECT_TRUE(matches("{}", R"({"_archived": true})", system));
    EXPECT_TRUE(matches("{}", R"({"_version": {"$exists": true}})", system));
    EXPECT_TRUE(matches("{}", R"({"_version.x": null})", system));
    EXPECT_FALSE(matches(R"({"a": {"_version": 3}})", R"({"a._version": 4})", system));
    EXPECT_TRUE(matches(R"({"a": {"_version": 4}})", R"({"a._version": 4})", system));
}

TEST(Filter, RefusesWithPathAndOperator) {
    check_errors({
        {R"({"address.city": {"$foo": 1}})", 2, R"(unknown operator "$foo" at address.city)"},
        {R"({"$foo": 1})", 2, R"(unknown operator "$foo" at the top level)"},
        {R"({"a": {"$gt": 1, "b": 2}})", 2, R"(the key "b" at a stands among operators but is none)"},
        {R"({"a": {"b": 2, "$gt": 1}})", 2, "operator $gt at a stands beside keys that are no operators"},
        {R"({"a": {"$near": [2, 0]}})", 2, "operator $near is not supported at a"},
        {R"({"$where": "true"})", 2, "operator $where is not supported"},
        {R"({"$sampleRate": 0.5})", 2, "operator $sampleRate is not supported"},
        {R"({"a": {"$expr": true}})", 2, "operator $expr at a belongs at the top level, not under a path"},
        {R"({"a": {"$in": 5}})", 2, "$in at a needs an array, not an integer"},
        {R"({"a": {"$nin": null}})", 2, "$nin at a needs an array, not null"},
        {R"({"a": {"$in": [1, {"$gt": 1}]}})", 2, R"($in at a takes values, not the operator "$gt")"},
        {R"({"$and": []})", 2, "$and needs an array of at least one object, not an empty array"},
        {R"({"$or": {"a": 1}})", 2, "$or needs an array of at least one object, not an object"},
        {R"({"$nor": [1]})", 2, "$nor needs objects in its array, not an integer"},
        {R"({"a": {"$not": 5}})", 2, "$not at a needs an object of operators, not an integer"},
        {R"({"a": {"$not": {}}})", 2, "$not at a needs an object of operators, not an empty object"},
        {R"({"a": {"$not": {"b": 1}}})", 2, R"(the key "b" at a stands among operators but is none)"},
        {R"({"a": {"$or": [{"b": 1}]}})", 2, "operator $or at a belongs at the top level, not under a path"},
        {R"({"$not": {"a": 1}})", 2, "operator $not belongs under a path, not at the top level"},
        {R"({"$alwaysTrue": 2})", 9, "$alwaysTrue needs the number 1, not the integer 2"},
        {R"({"$alwaysFalse": true})", 9, "$alwaysFalse needs the number 1, not the boolean true"},
    });
}

TEST(Filter, ErrorsCarryPathAndOperator) {
    try {
        Filter::parse(R"({"address.city": {"$foo": 1}})"_json, limits);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.details().path, "address.city");
        EXPECT_EQ(error.details().op, "$foo");
    }
}

Code code_of(const Document& filter, const Limits& bounds) {
    try {
        Filter::parse(filter, bounds);
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;
}

TEST(Filter, Limits) {
    Limits small;
    small.filter_depth = 3;
    EXPECT_NO_THROW(Filter::parse(R"({"$and": [{"$or": [{"a": 1}, {"b": 1}]}]})"_json, small));
    EXPECT_EQ(code_of(R"({"$and": [{"$or": [{"a": {"$not": {"$gt": 1}}}]}]})"_json, small), Code::limit_exceeded);
    small.path_parts = 3;
    EXPECT_NO_THROW(Filter::parse(R"({"a.b.c": 1})"_json, small));
    EXPECT_EQ(code_of(R"({"a.b.c.d": 1})"_json, small), Code::limit_exceeded);
    small.filter_bytes = 10;
    EXPECT_EQ(code_of(R"({"a": "0123456789"})"_json, small), Code::limit_exceeded);
    std::string numbers = "a";
    for (int i = 0; i < 17; ++i) numbers += ".0";
    EXPECT_EQ(code_of(Document({{numbers, 1}}), limits), Code::limit_exceeded);
}

TEST(Filter, NumericPartsDoNotExplode) {
    // Each level can be walked by key and by index; with 16 numeric parts that must stay quick.
    std::string json = "1";
    for (int i = 0; i < 40; ++i) json = R"([{"0":)" + json + "}]";
    std::string path = "a";
    for (int i = 0; i < 16; ++i) path += ".0";
    const Document document = Document::from_json(R"({"a":)" + json + "}");
    EXPECT_FALSE(Filter::parse(Document({{path, 2}}), limits).matches({document.view(), {}}));
}

std::string ids_of(const char* filter) {
    const Filter parsed = Filter::parse(Document::from_json(filter), limits);
    const auto ids = parsed.ids();
    if (!ids) return "any";
    std::string text;
    for (const View id : *ids) text += to_json(id) + " ";
    return text;
}

TEST(Filter, Ids) {
    EXPECT_EQ(ids_of("{}"), "any");
    EXPECT_EQ(ids_of(R"({"a": 1})"), "any");
    EXPECT_EQ(ids_of(R"({"_id": 5})"), "5 ");
    EXPECT_EQ(ids_of(R"({"_id": {"$eq": "x"}, "a": 1})"), "\"x\" ");
    EXPECT_EQ(ids_of(R"({"_id": {"$in": [3, "x", 1, 3, [1], {}]}})"), "1 3 \"x\" ");
    EXPECT_EQ(ids_of(R"({"$and": [{"_id": {"$in": [1, 2]}}, {"_id": 2}]})"), "2 ");
    EXPECT_EQ(ids_of(R"({"_id": {"$in": []}})"), "");
    EXPECT_EQ(ids_of(R"({"_id": [1, 2]})"), "");
    EXPECT_EQ(ids_of(R"({"_id": {"$gt": 5}})"), "any");
    EXPECT_EQ(ids_of(R"({"_id": {"$ne": 5}})"), "any");
    EXPECT_EQ(ids_of(R"({"_id.x": 5})"), "any");
    EXPECT_EQ(ids_of(R"({"$or": [{"_id": 1}, {"_id": {"$in": [3, 2]}}]})"), "1 2 3 ");
    EXPECT_EQ(ids_of(R"({"$or": [{"_id": 1}, {"_id": {"$gt": 2}}]})"), "any");
    EXPECT_EQ(ids_of(R"({"$or": [{"_id": 1}, {"a": 2}]})"), "any");
    EXPECT_EQ(ids_of(R"({"$nor": [{"_id": 1}, {"_id": 2}]})"), "any");
    EXPECT_EQ(ids_of(R"({"_id": {"$all": [5]}})"), "5 ");
}

std::string equalities_of(const char* filter) {
    const Filter parsed = Filter::parse(Document::from_json(filter), limits);
    std::string text;
    for (const Filter::Equality& e : parsed.equalities()) text += e.path + "=" + to_json(e.value) + " ";
    return text;
}

TEST(Filter, Equalities) {
    EXPECT_EQ(equalities_of("{}"), "");
    EXPECT_EQ(equalities_of(R"({"b": 1, "a.c": {"$eq": [1]}, "d": {"$gt": 5}})"), "b=1 a.c=[1] ");
    EXPECT_EQ(equalities_of(R"({"$and": [{"a": 1}, {"$and": [{"b": null}]}]})"), "a=1 b=null ");
    EXPECT_EQ(equalities_of(R"({"$or": [{"a": 1}]})"), "a=1 ");
    EXPECT_EQ(equalities_of(R"({"$or": [{"a": 1}, {"b": 1}]})"), "");
    EXPECT_EQ(equalities_of(R"({"$nor": [{"a": 1}], "b": {"$ne": 1}, "c": {"$not": {"$eq": 1}}})"), "");
    EXPECT_EQ(equalities_of(R"({"a": {"$in": [4]}, "b": {"$in": [4, 5]}})"), "a=4 ");
    EXPECT_EQ(equalities_of(R"({"_version": 3, "a": 1})"), "a=1 ");
}

TEST(Filter, MatchesEverything) {
    EXPECT_TRUE(Filter().matches_everything());
    EXPECT_TRUE(Filter::parse(Document(), limits).matches_everything());
    EXPECT_TRUE(Filter::parse(R"({"$and": [{}], "$comment": 1})"_json, limits).matches_everything());
    EXPECT_FALSE(Filter::parse(R"({"a": 1})"_json, limits).matches_everything());
}

bool value_matches(const char* value, const char* condition) {
    const Bytes operand = json_to_cbor(condition);
    const Filter filter = Filter::parse_condition(View(operand), "a", limits);
    const Bytes bytes = json_to_cbor(value);
    return filter.matches_value(View(bytes));
}

TEST(Filter, ConditionsOnAValue) {
    EXPECT_TRUE(value_matches("5", R"({"$gte": 5})"));
    EXPECT_FALSE(value_matches("4", R"({"$gte": 5})"));
    EXPECT_TRUE(value_matches("[1, 6]", R"({"$gte": 5})"));
    EXPECT_TRUE(value_matches(R"({"x": 1, "y": 2})", R"({"x": 1})"));
    EXPECT_TRUE(value_matches(R"({"x": [0, 1]})", R"({"x": 1})"));
    EXPECT_FALSE(value_matches("1", R"({"x": null})"));
    EXPECT_TRUE(value_matches(R"({"x": 1})", R"({"$or": [{"x": 1}, {"y": 1}]})"));
    EXPECT_TRUE(value_matches(R"({"_version": 7})", R"({"_version": 7})"));
    EXPECT_TRUE(value_matches("[1, 2]", "[1, 2]"));
    EXPECT_FALSE(value_matches("[1, 2]", "1"));
    EXPECT_TRUE(value_matches("null", "null"));
    EXPECT_TRUE(value_matches("1.0", "1"));
    EXPECT_THROW(value_matches("1", R"({"$badop": 1})"), Error);
}

TEST(Filter, DamagedBytesThrow) {
    const Document document = R"({"a": 1, "b": [1, 2, {"c": "text"}]})"_json;
    const Filter filter = Filter::parse(R"({"b.c": "nothing", "z": 1})"_json, limits);
    for (std::size_t size = 0; size < document.cbor().size(); ++size) {
        const Bytes cut = document.cbor().substr(0, size);
        EXPECT_THROW(filter.matches({View(cut), {}}), Error) << size;
    }
}

}  // namespace
}  // namespace sheaf::query
