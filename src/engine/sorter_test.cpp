#include "engine/sorter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include <sheaf/error.hpp>

#include "support/open_store.hpp"

namespace sheaf::engine {
namespace {

using testing::error_of;

using Pairs = std::vector<std::pair<Bytes, Bytes>>;  // key and body

constexpr std::size_t plenty = 256U * 1024 * 1024;

// Keys of all lengths with many common beginnings, ended by a number of their own, as _id ends sort keys.
Pairs random_rows(std::size_t count, unsigned seed, std::size_t body_bytes = 200) {
    std::mt19937 random(seed);
    Pairs rows;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes key(random() % 12, '\0');
        for (char& byte : key) byte = static_cast<char>(random() % 3 == 0 ? 0xFF : random() % 2);
        const std::string number = std::to_string(i);
        key += '\x20' + std::string(8 - number.size(), '0') + number;
        rows.emplace_back(std::move(key), Bytes(random() % body_bytes, static_cast<char>('a' + random() % 26)));
    }
    return rows;
}

Pairs first_of(Pairs rows, std::size_t count = SIZE_MAX) {
    std::sort(rows.begin(), rows.end());
    if (rows.size() > count) rows.resize(count);
    return rows;
}

void fill(Sorter& sorter, const Pairs& rows) {
    std::int64_t number = 0;
    for (const auto& [key, body] : rows) {
        ++number;
        sorter.add(key, {body, {number, {number * 2}, number % 2 == 0, {number * 3}, {number * 4}}});
    }
}

Pairs read(Sorter& sorter) {
    sorter.finish({});
    Pairs found;
    for (driver::RowView row; sorter.next(row);) {
        const auto number = row.meta.rid;
        EXPECT_EQ(row.meta, (driver::RowMeta{number, {number * 2}, number % 2 == 0, {number * 3}, {number * 4}}));
        found.emplace_back(sorter.key(), row.body);
    }
    driver::RowView after;
    EXPECT_FALSE(sorter.next(after));
    return found;
}

Pairs sorted(const Pairs& rows, SorterOptions options) {
    Sorter sorter(std::move(options));
    fill(sorter, rows);
    return read(sorter);
}

TEST(Sorter, SortsInMemory) {
    for (const std::size_t count : {0U, 1U, 2U, 33U, 5000U}) {
        const Pairs rows = random_rows(count, static_cast<unsigned>(count));
        Sorter sorter({.memory = plenty});
        fill(sorter, rows);
        EXPECT_FALSE(sorter.bar());
        EXPECT_EQ(read(sorter), first_of(rows)) << count;
        EXPECT_EQ(sorter.runs(), nullptr);
    }
}

TEST(Sorter, KeepsTheFirstRowsOnly) {
    const Pairs rows = random_rows(3000, 1);
    Pairs falling = first_of(rows);
    std::reverse(falling.begin(), falling.end());
    for (const std::uint64_t keep : {0U, 1U, 10U, 2999U, 3000U, 3001U}) {
        EXPECT_EQ(sorted(rows, {.memory = plenty, .keep = keep}), first_of(rows, keep)) << keep;
        EXPECT_EQ(sorted(falling, {.memory = plenty, .keep = keep}), first_of(rows, keep)) << keep;
    }
}

TEST(Sorter, SaysWhichKeysAreTooLarge) {
    Sorter sorter({.memory = plenty, .keep = 2});
    sorter.add("b", {});
    EXPECT_FALSE(sorter.bar());
    sorter.add("a", {});
    EXPECT_EQ(sorter.bar(), "b");
    sorter.add("c", {});
    EXPECT_EQ(sorter.bar(), "b");
    sorter.add("0", {});
    EXPECT_EQ(sorter.bar(), "a");
}

// However many better rows come, what the worse ones took is let go of: else these would go to a file.
TEST(Sorter, KeepsFewRowsInLittleMemory) {
    Pairs rows = first_of(random_rows(20'000, 2, 400));
    std::reverse(rows.begin(), rows.end());
    Sorter sorter({.memory = 400U * 1024, .keep = 10});
    fill(sorter, rows);
    EXPECT_EQ(sorter.runs(), nullptr);
    EXPECT_EQ(read(sorter), first_of(rows, 10));
}

TEST(Sorter, SortsThroughAFile) {
    const Pairs rows = random_rows(20'000, 3);
    Sorter sorter({.memory = 512U * 1024});
    fill(sorter, rows);
    ASSERT_NE(sorter.runs(), nullptr);
    EXPECT_GT(sorter.runs()->runs(), 5U);
    EXPECT_EQ(read(sorter), first_of(rows));
    EXPECT_EQ(sorter.runs()->passes(), 0U);
}

TEST(Sorter, MergesMoreRunsThanItCanReadAtOnce) {
    const Pairs rows = random_rows(20'000, 4);
    for (const std::size_t fan_in : {1U, 2U, 3U, 7U}) {
        Sorter sorter({.memory = 64U * 1024, .fan_in = fan_in});
        fill(sorter, rows);
        EXPECT_EQ(read(sorter), first_of(rows)) << fan_in;
        EXPECT_GE(sorter.runs()->passes(), fan_in == 7 ? 1U : 3U);
    }
}

TEST(Sorter, KeepsMoreRowsThanFitInMemory) {
    const Pairs rows = random_rows(20'000, 5);
    for (const std::uint64_t keep : {700U, 5000U, 19'999U, 30'000U}) {
        Sorter sorter({.memory = 64U * 1024, .keep = keep, .fan_in = 3});
        fill(sorter, rows);
        EXPECT_EQ(read(sorter), first_of(rows, keep)) << keep;
        EXPECT_NE(sorter.runs(), nullptr);
    }
}

TEST(Sorter, TakesRowsThatAreLargerThanItsMemory) {
    Pairs rows = random_rows(300, 6, 40);
    for (std::size_t i = 0; i < rows.size(); i += 50) rows[i].second.assign(100'000 + i, 'L');
    rows[7].first.insert(0, 50'000, '\x01');
    EXPECT_EQ(sorted(rows, {.memory = 8U * 1024}), first_of(rows));
    EXPECT_EQ(sorted(rows, {.memory = 0}), first_of(rows));
    EXPECT_EQ(sorted(rows, {.memory = 8U * 1024, .keep = 20}), first_of(rows, 20));
    EXPECT_EQ(sorted(rows, {.memory = 8U * 1024, .keep = 1}), first_of(rows, 1));
}

TEST(Sorter, LosesNoRowWithAnEqualKey) {
    Pairs rows;
    for (int i = 0; i < 5000; ++i) rows.emplace_back(i % 3 == 0 ? "same" : "other", std::to_string(i));
    EXPECT_EQ(first_of(sorted(rows, {.memory = 16U * 1024, .fan_in = 2})), first_of(rows));
    EXPECT_EQ(first_of(sorted(rows, {.memory = plenty})), first_of(rows));
}

TEST(Sorter, SortsGroupAfterGroup) {
    Sorter sorter({.memory = 64U * 1024});
    for (unsigned group = 0; group < 60; ++group) {
        const Pairs rows = random_rows(group % 10 == 9 ? 2000 : group, group);
        fill(sorter, rows);
        EXPECT_EQ(sorter.runs() != nullptr, group % 10 == 9);
        if (group % 7 != 6) {
            EXPECT_EQ(read(sorter), first_of(rows)) << group;
        }  // else it is reset before it is read
        sorter.reset();
    }
}

TEST(Sorter, NamesAFolderThatFails) {
    Sorter sorter({.memory = 64U * 1024, .directory = "/nowhere/at/all"});
    const Error error = error_of([&] { fill(sorter, random_rows(5000, 8)); });
    EXPECT_EQ(error.code(), Code::io);
    EXPECT_NE(error.message().find("/nowhere/at/all"), std::string_view::npos) << error.what();
    sorter.reset();
    const Pairs few = random_rows(50, 9);
    fill(sorter, few);
    EXPECT_EQ(read(sorter), first_of(few));
}

TEST(Sorter, KeepsToTheLimitOnTheDisk) {
    const Pairs rows = random_rows(20'000, 10);
    const auto code = error_of([&] { sorted(rows, {.memory = 512U * 1024, .disk = 1'000'000}); }).code();
    EXPECT_EQ(code, Code::limit_exceeded);
    // About 3.3 MB, which a merge pass needs twice.
    EXPECT_EQ(sorted(rows, {.memory = 512U * 1024, .disk = 5'000'000}), first_of(rows));
    const Error error = error_of([&] { sorted(rows, {.memory = 512U * 1024, .disk = 5'000'000, .fan_in = 2}); });
    EXPECT_EQ(error.code(), Code::limit_exceeded);
    EXPECT_NE(error.message().find("5000000 bytes of disk"), std::string_view::npos) << error.what();
}

TEST(Sorter, StopsMergingWhenItsTimeIsOver) {
    Sorter sorter({.memory = 64U * 1024, .fan_in = 2});
    fill(sorter, random_rows(20'000, 11));
    const Control late{.deadline = Control::Clock::now() - std::chrono::seconds(1)};
    EXPECT_EQ(error_of([&] { sorter.finish(late); }).code(), Code::deadline_exceeded);
}

}  // namespace
}  // namespace sheaf::engine
