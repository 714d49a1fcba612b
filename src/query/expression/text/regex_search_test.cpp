#include <gtest/gtest.h>

#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::Row;

void expect_all(std::span<const Row> rows) {
    for (const Row& row : rows) EXPECT_EQ(evaluated(row.expression, row.document), row.expected) << row.expression;
}

TEST(RegexSearch, Match) {
    const Row rows[] = {
        {R"({"$regexMatch": {"input": "$a", "regex": "^K.*O$", "options": "i"}})", "true", R"({"a": "Kyoto"})"},
        {R"({"$regexMatch": {"input": "$a", "regex": "$b"}})", "false", R"({"a": "Kyoto", "b": "x"})"},
        {R"({"$regexMatch": {"input": "a", "regex": "a", "options": null}})", "true"},
        {R"({"$regexMatch": {"input": null, "regex": "a"}})", "false"},
        {R"({"$regexMatch": {"input": "a", "regex": "$missing", "options": "z"}})", "false"},
    };
    expect_all(rows);
}

TEST(RegexSearch, FindCountsCodePoints) {
    const Row rows[] = {
        {R"({"$regexFind": {"input": "\u00e9\u65e5ab", "regex": "(a)(x)?(b) *"}})",
         R"({"match":"ab","idx":2,"captures":["a",null,"b"]})"},
        {R"({"$regexFind": {"input": "abc", "regex": "x"}})", "null"},
        {R"({"$regexFind": {"input": "$missing", "regex": "x"}})", "null"},
        {R"({"$regexFind": {"input": "ab", "regex": "$"}})", "error 16872"},
        {R"({"$regexFind": {"input": "ab", "regex": {"$literal": "$"}}})", R"({"match":"","idx":2,"captures":[]})"},
    };
    expect_all(rows);
}

TEST(RegexSearch, FindAll) {
    const Row rows[] = {
        {R"({"$regexFindAll": {"input": "x\u65e5x", "regex": "x"}})",
         R"([{"match":"x","idx":0,"captures":[]},{"match":"x","idx":2,"captures":[]}])"},
        {R"({"$regexFindAll": {"input": "\u65e5a", "regex": ""}})",
         R"([{"match":"","idx":0,"captures":[]},{"match":"","idx":1,"captures":[]}])"},
        {R"({"$regexFindAll": {"input": "", "regex": ""}})", R"([{"match":"","idx":0,"captures":[]}])"},
        {R"({"$regexFindAll": {"input": "aba", "regex": "(?=a) *"}})",
         R"([{"match":"","idx":0,"captures":[]},{"match":"","idx":2,"captures":[]}])"},
        {R"({"$regexFindAll": {"input": null, "regex": "x"}})", "[]"},
    };
    expect_all(rows);
}

TEST(RegexSearch, Errors) {
    const Row rows[] = {
        {R"({"$regexMatch": "a"})", "error 51103"},
        {R"({"$regexMatch": {}})", "error 31022"},
        {R"({"$regexMatch": {"input": "a"}})", "error 31023"},
        {R"({"$regexMatch": {"input": "a", "regex": "a", "x": 1}})", "error 31024"},
        {R"({"$regexMatch": {"input": 1, "regex": null}})", "error 51104"},
        {R"({"$regexMatch": {"input": 1, "regex": 1}})", "error 51105"},
        {R"({"$regexMatch": {"input": null, "regex": null, "options": 1}})", "error 51106"},
        {R"({"$regexMatch": {"input": null, "regex": "a", "options": "z"}})", "error 51108"},
        {R"({"$regexMatch": {"input": "a", "regex": "a\u0000"}})", "error 51109"},
        {R"({"$regexMatch": {"input": "a", "regex": "a", "options": "i\u0000"}})", "error 51110"},
        {R"({"$regexMatch": {"input": null, "regex": "("}})", "error 51111"},
        {R"({"$regexMatch": {"input": "$a", "regex": "$b"}})", "error 51111", R"({"a": "x", "b": "["})"},
    };
    expect_all(rows);
    const std::string longest(16384, 'a');
    EXPECT_EQ(evaluated(R"({"$regexMatch": {"input": "a", "regex": ")" + longest + R"("}})"), "false");
    EXPECT_EQ(evaluated(R"({"$regexMatch": {"input": "a", "regex": ")" + longest + R"(a"}})"), "error 51111");
}

// A bad constant that is never reached does no harm.
TEST(RegexSearch, BadConstantsFailWhenTheyAreUsed) {
    EXPECT_EQ(evaluated(R"({"$cond": ["$a", {"$regexMatch": {"input": "$b", "regex": "("}}, 1]})"), "1");
}

}  // namespace
}  // namespace sheaf::query
