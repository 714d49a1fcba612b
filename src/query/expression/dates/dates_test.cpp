#include <gtest/gtest.h>

#include <span>

#include "query/expression/dates/calendar.hpp"
#include "query/expression/dates/date_text.hpp"
#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::Row;

void expect_all(std::span<const Row> rows) {
    for (const auto& [expression, expected, document] : rows) {
        EXPECT_EQ(evaluated(expression, document), expected) << expression << " over " << document;
    }
}

TEST(Calendar, EveryMillisecondOfInt64HasADate) {
    for (const std::int64_t ms : {INT64_MIN, INT64_MIN + 1, INT64_MAX, std::int64_t{0}, std::int64_t{-1},
                                  std::int64_t{951'782'400'000}, std::int64_t{-62'167'219'200'001}}) {
        const CivilTime civil = civil_time(ms);
        EXPECT_EQ(local_ms(civil), ms);
        EXPECT_GE(civil.month, 1);
        EXPECT_LE(civil.day, days_in_month(civil.year, civil.month));
    }
    EXPECT_EQ(civil_time(INT64_MAX).year, 292'278'994);
    EXPECT_EQ(local_ms({.year = 300'000'000}), std::nullopt);
    EXPECT_EQ(local_ms({.month = INT64_MAX}), std::nullopt);
    EXPECT_EQ(local_ms({.day = INT64_MAX}), std::nullopt);
    EXPECT_EQ(local_ms({.hour = INT64_MIN}), std::nullopt);
}

TEST(Calendar, PartsCarryOver) {
    EXPECT_EQ(local_ms({.year = 2024, .month = 14, .day = 1}), local_ms({.year = 2025, .month = 2, .day = 1}));
    EXPECT_EQ(local_ms({.year = 2024, .month = 0, .day = 0}), local_ms({.year = 2023, .month = 11, .day = 30}));
    EXPECT_EQ(local_ms({.year = 2024, .hour = -1}), local_ms({.year = 2023, .month = 12, .day = 31, .hour = 23}));
}

// A date for each rule of weeks: the ISO year that begins late, the one of 53 weeks, Sundays.
TEST(Dates, Parts) {
    constexpr std::string_view document = R"({"d": {"$date": "2021-01-03T04:05:06.789Z"}})";
    constexpr Row rows[] = {
        {R"({"$year": "$d"})", "2021", document},
        {R"({"$month": "$d"})", "1", document},
        {R"({"$dayOfMonth": "$d"})", "3", document},
        {R"({"$hour": "$d"})", "4", document},
        {R"({"$minute": "$d"})", "5", document},
        {R"({"$second": "$d"})", "6", document},
        {R"({"$millisecond": "$d"})", "789", document},
        {R"({"$dayOfYear": "$d"})", "3", document},
        {R"({"$dayOfWeek": "$d"})", "1", document},
        {R"({"$isoDayOfWeek": "$d"})", "7", document},
        {R"({"$week": "$d"})", "1", document},
        {R"({"$isoWeek": "$d"})", "53", document},
        {R"({"$isoWeekYear": "$d"})", R"({"$numberLong":"2020"})", document},
        {R"({"$week": {"$date": "2021-01-02T00:00:00Z"}})", "0"},
        {R"({"$millisecond": {"$date": -1}})", "999"},
        {R"({"$year": {"$date": -1}})", "1969"},
        {R"({"$hour": {"date": "$d", "timezone": "+05:30"}})", "9", document},
        {R"({"$minute": {"date": "$d", "timezone": "-0130"}})", "35", document},
        {R"({"$hour": {"date": "$d", "timezone": "America/New_York"}})", "23", document},
        {R"({"$hour": {"date": "$d", "timezone": null}})", "null", document},
        {R"({"$hour": {"date": "$d", "timezone": 5}})", "error 40517", document},
        {R"({"$hour": {"date": "$d", "timezone": "Mars/Olympus"}})", "error 40485", document},
        {R"({"$hour": {"date": "$d", "timezone": "PST"}})", "error 40485", document},
        {R"({"$hour": {"timezone": "UTC"}})", "error 40539"},
        {R"({"$hour": {"date": "$d", "x": 1}})", "error 40535", document},
        {R"({"$hour": ["$d", "$d"]})", "error 40536", document},
        {R"({"$hour": ["$d"]})", "4", document},
        {R"({"$hour": "$none"})", "null"},
        {R"({"$hour": "2021"})", "error 16006"},
        {R"({"$year": {"$oid": "507f1f77bcf86cd799439011"}})", "2012"},
    };
    expect_all(rows);
}

TEST(Dates, ToPartsAndFromParts) {
    constexpr std::string_view document = R"({"d": {"$date": "2021-01-03T04:05:06.789Z"}})";
    constexpr Row rows[] = {
        {R"({"$dateToParts": {"date": "$d"}})",
         R"({"year":2021,"month":1,"day":3,"hour":4,"minute":5,"second":6,"millisecond":789})", document},
        {R"({"$dateToParts": {"date": "$d", "iso8601": true, "timezone": "+01"}})",
         R"({"isoWeekYear":2020,"isoWeek":53,"isoDayOfWeek":7,"hour":5,"minute":5,"second":6,"millisecond":789})",
         document},
        {R"({"$dateToParts": {"date": "$d", "iso8601": 1}})", "error 40521", document},
        {R"({"$dateToParts": {}})", "error 40522"},
        {R"({"$dateFromParts": {"year": 2024, "month": 2, "day": 30}})", R"({"$date":"2024-03-01T00:00:00Z"})"},
        {R"({"$dateFromParts": {"year": 2024, "month": 14, "hour": -1}})", R"({"$date":"2025-01-31T23:00:00Z"})"},
        {R"({"$dateFromParts": {"isoWeekYear": 2020, "isoWeek": 53, "isoDayOfWeek": 7}})",
         R"({"$date":"2021-01-03T00:00:00Z"})"},
        {R"({"$dateFromParts": {"year": 2024, "month": 7, "timezone": "Europe/Berlin"}})",
         R"({"$date":"2024-06-30T22:00:00Z"})"},
        {R"({"$dateFromParts": {"year": 2024, "month": null}})", "null"},
        {R"({"$dateFromParts": {"year": 10000}})", "error 40523"},
        {R"({"$dateFromParts": {"year": 2024, "month": 40000}})", "error 31034"},
        {R"({"$dateFromParts": {"year": "2024"}})", "error 40515"},
        {R"({"$dateFromParts": {"month": 1}})", "error 40516"},
        {R"({"$dateFromParts": {"year": 2024, "isoWeek": 1}})", "error 40489"},
        {R"({"$dateFromParts": {"isoWeekYear": 2024, "day": 1}})", "error 40525"},
        {R"({"$dateFromParts": {"year": 2024, "x": 1}})", "error 40518"},
        {R"({"$dateFromParts": {"year": 2024, "second": 4611686018427387904}})", "error 15"},
    };
    expect_all(rows);
}

TEST(Dates, ToString) {
    constexpr std::string_view document = R"({"d": {"$date": "2021-01-03T04:05:06.789Z"}})";
    constexpr Row rows[] = {
        {R"({"$dateToString": {"date": "$d"}})", R"("2021-01-03T04:05:06.789Z")", document},
        {R"({"$dateToString": {"date": "$d", "timezone": "+01"}})", R"("2021-01-03T05:05:06.789")", document},
        {R"({"$dateToString": {"date": "$d", "format": "%Y%m%d %H:%M:%S.%L %j %w%u %U %G-W%V %b %B %%"}})",
         R"("20210103 04:05:06.789 003 17 01 2020-W53 Jan January %")", document},
        {R"({"$dateToString": {"date": "$d", "format": "%z %Z", "timezone": "-0430"}})", R"("-0430 -270")", document},
        {R"({"$dateToString": {"date": "$d", "format": "%"}})", "error 18535", document},
        {R"({"$dateToString": {"date": "$d", "format": "%q"}})", "error 18536", document},
        {R"({"$dateToString": {"date": {"$date": {"$numberLong": "253402300800000"}}, "format": "%Y"}})",
         "error 18537"},
        {R"({"$dateToString": {"date": "$d", "format": 5}})", "error 18533", document},
        {R"({"$dateToString": {"date": "$none", "onNull": "never"}})", R"("never")"},
        {R"({"$dateToString": {"date": null}})", "null"},
        {R"({"$dateToString": {"format": "%Y"}})", "error 18628"},
        {R"({"$dateToString": 5})", "error 18629"},
        {R"({"$dateToString": {"date": "$d", "x": 1}})", "error 18534", document},
    };
    expect_all(rows);
}

TEST(Dates, FromStringWithoutAFormat) {
    struct Text {
        std::string_view text;
        std::string_view date;  // empty: refused
    };
    constexpr Text texts[] = {
        {"2024-06-15", "2024-06-15T00:00:00Z"},
        {"2024-06", "2024-06-01T00:00:00Z"},
        {"2024-6-5", "2024-06-05T00:00:00Z"},
        {"2024/06/15", "2024-06-15T00:00:00Z"},
        {"20240615", "2024-06-15T00:00:00Z"},
        {"20240615T123045", "2024-06-15T12:30:45Z"},
        {"06/15/2024", "2024-06-15T00:00:00Z"},
        {"15-06-2024", "2024-06-15T00:00:00Z"},
        {"15.06.2024", "2024-06-15T00:00:00Z"},
        {"June 15, 2024", "2024-06-15T00:00:00Z"},
        {"15th Jun 2024 3:04 pm", "2024-06-15T15:04:00Z"},
        {"Sat, 15 Jun 2024 12:30:45 GMT", "2024-06-15T12:30:45Z"},
        {"2024-167", "2024-06-15T00:00:00Z"},
        {"2024-W24-6", "2024-06-15T00:00:00Z"},
        {"2024-06-15T12:30:45.123456Z", "2024-06-15T12:30:45.123Z"},
        {"2024-06-15 12:30", "2024-06-15T12:30:00Z"},
        {" 2024-06-15\t12:30:45+02:00\n", "2024-06-15T10:30:45Z"},
        {"2024-06-15T12:30:45-0530", "2024-06-15T18:00:45Z"},
        {"2024-06-15T12:30:45 EST", "2024-06-15T17:30:45Z"},
        {"2024-06-15T12:30:45 Europe/Berlin", "2024-06-15T10:30:45Z"},
        {"2024-06-15T24:00:00Z", "2024-06-16T00:00:00Z"},
        {"", ""},
        {"2024", ""},
        {"Friday", ""},
        {"not-a-date", ""},
        {"1900-02-29", ""},
        {"2024-13-01", ""},
        {"2024-06-15T12: 30:45Z", ""},
        {"2024 -06-15T12:30:45Z", ""},
        {"10000-01-01T00:00:00Z", ""},
        {"2024-06-15T25:00:00Z", ""},
        {"2024-06-15T12:61:00Z", ""},
        {"2024-06-15 2024-06-15", ""},
    };
    for (const auto& [text, date] : texts) {
        const std::string expression = R"({"$dateFromString": {"dateString": )" + to_json(Value(text)) + "}}";
        const std::string expected = date.empty() ? "error 241" : R"({"$date":")" + std::string(date) + "\"}";
        EXPECT_EQ(evaluated(expression), expected) << text;
    }
}

TEST(Dates, FromString) {
    constexpr Row rows[] = {
        {R"({"$dateFromString": {"dateString": "15/06/2024 7:05", "format": "%d/%m/%Y %H:%M"}})",
         R"({"$date":"2024-06-15T07:05:00Z"})"},
        {R"({"$dateFromString": {"dateString": "2024-167 5", "format": "%Y-%j %L"}})",
         R"({"$date":"2024-06-15T00:00:00.500Z"})"},
        {R"({"$dateFromString": {"dateString": "2020W537", "format": "%GW%V%u"}})",
         R"({"$date":"2021-01-03T00:00:00Z"})"},
        {R"({"$dateFromString": {"dateString": "1 may 2024 +0200", "format": "%d %b %Y %z"}})",
         R"({"$date":"2024-04-30T22:00:00Z"})"},
        {R"({"$dateFromString": {"dateString": "2024-06-15", "format": "%Y-%m"}})", "error 241"},
        {R"({"$dateFromString": {"dateString": "2024-06", "format": "%Y-%m"}})", "error 241"},
        {R"({"$dateFromString": {"dateString": "2024-06-15", "format": "%Y-%m-%q"}})", "error 18536"},
        {R"({"$dateFromString": {"dateString": "2024-06-15", "format": 5}})", "error 40684"},
        {R"({"$dateFromString": {"dateString": "2024-06-15 12:00", "timezone": "America/New_York"}})",
         R"({"$date":"2024-06-15T16:00:00Z"})"},
        {R"({"$dateFromString": {"dateString": "2024-06-15T12:00Z", "timezone": "UTC"}})", "error 241"},
        {R"({"$dateFromString": {"dateString": "x", "onError": "bad"}})", R"("bad")"},
        {R"({"$dateFromString": {"dateString": 5, "onError": "bad"}})", R"("bad")"},
        {R"({"$dateFromString": {"dateString": 5}})", "error 241"},
        {R"({"$dateFromString": {"dateString": null, "onNull": "none"}})", R"("none")"},
        {R"({"$dateFromString": {}})", "error 40542"},
        {R"({"$dateFromString": {"dateString": "x", "x": 1}})", "error 40541"},
        {R"({"$dateFromString": 1})", "error 40540"},
    };
    expect_all(rows);
}

// Whatever the text is, it is a date or no date.
TEST(Dates, HostileTexts) {
    constexpr std::string_view pieces[] = {"2024", "-", "06", "/", "15", "T",  ":",   "99",  "W", "Jan", " ",    ".",
                                           "+",    "Z", "pm", ",", "0",  "th", "UTC", "Mon", "%", "A/B", "\xC2", "Y"};
    std::uint32_t state = 1;
    const auto next = [&state] { return state = state * 1664525 + 1013904223, state >> 16; };
    int dates = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        std::string format;
        for (std::uint32_t n = next() % 8; n > 0; --n) {
            text += pieces[next() % std::size(pieces)];
            format += pieces[next() % std::size(pieces)];
        }
        const auto attempt = [&dates](const auto& parse) {
            try {
                parse();
                ++dates;
            } catch (const Error& error) {
                const int number = error.mongo_code();
                EXPECT_TRUE(number == 241 || number == 18535 || number == 18536) << error.what();
            }
        };
        attempt([&] { parse_date(text); });
        attempt([&] { parse_date(text, format, nullptr); });
    }
    EXPECT_GT(dates, 0);
}

