#include "query/regex.hpp"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <sheaf/error.hpp>

namespace sheaf::query {
namespace {

const Limits limits;

struct MatchCase {
    const char* pattern;
    const char* options;
    const char* text;
    bool expected;
};

TEST(Regex, Matches) {
    const MatchCase cases[] = {
        {"", "", "", true},
        {"", "", "abc", true},
        {"b", "", "abc", true},
        {"^b", "", "abc", false},
        {"^b", "m", "a\nb", true},
        {"^b", "", "a\nb", false},
        {"^b", "m", "a\rb", false},  // a line ends with \n
        {"a$", "", "a\n", true},
        {"a.b", "", "a\nb", false},
        {"a.b", "s", "a\nb", true},
        {"ABC", "i", "abc", true},
        {"ABC", "uii", "abc", true},
        {"a b # c", "x", "ab", true},
        {"\xC3\x84", "i", "\xC3\xA4", true},  // umlauts
        {"^.$", "", "\xC3\xA4", true},
        {"^\\w$", "", "\xC3\xA4", false},
        {"(*UCP)^\\w$", "", "\xC3\xA4", true},
        {"\\p{Cyrillic}", "", "\xD0\x9F", true},
        {"(?<x>a+)-\\k<x>$", "", "aa-aa", true},
        {"(?<=a)b(?!c)", "", "abd", true},
    };
    for (const MatchCase& c : cases) {
        SCOPED_TRACE(std::string(c.pattern) + " /" + c.options + " on " + c.text);
        EXPECT_EQ(Regex::compile(c.pattern, c.options, limits).matches(c.text), c.expected);
    }
}

TEST(Regex, NullBytesAreOrdinary) {
    using namespace std::string_view_literals;
    EXPECT_TRUE(Regex::compile("b\0c"sv, "", limits).matches("ab\0cd"sv));
    EXPECT_TRUE(Regex::compile("^a.c$", "", limits).matches("a\0c"sv));
}

TEST(Regex, FindGivesRangesInBytes) {
    const Regex regex = Regex::compile("(b)|(c)(d)?", "", limits);
    const std::string text =
        "\xC3\xA4"
        "bxcd";
    const auto first = regex.find(text, 0);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->whole.begin, 2U);
    EXPECT_EQ(first->whole.end, 3U);
    ASSERT_EQ(first->groups.size(), 3U);
    EXPECT_TRUE(first->groups[0]);
    EXPECT_FALSE(first->groups[1]);
    EXPECT_FALSE(first->groups[2]);
    const auto second = regex.find(text, first->whole.end);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->whole.begin, 4U);
    EXPECT_EQ(second->groups[2]->begin, 5U);
    EXPECT_FALSE(regex.find(text, text.size()));
    EXPECT_FALSE(regex.find(text, text.size() + 1));
}

TEST(Regex, FindBeginsAtACharacter) {
    const auto found = Regex::compile("", "", limits).find("\xC3\xA4z", 1);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->whole.begin, 2U);
}

struct ErrorCase {
    std::string pattern;
    std::string options;
    Code code;
    int mongo;
};

TEST(Regex, RefusesWithMongosNumbers) {
    const ErrorCase cases[] = {
        {"(", "", Code::invalid_argument, 51091},
        {"[z-a]", "", Code::invalid_argument, 51091},
        {"(?<=a+)b", "", Code::invalid_argument, 51091},
        {"\xFF", "", Code::invalid_argument, 51091},
        {"a\\Cb", "", Code::invalid_argument, 51091},
        {std::string(300, '(') + std::string(300, ')'), "", Code::invalid_argument, 51091},
        {"((a{1,1000}){1,1000}){1,1000}", "", Code::invalid_argument, 51091},
        {"a", "g", Code::invalid_argument, 51108},
        {"a", "I", Code::invalid_argument, 51108},
        {"a", std::string("i\0m", 3), Code::invalid_argument, 51108},
        {std::string(limits.regex_bytes + 1, 'a'), "", Code::limit_exceeded, 51091},
    };
    for (const ErrorCase& c : cases) {
        SCOPED_TRACE(c.pattern.substr(0, 40) + " /" + c.options);
        try {
            Regex::compile(c.pattern, c.options, limits);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), c.code);
            EXPECT_EQ(error.mongo_code(), c.mongo);
        }
    }
    EXPECT_NO_THROW(Regex::compile(std::string(limits.regex_bytes, 'a'), "", limits));
}

TEST(Regex, NumbersOfTheCaller) {
    try {
        Regex::compile("(", "", limits, {51111, 51108});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.mongo_code(), 51111);
    }
}

