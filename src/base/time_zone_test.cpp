#include "base/time_zone.hpp"

#include <gtest/gtest.h>

namespace sheaf {
namespace {

constexpr std::int64_t hour = 3'600'000;

TEST(TimeZone, ReadsOffsets) {
    EXPECT_EQ(TimeZone::find("+03:30")->offset_ms({0}), 3 * hour + hour / 2);
    EXPECT_EQ(TimeZone::find("-0330")->offset_ms({0}), -3 * hour - hour / 2);
    EXPECT_EQ(TimeZone::find("+05")->offset_ms({0}), 5 * hour);
    EXPECT_TRUE(TimeZone::find("UTC")->is_utc());
    for (const std::string_view bad : {"", "+", "+3", "+030", "+03:3", "+ab", "+03:300", "utc", "PST", "GMT+3",
                                       "Nowhere/Land", "Etc/Unknown", "America/new_york\xFF"}) {
        EXPECT_FALSE(TimeZone::find(bad)) << bad;
    }
}

TEST(TimeZone, KnowsWhenClocksAreSet) {
    const TimeZone berlin = *TimeZone::find("Europe/Berlin");
    constexpr DateTime winter{1'705'312'800'000};  // 2024-01-15T10:00Z
    constexpr DateTime summer{1'718'445'600'000};  // 2024-06-15T10:00Z
    EXPECT_EQ(berlin.offset_ms(winter), hour);
    EXPECT_EQ(berlin.offset_ms(summer), 2 * hour);
    EXPECT_EQ(berlin.utc_of(berlin.local(summer)), summer);

    constexpr DateTime forward{1'711'846'800'000};              // 2024-03-31T01:00Z: 02:00 becomes 03:00
    const std::int64_t skipped = forward.ms + hour + hour / 2;  // clocks would show 02:30
    EXPECT_EQ(berlin.utc_of(skipped).ms, forward.ms + hour / 2);
    constexpr DateTime back{1'729'990'800'000};                  // 2024-10-27T01:00Z: 03:00 becomes 02:00
    const std::int64_t shown_twice = back.ms + hour + hour / 2;  // 02:30
    EXPECT_EQ(berlin.utc_of(shown_twice).ms, back.ms - hour / 2);
}

TEST(TimeZone, HasNoLimits) {
    for (const std::string_view name : {"Europe/Berlin", "+14:00", "-12:00", "UTC"}) {
        const TimeZone zone = *TimeZone::find(name);
        EXPECT_GE(zone.local({INT64_MAX}), INT64_MAX - 24 * hour);
        EXPECT_LE(zone.local({INT64_MIN}), INT64_MIN + 24 * hour);
        EXPECT_GE(zone.utc_of(INT64_MAX).ms, INT64_MAX - 24 * hour);
        EXPECT_LE(zone.utc_of(INT64_MIN).ms, INT64_MIN + 24 * hour);
    }
}

}  // namespace
}  // namespace sheaf
