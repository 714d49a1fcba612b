#include <gtest/gtest.h>

#include <cmath>

#include "query/expression/conversion/text_numbers.hpp"
#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::evaluated_exactly;
using testing::Row;

void expect_all(std::span<const Row> rows) {
    for (const Row& row : rows)
        EXPECT_EQ(evaluated_exactly(row.expression, row.document), row.expected) << row.expression;
}

TEST(TextNumbers, Integers) {
    EXPECT_EQ(integer_from_text("+0042"), 42);
    EXPECT_EQ(integer_from_text("-9223372036854775808"), INT64_MIN);
    for (const char* bad :
         {"", "+", "-", "--1", "++1", "+-1", "-+1", " 1", "1 ", "1.0", "1e2", "0x1", "9223372036854775808"}) {
        EXPECT_FALSE(integer_from_text(bad)) << bad;
    }
}

TEST(TextNumbers, Doubles) {
    struct {
        const char* text;
        double number;
    } const good[] = {{"1", 1},           {"+1.5", 1.5},          {".5", 0.5},        {"-0", -0.0},
                      {"1.5e-3", 0.0015}, {"5e-324", 5e-324},     {"+0x1p0", 1},      {"0X1.8P1", 3},
                      {"-0xff", -255},    {"Infinity", INFINITY}, {"-inf", -INFINITY}};
    for (const auto& row : good) {
        ASSERT_TRUE(double_from_text(row.text)) << row.text;
        EXPECT_EQ(*double_from_text(row.text), row.number) << row.text;
    }
    EXPECT_TRUE(std::signbit(*double_from_text("-0")));
    EXPECT_TRUE(std::isnan(*double_from_text("NaN")));
    for (const char* bad : {"",      "+",      "-",     ".",   "--1",   "+-1",   "-+1",   " 1",     "1 ",    "1.5e",
                            "1e309", "1e-400", "0x1p0", "+0x", "+0x1p", "+0x-1", "+0x+1", "-0xinf", "+0xp0", "1,5"}) {
        EXPECT_FALSE(double_from_text(bad)) << bad;
    }
}

TEST(TextNumbers, Decimals) {
    for (const char* good :
         {"1", "-1.5", ".5", "1.", "1E+6144", "1e-6176", "NaN", "-Infinity", "12345678901234567890123456789"}) {
        EXPECT_TRUE(is_decimal_text(good)) << good;
    }
    for (const char* bad :
         {"", "+", ".", "h", "1E", "1E+", "1.2.3", "1E2E3", "1_0", " 1", "0x1", "1E+6145", "1E-6177", "{"}) {
        EXPECT_FALSE(is_decimal_text(bad)) << bad;
    }
}

TEST(Conversion, ToNumbers) {
    const Row rows[] = {
        {R"({"$toInt": true})", R"({"$numberInt":"1"})"},
        {R"({"$toInt": -1.9})", R"({"$numberInt":"-1"})"},
        {R"({"$toInt": {"$numberLong": "7"}})", R"({"$numberInt":"7"})"},
        {R"({"$toInt": ["007"]})", R"({"$numberInt":"7"})"},
        {R"({"$toInt": 2147483648})", "error 241"},
        {R"({"$toInt": "2147483648"})", "error 241"},
        {R"({"$toInt": {"$numberDouble": "NaN"}})", "error 241"},
        {R"({"$toInt": {"$date": 0}})", "error 241"},
        {R"({"$toLong": 7})", R"({"$numberLong":"7"})"},
        {R"({"$toLong": {"$date": -5}})", R"({"$numberLong":"-5"})"},
        {R"({"$toLong": 9223372036854775808.0})", "error 241"},
        {R"({"$toLong": {"$literal": [1]}})", "error 241"},
        {R"({"$toDouble": "1.5"})", R"({"$numberDouble":"1.5"})"},
        {R"({"$toDouble": {"$date": 1500}})", R"({"$numberDouble":"1500.0"})"},
        {R"({"$toDouble": "0x1"})", "error 241"},
        {R"({"$toDecimal": "1.5"})", "error 115"},
        {R"({"$toDecimal": "x"})", "error 241"},
        {R"({"$toDecimal": {"$literal": {}}})", "error 241"},
        {R"({"$toDecimal": null})", "null"},
        {R"({"$toInt": [1, 2]})", "error 50723"},
        {R"({"$toInt": []})", "error 50723"},
    };
    expect_all(rows);
}

