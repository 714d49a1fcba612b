// Dates in the forms that people and programs write. The forms are patterns in a table; each letter of a pattern stands
// for a part of the date:
//     Y year of 4 digits, with a sign or not    y year of 2 digits    M D 2 digits of month and day
//     m d 1 or 2 of them    B a month's name    o a day with or without "st", "nd"...    j day of the year, 3 digits
//     WW a W and the ISO week, 2 digits    w ISO day of the week    h hour, i minutes, s seconds    f their fraction
//     p "am" or "pm"    _ any spaces    all else stands for itself
#include <algorithm>
#include <array>
#include <utility>

#include "query/expression/dates/date_names.hpp"
#include "query/expression/dates/date_parts.hpp"
#include "query/expression/dates/date_text.hpp"

namespace sheaf::query {

namespace {

// The first that matches wins.
constexpr std::string_view date_patterns[] = {
    "Y-M-D", "Y-m-d",  "Y/m/d",  "YMD",   "Y-WW-w", "Y-WW",  "YWWw",  "YWW",    "Y-j",
    "Y-B-d", "Y-M",    "m/d/Y",  "m/d/y", "d-m-Y",  "d.m.Y", "d-B-Y", "o_B,_Y", "o_B_Y",
    "o B Y", "B_o,_Y", "B_o._Y", "B_o_Y", "B-d-Y",  "B,_Y",  "B_Y",
};
constexpr std::string_view time_patterns[] = {
    "h:i:s.f_p", "h:i:s_p", "h:i_p", "h_p", "h:i:s.f", "h:i:s,f", "h:i:s:f", "h:i:s", "h:i",
};
// Only after a T.
constexpr std::string_view compact_time_patterns[] = {"his.f", "his", "hi", "h"};

struct Abbreviation {
    std::string_view name;
    int minutes;
};
constexpr Abbreviation abbreviations[] = {
    {"z", 0},      {"utc", 0},    {"gmt", 0},    {"est", -300}, {"edt", -240}, {"cst", -360},
    {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"cet", 60},
    {"cest", 120}, {"eet", 120},  {"eest", 180}, {"wet", 0},    {"west", 60},  {"bst", 60},
    {"msk", 180},  {"jst", 540},  {"aest", 600}, {"aedt", 660},
};

constexpr std::int64_t noon = 12;

class DateReader {
public:
    DateReader(std::string_view text, const TimeZone* zone) : text_(text), cursor_(text), zone_(zone) {}

    DateTime read() {
        while (skip_separators(), !cursor_.at_end()) {
            if (!read_word()) refuse_date_text(text_, "is in no form that is known");
        }
        return parts_.date(text_, zone_);
    }

private:
    void skip_separators() {
        after_t_ = false;
        while (!cursor_.at_end()) {
            constexpr std::string_view no_break_space = "\xC2\xA0";
            if (cursor_.rest().starts_with(no_break_space)) {
                cursor_.skip(no_break_space.size());
            } else if (parts_.has_date() && !has_time_ && is_t_before_time()) {
                cursor_.skip(1);
                after_t_ = true;
            } else if (!cursor_.take_any(std::string_view(" \t\n\r\v\f,\0", 8))) {
                return;
            }
        }
    }

    bool is_t_before_time() const {
        const std::string_view rest = cursor_.rest();
        return rest.size() > 1 && lower_letter(rest[0]) == 't' && rest[1] >= '0' && rest[1] <= '9';
    }

    bool read_word() {
        if (!has_time_ && match_first(time_patterns)) return has_time_ = true;
        if (!has_time_ && after_t_ && match_first(compact_time_patterns)) return has_time_ = true;
        if (!parts_.has_date() && match_first(date_patterns)) return true;
        if (!parts_.has_zone() && (has_time_ || parts_.has_date()) && read_zone()) return true;
        return cursor_.name(day_names, std::size(day_names)).has_value();
    }

    template <std::size_t count>
    bool match_first(const std::string_view (&patterns)[count]) {
        return std::any_of(std::begin(patterns), std::end(patterns), [this](std::string_view p) { return match(p); });
    }

    bool match(std::string_view pattern) {
        const DateCursor cursor_before = cursor_;
        const DateParts parts_before = parts_;
        const bool matched = std::all_of(pattern.begin(), pattern.end(), [this](char c) { return match_part(c); });
        if (matched && !cursor_.at_digit()) return true;
        cursor_ = cursor_before;
        parts_ = parts_before;
        return false;
    }

