#include <algorithm>
#include <array>
#include <utility>

#include "query/expression/dates/calendar.hpp"
#include "query/expression/dates/date_names.hpp"

namespace sheaf::query {

namespace {

constexpr std::int64_t months_per_year = 12;
constexpr std::int64_t months_per_quarter = 3;
constexpr std::int64_t days_per_week = 7;
constexpr std::int64_t reference_year = 2000;

constexpr std::array<std::pair<std::string_view, DateUnit>, 9> unit_names{{
    {"year", DateUnit::year},
    {"quarter", DateUnit::quarter},
    {"month", DateUnit::month},
    {"week", DateUnit::week},
    {"day", DateUnit::day},
    {"hour", DateUnit::hour},
    {"minute", DateUnit::minute},
    {"second", DateUnit::second},
    {"millisecond", DateUnit::millisecond},
}};

// Of the units that are a whole number of months, days or milliseconds; 0 of the others.
std::int64_t months_of(DateUnit unit) {
    switch (unit) {
        case DateUnit::year:
            return months_per_year;
        case DateUnit::quarter:
            return months_per_quarter;
        case DateUnit::month:
            return 1;
        default:
            return 0;
    }
}

std::int64_t days_of_unit(DateUnit unit) {
    return unit == DateUnit::week ? days_per_week : unit == DateUnit::day ? 1 : 0;
}

std::int64_t milliseconds_of(DateUnit unit) {
    switch (unit) {
        case DateUnit::hour:
            return ms_per_hour;
        case DateUnit::minute:
            return ms_per_minute;
        case DateUnit::second:
            return ms_per_second;
        default:
            return 1;
    }
}

std::int64_t month_number(const CivilTime& civil) {
    return civil.year * months_per_year + civil.month - 1;
}

std::optional<DateTime> date_of(const std::optional<std::int64_t>& local, const TimeZone& zone) {
    return local ? std::optional(zone.utc_of(*local)) : std::nullopt;
}

// A multiple of `bin` at or below `value`, both counted from `origin`.
std::optional<std::int64_t> floored(std::int64_t value, std::int64_t origin, std::int64_t bin) {
    std::int64_t start = 0;
    if (__builtin_sub_overflow(value - origin, floor_rest(value - origin, bin), &start)) return std::nullopt;
    return start + origin;
}

}  // namespace

std::optional<DateUnit> find_date_unit(std::string_view name) {
    const auto found =
        std::find_if(unit_names.begin(), unit_names.end(), [name](const auto& unit) { return unit.first == name; });
    return found == unit_names.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int> find_day_of_week(std::string_view name) {
    int day = 1;
    for (const std::string_view known : day_names) {
        if (same_letters(name, known) || same_letters(name, known.substr(0, short_name_size))) return day;
        ++day;
    }
    return std::nullopt;
}

std::optional<DateTime> add_to_date(DateTime date, DateUnit unit, std::int64_t amount, const TimeZone& zone) {
    std::int64_t added = 0;
    if (const std::int64_t months = months_of(unit); months != 0) {
        CivilTime civil = civil_time(zone.local(date));
        if (__builtin_mul_overflow(amount, months, &added)) return std::nullopt;
        if (__builtin_add_overflow(month_number(civil), added, &added)) return std::nullopt;
        civil.year = floor_divide(added, months_per_year);
        civil.month = floor_rest(added, months_per_year) + 1;
        constexpr std::int64_t most_years = 1'000'000'000;
        if (civil.year > most_years || civil.year < -most_years) return std::nullopt;
        civil.day = std::min(civil.day, days_in_month(civil.year, civil.month));
        return date_of(local_ms(civil), zone);
    }
    if (const std::int64_t days = days_of_unit(unit); days != 0) {
        std::int64_t local = zone.local(date);
        if (__builtin_mul_overflow(amount, days * ms_per_day, &added)) return std::nullopt;
        if (__builtin_add_overflow(local, added, &local)) return std::nullopt;
        return zone.utc_of(local);
    }
    if (__builtin_mul_overflow(amount, milliseconds_of(unit), &added)) return std::nullopt;
    if (__builtin_add_overflow(date.ms, added, &added)) return std::nullopt;
    return DateTime{added};
}

std::optional<std::int64_t> date_difference(DateTime from, DateTime to, DateUnit unit, const TimeZone& zone,
                                            int start_of_week) {
    const std::int64_t first = zone.local(from);
    const std::int64_t second = zone.local(to);
    if (const std::int64_t months = months_of(unit); months != 0) {
        return floor_divide(month_number(civil_time(second)), months) -
               floor_divide(month_number(civil_time(first)), months);
    }
    if (unit == DateUnit::day) return day_number(second) - day_number(first);
    if (unit == DateUnit::week) {
        const auto week = [start_of_week](std::int64_t local) {
            const std::int64_t day = day_number(local);
            return day - floor_rest(iso_day_of_week(day) - start_of_week, days_per_week);
        };
        return (week(second) - week(first)) / days_per_week;
    }
    if (unit == DateUnit::millisecond) {
        std::int64_t difference = 0;
        return __builtin_sub_overflow(to.ms, from.ms, &difference) ? std::nullopt : std::optional(difference);
    }
    // Clocks that were set between the two count for nothing.
    const std::int64_t length = milliseconds_of(unit);
    const std::int64_t set = zone.offset_ms(to) - zone.offset_ms(from);
    return floor_divide(second, length) - floor_divide(first, length) - set / length;
}

std::optional<DateTime> truncate_date(DateTime date, DateUnit unit, std::int64_t bin, const TimeZone& zone,
                                      int start_of_week) {
    const std::int64_t local = zone.local(date);
    std::int64_t length = 0;
    if (const std::int64_t months = months_of(unit); months != 0) {
        if (__builtin_mul_overflow(bin, months, &length)) return std::nullopt;
        const auto month = floored(month_number(civil_time(local)), reference_year * months_per_year, length);
        if (!month) return std::nullopt;
        return date_of(local_ms({.year = 0, .month = *month + 1}), zone);
    }
    std::int64_t origin = days_of(reference_year, 1, 1);
    if (const std::int64_t days = days_of_unit(unit); days != 0) {
        if (__builtin_mul_overflow(bin, days, &length)) return std::nullopt;
        if (unit == DateUnit::week) origin += floor_rest(start_of_week - iso_day_of_week(origin), days_per_week);
        const auto day = floored(day_number(local), origin, length);
        std::int64_t start = 0;
        if (!day || __builtin_mul_overflow(*day, ms_per_day, &start)) return std::nullopt;
        return zone.utc_of(start);
    }
    if (__builtin_mul_overflow(bin, milliseconds_of(unit), &length)) return std::nullopt;
    const std::int64_t rest = floor_rest(local, length) - floor_rest(origin * ms_per_day, length);
    std::int64_t truncated = 0;
    // By the rest of the local time, so that of two equal hours each stays itself.
    if (__builtin_sub_overflow(date.ms, floor_rest(rest, length), &truncated)) return std::nullopt;
    return DateTime{truncated};
}

}  // namespace sheaf::query
