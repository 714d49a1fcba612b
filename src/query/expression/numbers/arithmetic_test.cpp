#include <gtest/gtest.h>

#include <span>

#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::evaluated_exactly;
using testing::Row;

void expect_all(std::span<const Row> rows) {
    for (const auto& [expression, expected, document] : rows) {
        EXPECT_EQ(evaluated(expression, document), expected) << expression << " over " << document;
    }
}

void expect_exactly(std::span<const Row> rows) {
    for (const auto& [expression, expected, document] : rows) {
        EXPECT_EQ(evaluated_exactly(expression, document), expected) << expression << " over " << document;
    }
}

// The widths: int, long and double widen in this order; ints that overflow become longs, longs doubles.
TEST(Arithmetic, Widths) {
    constexpr Row rows[] = {
        {R"({"$add": [1, 2]})", R"({"$numberInt":"3"})"},
        {R"({"$add": [1, {"$numberLong": "2"}]})", R"({"$numberLong":"3"})"},
        {R"({"$add": [1, 2.0]})", R"({"$numberDouble":"3.0"})"},
        {R"({"$add": [2147483647, 1]})", R"({"$numberLong":"2147483648"})"},
        {R"({"$add": [9223372036854775807, 1, -1]})", R"({"$numberLong":"9223372036854775807"})"},
        {R"({"$add": [-9223372036854775808, 9223372036854775807]})", R"({"$numberLong":"-1"})"},
        {R"({"$add": []})", R"({"$numberInt":"0"})"},
        {R"({"$subtract": [-2147483648, 1]})", R"({"$numberLong":"-2147483649"})"},
        {R"({"$subtract": [5, {"$numberLong": "2"}]})", R"({"$numberLong":"3"})"},
        {R"({"$multiply": [65536, 65536]})", R"({"$numberLong":"4294967296"})"},
        {R"({"$multiply": [3, 2.0]})", R"({"$numberDouble":"6.0"})"},
        {R"({"$multiply": [{"$numberLong": "2"}, 3]})", R"({"$numberLong":"6"})"},
        {R"({"$divide": [6, 3]})", R"({"$numberDouble":"2.0"})"},
        {R"({"$mod": [10, {"$numberLong": "3"}]})", R"({"$numberLong":"1"})"},
        {R"({"$mod": [-2147483648, -1]})", R"({"$numberInt":"0"})"},
        {R"({"$mod": [-9223372036854775808, -1]})", R"({"$numberLong":"0"})"},
        {R"({"$abs": -2147483648})", R"({"$numberLong":"2147483648"})"},
        {R"({"$abs": {"$numberLong": "-3"}})", R"({"$numberLong":"3"})"},
        {R"({"$pow": [2, 62]})", R"({"$numberLong":"4611686018427387904"})"},
        {R"({"$pow": [-2, 63]})", R"({"$numberLong":"-9223372036854775808"})"},
        {R"({"$pow": [-1, -3]})", R"({"$numberInt":"-1"})"},
        {R"({"$pow": [1, {"$numberLong": "-5"}]})", R"({"$numberLong":"1"})"},
        {R"({"$ceil": 2147483647})", R"({"$numberInt":"2147483647"})"},
        {R"({"$floor": 2.5})", R"({"$numberDouble":"2.0"})"},
        {R"({"$exp": 0})", R"({"$numberDouble":"1.0"})"},
    };
    expect_exactly(rows);
}

TEST(Arithmetic, LongsThatOverflowBecomeDoubles) {
    EXPECT_EQ(evaluated(R"({"$type": {"$add": [9223372036854775807, 1]}})"), R"("double")");
    EXPECT_EQ(evaluated(R"({"$eq": [{"$multiply": [9223372036854775807, 2]}, 18446744073709551616.0]})"), "true");
    EXPECT_EQ(evaluated(R"({"$eq": [{"$pow": [2, 63]}, 9223372036854775808.0]})"), "true");
    EXPECT_EQ(evaluated(R"({"$eq": [{"$subtract": [-9223372036854775808, 1]}, -9223372036854775808.0]})"), "true");
}

