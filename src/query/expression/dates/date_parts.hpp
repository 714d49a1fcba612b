// What the two readers of dates share, by a format and without one. Threads: free functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "query/expression/dates/calendar.hpp"

namespace sheaf::query {

// A date's text that is read from left to right.
class DateCursor {
public:
    explicit DateCursor(std::string_view text) : rest_(text) {}

    std::string_view rest() const { return rest_; }
    bool at_end() const { return rest_.empty(); }
    bool at_digit() const { return !rest_.empty() && is_digit(rest_.front()); }
    void skip(std::size_t bytes) { rest_.remove_prefix(bytes); }
    bool take(char c);
    bool take_any(std::string_view characters);
    // At least `least` and at most `most` digits.
    std::optional<std::int64_t> number(std::size_t least, std::size_t most);
    // Digits after a point, as milliseconds.
    std::optional<std::int64_t> milliseconds(std::size_t most_digits);
    // The place in `names` of a name at the cursor, from 1; full names or their first three letters.
    std::optional<std::int64_t> name(const std::string_view* names, std::size_t count);
    // "+03", "+0300" or "+03:00", as minutes.
    std::optional<std::int64_t> offset();

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    std::string_view rest_;
};

// What has been read of a date.
struct DateParts {
    std::optional<std::int64_t> year;
    std::optional<std::int64_t> month;
    std::optional<std::int64_t> day;
    std::optional<std::int64_t> day_of_year;
    std::optional<std::int64_t> iso_year;
    std::optional<std::int64_t> iso_week;
    std::optional<std::int64_t> iso_day;
    CivilTime time{};                            // its hours and less
    std::optional<std::int64_t> offset_minutes;  // the zone that the text names
    std::optional<TimeZone> zone;                // likewise

    bool has_date() const { return (year && (day_of_year || (month && day))) || (iso_year && iso_week); }
    bool has_zone() const { return offset_minutes || zone; }
    // Throws 241 when the parts are no date, are too few, or name a zone although `zone_argument` does too.
    DateTime date(std::string_view text, const TimeZone* zone_argument) const;
};

// Stores what a step has read; false when it has read nothing.
template <typename Part>
bool store(Part& part, const std::optional<std::int64_t>& value) {
    if (value) part = *value;
    return value.has_value();
}

[[noreturn]] void refuse_date_text(std::string_view text, std::string_view why);

}  // namespace sheaf::query
