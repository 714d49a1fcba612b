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

TEST(Loops, Let) {
    constexpr Row rows[] = {
        {R"({"$let": {"vars": {"x": "$a", "y": 2}, "in": ["$$x", "$$y"]}})", "[1,2]", R"({"a": 1})"},
        {R"({"$let": {"vars": {"x": 1}, "in": {"$let": {"vars": {"x": 2, "y": "$$x"}, "in": ["$$x", "$$y"]}}}})",
         "[2,1]"},
        {R"([{"$let": {"vars": {"x": 1}, "in": "$$x"}}, {"$let": {"vars": {"x": 2}, "in": "$$x"}}])", "[1,2]"},
        {R"({"$let": {"vars": {"x": "$none"}, "in": "$$x"}})", "missing"},
        {R"({"$let": {"vars": {"x": {"a": [{"b": 1}]}}, "in": "$$x.a.b"}})", "[1]"},
        {R"({"$let": {"vars": {"\u00e9t\u00e9_1": 5}, "in": "$$\u00e9t\u00e9_1"}})", "5"},
        {R"({"$let": {"vars": {}, "in": 1}})", "1"},
        {R"({"$let": {"vars": [], "in": 1}})", "1"},
        {R"({"$let": {"vars": [1], "in": 1}})", "error 9"},
        {R"({"$let": {"vars": 1, "in": 1}})", "error 10065"},
        {R"({"$let": {"vars": {"X": 1}, "in": 1}})", "error 9"},
        {R"({"$let": {"vars": {"_x": 1}, "in": 1}})", "error 9"},
        {R"({"$let": {"vars": {"1x": 1}, "in": 1}})", "error 9"},
        {R"({"$let": {"vars": {"x-y": 1}, "in": 1}})", "error 9"},
        {R"({"$let": {"vars": {"": 1}, "in": 1}})", "error 9"},
        {R"({"$let": {"vars": {"ROOT": 1}, "in": 1}})", "error 9"},
        {R"({"$let": {"vars": {"x": 1, "y": "$$x"}, "in": 1}})", "error 17276"},
        {R"({"$let": {"in": 1}})", "error 16876"},
        {R"({"$let": {"vars": {}}})", "error 16877"},
        {R"({"$let": {"vars": {}, "in": 1, "x": 1}})", "error 16875"},
        {R"({"$let": 1})", "error 16874"},
    };
    expect_all(rows);
}

TEST(Loops, Map) {
    constexpr Row rows[] = {
        {R"({"$map": {"input": "$a", "as": "x", "in": ["$$x", "$b"]}})", "[[1,9],[2,9]]", R"({"a": [1, 2], "b": 9})"},
        {R"({"$map": {"input": [{"a": 1}, {}], "in": "$$this.a"}})", "[1,null]"},  // missing becomes null
        {R"({"$map": {"input": [[1, 2], [3]], "as": "r", "in": {"$map": {"input": "$$r", "in": ["$$this", "$$r"]}}}})",
         "[[[1,[1,2]],[2,[1,2]]],[[3,[3]]]]"},
        {R"({"$map": {"input": [], "in": 1}})", "[]"},
        {R"({"$map": {"input": null, "in": 1}})", "null"},
        {R"({"$map": {"input": "$none", "in": 1}})", "null"},
        {R"({"$map": {"input": 5, "in": 1}})", "error 16883"},
        {R"({"$map": {"input": [1], "as": 5, "in": 1}})", "error 9"},
        {R"({"$map": {"input": [1], "as": "", "in": 1}})", "error 9"},
        {R"({"$map": {"input": [1], "as": "x", "in": "$$this"}})", "error 17276"},
        {R"({"$map": {"input": "$$this", "in": 1}})", "error 17276"},
        {R"({"$map": {"in": 1}})", "error 16880"},
        {R"({"$map": {"input": [1]}})", "error 16882"},
        {R"({"$map": {"input": [1], "in": 1, "x": 1}})", "error 16879"},
        {R"({"$map": 1})", "error 16878"},
    };
    expect_all(rows);
}

TEST(Loops, Filter) {
    constexpr Row rows[] = {
        {R"({"$filter": {"input": [1, null, 0, "", 2.0], "cond": "$$this"}})", R"([1,"",2.0])"},
        {R"({"$filter": {"input": "$a", "as": "x", "cond": {"$in": ["$$x", "$b"]}}})", "[2,2]",
         R"({"a": [1, 2, 2, 3], "b": [2, 4]})"},
        {R"({"$filter": {"input": [1, 2, 3], "cond": true, "limit": 2}})", "[1,2]"},
        {R"({"$filter": {"input": [1, 2, 3], "cond": true, "limit": 9.0}})", "[1,2,3]"},
        {R"({"$filter": {"input": [1, 2, 3], "cond": true, "limit": null}})", "[1,2,3]"},
        {R"({"$filter": {"input": [1, 2, 3], "cond": true, "limit": "$none"}})", "[1,2,3]"},
        {R"({"$filter": {"input": null, "cond": true}})", "null"},
        {R"({"$filter": {"input": [1], "cond": true, "limit": 0}})", "error 327392"},
        {R"({"$filter": {"input": [1], "cond": true, "limit": 1.5}})", "error 327391"},
        {R"({"$filter": {"input": [1], "cond": true, "limit": "x"}})", "error 327391"},
        {R"({"$filter": {"input": 1, "cond": true}})", "error 28651"},
        {R"({"$filter": {"cond": true}})", "error 28648"},
        {R"({"$filter": {"input": [1]}})", "error 28650"},
        {R"({"$filter": {"input": [1], "cond": true, "x": 1}})", "error 28647"},
        {R"({"$filter": 1})", "error 28646"},
    };
    expect_all(rows);
}