    bool match_part(char part) {
        switch (part) {
            case 'Y':
                return read_year();
            case 'y':
                return read_short_year();
            case 'M':
                parts_.day = 1;  // until one is read
                return store(parts_.month, cursor_.number(2, 2));
            case 'm':
                return store(parts_.month, cursor_.number(1, 2));
            case 'B':
                parts_.day = parts_.day.value_or(1);
                return store(parts_.month, cursor_.name(month_names, std::size(month_names)));
            case 'D':
                return store(parts_.day, cursor_.number(2, 2));
            case 'd':
                return store(parts_.day, cursor_.number(1, 2));
            case 'o':
                return read_ordinal();
            case 'j':
                return store(parts_.day_of_year, cursor_.number(3, 3));
            case 'W':
                return read_week_part();
            case 'w':
                return store(parts_.iso_day, cursor_.number(1, 1));
            default:
                return match_time_part(part);
        }
    }

    bool match_time_part(char part) {
        switch (part) {
            case 'h':
                return store(parts_.time.hour, cursor_.number(1, 2)) && parts_.time.hour <= 2 * noon;
            case 'i':
                return store(parts_.time.minute, cursor_.number(2, 2));
            case 's':
                return store(parts_.time.second, cursor_.number(2, 2));
            case 'f':
                return store(parts_.time.millisecond, cursor_.milliseconds(9));
            case 'p':
                return read_half_of_day();
            case '_':
                while (cursor_.take_any(" \t")) {
                }
                return true;
            default:
                return cursor_.take(part);
        }
    }

    bool read_year() {
        const bool negative = cursor_.take('-');
        const auto year = cursor_.number(4, 4);
        if (year) parts_.year = negative ? -*year : *year;
        return year.has_value();
    }

    bool read_short_year() {
        constexpr std::int64_t pivot = 70;
        const auto year = cursor_.number(2, 2);
        if (year) parts_.year = *year + (*year < pivot ? 2000 : 1900);
        return year.has_value();
    }

    bool read_ordinal() {
        if (!store(parts_.day, cursor_.number(1, 2))) return false;
        for (const std::string_view suffix : {"st", "nd", "rd", "th"}) {
            if (!same_letters(cursor_.rest().substr(0, 2), suffix)) continue;
            cursor_.skip(2);
            break;
        }
        return true;
    }

    // The letter, then the number.
    bool read_week_part() {
        if (cursor_.take('W')) {
            parts_.iso_year = std::exchange(parts_.year, std::nullopt);
            parts_.iso_day = 1;
            return true;
        }
        return parts_.iso_year && store(parts_.iso_week, cursor_.number(2, 2));
    }

    bool read_half_of_day() {
        const std::string_view rest = cursor_.rest();
        const bool pm = same_letters(rest.substr(0, 2), "pm");
        const bool known = pm || same_letters(rest.substr(0, 2), "am");
        std::int64_t& hour = parts_.time.hour;
        if (!known || hour == 0 || hour > noon) return false;
        hour = hour % noon + (pm ? noon : 0);
        cursor_.skip(2);
        return true;
    }

    bool read_zone() {
        if (const auto offset = cursor_.offset()) {
            parts_.offset_minutes = *offset;
            return true;
        }
        const std::string_view rest = cursor_.rest();
        const auto end =
            std::find_if_not(rest.begin(), rest.end(), [](char c) { return is_letter(c) || c == '/' || c == '_'; });
        const std::string_view word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
        if (word.empty()) return false;
        for (const auto& [name, minutes] : abbreviations) {
            if (!same_letters(word, name)) continue;
            cursor_.skip(word.size());
            parts_.offset_minutes = cursor_.offset().value_or(minutes);  // "GMT+2"
            return true;
        }
        parts_.zone = TimeZone::find(word);
        if (!parts_.zone) return false;
        cursor_.skip(word.size());
        return true;
    }

    std::string_view text_;
    DateCursor cursor_;
    const TimeZone* zone_;
    DateParts parts_;
    bool has_time_ = false;
    bool after_t_ = false;
};

}  // namespace

DateTime parse_date(std::string_view text, const TimeZone* zone) {
    return DateReader(text, zone).read();
}

}  // namespace sheaf::query
