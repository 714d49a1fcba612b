#include "query/expression/dates/date_parts.hpp"

#include "query/expression/dates/date_names.hpp"
#include "query/expression/expression.hpp"

namespace sheaf::query {

bool DateCursor::take(char c) {
    return take_any(std::string_view(&c, 1));
}

bool DateCursor::take_any(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
}

std::optional<std::int64_t> DateCursor::number(std::size_t least, std::size_t most) {
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < most && digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
        value = value * 10 + (rest_[digits] - '0');
    }
    if (digits < least) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
}

std::optional<std::int64_t> DateCursor::milliseconds(std::size_t most_digits) {
    const std::size_t before = rest_.size();
    auto value = number(1, most_digits);
    if (!value) return std::nullopt;
    std::size_t digits = before - rest_.size();
    for (; digits < 3; ++digits) *value *= 10;
    for (; digits > 3; --digits) *value /= 10;
    return value;
}

std::optional<std::int64_t> DateCursor::name(const std::string_view* names, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        for (const std::string_view name : {names[i], names[i].substr(0, short_name_size)}) {
            const bool ends = rest_.size() <= name.size() || !is_letter(rest_[name.size()]);
            if (!ends || !same_letters(rest_.substr(0, name.size()), name)) continue;
            rest_.remove_prefix(name.size());
            return static_cast<std::int64_t>(i) + 1;
        }
    }
    return std::nullopt;
}

std::optional<std::int64_t> DateCursor::offset() {
    const DateCursor before = *this;
    const bool negative = !rest_.empty() && rest_.front() == '-';
    if (!take_any("+-")) return std::nullopt;
    const auto hours = number(1, 2);
    const bool colon = take(':');
    const auto minutes = at_digit() || colon ? number(2, 2) : std::optional<std::int64_t>(0);
    if (!hours || !minutes || at_digit()) {
        *this = before;
        return std::nullopt;
    }
    const std::int64_t size = *hours * 60 + *minutes;
    return negative ? -size : size;
}

void refuse_date_text(std::string_view text, std::string_view why) {
    constexpr std::size_t shown = 60;
    const std::string quoted = text.size() > shown ? "the text" : "\"" + std::string(text) + "\"";
    fail_expression(241, {}, quoted + " as a date " + std::string(why));
}

DateTime DateParts::date(std::string_view text, const TimeZone* zone_argument) const {
    if (!has_date()) refuse_date_text(text, "lacks its year, month or day");
    if (zone_argument != nullptr && has_zone()) refuse_date_text(text, "names a time zone beside the given one");
    constexpr std::int64_t most_hours = 24;  // midnight at the day's end
    constexpr std::int64_t most_minutes = 59;
    constexpr std::int64_t most_seconds = 60;  // with a leap second
    bool valid = time.hour <= most_hours && time.minute <= most_minutes && time.second <= most_seconds;
    std::int64_t day_number = 0;
    if (iso_year && iso_week) {
        const std::int64_t weekday = iso_day.value_or(1);
        valid = valid && *iso_week >= 1 && *iso_week <= 53 && weekday >= 1 && weekday <= 7;
        day_number = iso_year_start(*iso_year) + (*iso_week - 1) * 7 + weekday - 1;
    } else if (day_of_year) {
        day_number = days_of(*year, 1, 1) + *day_of_year - 1;
        valid = valid && *day_of_year >= 1 && civil_day(day_number).year == *year;
    } else {
        valid = valid && *month >= 1 && *month <= 12 && *day >= 1 && *day <= days_in_month(*year, *month);
        if (valid) day_number = days_of(*year, *month, *day);
    }
    if (!valid) refuse_date_text(text, "does not exist");
    CivilTime civil = time;
    civil.day = day_number + 1;                              // from 1970-01-01
    const std::int64_t local = local_ms(civil).value_or(0);  // years of 4 digits always fit
    if (offset_minutes) return {local - *offset_minutes * ms_per_minute};
    if (zone) return zone->utc_of(local);
    return zone_argument == nullptr ? DateTime{local} : zone_argument->utc_of(local);
}

}  // namespace sheaf::query
