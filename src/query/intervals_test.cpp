#include "query/intervals.hpp"

#include <gtest/gtest.h>

#include <random>

#include <sheaf/document.hpp>

#include "document/key.hpp"

namespace sheaf::query {
namespace {

// Sets over the letters a to h: "bd" is all that begins with b or d.
Intervals letters(std::string_view text) {
    std::vector<Interval> ranges;
    for (const char letter : text) ranges.push_back({Bytes(1, letter), Bytes(1, static_cast<char>(letter + 1)), false});
    return Intervals::joined(ranges);
}

std::string in_letters(const Intervals& intervals) {
    std::string text;
    for (char letter = 'a'; letter <= 'h'; ++letter) {
        if (intervals.contains(Bytes(1, letter))) text.push_back(letter);
    }
    return text;
}

TEST(Intervals, JoinsWhatTouches) {
    EXPECT_EQ(letters("abd").ranges().size(), 2U);
    EXPECT_EQ(letters("dba"), letters("abd"));
    EXPECT_EQ(letters("aab"), Intervals::range("a", "c"));
    EXPECT_TRUE(Intervals::range("b", "b").empty());
    EXPECT_TRUE(Intervals::range("c", "b").empty());
}

TEST(Intervals, SetsAreCombined) {
    struct {
        const char* a;
        const char* b;
        const char* both;
        const char* either;
    } const cases[] = {
        {"abc", "bcd", "bc", "abcd"},           {"ab", "cd", "", "abcd"},     {"", "ab", "", "ab"},
        {"abcdefgh", "bdf", "bdf", "abcdefgh"}, {"ace", "bdf", "", "abcdef"}, {"ah", "a", "a", "ah"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.a) + " and " + c.b);
        EXPECT_EQ(in_letters(letters(c.a).intersected(letters(c.b))), c.both);
        EXPECT_EQ(in_letters(letters(c.a).united(letters(c.b))), c.either);
        EXPECT_EQ(letters(c.a).intersected(letters(c.b)), letters(c.both));
        EXPECT_EQ(letters(c.a).united(letters(c.b)), letters(c.either));
        EXPECT_EQ(letters(c.a).covers(letters(c.b)), std::string_view(c.both) == c.b);
        EXPECT_EQ(letters(c.b).covers(letters(c.a)), std::string_view(c.both) == c.a);
    }
}

TEST(Intervals, CombineAsSetsOfKeysDo) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto bytes = [&] {
        Bytes text(random() % 3, '\0');
        for (char& byte : text) byte = static_cast<char>("\x00\x01\x7F\xFF"[random() % 4]);
        return text;
    };
    const auto intervals = [&] {
        std::vector<Interval> ranges(random() % 4);
        for (Interval& range : ranges) range = {bytes(), bytes(), false};
        return Intervals::joined(ranges);
    };
    for (int i = 0; i < 50'000; ++i) {
        const Intervals a = intervals();
        const Intervals b = intervals();
        const Bytes key = bytes();
        ASSERT_EQ(a.intersected(b).contains(key), a.contains(key) && b.contains(key));
        ASSERT_EQ(a.united(b).contains(key), a.contains(key) || b.contains(key));
        ASSERT_EQ(a.covers(b), a.united(b) == a);
    }
}

TEST(Intervals, KnowsPointsAndEverything) {
    const Document document = R"({"a": 5, "b": "x"})"_json;
    const View five = document.view()["a"];
    const View x = document.view()["b"];
    EXPECT_TRUE(Intervals::point(five).only_points());
    EXPECT_TRUE(Intervals::points({encode_key(x), encode_key(five), encode_key(x)}).only_points());
    EXPECT_EQ(Intervals::points({encode_key(x), encode_key(five), encode_key(x)}).ranges().size(), 2U);
    EXPECT_FALSE(Intervals::of_type(Type::number).only_points());
    EXPECT_TRUE(Intervals::of_type(Type::integer).contains(encode_key(five)));
    EXPECT_FALSE(Intervals::of_type(Type::integer).contains(encode_key(x)));
    // At least and at most the same.
    const Intervals least = Intervals::range(encode_key(five), "\x21");
    const Intervals most = Intervals::range("\x20", behind(encode_key(five)));
    EXPECT_EQ(least.intersected(most), Intervals::point(five));
    EXPECT_TRUE(Intervals::all().is_all());
    EXPECT_FALSE(Intervals::all().only_points());
    EXPECT_TRUE(Intervals::all().covers(Intervals::point(x)));
    EXPECT_TRUE(Intervals::none().only_points());
    EXPECT_FALSE(Intervals::none().is_all());
}

TEST(Intervals, StringsByTheirBeginning) {
    const auto has = [](std::string_view prefix, std::string_view text) {
        return Intervals::strings_with(prefix).contains(encode_string_key(text));
    };
    EXPECT_TRUE(has("", ""));
    EXPECT_TRUE(has("ab", "ab"));
    EXPECT_TRUE(has("ab", std::string_view("ab\0", 3)));
    EXPECT_TRUE(has("ab", "ab\xF4\x8F\xBF\xBF"));
    EXPECT_FALSE(has("ab", "a"));
    EXPECT_FALSE(has("ab", "ac"));
    EXPECT_TRUE(has(std::string_view("a\0", 2), std::string_view("a\0", 2)));
    EXPECT_TRUE(has(std::string_view("a\0", 2), std::string_view("a\0z", 3)));
    EXPECT_FALSE(has(std::string_view("a\0", 2), "a"));
    EXPECT_FALSE(has(std::string_view("a\0", 2), "a\x01"));
}

TEST(Intervals, NextPrefix) {
    EXPECT_EQ(next_prefix("ab"), "ac");
    EXPECT_EQ(next_prefix("a\xFF\xFF"), "b");
    EXPECT_EQ(next_prefix(""), std::nullopt);
    EXPECT_EQ(next_prefix("\xFF\xFF"), std::nullopt);
}

}  // namespace
}  // namespace sheaf::query