TEST(Arithmetic, NullsAndErrors) {
    constexpr Row rows[] = {
        {R"({"$add": [1, null]})", "null"},
        {R"({"$add": ["$none", 1]})", "null"},
        {R"({"$add": [1, "a"]})", "error 14"},
        {R"({"$add": [{"$date": 5}, {"$date": 6}]})", "error 16612"},
        {R"({"$subtract": ["a", 1]})", "error 14"},
        {R"({"$subtract": [1]})", "error 16020"},
        {R"({"$multiply": ["$none", "a"]})", "null"},
        {R"({"$multiply": ["a", "$none"]})", "error 14"},
        {R"({"$divide": [1, 0]})", "error 2"},
        {R"({"$divide": [1, -0.0]})", "error 2"},
        {R"({"$divide": [null, 0]})", "null"},
        {R"({"$divide": ["1", 1]})", "error 14"},
        {R"({"$mod": [1, 0.0]})", "error 16610"},
        {R"({"$mod": [1, "a"]})", "error 16611"},
        {R"({"$abs": "a"})", "error 28765"},
        {R"({"$abs": -9223372036854775808})", "error 28680"},
        {R"({"$sqrt": -1})", "error 28714"},
        {R"({"$sqrt": null})", "null"},
        {R"({"$ln": 0})", "error 28766"},
        {R"({"$log10": -1})", "error 28761"},
        {R"({"$log": ["a", 2]})", "error 28756"},
        {R"({"$log": [2, "a"]})", "error 28757"},
        {R"({"$log": [0, 2]})", "error 28758"},
        {R"({"$log": [2, 1]})", "error 28759"},
        {R"({"$pow": ["a", 2]})", "error 28762"},
        {R"({"$pow": [2, "a"]})", "error 28763"},
        {R"({"$pow": [0, -1]})", "error 28764"},
        {R"({"$sigmoid": [1]})", "error 14"},
    };
    expect_all(rows);
}

TEST(Arithmetic, InfinitiesNanAndNegativeZero) {
    constexpr Row rows[] = {
        {R"({"$add": [{"$numberDouble": "Infinity"}, 1]})", R"({"$numberDouble":"Infinity"})"},
        {R"({"$add": [{"$numberDouble": "Infinity"}, {"$numberDouble": "-Infinity"}]})", R"({"$numberDouble":"NaN"})"},
        {R"({"$add": [1.7976931348623157e308, 1.7976931348623157e308]})", R"({"$numberDouble":"Infinity"})"},
        {R"({"$multiply": [0, -0.0]})", R"({"$numberDouble":"-0.0"})"},
        {R"({"$divide": [0, -5]})", R"({"$numberDouble":"-0.0"})"},
        {R"({"$sqrt": {"$numberDouble": "NaN"}})", R"({"$numberDouble":"NaN"})"},
        {R"({"$round": {"$numberDouble": "-Infinity"}})", R"({"$numberDouble":"-Infinity"})"},
        {R"({"$round": -0.5})", R"({"$numberDouble":"-0.0"})"},
        {R"({"$mod": [-0.0, 3]})", R"({"$numberDouble":"-0.0"})"},
    };
    expect_exactly(rows);
}

TEST(Arithmetic, Dates) {
    constexpr Row rows[] = {
        {R"({"$add": [{"$date": 1000}, 500, 0.5]})", R"({"$date":"1970-01-01T00:00:01.501Z"})"},
        {R"({"$add": [500, {"$date": 1000}]})", R"({"$date":"1970-01-01T00:00:01.500Z"})"},
        {R"({"$add": [{"$date": 1000}, 9223372036854775807]})", "error 15"},
        {R"({"$subtract": [{"$date": 1000}, 1]})", R"({"$date":"1970-01-01T00:00:00.999Z"})"},
        {R"({"$subtract": [{"$date": 1000}, {"$date": 400}]})", R"({"$numberLong":"600"})"},
        {R"({"$subtract": [1, {"$date": 400}]})", "error 14"},
        {R"({"$subtract": [{"$date": 1000}, -9223372036854775808]})", "error 15"},
        {R"({"$subtract": [{"$date": 1000}, "a"]})", "error 14"},
    };
    expect_all(rows);
}

