// $dateFromParts, $dateFromString and $dateToString.
#include <array>
#include <string>
#include <vector>

#include "query/expression/dates/date_operators.hpp"
#include "query/expression/dates/date_text.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// A part of $dateFromParts: its bounds and the number of the error outside of them.
struct PartArgument {
    std::string_view name;
    std::int64_t when_absent;
    std::int64_t least;
    std::int64_t most;
    int out_of_bounds;
};

constexpr int no_short = 31034;
constexpr std::int64_t any = std::int64_t{1} << 62;
constexpr PartArgument part_arguments[] = {
    {"year", 0, 1, 9999, 40523},
    {"month", 1, INT16_MIN, INT16_MAX, no_short},
    {"day", 1, INT16_MIN, INT16_MAX, no_short},
    {"isoWeekYear", 0, 1, 9999, 31095},
    {"isoWeek", 1, INT16_MIN, INT16_MAX, no_short},
    {"isoDayOfWeek", 1, INT16_MIN, INT16_MAX, no_short},
    {"hour", 0, INT16_MIN, INT16_MAX, no_short},
    {"minute", 0, INT16_MIN, INT16_MAX, no_short},
    {"second", 0, -any, any, no_short},
    {"millisecond", 0, -any, any, no_short},
};
constexpr std::size_t part_count = std::size(part_arguments);

std::int64_t part_value(const PartArgument& part, View value) {
    const std::string name(part.name);
    if (!value.is_number() || !is_integral(value)) {
        fail_expression(40515, "$dateFromParts", "takes an integer as " + name + ", not " + describe(value));
    }
    const std::int64_t number = integral_value(value);
    if (number >= part.least && number <= part.most) return number;
    fail_expression(part.out_of_bounds, "$dateFromParts",
                    "takes a " + name + " from " + std::to_string(part.least) + " to " + std::to_string(part.most) +
                        ", not " + describe(value));
}

View date_from_parts(Evaluation& evaluation, const DateArguments& arguments) {
    std::array<std::int64_t, part_count> parts{};
    const auto zone = arguments.timezone().zone(evaluation);
    for (std::size_t i = 0; i < part_count; ++i) {
        parts[i] = part_arguments[i].when_absent;
        if (!arguments.given(i + 1)) continue;
        const View value = arguments.value(i + 1, evaluation);
        if (is_nullish(value)) return null_value();
        parts[i] = part_value(part_arguments[i], value);
    }
    if (!zone) return null_value();
    const auto [year, month, day, iso_year, iso_week, iso_day, hour, minute, second, millisecond] = parts;
    CivilTime civil{year, month, day, hour, minute, second, millisecond};
    if (const bool iso = arguments.given(4); iso) {
        civil.year = 1970;
        civil.month = 1;
        civil.day = iso_year_start(iso_year) + (iso_week - 1) * 7 + iso_day;
    }
    const auto local = local_ms(civil);
    if (!local) fail_expression(15, "$dateFromParts", "leads to a date that does not fit");
    return evaluation.scratch().datetime(zone->utc_of(*local));
}

ExpressionPtr parse_date_from_parts(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {{"timezone"},     {"year"}, {"month"},  {"day"},    {"isoWeekYear"}, {"isoWeek"},
                                       {"isoDayOfWeek"}, {"hour"}, {"minute"}, {"second"}, {"millisecond"}};
    const NamedArguments known{names, 40519, 40518};
    const std::vector<View> operands = known.read(operand, op);
    const bool civil = operands[1] || operands[2] || operands[3];
    const bool iso = operands[4] || operands[5] || operands[6];
    if (!operands[1] && !operands[4]) fail_expression(40516, op, "needs a year or an isoWeekYear");
    if (civil && iso) fail_expression(operands[1] ? 40489 : 40525, op, "takes the parts of a date or of an ISO week");
    return parse_date_call(date_from_parts, known, operand, parser, op);
}

// The format, missing where none is given. Throws 18533 and what is wrong with it.
std::optional<std::string_view> format_argument(View format, bool given, std::string_view op, int not_a_string) {
    if (!given || is_nullish(format)) return std::nullopt;
    if (format.type() != Type::string) {
        fail_expression(not_a_string, op, "takes a string as its format, not " + describe(format));
    }
    check_date_format(format.string(), op);
    return format.string();
}

View date_to_string(Evaluation& evaluation, const DateArguments& arguments) {
    constexpr std::string_view op = "$dateToString";
    const View date = arguments.value(1, evaluation);
    const bool has_format = arguments.given(2);
    const auto format = format_argument(arguments.value(2, evaluation), has_format, op, 18533);
    if (is_nullish(date)) return arguments.given(3) ? arguments.value(3, evaluation) : null_value();
    const auto zone = arguments.timezone().zone(evaluation);
    if (!zone || (has_format && !format)) return null_value();
    const DateTime time = required_date(date, op);
    // A time without a zone's name would be read as UTC.
    const std::string_view by_default = zone->is_utc() ? iso_date_format : "%Y-%m-%dT%H:%M:%S.%L";
    return evaluation.scratch().string(format_date(time, format.value_or(by_default), *zone, op));
}

ExpressionPtr parse_date_to_string(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {{"timezone"}, {"date", 18628}, {"format"}, {"onNull"}};
    return parse_date_call(date_to_string, {names, 18629, 18534}, operand, parser, op);
}

DateTime date_of_string(View text, const std::optional<std::string_view>& format, const TimeZone* zone) {
    if (text.type() != Type::string) {
        fail_expression(241, "$dateFromString", "takes a string as dateString, not " + describe(text));
    }
    return format ? parse_date(text.string(), *format, zone) : parse_date(text.string(), zone);
}

View date_from_string(Evaluation& evaluation, const DateArguments& arguments) {
    constexpr std::string_view op = "$dateFromString";
    constexpr int conversion_failure = 241;
    const View text = arguments.value(1, evaluation);
    const bool has_format = arguments.given(2);
    const auto format = format_argument(arguments.value(2, evaluation), has_format, op, 40684);
    if (is_nullish(text)) return arguments.given(3) ? arguments.value(3, evaluation) : null_value();
    try {
        const auto zone = arguments.timezone().zone(evaluation);
        if (!zone || (has_format && !format)) return null_value();
        const DateTime time = date_of_string(text, format, arguments.timezone().given() ? &*zone : nullptr);
        return evaluation.scratch().datetime(time);
    } catch (const Error& error) {
        if (!arguments.given(4) || error.mongo_code() != conversion_failure) throw;
        return arguments.value(4, evaluation);
    }
}

ExpressionPtr parse_date_from_string(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {{"timezone"}, {"dateString", 40542}, {"format"}, {"onNull"}, {"onError"}};
    return parse_date_call(date_from_string, {names, 40540, 40541}, operand, parser, op);
}

constexpr Form forms[] = {
    {"$dateFromParts", parse_date_from_parts},
    {"$dateFromString", parse_date_from_string},
    {"$dateToString", parse_date_to_string},
};

}  // namespace

std::span<const Form> date_construction_forms() {
    return forms;
}

}  // namespace sheaf::query
