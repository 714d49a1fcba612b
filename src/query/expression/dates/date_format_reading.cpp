// Dates by the format of $dateFromString.
#include <iterator>

#include "query/expression/dates/date_names.hpp"
#include "query/expression/dates/date_parts.hpp"
#include "query/expression/dates/date_text.hpp"
#include "query/expression/expression.hpp"

namespace sheaf::query {

namespace {

std::optional<std::int64_t> signed_number(DateCursor& cursor, std::size_t most) {
    const bool negative = !cursor.at_end() && cursor.rest().front() == '-';
    cursor.take_any("+-");
    auto value = cursor.number(1, most);
    if (value && negative) *value = -*value;
    return value;
}

bool read_part(DateCursor& cursor, char specifier, DateParts& parts) {
    switch (specifier) {
        case 'Y':
            return store(parts.year, cursor.number(4, 4));
        case 'm':
            return store(parts.month, cursor.number(1, 2));
        case 'd':
            return store(parts.day, cursor.number(1, 2));
        case 'H':
            return store(parts.time.hour, cursor.number(1, 2));
        case 'M':
            return store(parts.time.minute, cursor.number(2, 2));
        case 'S':
            return store(parts.time.second, cursor.number(2, 2));
        case 'L':
            return store(parts.time.millisecond, cursor.milliseconds(3));
        case 'j':
            return store(parts.day_of_year, cursor.number(1, 3));
        case 'G':
            return store(parts.iso_year, cursor.number(4, 4));
        case 'V':
            return store(parts.iso_week, cursor.number(1, 2));
        case 'u':
            return store(parts.iso_day, cursor.number(1, 1));
        case 'b':
        case 'B':
            return store(parts.month, cursor.name(month_names, std::size(month_names)));
        case 'z':
            return cursor.take_any("Zz") ? (parts.offset_minutes = 0, true)
                                         : store(parts.offset_minutes, cursor.offset());
        case 'Z':
            return store(parts.offset_minutes, signed_number(cursor, 4));
        case '%':
            return cursor.take('%');
        default:  // %w and %U can be written only: they do not determine a day
            fail_expression(18536, "$dateFromString", "cannot read the format specifier %" + std::string(1, specifier));
    }
}

}  // namespace

DateTime parse_date(std::string_view text, std::string_view format, const TimeZone* zone) {
    check_date_format(format, "$dateFromString");
    DateCursor cursor(text);
    DateParts parts;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const bool matches = format[i] == '%' ? read_part(cursor, format[++i], parts) : cursor.take(format[i]);
        if (!matches) refuse_date_text(text, "is not in the given format");
    }
    if (!cursor.at_end()) refuse_date_text(text, "goes on after the given format");
    return parts.date(text, zone);
}

}  // namespace sheaf::query
