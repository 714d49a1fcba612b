// $inc, $mul and $bit. A number with an L is a long, one with a point a double.
#include "query/update/update_cases.hpp"

#include <gtest/gtest.h>

namespace sheaf::query {
namespace {

std::string as_json(std::string_view number) {
    if (!number.ends_with('L')) return std::string(number);
    number.remove_suffix(1);
    return R"({"$numberLong": ")" + std::string(number) + R"("})";
}

// The value of "a" after the update.
std::string result(const char* op, const char* present, const char* operand) {
    const std::string document = *present == '\0' ? "{}" : R"({"a":)" + as_json(present) + "}";
    const std::string update = std::string(R"({")") + op + R"(": {"a": )" + as_json(operand) + "}}";
    try {
        const Document before = Document::from_json(document);
        const Document after = parse_update(update.c_str()).apply(before, test_limits).value_or(before);
        const View value = after["a"];
        if (value.type() != Type::integer) return to_json(value);
        return std::to_string(value.integer()) + (value.is_long() ? "L" : "");
    } catch (const Error& error) {
        return std::to_string(error.mongo_code());
    }
}

struct ArithmeticCase {
    const char* present;
    const char* operand;
    const char* sum;
    const char* product;
};

TEST(UpdateArithmetic, IncAndMul) {
    for (const ArithmeticCase& c : std::initializer_list<ArithmeticCase>{
             {"5", "2", "7", "10"},
             {"5", "-7", "-2", "-35"},
             {"5", "2L", "7L", "10L"},
             {"5L", "2", "7L", "10L"},
             {"5", "0", "5", "0"},
             {"5", "0.5", "5.5", "2.5"},
             {"5", "1.0", "6.0", "5.0"},
             {"1.5", "2L", "3.5", "3.0"},
             {"0.0", "-0.0", "0.0", "-0.0"},
             {"2147483647", "1", "2147483648L", "2147483647"},
             {"2147483647", "2147483647", "4294967294L", "4611686014132420609L"},
             {"-2147483648", "-1", "-2147483649L", "2147483648L"},
             {"9223372036854775807", "1", "2", "9223372036854775807L"},
             {"-9223372036854775808", "-1", "2", "2"},
             {"9223372036854775807", "2", "2", "2"},
             {"9223372036854775807", "1.0", "9.223372036854776e+18", "9.223372036854776e+18"},
             {"", "3", "3", "0"},
             {"", "3L", "3L", "0L"},
             {"", "2.5", "2.5", "0.0"},
             {"null", "1", "14", "14"},
             {"true", "1", "14", "14"},
             {"[1]", "1", "14", "14"},
             {"1", "\"1\"", "14", "14"},
             {"1", "null", "14", "14"},
         }) {
        EXPECT_EQ(result("$inc", c.present, c.operand), c.sum) << c.present << " " << c.operand;
        EXPECT_EQ(result("$mul", c.present, c.operand), c.product) << c.present << " " << c.operand;
    }
}

TEST(UpdateArithmetic, Bit) {
    const auto bit = [](const char* present, const char* op, const char* mask) {
        const std::string operand = std::string(R"({")") + op + R"(": )" + as_json(mask) + "}";
        return result("$bit", present, operand.c_str());
    };
    EXPECT_EQ(bit("13", "and", "10"), "8");
    EXPECT_EQ(bit("5", "or", "3"), "7");
    EXPECT_EQ(bit("5", "xor", "-1"), "-6");
    EXPECT_EQ(bit("1", "xor", "3L"), "2L");
    EXPECT_EQ(bit("5L", "or", "3"), "7L");
    EXPECT_EQ(bit("9223372036854775807", "and", "255"), "255L");
    EXPECT_EQ(bit("2147483647", "xor", "-1"), "-2147483648");
    EXPECT_EQ(bit("", "or", "6"), "6");
    EXPECT_EQ(bit("", "and", "6L"), "0L");
    EXPECT_EQ(bit("5.0", "and", "1"), "2");
    EXPECT_EQ(bit("null", "and", "1"), "2");
    EXPECT_EQ(bit("5", "and", "1.0"), "2");
    EXPECT_EQ(bit("5", "not", "1"), "2");
    EXPECT_EQ(result("$bit", "255", R"({"and": 15, "or": 16})"), "31");
    EXPECT_EQ(result("$bit", "255", "{}"), "2");
    EXPECT_EQ(result("$bit", "255", "7"), "2");
}

TEST(UpdateArithmetic, Messages) {
    EXPECT_EQ(
        mismatches({
            {R"({"a":"5"})", R"({"$inc": {"a": 1}})", R"(14 $inc at a: the value is the string "5", not a number)"},
            {R"({"a":5})", R"({"$mul": {"a": "x"}})", R"(14 $mul at a: the amount is the string "x", not a number)"},
            {R"({"a":9223372036854775807})", R"({"$inc": {"a": 1}})",
             "2 $inc at a: adding 1: the value 9223372036854775807 overflows 64 bits"},
            {R"({"a":5})", R"({"$bit": {"a": {"and": "x"}}})",
             R"(2 $bit at a: the mask of "and" is the string "x", not an integer)"},
            {R"({"a":5})", R"({"$bit": {"a": {"nor": 1}}})", R"(2 $bit at a: "nor" is not "and", "or" or "xor")"},
            {R"({"a":5.5})", R"({"$bit": {"a": {"or": 1}}})",
             "2 $bit at a: the value is the double 5.5, not an integer"},
            {R"({"a":[1,2]})", R"({"$inc": {"a.1": 3}, "$mul": {"a.0": 4}})", R"({"a":[4,5]})"},
            {R"({"a":[1]})", R"({"$mul": {"a.2": 3}})", R"({"a":[1,null,0]})"},
        }),
        "");
}

}  // namespace
}  // namespace sheaf::query
