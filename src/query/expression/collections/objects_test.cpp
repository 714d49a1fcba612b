#include <gtest/gtest.h>

#include <span>

#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::Row;

void expect_all(std::span<const Row> rows) {
    for (const auto& [expression, expected, document] : rows) {
        EXPECT_EQ(evaluated(expression, document), expected) << expression << " over " << document;
    }
}

TEST(Objects, GetField) {
    constexpr Row rows[] = {
        {R"({"$getField": "a.b"})", "1", R"({"a.b": 1, "a": {"b": 2}})"},
        {R"({"$getField": {"$literal": "$a"}})", "1", R"({"$a": 1})"},
        {R"({"$getField": {"$concat": ["a", "b"]}})", "1", R"({"ab": 1})"},
        {R"({"$getField": {"field": "a", "input": "$x"}})", "3", R"({"x": {"a": 3}})"},
        {R"({"$getField": {"input": {"a": 1}, "field": "b"}})", "missing"},
        {R"({"$getField": {"field": "a", "input": null}})", "null"},
        {R"({"$getField": {"field": "a", "input": "$none"}})", "missing"},
        {R"({"$getField": {"field": "a", "input": [{"a": 1}]}})", "missing"},
        {R"({"$map": {"input": [{"a": 1}], "as": "CURRENT", "in": {"$getField": "a"}}})", "[1]"},
        {R"({"$getField": {"field": 5, "input": {}}})", "error 3041704"},
        {R"({"$getField": {"field": "$none", "input": {}}})", "error 3041704"},
        {R"({"$getField": {}})", "error 3041702"},
        {R"({"$getField": {"field": "a"}})", "error 3041703"},
        {R"({"$getField": {"field": "a", "x": 1}})", "error 3041701"},
    };
    expect_all(rows);
}

TEST(Objects, SetField) {
    constexpr Row rows[] = {
        {R"({"$setField": {"field": "a.b", "input": {"x": 1}, "value": 2}})", R"({"x":1,"a.b":2})"},
        {R"({"$setField": {"field": "a", "input": {"a": 1, "b": 2}, "value": "$c"}})", R"({"a":3,"b":2})",
         R"({"c": 3})"},
        {R"({"$setField": {"field": "a", "input": {"a": 1, "b": 2}, "value": "$$REMOVE"}})", R"({"b":2})"},
        {R"({"$setField": {"field": {"$literal": "$a"}, "input": {}, "value": null}})", R"({"$a":null})"},
        {R"({"$setField": {"field": "a", "input": "$none", "value": 1}})", "null"},
        {R"({"$setField": {"field": "a", "input": [], "value": 1}})", "error 4161105"},
        {R"({"$setField": {"field": "$a", "input": {}, "value": 1}})", "error 4161108"},
        {R"({"$setField": {"field": {"$concat": ["a"]}, "input": {}, "value": 1}})", "error 4161106"},
        {R"({"$setField": {"field": ["a"], "input": {}, "value": 1}})", "error 4161106"},
        {R"({"$setField": {"field": {"$literal": ["a"]}, "input": {}, "value": 1}})", "error 4161107"},
        {R"({"$setField": {"field": 1, "input": {}, "value": 1}})", "error 4161107"},
        {R"({"$setField": {"field": {}, "input": {}, "value": 1}})", "error 4161107"},
        {R"({"$setField": {"field": "a\u0000", "input": {}, "value": 1}})", "error 9534700"},
        {R"({"$setField": {}})", "error 4161102"},
        {R"({"$setField": {"field": "a"}})", "error 4161103"},
        {R"({"$setField": {"field": "a", "value": 1}})", "error 4161109"},
        {R"({"$setField": {"x": "a"}})", "error 4161101"},
        {R"({"$setField": 1})", "error 4161100"},
    };
    expect_all(rows);
}

