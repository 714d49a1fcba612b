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

TEST(Arrays, ArrayElemAt) {
    constexpr Row rows[] = {
        {R"({"$arrayElemAt": [[1, 2, 3], 0]})", "1"},
        {R"({"$arrayElemAt": [[1, 2, 3], -1]})", "3"},
        {R"({"$arrayElemAt": [[1, 2, 3], 2.0]})", "3"},
        {R"({"$arrayElemAt": [[1, 2, 3], 3]})", "missing"},
        {R"({"$arrayElemAt": [[1, 2, 3], -4]})", "missing"},
        {R"({"$arrayElemAt": [[], 0]})", "missing"},
        {R"({"$arrayElemAt": [null, 0]})", "null"},
        {R"({"$arrayElemAt": ["$none", "x"]})", "null"},
        {R"({"$arrayElemAt": [[1], "$none"]})", "null"},
        {R"({"$arrayElemAt": ["x", 0]})", "error 28689"},
        {R"({"$arrayElemAt": [[1], "0"]})", "error 28690"},
        {R"({"$arrayElemAt": [[1], 0.5]})", "error 28691"},
        {R"({"$arrayElemAt": [[1], 2147483648]})", "error 28691"},
    };
    expect_all(rows);
}

TEST(Arrays, ConcatArrays) {
    constexpr Row rows[] = {
        {R"({"$concatArrays": []})", "[]"},
        {R"({"$concatArrays": [[1, [2]], [], "$a", [{"b": 3}]]})", R"([1,[2],"x",null,{"b":3}])",
         R"({"a": ["x", null]})"},
        {R"({"$concatArrays": "$a"})", "[1]", R"({"a": [1]})"},
        {R"({"$concatArrays": [[1], null]})", "null"},
        {R"({"$concatArrays": [[1], "$none"]})", "null"},
        {R"({"$concatArrays": [[1], 2]})", "error 28664"},
        {R"({"$concatArrays": [2, null]})", "error 28664"},
    };
    expect_all(rows);
}

TEST(Arrays, In) {
    constexpr Row rows[] = {
        {R"({"$in": [2, [1, 2.0]]})", "true"},
        {R"({"$in": [3, [1, 2]]})", "false"},
        {R"({"$in": [[2], [1, [2]]]})", "true"},
        {R"({"$in": [null, [1, null]]})", "true"},
        {R"({"$in": ["$none", [1, null]]})", "false"},  // missing is not null
        {R"({"$in": ["$a", "$list"]})", "true", R"({"a": {"x": 1}, "list": [0, {"x": 1}]})"},
        {R"({"$in": ["$a", [9, 8, 7, 6, 5, 4, 3, 2, 1, "x"]]})", "true", R"({"a": 6.0})"},
        {R"({"$in": ["$a", [9, 8, 7, 6, 5, 4, 3, 2, 1, "x"]]})", "false", R"({"a": 6.5})"},
        {R"({"$in": ["$a", [9, 8, 7, 6, 5, 4, 3, 2, 1, null]]})", "false"},
        {R"({"$in": [1, 2]})", "error 40081"},
        {R"({"$in": [1, null]})", "error 40081"},
        {R"({"$in": [1]})", "error 16020"},
    };
    expect_all(rows);
}

TEST(Arrays, IndexOfArray) {
    constexpr Row rows[] = {
        {R"({"$indexOfArray": [[1, 2, 1], 1]})", "0"},
        {R"({"$indexOfArray": [[1, 2, 1], 1, 1]})", "2"},
        {R"({"$indexOfArray": [[1, 2, 1], 1, 1, 2]})", "-1"},
        {R"({"$indexOfArray": [[1, 2, 1], 1, 3]})", "-1"},
        {R"({"$indexOfArray": [[1, 2, 1], 1, 2, 100]})", "2"},
        {R"({"$indexOfArray": [[1, 2, 1], 1, 2, 1]})", "-1"},
        {R"({"$indexOfArray": [[1.0, 2], 2.0]})", "1"},
        {R"({"$indexOfArray": [null, 1]})", "null"},
        {R"({"$indexOfArray": ["$none", 1, "x"]})", "null"},
        {R"({"$indexOfArray": [[null], "$none"]})", "-1"},
        {R"({"$indexOfArray": ["x", 1]})", "error 40090"},
        {R"({"$indexOfArray": [[1], 1, "x"]})", "error 9711600"},
        {R"({"$indexOfArray": [[1], 1, null]})", "error 9711600"},
        {R"({"$indexOfArray": [[1], 1, 0, 0.5]})", "error 9711600"},
        {R"({"$indexOfArray": [[1], 1, -1]})", "error 9711601"},
    };
    expect_all(rows);
}

