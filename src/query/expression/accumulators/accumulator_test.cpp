#include "query/expression/accumulators/accumulator.hpp"

#include <gtest/gtest.h>

#include <span>

#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::Row;

// What a group makes of the documents of an array; "error N" where it refuses.
std::string grouped(std::string_view specification, std::string_view documents, JsonMode mode = JsonMode::canonical) {
    try {
        const Bytes operand = json_to_cbor(specification);
        const Bytes rows = json_to_cbor(documents);
        const Limits limits;
        ExpressionParser parser{Settings(limits)};
        const Accumulation accumulation = Accumulation::parse(View(operand), parser);
        Evaluation evaluation(limits, empty_object());
        const AccumulatorPtr group = accumulation.begin(evaluation);
        for (const View document : View(rows).elements()) {
            evaluation.restart(document);
            group->add(accumulation.input(evaluation));
        }
        Scratch scratch(limits.expression_bytes);
        return to_json(group->result(scratch), {.mode = mode});
    } catch (const Error& error) {
        return "error " + std::to_string(error.mongo_code());
    }
}

std::string plain(std::string_view specification, std::string_view documents) {
    return grouped(specification, documents, JsonMode::relaxed);
}

struct GroupRow {
    std::string_view specification;
    std::string_view documents;
    std::string_view expected;
};

TEST(Accumulator, SumsKeepTheirWidth) {
    constexpr GroupRow rows[] = {
        {R"({"$sum": "$v"})", "[]", R"({"$numberInt":"0"})"},
        {R"({"$sum": "$v"})", R"([{"v": 1}, {"v": "a"}, {}, {"v": null}, {"v": [5]}, {"v": 2}])",
         R"({"$numberInt":"3"})"},
        {R"({"$sum": "$v"})", R"([{"v": 1}, {"v": {"$numberLong": "2"}}])", R"({"$numberLong":"3"})"},
        {R"({"$sum": "$v"})", R"([{"v": 2147483647}, {"v": 1}])", R"({"$numberLong":"2147483648"})"},
        {R"({"$sum": "$v"})", R"([{"v": 9223372036854775807}, {"v": 1}, {"v": -2}])",
         R"({"$numberLong":"9223372036854775806"})"},
        {R"({"$sum": "$v"})", R"([{"v": -9223372036854775808}, {"v": 9223372036854775807}])",
         R"({"$numberLong":"-1"})"},
        {R"({"$sum": "$v"})", R"([{"v": 1e16}, {"v": 1.0}, {"v": -1e16}])", R"({"$numberDouble":"1.0"})"},
        {R"({"$sum": "$v"})", R"([{"v": 1}, {"v": {"$numberDouble": "Infinity"}}])", R"({"$numberDouble":"Infinity"})"},
        {R"({"$sum": 1})", R"([{}, {}])", R"({"$numberInt":"2"})"},
        {R"({"$count": {}})", R"([{}, {}])", R"({"$numberInt":"2"})"},
        {R"({"$avg": "$v"})", R"([{"v": 1}, {"v": 2}])", R"({"$numberDouble":"1.5"})"},
        {R"({"$avg": "$v"})", R"([{}])", "null"},
        {R"({"$avg": "$v"})", R"([{"v": 5e-324}, {"v": 5e-324}])", R"({"$numberDouble":"5e-324"})"},
        {R"({"$stdDevPop": "$v"})", R"([{"v": 2}, {"v": 4}, {"v": "x"}])", R"({"$numberDouble":"1.0"})"},
        {R"({"$stdDevPop": "$v"})", "[]", "null"},
        {R"({"$stdDevSamp": "$v"})", R"([{"v": 10}, {"v": 20}, {"v": 30}])", R"({"$numberDouble":"10.0"})"},
        {R"({"$stdDevSamp": "$v"})", R"([{"v": 10}])", "null"},
    };
    for (const auto& [specification, documents, expected] : rows) {
        EXPECT_EQ(grouped(specification, documents), expected) << specification << " of " << documents;
    }
}

