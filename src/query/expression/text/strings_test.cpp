#include <gtest/gtest.h>

#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::evaluated_exactly;
using testing::Row;

void expect_all(std::span<const Row> rows) {
    for (const Row& row : rows) EXPECT_EQ(evaluated(row.expression, row.document), row.expected) << row.expression;
}

TEST(Strings, Concat) {
    const Row rows[] = {
        {R"({"$concat": []})", R"("")"},
        {R"({"$concat": "$a"})", R"("x")", R"({"a": "x"})"},
        {R"({"$concat": ["$a", "-", "$b"]})", R"("x-y")", R"({"a": "x", "b": "y"})"},
        {R"({"$concat": ["a", null, 1]})", "null"},
        {R"({"$concat": ["a", "$missing"]})", "null"},
        {R"({"$concat": ["a", 1, null]})", "error 16702"},
    };
    expect_all(rows);
}

TEST(Strings, CaseIsThatOfAscii) {
    const Row rows[] = {
        {R"({"$toUpper": "a\u00e9z{`1"})", "\"A\xC3\xA9Z{`1\""},
        {R"({"$toLower": "A\u00c9Z[@1"})", "\"a\xC3\x89z[@1\""},
        {R"({"$toUpper": [null]})", R"("")"},
        {R"({"$toUpper": true})", "error 16007"},
        {R"({"$strcasecmp": ["aBc", "AbC"]})", "0"},
        {R"({"$strcasecmp": ["abc", "ABCD"]})", "-1"},
        {R"({"$strcasecmp": ["abcd", "ABC"]})", "1"},
        {R"({"$strcasecmp": ["_", "a"]})", "1"},
        {R"({"$strcasecmp": ["\u00e9", "z"]})", "1"},
        {R"({"$strcasecmp": [null, "$missing"]})", "0"},
        {R"({"$strcasecmp": [null, []]})", "error 16007"},
    };
    expect_all(rows);
}

TEST(Strings, OtherTypesAsText) {
    const Row rows[] = {
        {R"({"$toLower": -42})", R"("-42")"},
        {R"({"$toLower": 3.0})", R"("3")"},
        {R"({"$toLower": 123456.789})", R"("123457")"},
        {R"({"$toLower": 1000000.0})", R"("1e+06")"},
        {R"({"$toUpper": 0.00001})", R"("1E-05")"},
        {R"({"$toLower": {"$numberDouble": "-0.0"}})", R"("-0")"},
        {R"({"$substrCP": [{"$date": 1718454645123}, 0, 99]})", R"("2024-06-15T12:30:45.123Z")"},
    };
    expect_all(rows);
}

TEST(Strings, Lengths) {
    const Row rows[] = {
        {R"({"$strLenBytes": "a\u00e9\u20ac\ud83d\ude00"})", "10"},
        {R"({"$strLenCP": "a\u00e9\u20ac\ud83d\ude00"})", "4"},
        {R"({"$strLenCP": ""})", "0"},
        {R"({"$strLenBytes": null})", "error 34473"},
        {R"({"$strLenCP": "$missing"})", "error 34471"},
    };
    expect_all(rows);
    EXPECT_EQ(evaluated_exactly(R"({"$strLenCP": "abc"})"), R"({"$numberInt":"3"})");
}

TEST(Strings, Split) {
    const Row rows[] = {
        {R"({"$split": ["a, b, ", ", "]})", R"(["a","b",""])"},
        {R"({"$split": ["aaa", "aa"]})", R"(["","a"])"},
        {R"({"$split": ["", "x"]})", R"([""])"},
        {R"({"$split": [1, null]})", "null"},
        {R"({"$split": [1, 2]})", "error 40085"},
        {R"({"$split": ["a", 2]})", "error 10503900"},
        {R"({"$split": ["a", ""]})", "error 40087"},
        {R"({"$split": ["a"]})", "error 16020"},
    };
    expect_all(rows);
}

TEST(Strings, Trim) {
    const Row rows[] = {
        {R"({"$trim": {"input": "\u0000 \u00a0\u200a a b\u1680\t"}})", R"("a b")"},
        {R"({"$ltrim": {"input": "  a  "}})", R"("a  ")"},
        {R"({"$rtrim": {"input": "  a  "}})", R"("  a")"},
        {R"({"$trim": {"input": "\u200ba\u3000"}})",
         "\"\xE2\x80\x8B"
         "a\xE3\x80\x80\""},
        {R"({"$trim": {"input": "\u00e9ab\u00e9a\u00e9", "chars": "\u00e9a"}})", R"("b")"},
        {R"({"$trim": {"input": "aaa", "chars": "a"}})", R"("")"},
        {R"({"$trim": {"input": " a ", "chars": ""}})", R"(" a ")"},
        {R"({"$trim": {"input": null, "chars": 1}})", "null"},
        {R"({"$trim": {"input": "a", "chars": "$missing"}})", "null"},
        {R"({"$trim": {"input": 1, "chars": null}})", "error 50699"},
        {R"({"$trim": {"input": "a", "chars": 1}})", "error 50700"},
        {R"({"$trim": "a"})", "error 50696"},
        {R"({"$trim": {"chars": "a"}})", "error 50695"},
        {R"({"$trim": {"input": "a", "Chars": "a"}})", "error 50694"},
    };
    expect_all(rows);
}

TEST(Strings, Replace) {
    const Row rows[] = {
        {R"({"$replaceOne": {"input": "cat cat", "find": "cat", "replacement": "dog"}})", R"("dog cat")"},
        {R"({"$replaceAll": {"input": "cat cat", "find": "cat", "replacement": "dog"}})", R"("dog dog")"},
        {R"({"$replaceAll": {"input": "aaa", "find": "aa", "replacement": "b"}})", R"("ba")"},
        {R"({"$replaceAll": {"input": "aaa", "find": "a", "replacement": ""}})", R"("")"},
        {R"({"$replaceAll": {"input": "abc", "find": "x", "replacement": "y"}})", R"("abc")"},
        {R"({"$replaceAll": {"input": "a\u00e9", "find": "", "replacement": "x"}})", "\"xax\xC3\xA9x\""},
        {R"({"$replaceOne": {"input": "ab", "find": "", "replacement": "x"}})", R"("xab")"},
        {R"({"$replaceOne": {"input": null, "find": "a", "replacement": "b"}})", "null"},
        {R"({"$replaceOne": {"input": null, "find": 1, "replacement": "b"}})", "error 10503901"},
        {R"({"$replaceOne": {"input": 1, "find": 1, "replacement": 1}})", "error 10503904"},
        {R"({"$replaceAll": {"input": "a", "find": "$missing", "replacement": 1}})", "error 10503902"},
        {R"({"$replaceAll": []})", "error 51751"},
        {R"({"$replaceAll": {"x": 1}})", "error 51750"},
        {R"({"$replaceAll": {"find": "a"}})", "error 51749"},
        {R"({"$replaceAll": {"input": "a"}})", "error 51748"},
        {R"({"$replaceAll": {"input": "a", "find": "a"}})", "error 51747"},
    };
    expect_all(rows);
}

// Without a bound the second would make 10 MB of 10 kB, and a hundred of its like in a row 1 GB.
TEST(Strings, WhatIsMadeIsBounded) {
    Limits limits;
    limits.expression_bytes = 100'000;
    const std::string a(10'000, 'a');
    const std::string concat = R"({"$concat": ["$a", "$a", "$a", "$a", "$a", "$a", "$a", "$a", "$a", "$a", "$a"]})";
    const std::string replace = R"({"$replaceAll": {"input": "$a", "find": "a", "replacement": ")" + a + R"("}})";
    const std::string document = R"({"a": ")" + a + R"("})";
    EXPECT_EQ(evaluated(concat, document, nullptr, limits), "error 10334");
    EXPECT_EQ(evaluated(replace, document, nullptr, limits), "error 10334");
}

TEST(Strings, LongTextsCostSteps) {
    Limits limits;
    limits.expression_steps = 100;
    const std::string document = R"({"a": ")" + std::string(10'000, 'a') + R"("})";
    EXPECT_EQ(evaluated(R"({"$strLenCP": "$a"})", document, nullptr, limits), "10000");
    for (const char* expression :
         {R"({"$concat": ["$a", "$a", "$a"]})",
          R"({"$eq": [{"$indexOfCP": ["$a", "b"]}, {"$toUpper": {"$toLower": "$a"}}]})",
          R"([{"$split": ["$a", "b"]}, {"$regexMatch": {"input": "$a", "regex": "^b"}}, {"$trim": {"input": "$a"}}])",
          R"([{"$replaceAll": {"input": "$a", "find": "b", "replacement": "c"}}, {"$substrCP": ["$a", 0, 1]},
              {"$strcasecmp": ["$a", "$a"]}])"}) {
        EXPECT_EQ(evaluated(expression, document, nullptr, limits), "error 10334") << expression;
    }
}

TEST(Substrings, OfBytes) {
    const Row rows[] = {
        {R"({"$substrBytes": ["hello", 1, 3]})", R"("ell")"},
        {R"({"$substr": ["hello", 1, -1]})", R"("ello")"},
        {R"({"$substrBytes": ["hello", 1.9, 1.9]})", R"("e")"},
        {R"({"$substrBytes": ["hello", 9, 1]})", R"("")"},
        {R"({"$substrBytes": ["hello", "$a", "$a"]})", R"("")", R"({"a": {"$numberLong": "9223372036854775807"}})"},
        {R"({"$substrBytes": ["hello", 2, {"$numberLong": "9223372036854775807"}]})", R"("llo")"},
        {R"({"$substrBytes": ["$missing", 0, 1]})", R"("")"},
        {R"({"$substrBytes": [12.5, 1, 2]})", R"("2.")"},
        {R"({"$substrBytes": [[], 0, 1]})", "error 16007"},
        {R"({"$substrBytes": ["a", null, null]})", "error 16034"},
        {R"({"$substrBytes": ["a", 0, "1"]})", "error 16035"},
        {R"({"$substrBytes": ["a", -1, 1]})", "error 50752"},
        {R"({"$substrBytes": ["a", 1e20, 1]})", "error 31109"},
        {R"({"$substrBytes": ["\u00e9", 1, 1]})", "error 28656"},
        {R"({"$substrBytes": ["\u00e9", 0, 1]})", "error 28657"},
        {R"({"$substrBytes": ["\u00e9", 0, 2]})", "\"\xC3\xA9\""},
    };
    expect_all(rows);
}

TEST(Substrings, OfCodePoints) {
    const Row rows[] = {
        {R"({"$substrCP": ["a\u00e9\u20acb", 1, 2]})", "\"\xC3\xA9\xE2\x82\xAC\""},
        {R"({"$substrCP": ["abc", 2.0, {"$numberLong": "5"}]})", R"("c")"},
        {R"({"$substrCP": ["abc", 2147483647, 2147483647]})", R"("")"},
        {R"({"$substrCP": ["abc", "0", 1.5]})", "error 34450"},
        {R"({"$substrCP": ["abc", 0.5, 1]})", "error 34451"},
        {R"({"$substrCP": ["abc", 0, null]})", "error 34452"},
        {R"({"$substrCP": ["abc", 0, 2147483648]})", "error 34453"},
        {R"({"$substrCP": ["abc", -1, -1]})", "error 34454"},
        {R"({"$substrCP": ["abc", -1, 1]})", "error 34455"},
    };
    expect_all(rows);
}

TEST(Substrings, IndexOf) {
    const Row rows[] = {
        {R"({"$indexOfBytes": ["a\u00e9b", "b"]})", "3"},
        {R"({"$indexOfCP": ["a\u00e9b", "b"]})", "2"},
        {R"({"$indexOfBytes": ["hello", "l", 3]})", "3"},
        {R"({"$indexOfCP": ["h\u00e9llo", "l", 3]})", "3"},
        {R"({"$indexOfBytes": ["hello", "llo", 0, 4]})", "-1"},
        {R"({"$indexOfCP": ["hello", "llo", 0, 4]})", "2"},
        {R"({"$indexOfBytes": ["hello", "", 5]})", "5"},
        {R"({"$indexOfCP": ["hello", "", 5]})", "-1"},
        {R"({"$indexOfBytes": ["hello", "", 6]})", "-1"},
        {R"({"$indexOfCP": ["", ""]})", "0"},
        {R"({"$indexOfBytes": ["hello", "h", 3, 1]})", "-1"},
        {R"({"$indexOfBytes": [null, 1]})", "null"},
        {R"({"$indexOfBytes": [1, 1]})", "error 40091"},
        {R"({"$indexOfBytes": ["a", null]})", "error 40092"},
        {R"({"$indexOfCP": [1, 1]})", "error 40093"},
        {R"({"$indexOfCP": ["a", null]})", "error 40094"},
        {R"({"$indexOfCP": ["a", "a", 0.5]})", "error 40096"},
        {R"({"$indexOfCP": ["a", "a", 0, -1]})", "error 40097"},
        {R"({"$indexOfCP": ["a"]})", "error 28667"},
    };
    expect_all(rows);
}

}  // namespace
}  // namespace sheaf::query
