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

TEST(Comparison, TotalOrder) {
    constexpr Row rows[] = {
        {R"({"$eq": [1, 1.0]})", "true"},
        {R"({"$eq": ["$none", null]})", "false"},
        {R"({"$lt": ["$none", null]})", "true"},
        {R"({"$cmp": ["$none", "$neither"]})", "0"},
        {R"({"$cmp": [1, "a"]})", "-1"},
        {R"({"$cmp": [{"a": 1}, "a"]})", "1"},
        {R"({"$gt": [[1, 2], [1]]})", "true"},
        {R"({"$eq": [9007199254740993, 9007199254740992.0]})", "false"},
        {R"({"$gt": [9223372036854775807, 9223372036854775808.0]})", "false"},
        {R"({"$lt": [{"$numberDouble": "NaN"}, {"$numberDouble": "-Infinity"}]})", "true"},
        {R"({"$eq": [{"$numberDouble": "NaN"}, {"$numberDouble": "NaN"}]})", "true"},
        {R"({"$ne": [{"a": 1, "b": 2}, {"b": 2, "a": 1}]})", "true"},
        {R"({"$gte": [true, {"$date": 0}]})", "false"},
        {R"({"$lte": [0.0, -0.0]})", "true"},
        {R"({"$gt": [1]})", "error 16020"},
    };
    expect_all(rows);
}

TEST(Comparison, Truth) {
    constexpr Row rows[] = {
        {R"({"$and": []})", "true"},
        {R"({"$or": []})", "false"},
        {R"({"$and": [1, "", [], {}]})", "true"},
        {R"({"$and": [1, "$none"]})", "false"},
        {R"({"$or": [0, null, "$none", 0.0, false]})", "false"},
        {R"({"$or": [0, {"$numberDouble": "NaN"}]})", "true"},
        {R"({"$not": [[]]})", "false"},
        {R"({"$not": "$none"})", "true"},
        {R"({"$not": []})", "error 16020"},
        {R"({"$or": "$a"})", "true", R"({"a": 1})"},
    };
    expect_all(rows);
}

// Operands after the one that decides are not evaluated.
TEST(Comparison, OperandsThatAreNotReached) {
    constexpr Row rows[] = {
        {R"({"$and": [false, {"$divide": ["$a", 0]}]})", "false", R"({"a": 1})"},
        {R"({"$or": [true, {"$divide": ["$a", 0]}]})", "true", R"({"a": 1})"},
        {R"({"$cond": ["$a", "$a", {"$divide": ["$a", 0]}]})", "1", R"({"a": 1})"},
        {R"({"$ifNull": ["$a", {"$divide": ["$a", 0]}]})", "1", R"({"a": 1})"},
        {R"({"$switch": {"branches": [{"case": "$a", "then": 1}, {"case": {"$divide": ["$a", 0]}, "then": 2}]}})", "1",
         R"({"a": 1})"},
        {R"({"$and": [true, {"$divide": ["$a", 0]}]})", "error 2", R"({"a": 1})"},
    };
    expect_all(rows);
}

TEST(Comparison, Conditions) {
    constexpr Row rows[] = {
        {R"({"$cond": [1, "yes", "no"]})", R"("yes")"},
        {R"({"$cond": {"if": null, "then": "yes", "else": "no"}})", R"("no")"},
        {R"({"$cond": [true, "$none", 1]})", "missing"},
        {R"({"$cond": [true, 1]})", "error 16020"},
        {R"({"$cond": {"then": 1, "else": 2}})", "error 17080"},
        {R"({"$cond": {"if": 1, "else": 2}})", "error 17081"},
        {R"({"$cond": {"if": 1, "then": 2}})", "error 17082"},
        {R"({"$cond": {"if": 1, "then": 2, "else": 3, "x": 4}})", "error 17083"},
        {R"({"$ifNull": [null, "$none", 3]})", "3"},
        {R"({"$ifNull": [null, "$none"]})", "missing"},
        {R"({"$ifNull": [1]})", "error 1257300"},
    };
    expect_all(rows);
}

TEST(Comparison, Switch) {
    constexpr Row rows[] = {
        {R"({"$switch": {"branches": [{"case": false, "then": 1}], "default": 2}})", "2"},
        {R"({"$switch": {"branches": [{"case": false, "then": 1}, {"case": 1, "then": 3}]}})", "3"},
        {R"({"$switch": {"branches": [{"case": false, "then": 1}]}})", "error 40069"},
        {R"({"$switch": {"branches": [{"case": "$none", "then": 1}]}})", "error 40066"},
        {R"({"$switch": 1})", "error 40060"},
        {R"({"$switch": {"branches": 1}})", "error 40061"},
        {R"({"$switch": {"branches": [1]}})", "error 40062"},
        {R"({"$switch": {"branches": [{"case": 1, "then": 1, "x": 1}]}})", "error 40063"},
        {R"({"$switch": {"branches": [{"then": 1}]}})", "error 40064"},
        {R"({"$switch": {"branches": [{"case": 1}]}})", "error 40065"},
        {R"({"$switch": {"branches": [{"case": 1, "then": 1}], "x": 1}})", "error 40067"},
        {R"({"$switch": {"default": 1}})", "error 40068"},
    };
    expect_all(rows);
}

}  // namespace
}  // namespace sheaf::query