TEST(Arrays, IsArrayAndSize) {
    constexpr Row rows[] = {
        {R"({"$isArray": [[1]]})", "true"},
        {R"({"$isArray": [1]})", "false"},
        {R"({"$isArray": "$none"})", "false"},
        {R"({"$isArray": "$a"})", "true", R"({"a": []})"},
        {R"({"$size": "$a"})", "2", R"({"a": [[], []]})"},
        {R"({"$size": null})", "error 17124"},
        {R"({"$size": "$none"})", "error 17124"},
    };
    expect_all(rows);
}

TEST(Arrays, Range) {
    constexpr Row rows[] = {
        {R"({"$range": [0, 3]})", "[0,1,2]"},
        {R"({"$range": [3, 0]})", "[]"},
        {R"({"$range": [3, 0, -2]})", "[3,1]"},
        {R"({"$range": [0, 5, 2.0]})", "[0,2,4]"},
        {R"({"$range": [2147483645, 2147483647]})", "[2147483645,2147483646]"},
        {R"({"$range": [-2147483647, -2147483648, -1]})", "[-2147483647]"},
        {R"({"$range": ["x", 3]})", "error 34443"},
        {R"({"$range": [null, 3]})", "error 34443"},
        {R"({"$range": [0.5, 3]})", "error 34444"},
        {R"({"$range": [0, "x"]})", "error 34445"},
        {R"({"$range": [0, 2147483648]})", "error 34446"},
        {R"({"$range": [0, 3, "x"]})", "error 34447"},
        {R"({"$range": [0, 3, 0.5]})", "error 34448"},
        {R"({"$range": [0, 3, 0]})", "error 34449"},
    };
    expect_all(rows);
}

TEST(Arrays, ReverseArray) {
    constexpr Row rows[] = {
        {R"({"$reverseArray": {"$literal": [1, [2, 3], "x"]}})", R"(["x",[2,3],1])"},
        {R"({"$reverseArray": [[]]})", "[]"},
        {R"({"$reverseArray": null})", "null"},
        {R"({"$reverseArray": "$none"})", "null"},
        {R"({"$reverseArray": 1})", "error 34435"},
    };
    expect_all(rows);
}

TEST(Arrays, Slice) {
    constexpr Row rows[] = {
        {R"({"$slice": [[1, 2, 3, 4], 2]})", "[1,2]"},
        {R"({"$slice": [[1, 2, 3, 4], -2]})", "[3,4]"},
        {R"({"$slice": [[1, 2, 3, 4], 0]})", "[]"},
        {R"({"$slice": [[1, 2, 3, 4], 9]})", "[1,2,3,4]"},
        {R"({"$slice": [[1, 2, 3, 4], -9]})", "[1,2,3,4]"},
        {R"({"$slice": [[1, 2, 3, 4], 1, 2]})", "[2,3]"},
        {R"({"$slice": [[1, 2, 3, 4], -3, 2]})", "[2,3]"},
        {R"({"$slice": [[1, 2, 3, 4], -9, 2]})", "[1,2]"},
        {R"({"$slice": [[1, 2, 3, 4], 3, 9]})", "[4]"},
        {R"({"$slice": [[1, 2, 3, 4], 9, 1]})", "[]"},
        {R"({"$slice": [[1, 2], 0, 2147483647]})", "[1,2]"},
        {R"({"$slice": [[1, 2], -2147483648]})", "[1,2]"},
        {R"({"$slice": [null, 1]})", "null"},
        {R"({"$slice": [[1], 0, "$none"]})", "null"},
        {R"({"$slice": ["x", 1]})", "error 28724"},
        {R"({"$slice": [[1], "x"]})", "error 28725"},
        {R"({"$slice": [[1], 0.5]})", "error 28726"},
        {R"({"$slice": [[1], 0, "x"]})", "error 28727"},
        {R"({"$slice": [[1], 0, 0.5]})", "error 28728"},
        {R"({"$slice": [[1], 0, 0]})", "error 28729"},
        {R"({"$slice": [[1], 0, -1]})", "error 28729"},
    };
    expect_all(rows);
}

TEST(Arrays, SortArrayByValue) {
    constexpr Row rows[] = {
        {R"({"$sortArray": {"input": [3, "a", 1.5, null, [1], {"b": 1}, true, 2], "sortBy": 1}})",
         R"([null,1.5,2,3,"a",{"b":1},[1],true])"},
        {R"({"$sortArray": {"input": [3, 1, 2], "sortBy": -1.0}})", "[3,2,1]"},
        {R"({"$sortArray": {"input": [1, 1.0, 0], "sortBy": -1}})", "[1,1.0,0]"},  // equal ones keep their order
        {R"({"$sortArray": {"input": "$none", "sortBy": 1}})", "null"},
        {R"({"$sortArray": {"input": 5, "sortBy": 1}})", "error 2942504"},
        {R"({"$sortArray": {"input": [], "sortBy": 2}})", "error 2"},
        {R"({"$sortArray": {"input": [], "sortBy": "x"}})", "error 2"},
        {R"({"$sortArray": {"input": []}})", "error 2942503"},
        {R"({"$sortArray": {"sortBy": 1}})", "error 2942502"},
        {R"({"$sortArray": {"input": [], "sortBy": 1, "x": 1}})", "error 2942501"},
        {R"({"$sortArray": [1]})", "error 2942500"},
    };
    expect_all(rows);
}

