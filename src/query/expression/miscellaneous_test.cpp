#include <gtest/gtest.h>

#include <set>
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

TEST(Miscellaneous, Literal) {
    constexpr Row rows[] = {
        {R"({"$literal": "$a"})", R"("$a")"},
        {R"({"$const": ["$$ROOT", {"$none": 1, "": 2, "a.b": 3}]})", R"(["$$ROOT",{"$none":1,"":2,"a.b":3}])"},
    };
    expect_all(rows);
}

TEST(Miscellaneous, RandGivesAnotherNumberEachTime) {
    const Limits limits;
    const Bytes operand = json_to_cbor(R"({"$rand": {}})");
    const ExpressionPtr rand = ExpressionParser(limits).parse(View(operand));
    Evaluation evaluation(limits, View());
    std::set<double> numbers;
    double sum = 0;
    for (int i = 0; i < 10'000; ++i) {
        const double number = rand->evaluate(evaluation).number();
        ASSERT_GE(number, 0);
        ASSERT_LT(number, 1);
        numbers.insert(number);
        sum += number;
    }
    EXPECT_EQ(numbers.size(), 10'000U);
    EXPECT_NEAR(sum / 10'000, 0.5, 0.05);  // more than 15 standard deviations
}

TEST(Miscellaneous, MistakesInRand) {
    constexpr Row rows[] = {
        {R"({"$rand": 1})", "error 10065"},
        {R"({"$rand": null})", "error 10065"},
        {R"({"$rand": [1]})", "error 3040501"},
        {R"({"$rand": {"a": 1}})", "error 3040501"},
    };
    expect_all(rows);
}

TEST(Miscellaneous, MetaHasNothing) {
    constexpr Row rows[] = {
        {R"({"$meta": "textScore"})", "error 40218"}, {R"({"$meta": "indexKey"})", "missing"},
        {R"({"$meta": "recordId"})", "error 115"},    {R"({"$meta": "none"})", "error 17308"},
        {R"({"$meta": 1})", "error 17307"},
    };
    expect_all(rows);
}

TEST(Miscellaneous, BsonSize) {
    constexpr Row rows[] = {
        {R"({"$bsonSize": {}})", "5"},
        {R"({"$bsonSize": {"name": "test"}})", "20"},
        {R"({"$bsonSize": {"a": 1}})", "12"},
        {R"({"$bsonSize": {"a": {"$numberLong": "1"}}})", "16"},
        {R"({"$bsonSize": {"a": 1.0, "b": null, "c": true, "d": {"$date": 0}}})", "34"},
        {R"({"$bsonSize": {"a": {"$oid": "0123456789abcdef01234567"}}})", "20"},
        {R"({"$bsonSize": {"a": {"$binary": {"base64": "AAAA", "subType": "00"}}}})", "16"},
        {R"({"$bsonSize": {"a": [null, null]}})", "19"},
        {R"({"$bsonSize": {"a": {"$map": {"input": {"$range": [0, 11]}, "in": null}}}})", "47"},
        {R"({"$bsonSize": "$none"})", "null"},
        {R"({"$bsonSize": null})", "null"},
        {R"({"$bsonSize": 5})", "error 31393"},
    };
    expect_all(rows);
}

TEST(Miscellaneous, BinarySize) {
    constexpr Row rows[] = {
        {R"({"$binarySize": "\u00e9t\u00e9"})", "5"},
        {R"({"$binarySize": "$a"})", "3", R"({"a": {"$binary": {"base64": "AAAA", "subType": "00"}}})"},
        {R"({"$binarySize": "$none"})", "null"},
        {R"({"$binarySize": 5})", "error 51276"},
    };
    expect_all(rows);
}

}  // namespace
}  // namespace sheaf::query
