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

TEST(Sets, Union) {
    constexpr Row rows[] = {
        {R"({"$setUnion": [[3, 1], [2, 1.0], [[1], {"a": 1}, {"a": 1.0}]]})", R"([1,2,3,{"a":1},[1]])"},
        {R"({"$setUnion": []})", "[]"},
        {R"({"$setUnion": "$a"})", "[1]", R"({"a": [1, 1]})"},
        {R"({"$setUnion": [[1], null]})", "null"},
        {R"({"$setUnion": [[1], "$none"]})", "null"},
        {R"({"$setUnion": [[1], 2]})", "error 17043"},
    };
    expect_all(rows);
}

TEST(Sets, Intersection) {
    constexpr Row rows[] = {
        {R"({"$setIntersection": [[3, 2, 1, 2], [2, 3, 4], [3.0, 2]]})", "[2,3]"},
        {R"({"$setIntersection": [[1], [2], 5]})", "error 17047"},
        {R"({"$setIntersection": []})", "[]"},
        {R"({"$setIntersection": [[1], []]})", "[]"},
        {R"({"$setIntersection": [[1], null]})", "null"},
        {R"({"$setIntersection": [[null], [null]]})", "[null]"},
    };
    expect_all(rows);
}

TEST(Sets, Difference) {
    constexpr Row rows[] = {
        {R"({"$setDifference": [[3, 1, 3, 2, 1, 9], [2.0, 7]]})", "[3,1,9]"},  // in the order of the first
        {R"({"$setDifference": [[[1], 1], [1]]})", "[[1]]"},
        {R"({"$setDifference": [null, [1]]})", "null"},
        {R"({"$setDifference": [[1], "$none"]})", "null"},
        {R"({"$setDifference": [1, [1]]})", "error 17048"},
        {R"({"$setDifference": [[1], 1]})", "error 17049"},
    };
    expect_all(rows);
}

TEST(Sets, EqualsAndSubset) {
    constexpr Row rows[] = {
        {R"({"$setEquals": [[1, 2, 2], [2.0, 1], [1, 2]]})", "true"},
        {R"({"$setEquals": [[1, 2], [1, 2, 3]]})", "false"},
        {R"({"$setEquals": [[], []]})", "true"},
        {R"({"$setEquals": [[1], null]})", "error 17044"},
        {R"({"$setEquals": [[1]]})", "error 17045"},
        {R"({"$setIsSubset": [[1, 1, 2], [2, 3, 1]]})", "true"},
        {R"({"$setIsSubset": [[1, 4], [2, 3, 1]]})", "false"},
        {R"({"$setIsSubset": [[], []]})", "true"},
        {R"({"$setIsSubset": [null, []]})", "error 17046"},
        {R"({"$setIsSubset": [[], null]})", "error 17042"},
    };
    expect_all(rows);
}

TEST(Sets, TruthOfElements) {
    constexpr Row rows[] = {
        {R"({"$allElementsTrue": [[1, "", [], {"a": 0}]]})", "true"},
        {R"({"$allElementsTrue": [[1, 0]]})", "false"},
        {R"({"$allElementsTrue": [[1, null]]})", "false"},
        {R"({"$allElementsTrue": [[]]})", "true"},
        {R"({"$allElementsTrue": [null]})", "error 17040"},
        {R"({"$anyElementTrue": [[0, -0.0, null, false]]})", "false"},
        {R"({"$anyElementTrue": [[0, {"$numberDouble": "NaN"}]]})", "true"},
        {R"({"$anyElementTrue": [[]]})", "false"},
        {R"({"$anyElementTrue": ["$none"]})", "error 17041"},
    };
    expect_all(rows);
}

// Quadratic work would take minutes here.
TEST(Sets, LargeOnes) {
    constexpr std::string_view counts = R"({"$let": {"vars": {
        "up": {"$range": [0, 100000]}, "down": {"$range": [100000, 0, -1]}}, "in": [
        {"$size": {"$setUnion": ["$$up", "$$down"]}}, {"$size": {"$setIntersection": ["$$up", "$$down"]}},
        {"$size": {"$setDifference": ["$$up", "$$down"]}}, {"$setEquals": ["$$up", "$$down"]},
        {"$setIsSubset": ["$$up", "$$down"]}]}})";
    EXPECT_EQ(evaluated(counts), "[100001,99999,1,false,false]");
}

}  // namespace
}  // namespace sheaf::query