Code code_of(const std::string& pattern, const std::string& text, const Limits& bounds) {
    try {
        Regex::compile(pattern, "", bounds).matches(text);
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;
}

TEST(Regex, HostilePatternsEndInTheirSteps) {
    const std::string as(100'000, 'a');
    EXPECT_EQ(code_of("(a+)+$", as + "b", limits), Code::limit_exceeded);
    EXPECT_EQ(code_of("^(a|a)*$", std::string(64, 'a') + "b", limits), Code::limit_exceeded);
    EXPECT_EQ(code_of("(*LIMIT_MATCH=4000000000)(a+)+$", as + "b", limits), Code::limit_exceeded);
    EXPECT_EQ(code_of("^(?:a|b)*(?:a|b)*$", std::string(4'000'000, 'a'), limits), Code::limit_exceeded);
    EXPECT_EQ(code_of("^(?R)?a", as, limits), Code::limit_exceeded);
    // Each place where a match may begin takes few steps, all together many.
    EXPECT_EQ(code_of("(?:a|a){12}$", as + "b", limits), Code::limit_exceeded);
    EXPECT_EQ(code_of("a*a*a*[bc]d", std::string(1000, 'a') + "bed", limits), Code::limit_exceeded);
    EXPECT_EQ(code_of("(a+)+$|" + std::string(16'000, 'b'), std::string(50, 'a') + "b", limits), Code::limit_exceeded);
    Limits small;
    small.regex_steps = 100;
    EXPECT_EQ(code_of("^(?:a|b)*$", std::string(200, 'b'), small), Code::limit_exceeded);
    EXPECT_TRUE(Regex::compile("^(?:a|b)*$", "", small).matches("abab"));
}

TEST(Regex, OnePlaceMayTakeMostOfTheSteps) {
    const std::string text = std::string(40'000, 'x') + "y" + std::string(40'000, 'x');
    EXPECT_TRUE(Regex::compile("^(?:x|y)*$", "", limits).matches(text));
    EXPECT_FALSE(Regex::compile("^(?:x|y)*z", "", limits).matches(text));
    const auto found = Regex::compile("y(.*)", "", limits).find(text, 0);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->whole.begin, 40'000U);
    EXPECT_EQ(found->groups[0]->end, text.size());
}

TEST(Regex, LiteralPrefix) {
    struct {
        const char* pattern;
        const char* options;
        const char* prefix;
    } const cases[] = {
        {"^abc", "", "abc"},
        {"\\Aabc", "", "abc"},
        {"^abc", "s", "abc"},
        {"^abc", "i", ""},
        {"^abc", "m", ""},
        {"^abc", "x", ""},
        {"abc", "", ""},
        {"^ab*c", "", "a"},
        {"^ab+c", "", "ab"},
        {"^ab?", "", "a"},
        {"^ab{2}", "", "a"},
        {"^ab.c", "", "ab"},
        {"^ab[cd]", "", "ab"},
        {"^ab$", "", "ab"},
        {"^ab|c", "", ""},
        {"^a(b|c)", "", ""},
        {"^a(b)", "", ""},
        {"^ab(?#x)*", "", "a"},
        {"^a\\.b", "", "a.b"},
        {"^a\\.*b", "", "a"},
        {"^a\\d", "", ""},
        {"^ab\\Q.\\E", "", "a"},
        {"^", "", ""},
        {"^\u00e9*", "", ""},
        {"^a\u00e9\u00e9*", "", "a\u00e9"},
        {"(?i)^abc", "", ""},
        {"^ab(?i)c", "", "a"},
        {"^a b", "", "a b"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.pattern) + " " + c.options);
        EXPECT_EQ(Regex::compile(c.pattern, c.options, limits).literal_prefix(), c.prefix);
    }
}

TEST(Regex, DamagedTextIsFound) {
    EXPECT_EQ(code_of("a", "a\xFF", limits), Code::corrupt);
    EXPECT_EQ(code_of("a", "\xE2\x82", limits), Code::corrupt);
}

TEST(Regex, SearchesFromManyThreads) {
    const Regex regex = Regex::compile("(x+)y", "", limits);
    std::vector<std::thread> threads;
    std::vector<int> found(4);
    for (std::size_t t = 0; t < found.size(); ++t) {
        threads.emplace_back([&, t] {
            const std::string text = std::string(t + 1, 'x') + "y";
            for (int i = 0; i < 1000; ++i) {
                const auto match = regex.find(text, 0);
                if (match && match->groups[0]->end == t + 1 && !regex.matches("xx")) ++found[t];
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const int count : found) EXPECT_EQ(count, 1000);
}

}  // namespace
}  // namespace sheaf::query