// Doubles round as the decimal numbers that they are.
TEST(Arithmetic, Rounding) {
    constexpr Row rows[] = {
        {R"({"$round": [2.5, 0]})", "2.0"},
        {R"({"$round": [3.5]})", "4.0"},
        {R"({"$round": [1.005, 2]})", "1.0"},
        {R"({"$round": [0.125, 2]})", "0.12"},
        {R"({"$round": [9.995e2, 0]})", "1000.0"},
        {R"({"$round": [6e14, -15]})", "1000000000000000.0"},
        {R"({"$round": [4e14, -15]})", "0.0"},
        {R"({"$round": [25, -1]})", "20"},
        {R"({"$round": [-35, -1]})", "-40"},
        {R"({"$round": [2147483647, -1]})", "2147483650"},
        {R"({"$round": [9223372036854775806, -1]})", "error 51080"},
        {R"({"$round": [9223372036854775807, -19]})", "error 51080"},
        {R"({"$round": [4223372036854775807, -19]})", R"({"$numberLong":"0"})"},
        {R"({"$round": [9223372036854775807, -20]})", R"({"$numberLong":"0"})"},
        {R"({"$round": [5e-324, 100]})", "0.0"},
        {R"({"$round": [1.1, 101]})", "error 51083"},
        {R"({"$round": [1.1, 0.5]})", "error 51082"},
        {R"({"$round": [1.1, "1"]})", "error 16004"},
        {R"({"$round": ["a"]})", "error 51081"},
        {R"({"$round": [null, 500]})", "null"},
        {R"({"$trunc": [0.29, 2]})", "0.28"},
        {R"({"$trunc": [-1234.5678, -1]})", "-1230.0"},
        {R"({"$trunc": [9223372036854775807, -18]})", "9000000000000000000"},
        {R"({"$ceil": -0.5})", "-0.0"},
        {R"({"$floor": "a"})", "error 28765"},
    };
    expect_all(rows);
}

TEST(Arithmetic, Functions) {
    constexpr Row rows[] = {
        {R"({"$sqrt": 16})", "4.0"},
        {R"({"$pow": [2, -1]})", "0.5"},
        {R"({"$pow": [4, 0.5]})", "2.0"},
        {R"({"$pow": [0, 0]})", "1"},
        {R"({"$log": [8, 2]})", "3.0"},
        {R"({"$log10": 1000})", "3.0"},
        {R"({"$sigmoid": 0})", "0.5"},
        {R"({"$sin": 0})", "0.0"},
        {R"({"$cos": {"$numberDouble": "Infinity"}})", "error 50989"},
        {R"({"$acos": 2})", "error 50989"},
        {R"({"$acosh": 0})", "error 50989"},
        {R"({"$atanh": 1})", R"({"$numberDouble":"Infinity"})"},
        {R"({"$tanh": "a"})", "error 28765"},
        {R"({"$tanh": "$none"})", "null"},
        {R"({"$atan2": ["a", 1]})", "error 51044"},
        {R"({"$atan2": [1, "a"]})", "error 51045"},
        {R"({"$atan2": [0, 1]})", "0.0"},
        {R"({"$radiansToDegrees": {"$degreesToRadians": 90}})", "90.0"},
    };
    expect_all(rows);
}

TEST(Arithmetic, Bits) {
    constexpr Row rows[] = {
        {R"({"$bitAnd": [12, 10]})", R"({"$numberInt":"8"})"},
        {R"({"$bitOr": [12, {"$numberLong": "10"}]})", R"({"$numberLong":"14"})"},
        {R"({"$bitXor": [12, 10]})", R"({"$numberInt":"6"})"},
        {R"({"$bitNot": 0})", R"({"$numberInt":"-1"})"},
        {R"({"$bitAnd": []})", R"({"$numberInt":"-1"})"},
        {R"({"$bitOr": []})", R"({"$numberInt":"0"})"},
        {R"({"$bitAnd": [1, null]})", "null"},
        {R"({"$bitAnd": [1, 1.0]})", "error 14"},
        {R"({"$bitNot": 1.5})", "error 14"},
        {R"({"$bitNot": "a"})", "error 28765"},
    };
    expect_exactly(rows);
}

}  // namespace
}  // namespace sheaf::query