TEST(Conversion, ToBool) {
    const Row rows[] = {
        {R"({"$toBool": ""})", "true"},         {R"({"$toBool": 0.0})", "false"},
        {R"({"$toBool": [[]]})", "true"},       {R"({"$toBool": {"$date": 0}})", "true"},
        {R"({"$toBool": "$missing"})", "null"}, {R"({"$toBool": {"$numberDouble": "NaN"}})", "true"},
    };
    expect_all(rows);
}

TEST(Conversion, ToString) {
    const Row rows[] = {
        {R"({"$toString": 3.0})", R"("3")"},
        {R"({"$toString": 1e16})", R"("1e+16")"},
        {R"({"$toString": 9999999999999998.0})", R"("9999999999999998")"},
        {R"({"$toString": 0.0001})", R"("0.0001")"},
        {R"({"$toString": 0.00009})", R"("9e-05")"},
        {R"({"$toString": 0.1})", R"("0.1")"},
        {R"({"$toString": {"$numberDouble": "-0.0"}})", R"("-0")"},
        {R"({"$toString": {"$numberDouble": "NaN"}})", R"("NaN")"},
        {R"({"$toString": {"$numberDouble": "-Infinity"}})", R"("-Infinity")"},
        {R"({"$toString": false})", R"("false")"},
        {R"({"$toString": {"$numberLong": "-9223372036854775808"}})", R"("-9223372036854775808")"},
        {R"({"$toString": {"$date": 1718454645123}})", R"("2024-06-15T12:30:45.123Z")"},
        {R"({"$toString": {"$oid": "507f1f77bcf86cd799439011"}})", R"("507f1f77bcf86cd799439011")"},
        {R"({"$toString": {"$toDate": {"$numberLong": "253402300800000"}}})", "error 18537"},
        {R"({"$toString": {"$binary": {"base64": "AQI=", "subType": "00"}}})", R"("AQI=")"},
        {R"({"$toString": {"$literal": {}}})", "error 241"},
    };
    expect_all(rows);
}

TEST(Conversion, ToDateAndObjectId) {
    const Row rows[] = {
        {R"({"$toDate": {"$numberLong": "5"}})", R"({"$date":{"$numberLong":"5"}})"},
        {R"({"$toDate": -1.9})", R"({"$date":{"$numberLong":"-1"}})"},
        {R"({"$toDate": "2018-03-20 11:00:06 +0500"})", R"({"$date":{"$numberLong":"1521525606000"}})"},
        {R"({"$toDate": {"$oid": "5ab9c3da31c2ab715d421285"}})", R"({"$date":{"$numberLong":"1522123738000"}})"},
        {R"({"$toDate": {"$oid": "ffffffff31c2ab715d421285"}})", R"({"$date":{"$numberLong":"4294967295000"}})"},
        {R"({"$toDate": 5})", "error 241"},
        {R"({"$toDate": "Friday"})", "error 241"},
        {R"({"$toDate": true})", "error 241"},
        {R"({"$toObjectId": "507F1f77bcf86cd799439011"})", R"({"$oid":"507f1f77bcf86cd799439011"})"},
        {R"({"$toObjectId": "507f1f77bcf86cd79943901g"})", "error 241"},
        {R"({"$toObjectId": 1})", "error 241"},
    };
    expect_all(rows);
}