TEST(Loops, Reduce) {
    constexpr Row rows[] = {
        {R"({"$reduce": {"input": ["a", "b"], "initialValue": "", "in": {"$concat": ["$$value", "$$this"]}}})",
         R"("ab")"},
        {R"({"$reduce": {"input": [1, 2, 3], "initialValue": [], "in": {"$concatArrays": [["$$this"], "$$value"]}}})",
         "[3,2,1]"},
        {R"({"$reduce": {"input": [1, 2], "initialValue": {"n": "$a"}, "in": "$$value"}})", R"({"n":5})",
         R"({"a": 5})"},
        {R"({"$reduce": {"input": [1, 2], "initialValue": 0, "in": "$$this"}})", "2"},
        {R"({"$reduce": {"input": [], "initialValue": "$a", "in": 1}})", "5", R"({"a": 5})"},
        {R"({"$reduce": {"input": [], "initialValue": "$none", "in": 1}})", "missing"},
        {R"({"$reduce": {"input": [1], "initialValue": 1, "in": "$none"}})", "missing"},
        {R"({"$reduce": {"input": [[1, 2], [3]], "initialValue": 0, "in": {"$reduce": {"input": "$$this",
            "initialValue": "$$value", "in": {"$size": [["$$value", "$$this"]]}}}}})",
         "2"},
        {R"({"$reduce": {"input": null, "initialValue": 0, "in": 1}})", "null"},
        {R"({"$reduce": {"input": 5, "initialValue": 0, "in": 1}})", "error 40080"},
        {R"({"$reduce": {"initialValue": 0, "in": 1}})", "error 40077"},
        {R"({"$reduce": {"input": [], "in": 1}})", "error 40078"},
        {R"({"$reduce": {"input": [], "initialValue": 0}})", "error 40079"},
        {R"({"$reduce": {"input": [], "initialValue": 0, "in": 1, "x": 1}})", "error 40076"},
        {R"({"$reduce": 1})", "error 40075"},
    };
    expect_all(rows);
}

TEST(Loops, IntermediateValuesDoNotPileUp) {
    const Limits limits{.expression_bytes = 100'000};
    constexpr std::string_view reduce = R"({"$size": {"$reduce": {"input": {"$range": [0, 1000]}, "initialValue": [],
        "in": {"$slice": [{"$concatArrays": [{"$range": [0, 1000]}, "$$value"]}, 1000]}}}})";
    EXPECT_EQ(evaluated(reduce, "{}", nullptr, limits), "1000");
    constexpr std::string_view map = R"({"$size": {"$map": {"input": {"$range": [0, 1000]},
        "in": {"$size": {"$range": ["$$this", 1000]}}}}})";
    EXPECT_EQ(evaluated(map, "{}", nullptr, limits), "1000");
    constexpr std::string_view filter = R"({"$size": {"$filter": {"input": {"$range": [0, 1000]},
        "cond": {"$size": {"$range": ["$$this", 999]}}}}})";
    EXPECT_EQ(evaluated(filter, "{}", nullptr, limits), "999");
}

TEST(Loops, LongOnes) {
    constexpr std::string_view count = R"({"$reduce": {"input": {"$range": [0, 100000]}, "initialValue": {"n": 0},
        "in": {"n": {"$add": ["$$value.n", 1]}}}})";
    EXPECT_EQ(evaluated(count), R"({"n":100000})");
}

TEST(Loops, NestingOfVariablesEndsAtTheLimit) {
    constexpr std::string_view wrap = R"({"$reduce": {"input": {"$range": [0, 5000]}, "initialValue": 1,
        "in": ["$$value"]}})";
    EXPECT_EQ(evaluated(wrap), "error 10334");
    // Each level wraps the variable of the level before.
    const auto nested = [](std::string_view open, std::string_view close) {
        std::string text = R"("$$x")";
        for (int i = 0; i < 20; ++i) {
            std::string wrapped = R"("$$x")";
            for (int j = 0; j < 60; ++j) wrapped = "[" + wrapped + "]";
            text = std::string(open) + wrapped + std::string(close) + text + "}}";
        }
        return R"({"$let": {"vars": {"x": "$a"}, "in": )" + text + "}}";
    };
    const std::string document = R"({"a": 1})";
    EXPECT_EQ(evaluated(nested(R"({"$let": {"vars": {"x": )", R"(}, "in": )"), document), "error 10334");
    EXPECT_EQ(evaluated(nested(R"({"$map": {"as": "x", "input": )", R"(, "in": )"), document), "error 10334");
}

}  // namespace
}  // namespace sheaf::query
