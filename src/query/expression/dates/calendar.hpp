// The proleptic Gregorian calendar: days and times of day from milliseconds and back, weeks, and the units of
// $dateAdd, $dateDiff and $dateTrunc. All of int64's milliseconds have a date here.
//
// "Local" milliseconds are what clocks show, counted since 1970-01-01T00:00 on those clocks (TimeZone::local()).
//
// Threads: free functions.
//
//     CivilTime civil = civil_time(zone.local(now));
//     civil.month += 14;                                      // parts may be out of range
//     std::optional<std::int64_t> later = local_ms(civil);    // nothing when it does not fit
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sheaf/types.hpp>

#include "base/time_zone.hpp"

namespace sheaf::query {

struct CivilTime {
    std::int64_t year = 1970;
    std::int64_t month = 1;
    std::int64_t day = 1;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t millisecond = 0;
};

inline constexpr std::int64_t ms_per_second = 1000;
inline constexpr std::int64_t ms_per_minute = 60 * ms_per_second;
inline constexpr std::int64_t ms_per_hour = 60 * ms_per_minute;
inline constexpr std::int64_t ms_per_day = 24 * ms_per_hour;

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}
constexpr std::int64_t floor_rest(std::int64_t a, std::int64_t b) {
    const std::int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

CivilTime civil_time(std::int64_t local_ms);
CivilTime civil_day(std::int64_t day_number);  // at midnight
std::optional<std::int64_t> local_ms(const CivilTime& civil);
// Days since 1970-01-01. REQUIRES: a year within 10^9 of 0, a month from 1 to 12.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day);
std::int64_t days_in_month(std::int64_t year, std::int64_t month);

// Days since 1970-01-01.
inline std::int64_t day_number(std::int64_t local_ms) {
    return floor_divide(local_ms, ms_per_day);
}
int iso_day_of_week(std::int64_t day_number);  // Monday 1 ... Sunday 7
int day_of_year(std::int64_t day_number);      // from 1
int week_of_year(std::int64_t day_number);     // 0 before the year's first Sunday

struct IsoWeek {
    std::int64_t year;
    int week;
};
IsoWeek iso_week(std::int64_t day_number);
// The number of the day that opens an ISO year.
std::int64_t iso_year_start(std::int64_t iso_year);

enum class DateUnit { year, quarter, month, week, day, hour, minute, second, millisecond };
std::optional<DateUnit> find_date_unit(std::string_view name);
// "monday", "Mon" ...: 1 to 7.
std::optional<int> find_day_of_week(std::string_view name);

// Calendar units keep the time of day, hours and less are time that has passed. A day that the month lacks becomes its
// last one. Nothing when the result does not fit.
std::optional<DateTime> add_to_date(DateTime date, DateUnit unit, std::int64_t amount, const TimeZone& zone);
// How many borders of the unit lie between. Nothing when it does not fit.
std::optional<std::int64_t> date_difference(DateTime from, DateTime to, DateUnit unit, const TimeZone& zone,
                                            int start_of_week);
// The start of the date's bin; bins are counted from 2000-01-01T00:00. Nothing when it does not fit.
std::optional<DateTime> truncate_date(DateTime date, DateUnit unit, std::int64_t bin, const TimeZone& zone,
                                      int start_of_week);

}  // namespace sheaf::query