// Clocks in New York went forward on 2021-03-14 at 02:00 and back on 2021-11-07.
TEST(Dates, AddAndSubtract) {
    constexpr Row rows[] = {
        {R"({"$dateAdd": {"startDate": {"$date": "2021-01-31T10:00:00Z"}, "unit": "month", "amount": 1}})",
         R"({"$date":"2021-02-28T10:00:00Z"})"},
        {R"({"$dateSubtract": {"startDate": {"$date": "2024-02-29T00:00:00Z"}, "unit": "year", "amount": 1}})",
         R"({"$date":"2023-02-28T00:00:00Z"})"},
        {R"({"$dateAdd": {"startDate": {"$date": "2021-11-30T00:00:00Z"}, "unit": "quarter", "amount": 1}})",
         R"({"$date":"2022-02-28T00:00:00Z"})"},
        {R"({"$dateAdd": {"startDate": {"$date": "2021-03-13T15:00:00Z"}, "unit": "day", "amount": 1,
            "timezone": "America/New_York"}})",
         R"({"$date":"2021-03-14T14:00:00Z"})"},
        {R"({"$dateAdd": {"startDate": {"$date": "2021-03-13T15:00:00Z"}, "unit": "hour", "amount": 24,
            "timezone": "America/New_York"}})",
         R"({"$date":"2021-03-14T15:00:00Z"})"},
        {R"({"$dateAdd": {"startDate": {"$date": "2021-03-13T07:30:00Z"}, "unit": "day", "amount": 1,
            "timezone": "America/New_York"}})",
         R"({"$date":"2021-03-14T07:30:00Z"})"},  // 02:30 does not exist: 03:30
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": "week", "amount": -1.0}})",
         R"({"$date":{"$numberLong":"-604800000"}})"},
        {R"({"$dateAdd": {"startDate": "$none", "unit": "week", "amount": 1}})", "null"},
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": "year", "amount": 300000000}})", "error 5166406"},
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": "year", "amount": 9223372036854775807}})",
         "error 5166406"},
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": "second", "amount": 9223372036854775807}})",
         "error 5166406"},
        {R"({"$dateSubtract": {"startDate": {"$date": 0}, "unit": "second", "amount": -9223372036854775808}})",
         "error 6045000"},
        {R"({"$dateAdd": {"startDate": 1, "unit": "day", "amount": 1}})", "error 5166403"},
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": 1, "amount": 1}})", "error 5166404"},
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": "century", "amount": 1}})", "error 9"},
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": "day", "amount": 1.5}})", "error 5166405"},
        {R"({"$dateAdd": {"startDate": {"$date": 0}, "unit": "day"}})", "error 5166402"},
        {R"({"$dateAdd": {"x": 1}})", "error 5166401"},
        {R"({"$dateAdd": 1})", "error 5166400"},
    };
    expect_all(rows);
}

