#include "query/expression/text/text_search.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace sheaf::query {
namespace {

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
}

// Few letters and repeated parts, so that there are periods and near matches.
std::string random_text(std::mt19937& random, std::size_t size) {
    std::string part;
    for (std::size_t i = 1 + random() % 9; i > 0; --i) part += static_cast<char>('a' + random() % 2);
    std::string text = repeated(part, size / part.size() + 1).substr(0, size);
    for (std::size_t changes = random() % 3; changes > 0; --changes) {
        text[random() % size] = static_cast<char>('a' + random() % 3);
    }
    return text;
}

TEST(TextSearch, FindsWhatTheStandardLibraryFinds) {
    std::mt19937 random(1);
    std::size_t found = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string text = random_text(random, 1 + random() % 300);
        const std::size_t size = 1 + random() % 80;
        const std::string wanted = round % 2 == 0 && size <= text.size()
                                       ? text.substr(random() % (text.size() - size + 1), size)
                                       : random_text(random, size);
        const TextSearch search(wanted);
        const std::size_t from = random() % (text.size() + 1);
        const std::size_t expected = text.find(wanted, from);
        ASSERT_EQ(search.find(text, from), expected) << wanted << " in " << text << " from " << from;
        found += wanted.size() > 40 && expected != std::string::npos;
    }
    EXPECT_GT(found, 500U);
}

TEST(TextSearch, EndsOfTexts) {
    const std::string wanted = repeated("ab", 20);
    const TextSearch search(wanted);
    EXPECT_EQ(search.find("", 0), std::string_view::npos);
    EXPECT_EQ(search.find(wanted, 0), 0U);
    EXPECT_EQ(search.find(wanted, 1), std::string_view::npos);
    EXPECT_EQ(search.find(wanted, wanted.size()), std::string_view::npos);
    EXPECT_EQ(search.find("x" + wanted, 0), 1U);
    EXPECT_EQ(TextSearch("").find("abc", 3), 3U);
}

// Each of these takes minutes with an algorithm that is quadratic.
TEST(TextSearch, HostileTextsTakeLinearTime) {
    const auto begin = std::chrono::steady_clock::now();
    constexpr std::size_t size = 1'000'000;
    const std::string text = repeated("a", 2 * size);
    EXPECT_EQ(TextSearch(repeated("a", size) + "b").find(text, 0), std::string_view::npos);
    EXPECT_EQ(TextSearch("b" + repeated("a", size)).find(text, 0), std::string_view::npos);
    EXPECT_EQ(TextSearch(repeated("a", size / 2) + "b" + repeated("a", size / 2)).find(text, 0),
              std::string_view::npos);
    EXPECT_EQ(TextSearch(repeated("ab", size / 2)).find(repeated("ab", size / 2 - 1) + text, 0),
              std::string_view::npos);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace sheaf::query