TEST(Accumulator, KeepsTheFirstAndTheLast) {
    constexpr std::string_view documents = R"([{"v": 2, "s": 1}, {"v": 5, "s": 3}, {"s": 2}, {"v": 5.0, "s": 2}])";
    constexpr GroupRow rows[] = {
        {R"({"$first": "$v"})", documents, "2"},
        {R"({"$last": "$v"})", documents, "5.0"},
        {R"({"$first": "$none"})", documents, "null"},
        {R"({"$min": "$v"})", documents, "2"},
        {R"({"$max": "$v"})", documents, "5"},
        {R"({"$max": "$none"})", documents, "null"},
        {R"({"$firstN": {"n": 3, "input": "$v"}})", documents, "[2,5,null]"},
        {R"({"$lastN": {"n": 2, "input": "$v"}})", documents, "[null,5.0]"},
        {R"({"$minN": {"n": 2, "input": "$v"}})", documents, "[2,5]"},
        {R"({"$maxN": {"n": 9, "input": "$v"}})", documents, "[5.0,5,2]"},
        {R"({"$top": {"sortBy": {"s": -1}, "output": "$v"}})", documents, "5"},
        {R"({"$bottom": {"sortBy": {"s": -1}, "output": "$v"}})", documents, "2"},
        {R"({"$topN": {"n": 3, "sortBy": {"s": 1}, "output": "$v"}})", documents, "[2,null,5.0]"},
        {R"({"$bottomN": {"n": 2, "sortBy": {"s": 1}, "output": "$s"}})", documents, "[2,3]"},
    };
    for (const auto& [specification, all, expected] : rows) EXPECT_EQ(plain(specification, all), expected);
}

TEST(Accumulator, Collects) {
    constexpr GroupRow rows[] = {
        {R"({"$push": "$v"})", R"([{"v": 1}, {}, {"v": null}, {"v": [1]}])", "[1,null,[1]]"},
        {R"({"$addToSet": "$v"})", R"([{"v": 1}, {"v": 1.0}, {}, {"v": [1]}, {"v": [1]}])", "[1,[1]]"},
        {R"({"$concatArrays": "$v"})", R"([{"v": [1, 2]}, {}, {"v": [2]}])", "[1,2,2]"},
        {R"({"$concatArrays": "$v"})", R"([{"v": null}])", "error 14"},
        {R"({"$setUnion": "$v"})", R"([{"v": [1, 2]}, {"v": [2, 3]}])", "[1,2,3]"},
        {R"({"$setUnion": "$v"})", R"([{"v": 1}])", "error 14"},
        {R"({"$mergeObjects": "$v"})", R"([{"v": {"a": 1, "b": 2}}, {"v": null}, {"v": {"c": 3, "a": 4}}])",
         R"({"a":4,"b":2,"c":3})"},
        {R"({"$mergeObjects": "$v"})", "[]", "{}"},
        {R"({"$mergeObjects": "$v"})", R"([{"v": 1}])", "error 5911200"},
        {R"({"$median": {"input": "$v", "method": "approximate"}})", R"([{"v": 3}, {"v": "x"}, {"v": 1}, {"v": 2}])",
         "2.0"},
        {R"({"$median": {"input": "$v", "method": "approximate"}})", "[{}]", "null"},
        {R"({"$percentile": {"input": "$v", "p": [0, 0.5, 0.9, 1], "method": "approximate"}})",
         R"([{"v": 30}, {"v": 10}, {"v": 20}])", "[10.0,20.0,30.0,30.0]"},
        {R"({"$percentile": {"input": "$v", "p": [0.5], "method": "approximate"}})", "[]", "[null]"},
    };
    for (const auto& [specification, documents, expected] : rows) {
        EXPECT_EQ(plain(specification, documents), expected) << specification << " of " << documents;
    }
}