TEST(Objects, UnsetField) {
    constexpr Row rows[] = {
        {R"({"$unsetField": {"field": "a", "input": {"a": 1, "b": {"a": 2}}}})", R"({"b":{"a":2}})"},
        {R"({"$unsetField": {"field": "b.a", "input": {"b": {"a": 2}}}})", R"({"b":{"a":2}})"},
        {R"({"$unsetField": {"field": "a", "input": null}})", "null"},
        {R"({"$unsetField": {"field": "a", "input": 1}})", "error 4161105"},
        {R"({"$unsetField": {"field": "a", "input": {}, "value": 1}})", "error 4161101"},
        {R"({"$unsetField": {"field": "a"}})", "error 4161109"},
    };
    expect_all(rows);
}

TEST(Objects, MergeObjects) {
    constexpr Row rows[] = {
        {R"({"$mergeObjects": [{"a": 1, "b": 2}, "$x", null, "$none", {"b": 3}]})", R"({"a":9,"b":3,"c":4})",
         R"({"x": {"c": 4, "a": 9}})"},
        {R"({"$mergeObjects": []})", "{}"},
        {R"({"$mergeObjects": [null]})", "{}"},
        {R"({"$mergeObjects": "$x"})", R"({"a":1,"b":2})", R"({"x": [{"a": 1}, {"b": 2}]})"},
        {R"({"$mergeObjects": [{"a": 1}, [{"b": 2}]]})", "error 40400"},
        {R"({"$mergeObjects": 5})", "error 40400"},
    };
    expect_all(rows);
}

TEST(Objects, ObjectToArray) {
    constexpr Row rows[] = {
        {R"({"$objectToArray": "$a"})", R"([{"k":"x","v":1},{"k":"y","v":{"z":2}}])",
         R"({"a": {"x": 1, "y": {"z": 2}}})"},
        {R"({"$objectToArray": {}})", "[]"},
        {R"({"$objectToArray": "$none"})", "null"},
        {R"({"$objectToArray": 5})", "error 40390"},
    };
    expect_all(rows);
}

TEST(Objects, ArrayToObject) {
    constexpr Row rows[] = {
        {R"({"$arrayToObject": {"$literal": [["a", 1], ["b", [2]], ["a", 3]]}})", R"({"a":3,"b":[2]})"},
        {R"({"$arrayToObject": {"$literal": [{"k": "a", "v": 1}, {"v": 2, "k": "b"}]}})", R"({"a":1,"b":2})"},
        {R"({"$arrayToObject": [[]]})", "{}"},
        {R"({"$arrayToObject": null})", "null"},
        {R"({"$arrayToObject": 5})", "error 40386"},
        {R"({"$arrayToObject": {"$literal": [["a", 1], {"k": "b", "v": 1}]}})", "error 40396"},
        {R"({"$arrayToObject": {"$literal": [["a"]]}})", "error 40397"},
        {R"({"$arrayToObject": {"$literal": [[1, 2]]}})", "error 40395"},
        {R"({"$arrayToObject": {"$literal": [["a\u0000", 2]]}})", "error 4940400"},
        {R"({"$arrayToObject": {"$literal": [{"k": "b", "v": 1}, ["a", 1]]}})", "error 40391"},
        {R"({"$arrayToObject": {"$literal": [{"k": "b"}]}})", "error 40392"},
        {R"({"$arrayToObject": {"$literal": [{"k": "b", "w": 1}]}})", "error 40393"},
        {R"({"$arrayToObject": {"$literal": [{"k": 5, "v": 1}]}})", "error 40394"},
        {R"({"$arrayToObject": {"$literal": [{"k": "a\u0000", "v": 1}]}})", "error 4940401"},
        {R"({"$arrayToObject": {"$literal": [5]}})", "error 40398"},
    };
    expect_all(rows);
}

// Looking for each key among all others would take minutes here.
TEST(Objects, ManyKeys) {
    constexpr std::string_view many = R"({"$size": {"$objectToArray": {"$arrayToObject": {"$map": {
        "input": {"$range": [0, 100000]}, "in": [{"$toString": "$$this"}, "$$this"]}}}}})";
    EXPECT_EQ(evaluated(many), "100000");
}

}  // namespace
}  // namespace sheaf::query