TEST(Conversion, Bytes) {
    const Row rows[] = {
        {R"({"$convert": {"input": "AQL/", "to": "binData", "format": "base64"}})",
         R"({"$binary":{"base64":"AQL/","subType":"00"}})"},
        {R"({"$convert": {"input": "AQL_AQ", "to": "binData", "format": "base64url"}})",
         R"({"$binary":{"base64":"AQL/AQ==","subType":"00"}})"},
        {R"({"$convert": {"input": "01fF", "to": "binData", "format": "hex"}})",
         R"({"$binary":{"base64":"Af8=","subType":"00"}})"},
        {R"({"$convert": {"input": "$b", "to": "string", "format": "hex"}})", R"("01FF")",
         R"({"b": {"$binary": {"base64": "Af8=", "subType": "00"}}})"},
        {R"({"$convert": {"input": "$b", "to": "string", "format": "utf8"}})", "error 241",
         R"({"b": {"$binary": {"base64": "Af8=", "subType": "00"}}})"},
        {R"({"$convert": {"input": {"$binary": {"base64": "AQL/AQ==", "subType": "00"}}, "to": "string",
             "format": "base64url"}})",
         R"("AQL_AQ")"},
        {R"({"$convert": {"input": 258, "to": "binData"}})", R"({"$binary":{"base64":"AgEAAA==","subType":"00"}})"},
        {R"({"$convert": {"input": "$b", "to": "int", "byteOrder": "big"}})", R"({"$numberInt":"258"})",
         R"({"b": {"$binary": {"base64": "AQI=", "subType": "00"}}})"},
        {R"({"$convert": {"input": {"$binary": {"base64": "/w==", "subType": "00"}}, "to": "long"}})",
         R"({"$numberLong":"-1"})"},
        {R"({"$convert": {"input": {"$binary": {"base64": "AQID", "subType": "00"}}, "to": "int"}})", "error 241"},
        {R"({"$convert": {"input": {"$binary": {"base64": "AAAAAAAA+D8=", "subType": "00"}}, "to": "double"}})",
         R"({"$numberDouble":"1.5"})"},
        {R"({"$toDouble": {"$convert": {"input": 1.5, "to": "binData"}}})", R"({"$numberDouble":"1.5"})"},
        {R"({"$convert": {"input": "x", "to": "binData"}})", "error 4341115"},
        {R"({"$convert": {"input": "x", "to": "binData", "format": 1}})", "error 4341114"},
        {R"({"$convert": {"input": "x", "to": "binData", "format": "xml"}})", "error 4341125"},
        {R"({"$convert": {"input": "x", "to": {"type": "binData", "subtype": 1.5}, "format": "hex"}})",
         "error 4341106"},
        {R"({"$convert": {"input": "x", "to": {"type": "binData", "subtype": 10}, "format": "hex"}})", "error 4341107"},
        {R"({"$convert": {"input": "x", "to": {"type": "binData", "subtype": "4"}, "format": "hex"}})",
         "error 4341108"},
        {R"({"$convert": {"input": 1, "to": "binData", "byteOrder": 1}})", "error 9130001"},
        {R"({"$convert": {"input": 1, "to": "binData", "byteOrder": "BIG"}})", "error 9130002"},
        {R"({"$toUUID": "550e8400-e29b-41d4-a716-446655440000"})", "error 115"},
        {R"({"$toUUID": "550e8400-e29b-41d4-a716"})", "error 241"},
        {R"({"$convert": {"input": {"$date": 0}, "to": "binData"}})", "error 241"},
    };
    expect_all(rows);
}

TEST(Conversion, Convert) {
    const Row rows[] = {
        {R"({"$convert": {"input": "5", "to": "int"}})", R"({"$numberInt":"5"})"},
        {R"({"$convert": {"input": 5, "to": 2}})", R"("5")"},
        {R"({"$convert": {"input": 5, "to": {"type": "$t"}}})", R"("5")", R"({"t": "string"})"},
        {R"({"$convert": {"input": "x", "to": "int", "onError": "$e"}})", R"("bad")", R"({"e": "bad"})"},
        {R"({"$convert": {"input": null, "to": "int", "onNull": "none", "onError": 1}})", R"("none")"},
        {R"({"$convert": {"input": null, "to": {"type": "binData", "subtype": 999}, "format": 1}})", "null"},
        {R"({"$convert": {"input": "x", "to": null, "onNull": 1, "onError": 1}})", "null"},
        {R"({"$convert": {"input": {"$toDate": {"$numberLong": "253402300800000"}}, "to": "string", "onError": 1}})",
         "error 18537"},
        {R"({"$convert": {"input": 1, "to": "array"}})", "error 241"},
        {R"({"$convert": {"input": 1, "to": "integer"}})", "error 2"},
        {R"({"$convert": {"input": 1, "to": 99}})", "error 9"},
        {R"({"$convert": {"input": 1, "to": 1.5}})", "error 9"},
        {R"({"$convert": {"input": 1, "to": true}})", "error 9"},
        {R"({"$convert": {"input": 1, "to": {"Type": "int"}}})", "error 9"},
        {R"({"$convert": {"input": 1, "to": {"type": null}}})", "error 9"},
        {R"({"$convert": {"input": 1}})", "error 9"},
        {R"({"$convert": 1})", "error 9"},
    };
    expect_all(rows);
}

TEST(Conversion, Types) {
    const Row rows[] = {
        {R"({"$type": "$a"})", R"("missing")"}, {R"({"$type": {"$numberLong": "1"}})", R"("long")"},
        {R"({"$type": [[1]]})", R"("array")"},  {R"({"$type": []})", "error 16020"},
        {R"({"$isNumber": 1.5})", "true"},      {R"({"$isNumber": "1"})", "false"},
        {R"({"$isNumber": "$a"})", "false"},
    };
    expect_all(rows);
}

}  // namespace
}  // namespace sheaf::query