TEST(Accumulator, RefusesWhatItDoesNotKnow) {
    constexpr GroupRow rows[] = {
        {"5", "[]", "error 40234"},
        {"{}", "[]", "error 40234"},
        {R"({"a": 1})", "[]", "error 40234"},
        {R"({"$sum": 1, "$avg": 1})", "[]", "error 40238"},
        {R"({"$sum": [1]})", "[]", "error 40237"},
        {R"({"$nothing": 1})", "[]", "error 15952"},
        {R"({"$count": 1})", "[]", "error 9"},
        {R"({"$firstN": {"input": 1}})", "[]", "error 5787906"},
        {R"({"$firstN": {"n": 0, "input": 1}})", "[]", "error 7548606"},
        {R"({"$firstN": {"n": "$none", "input": 1}})", "[]", "error 7548606"},
        {R"({"$topN": {"output": 1, "sortBy": {"a": 1}}})", "[]", "error 5788003"},
        {R"({"$percentile": {"input": 1, "p": [1.5], "method": "approximate"}})", "[]", "error 7750303"},
        {R"({"$percentile": {"input": 1, "p": [], "method": "approximate"}})", "[]", "error 7750301"},
        {R"({"$percentile": {"input": 1, "p": ["a"], "method": "approximate"}})", "[]", "error 7750302"},
        {R"({"$percentile": {"input": 1, "p": [0.5], "method": "exact"}})", "[]", "error 2"},
        {R"({"$push": {"$divide": [1, "$v"]}})", R"([{"v": 0}])", "error 4848401"},
        {R"({"$push": {"$mod": [1, "$v"]}})", R"([{"v": 0}])", "error 4848403"},
    };
    for (const auto& [specification, documents, expected] : rows) {
        EXPECT_EQ(plain(specification, documents), expected) << specification;
    }
}

TEST(Accumulator, CountsTheBytesThatItHolds) {
    const Limits limits;
    const Bytes operand = json_to_cbor(R"({"$push": "$v"})");
    ExpressionParser parser{Settings(limits)};
    Evaluation evaluation(limits, empty_object());
    const AccumulatorPtr group = Accumulation::parse(View(operand), parser).begin(evaluation);
    const Bytes text = json_to_cbor("\"" + std::string(1000, 'x') + "\"");
    const std::size_t before = group->memory();
    for (int i = 0; i < 100; ++i) group->add(View(text));
    EXPECT_GE(group->memory(), before + 100 * text.size());
}

TEST(Accumulating, OfArgumentsOrOfOneArray) {
    constexpr Row rows[] = {
        {R"({"$sum": [1, [2, 3], 4]})", "5"},
        {R"({"$sum": "$a"})", "6", R"({"a": [1, 2, "x", 3]})"},
        {R"({"$sum": ["$a"]})", "6", R"({"a": [1, 2, 3]})"},
        {R"({"$sum": []})", "0"},
        {R"({"$avg": [10, null, true, 20]})", "15.0"},
        {R"({"$min": ["$a", 5]})", "5", R"({"a": [1, 2, 3]})"},
        {R"({"$max": "$a"})", "3", R"({"a": [1, null, 3]})"},
        {R"({"$stdDevPop": [1, 1]})", "0.0"},
        {R"({"$first": "$a"})", "1", R"({"a": [1, 2]})"},
        {R"({"$last": "$a"})", "2", R"({"a": [1, 2]})"},
        {R"({"$first": "$a"})", "missing", R"({"a": []})"},
        {R"({"$first": null})", "null"},
        {R"({"$first": "x"})", "error 28689"},
        {R"({"$firstN": {"n": 2, "input": "$a"}})", "[1,2]", R"({"a": [1, 2, 3]})"},
        {R"({"$maxN": {"n": 2, "input": "$a"}})", "[3,2]", R"({"a": [1, 2, 3]})"},
        {R"({"$firstN": {"n": 0, "input": "$a"}})", "error 5787908"},
        {R"({"$firstN": {"n": 1.5, "input": "$a"}})", "error 5787902"},
        {R"({"$firstN": {"n": 1, "input": 5}})", "error 5788200"},
        {R"({"$median": {"input": [1, 2, 3], "method": "approximate"}})", "2.0"},
        {R"({"$percentile": {"input": 5, "p": [0.5], "method": "approximate"}})", "[5.0]"},
        {R"({"$percentile": {"input": [5], "method": "approximate"}})", "error 40414"},
    };
    for (const auto& [expression, expected, document] : rows) {
        EXPECT_EQ(evaluated(expression, document), expected) << expression << " over " << document;
    }
}

}  // namespace
}  // namespace sheaf::query