// The key of "a" is the beginning of that of "a\0b".
TEST(Arrays, SortArrayWithNullBytes) {
    constexpr Row rows[] = {
        {R"({"$sortArray": {"input": ["a", "a\u0000b"], "sortBy": -1}})", R"(["a\u0000b","a"])"},
        {R"({"$sortArray": {"input": ["a\u0000b", "a"], "sortBy": 1}})", R"(["a","a\u0000b"])"},
        {R"({"$sortArray": {"input": ["a", "a\u0000", "a\u0001", "b"], "sortBy": -1}})",
         R"(["b","a\u0001","a\u0000","a"])"},
    };
    expect_all(rows);
}

TEST(Arrays, SortArrayByFields) {
    constexpr std::string_view people =
        R"({"list": [{"n": "b", "a": {"x": 1}}, {"n": "a", "a": {"x": 1}}, {"n": "c"}, 5, {"n": "d", "a": {"x": 2}}]})";
    constexpr Row rows[] = {
        {R"({"$sortArray": {"input": "$list", "sortBy": {"a.x": -1, "n": 1}}})",
         R"([{"n":"d","a":{"x":2}},{"n":"a","a":{"x":1}},{"n":"b","a":{"x":1}},5,{"n":"c"}])", people},
        {R"({"$sortArray": {"input": [{"a": "xy"}, {"a": "x"}, {"a": ""}], "sortBy": {"a": -1}}})",
         R"([{"a":"xy"},{"a":"x"},{"a":""}])"},
        {R"({"$sortArray": {"input": [], "sortBy": {}}})", "error 2"},
        {R"({"$sortArray": {"input": [], "sortBy": {"a": 0}}})", "error 2"},
        {R"({"$sortArray": {"input": [], "sortBy": {"a.": 1}}})", "error 40353"},
    };
    expect_all(rows);
}

TEST(Arrays, ZipEndsWithinTheMemory) {
    const Limits limits{.expression_bytes = 10'000};
    std::string inputs = "[0, 1]";
    std::string defaults = R"("x")";
    for (int i = 0; i < 400; ++i) {
        inputs += ", []";
        defaults += R"(, "$text")";
    }
    const std::string zip =
        R"({"$zip": {"inputs": [)" + inputs + R"(], "defaults": [)" + defaults + R"(], "useLongestLength": true}})";
    const std::string document = R"({"text": ")" + std::string(1000, 'x') + R"("})";
    EXPECT_EQ(testing::evaluated(zip, document, nullptr, limits), "error 10334");
    EXPECT_EQ(testing::evaluated(R"({"$size": )" + zip + "}", document), "2");
}

TEST(Arrays, Zip) {
    constexpr Row rows[] = {
        {R"({"$zip": {"inputs": [[1, 2], ["a", "b", "c"]]}})", R"([[1,"a"],[2,"b"]])"},
        {R"({"$zip": {"inputs": [[1], ["a", "b"]], "useLongestLength": true}})", R"([[1,"a"],[null,"b"]])"},
        {R"({"$zip": {"inputs": [[1], "$a"], "useLongestLength": true, "defaults": ["$d", 0]}})", R"([[1,5],["x",6]])",
         R"({"a": [5, 6], "d": "x"})"},
        {R"({"$zip": {"inputs": [[], []]}})", "[]"},
        {R"({"$zip": {"inputs": [[1], null]}})", "null"},
        {R"({"$zip": {"inputs": [[1], "$none"]}})", "null"},
        {R"({"$zip": {"inputs": [[1], 5]}})", "error 34468"},
        {R"({"$zip": 5})", "error 34460"},
        {R"({"$zip": {"inputs": 5}})", "error 34461"},
        {R"({"$zip": {"inputs": [[1]], "useLongestLength": true, "defaults": 5}})", "error 34462"},
        {R"({"$zip": {"inputs": [[1]], "useLongestLength": 1}})", "error 34463"},
        {R"({"$zip": {"inputs": [[1]], "x": 1}})", "error 34464"},
        {R"({"$zip": {"inputs": []}})", "error 34465"},
        {R"({"$zip": {"inputs": [[1]], "defaults": [1]}})", "error 34466"},
        {R"({"$zip": {"inputs": [[1]], "useLongestLength": true, "defaults": [1, 2]}})", "error 34467"},
    };
    expect_all(rows);
}

}  // namespace
}  // namespace sheaf::query
