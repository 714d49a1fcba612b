#include "query/expression/dates/calendar.hpp"

namespace sheaf::query {

namespace {

// Of the calendar's cycle of 400 years, counted from March, so that the leap day is a year's last.
constexpr std::int64_t days_per_era = 146'097;
constexpr std::int64_t years_per_era = 400;
constexpr std::int64_t days_to_1970 = 719'468;  // from 0000-03-01
constexpr std::int64_t days_per_week = 7;
constexpr std::int64_t months_per_year = 12;

// sum += count * unit; false when it does not fit.
bool accumulate(std::int64_t& sum, std::int64_t count, std::int64_t unit) {
    std::int64_t product = 0;
    return !__builtin_mul_overflow(count, unit, &product) && !__builtin_add_overflow(sum, product, &sum);
}

}  // namespace

std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
    const std::int64_t march_year = month <= 2 ? year - 1 : year;
    const std::int64_t era = floor_divide(march_year, years_per_era);
    const std::int64_t year_of_era = march_year - era * years_per_era;
    const std::int64_t month_from_march = (month + 9) % months_per_year;
    const std::int64_t day_of_march_year = (153 * month_from_march + 2) / 5 + day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_march_year;
    return era * days_per_era + day_of_era - days_to_1970;
}

std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
    const std::int64_t next = month == months_per_year ? days_of(year + 1, 1, 1) : days_of(year, month + 1, 1);
    return next - days_of(year, month, 1);
}

CivilTime civil_day(std::int64_t day_number) {
    const std::int64_t shifted = day_number + days_to_1970;
    const std::int64_t era = floor_divide(shifted, days_per_era);
    const std::int64_t day_of_era = shifted - era * days_per_era;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_march_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_march_year + 2) / 153;
    const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return {
        .year = year_of_era + era * years_per_era + (month <= 2 ? 1 : 0),
        .month = month,
        .day = day_of_march_year - (153 * month_from_march + 2) / 5 + 1,
    };
}

CivilTime civil_time(std::int64_t local_ms) {
    CivilTime civil = civil_day(day_number(local_ms));
    const std::int64_t time = floor_rest(local_ms, ms_per_day);
    civil.hour = time / ms_per_hour;
    civil.minute = time / ms_per_minute % 60;
    civil.second = time / ms_per_second % 60;
    civil.millisecond = time % ms_per_second;
    return civil;
}

std::optional<std::int64_t> local_ms(const CivilTime& civil) {
    constexpr std::int64_t most_years = 1'000'000'000;  // far beyond int64's milliseconds
    std::int64_t months = civil.month - 1;
    if (!accumulate(months, civil.year, months_per_year)) return std::nullopt;
    const std::int64_t year = floor_divide(months, months_per_year);
    if (year > most_years || year < -most_years) return std::nullopt;
    std::int64_t days = days_of(year, months - year * months_per_year + 1, 1) - 1;
    if (!accumulate(days, civil.day, 1)) return std::nullopt;
    std::int64_t ms = civil.millisecond;
    // The time first: together with it a day just beyond the range may still fit.
    const bool fits = accumulate(ms, civil.second, ms_per_second) && accumulate(ms, civil.minute, ms_per_minute) &&
                      accumulate(ms, civil.hour, ms_per_hour);
    if (!fits) return std::nullopt;
    if (days < 0) {
        ++days;
        if (__builtin_sub_overflow(ms, ms_per_day, &ms)) return std::nullopt;
    }
    return accumulate(ms, days, ms_per_day) ? std::optional(ms) : std::nullopt;
}

int iso_day_of_week(std::int64_t day_number) {
    constexpr std::int64_t thursday = 3;  // 1970-01-01, with Monday as 0
    return static_cast<int>(floor_rest(day_number + thursday, days_per_week)) + 1;
}

int day_of_year(std::int64_t day_number) {
    return static_cast<int>(day_number - days_of(civil_day(day_number).year, 1, 1)) + 1;
}

int week_of_year(std::int64_t day_number) {
    const int days_since_sunday = iso_day_of_week(day_number) % 7;
    return (day_of_year(day_number) - 1 - days_since_sunday + 7) / 7;
}

std::int64_t iso_year_start(std::int64_t iso_year) {
    const std::int64_t fourth_of_january = days_of(iso_year, 1, 4);  // always in the first week
    return fourth_of_january - (iso_day_of_week(fourth_of_january) - 1);
}

IsoWeek iso_week(std::int64_t day_number) {
    // A week belongs to the year of its Thursday.
    const std::int64_t thursday = day_number + 4 - iso_day_of_week(day_number);
    const std::int64_t year = civil_day(thursday).year;
    return {year, (day_of_year(thursday) - 1) / 7 + 1};
}

}  // namespace sheaf::query