std::string a_long(std::string_view digits) {
    return R"({"$numberLong":")" + std::string(digits) + "\"}";
}

std::string difference(std::string_view from, std::string_view to, const std::string& rest) {
    return evaluated(R"({"$dateDiff": {"startDate": {"$date": ")" + std::string(from) +
                     R"("}, "endDate": {"$date": ")" + std::string(to) + "\"}, " + rest + "}}");
}

TEST(Dates, Difference) {
    constexpr std::string_view from = "2020-12-31T23:59:59.999Z";
    constexpr std::string_view to = "2021-01-01T00:00:00Z";
    for (const std::string unit : {"year", "quarter", "month", "day", "hour", "minute", "second", "millisecond"}) {
        EXPECT_EQ(difference(from, to, "\"unit\": \"" + unit + "\""), a_long("1")) << unit;
        EXPECT_EQ(difference(to, from, "\"unit\": \"" + unit + "\""), a_long("-1")) << unit;
    }
    EXPECT_EQ(difference(from, to, R"("unit": "week")"), a_long("0"));
    EXPECT_EQ(difference(from, to, R"("unit": "week", "startOfWeek": "fri")"), a_long("1"));
    EXPECT_EQ(difference(from, to, R"("unit": "week", "startOfWeek": "x")"), "error 9");
    EXPECT_EQ(difference(from, to, R"("unit": "week", "startOfWeek": null)"), "null");
    EXPECT_EQ(difference(from, to, R"("unit": "day", "timezone": "-01:00")"), a_long("0"));
    // A day of 23 hours.
    EXPECT_EQ(
        difference("2021-03-14T05:00:00Z", "2021-03-15T04:00:00Z", R"("unit": "hour", "timezone": "America/New_York")"),
        a_long("23"));
    EXPECT_EQ(
        difference("2021-03-14T05:00:00Z", "2021-03-15T04:00:00Z", R"("unit": "day", "timezone": "America/New_York")"),
        a_long("1"));
    constexpr Row rows[] = {
        {R"({"$dateDiff": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}},
            "endDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "millisecond"}})",
         "error 5166308"},
        {R"({"$dateDiff": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}},
            "endDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "year"}})",
         R"({"$numberLong":"584554049"})"},
        {R"({"$dateDiff": {"startDate": 1, "endDate": 2, "unit": "day"}})", "error 5166307"},
        {R"({"$dateDiff": {"startDate": 1, "unit": "day"}})", "error 5166304"},
    };
    expect_all(rows);
}

