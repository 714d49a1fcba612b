// Dates as text: what $dateToString writes and $dateFromString, $toDate and $convert read.
//
// Threads: free functions. Errors carry MongoDB's number 241 (conversion failure) for text that is no date.
//
//     DateTime noon = parse_date("2024-06-15T12:00:00+02:00");
//     std::string day = format_date(noon, "%Y-%m-%d", TimeZone::utc(), "$dateToString");
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sheaf/types.hpp>

#include "base/time_zone.hpp"

namespace sheaf::query {

inline constexpr std::string_view iso_date_format = "%Y-%m-%dT%H:%M:%S.%LZ";

// Any of the usual forms: "2024-06-15", "2024-06-15T12:00:00.123Z", "2024-06-15 12:00 +02:00", "June 15, 2024",
// "20240615T120000", ... Text without a zone is in `zone`, or in UTC. A zone in the text beside `zone` is an error.
DateTime parse_date(std::string_view text, const TimeZone* zone = nullptr);
// By $dateFromString's format.
DateTime parse_date(std::string_view text, std::string_view format, const TimeZone* zone);

// Throws 18535 (a % at the end), 18536 (no such specifier), 18537 (a year outside 0 to 9999). `op` is for messages.
void check_date_format(std::string_view format, std::string_view op);
std::string format_date(DateTime time, std::string_view format, const TimeZone& zone, std::string_view op);
// As $toString writes it.
inline std::string format_date(DateTime time) {
    return format_date(time, iso_date_format, TimeZone::utc(), "$toString");
}

}  // namespace sheaf::query
