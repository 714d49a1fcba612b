#include "query/expression/dates/date_text.hpp"

#include <iterator>

#include "query/expression/dates/calendar.hpp"
#include "query/expression/dates/date_names.hpp"
#include "query/expression/expression.hpp"

namespace sheaf::query {

namespace {

constexpr int bad_end = 18535;
constexpr int bad_specifier = 18536;
constexpr int bad_year = 18537;
constexpr std::string_view specifiers = "YmdHMSLjwuUVGzZbB%";

// Digits with zeros before them.
void append_number(std::string& out, std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

// One moment, for the specifiers of a format.
class DateWriter {
public:
    DateWriter(DateTime time, const TimeZone& zone, std::string_view op)
        : local_(zone.local(time)),
          offset_minutes_(zone.offset_ms(time) / ms_per_minute),
          civil_(civil_time(local_)),
          op_(op) {}

    void write(std::string& out, char specifier) const {
        const std::int64_t day = day_number(local_);
        switch (specifier) {
            case 'Y':
                return append_year(out, civil_.year);
            case 'm':
                return append_number(out, civil_.month, 2);
            case 'd':
                return append_number(out, civil_.day, 2);
            case 'H':
                return append_number(out, civil_.hour, 2);
            case 'M':
                return append_number(out, civil_.minute, 2);
            case 'S':
                return append_number(out, civil_.second, 2);
            case 'L':
                return append_number(out, civil_.millisecond, 3);
            case 'j':
                return append_number(out, day_of_year(day), 3);
            case 'w':
                return append_number(out, iso_day_of_week(day) % 7 + 1, 1);
            case 'u':
                return append_number(out, iso_day_of_week(day), 1);
            case 'U':
                return append_number(out, week_of_year(day), 2);
            case 'V':
                return append_number(out, iso_week(day).week, 2);
            case 'G':
                return append_year(out, iso_week(day).year);
            case 'z':
                return append_offset(out);
            case 'Z':
                return append_number(out, offset_minutes_, 1);
            case 'b':
                out += month_name().substr(0, short_name_size);
                return;
            case 'B':
                out += month_name();
                return;
            default:
                out += specifier;  // the percent sign
        }
    }

private:
    std::string_view month_name() const { return month_names[civil_.month - 1]; }

    void append_year(std::string& out, std::int64_t year) const {
        constexpr std::int64_t last = 9999;
        if (year < 0 || year > last) {
            fail_expression(bad_year, op_, "writes the years 0 to 9999, not " + std::to_string(year));
        }
        append_number(out, year, 4);
    }

    void append_offset(std::string& out) const {
        const std::int64_t size = offset_minutes_ < 0 ? -offset_minutes_ : offset_minutes_;
        out += offset_minutes_ < 0 ? '-' : '+';
        append_number(out, size / 60 * 100 + size % 60, 4);
    }

    std::int64_t local_;
    std::int64_t offset_minutes_;
    CivilTime civil_;
    std::string_view op_;
};

}  // namespace

void check_date_format(std::string_view format, std::string_view op) {
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        ++i;
        if (i == format.size()) fail_expression(bad_end, op, "has a format that ends with an unmatched %");
        if (specifiers.find(format[i]) != std::string_view::npos) continue;
        fail_expression(bad_specifier, op, "has a format with a specifier that is none of %" + std::string(specifiers));
    }
}

std::string format_date(DateTime time, std::string_view format, const TimeZone& zone, std::string_view op) {
    check_date_format(format, op);
    const DateWriter writer(time, zone, op);
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == '%') {
            writer.write(out, format[++i]);
        } else {
            out += format[i];
        }
    }
    return out;
}

}  // namespace sheaf::query