std::string truncation(const std::string& rest) {
    return evaluated(R"({"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, )" + rest + "}}");
}

TEST(Dates, Truncation) {
    struct Case {
        std::string_view rest;
        std::string_view date;
    };
    constexpr Case cases[] = {
        {R"("unit": "year")", "2021-01-01T00:00:00Z"},
        {R"("unit": "year", "binSize": 7)", "2021-01-01T00:00:00Z"},
        {R"("unit": "quarter")", "2021-01-01T00:00:00Z"},
        {R"("unit": "month")", "2021-03-01T00:00:00Z"},
        {R"("unit": "month", "binSize": 5)", "2020-11-01T00:00:00Z"},
        {R"("unit": "week")", "2021-03-14T00:00:00Z"},
        {R"("unit": "week", "startOfWeek": "Monday")", "2021-03-15T00:00:00Z"},
        {R"("unit": "day")", "2021-03-20T00:00:00Z"},
        {R"("unit": "hour")", "2021-03-20T11:00:00Z"},
        {R"("unit": "hour", "timezone": "Asia/Kolkata")", "2021-03-20T11:30:00Z"},
        {R"("unit": "day", "timezone": "America/New_York")", "2021-03-20T04:00:00Z"},
        {R"("unit": "minute", "binSize": 15)", "2021-03-20T11:30:00Z"},
        {R"("unit": "second")", "2021-03-20T11:30:05Z"},
        {R"("unit": "millisecond", "binSize": 100)", "2021-03-20T11:30:05.100Z"},
    };
    for (const auto& [rest, date] : cases) {
        EXPECT_EQ(truncation(std::string(rest)), R"({"$date":")" + std::string(date) + "\"}") << rest;
    }
    EXPECT_EQ(truncation(R"("unit": "day", "binSize": 0)"), "error 5439018");
    EXPECT_EQ(truncation(R"("unit": "day", "binSize": "1")"), "error 5439017");
    EXPECT_EQ(truncation(R"("unit": "week", "binSize": 9223372036854775807)"), "error 5439005");
    EXPECT_EQ(truncation(R"("unit": "day", "binSize": null)"), "null");
    EXPECT_EQ(truncation(R"("unit": 1)"), "error 5439013");
    EXPECT_EQ(evaluated(R"({"$dateTrunc": {"date": 5, "unit": "day"}})"), "error 5439012");
    EXPECT_EQ(evaluated(R"({"$dateTrunc": {"date": {"$date": {"$numberLong": "-9223372036854775808"}},
                          "unit": "day"}})"),
              "error 5439005");
}

}  // namespace
}  // namespace sheaf::query
