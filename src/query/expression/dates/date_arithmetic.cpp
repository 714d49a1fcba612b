// $dateAdd, $dateSubtract, $dateDiff and $dateTrunc.
#include <string>

#include "query/expression/dates/date_operators.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr int sunday = 7;

// Throws `not_a_string`, or 9 for a name that is no unit.
DateUnit unit_argument(View value, std::string_view op, int not_a_string) {
    if (value.type() != Type::string) {
        fail_expression(not_a_string, op, "takes a string as its unit, not " + describe(value));
    }
    const auto unit = find_date_unit(value.string());
    if (!unit) fail_expression(9, op, "does not know the unit " + describe(value));
    return *unit;
}

// Nothing when it is null. It matters for weeks only.
std::optional<int> week_start_argument(const DateArguments& arguments, std::size_t index, Evaluation& evaluation,
                                       std::string_view op) {
    if (!arguments.given(index)) return sunday;
    const View value = arguments.value(index, evaluation);
    if (is_nullish(value)) return std::nullopt;
    if (value.type() != Type::string) {
        fail_expression(5439015, op, "takes a string as startOfWeek, not " + describe(value));
    }
    const auto day = find_day_of_week(value.string());
    if (!day) fail_expression(9, op, "does not know the day of the week " + describe(value));
    return day;
}

View moved(Evaluation& evaluation, const DateArguments& arguments, std::string_view op, bool back) {
    const View date = arguments.value(1, evaluation);
    const View unit_value = arguments.value(2, evaluation);
    const View amount = arguments.value(3, evaluation);
    if (is_nullish(date) || is_nullish(unit_value) || is_nullish(amount)) return null_value();
    if (date.type() != Type::datetime && date.type() != Type::object_id) {
        fail_expression(5166403, op, "takes a date as startDate, not " + describe(date));
    }
    const DateUnit unit = unit_argument(unit_value, op, 5166404);
    if (!amount.is_number() || !is_integral(amount)) {
        fail_expression(5166405, op, "takes an integer as its amount, not " + describe(amount));
    }
    const auto zone = arguments.timezone().zone(evaluation);
    if (!zone) return null_value();
    std::int64_t count = integral_value(amount);
    if (back && __builtin_sub_overflow(0, count, &count)) {
        fail_expression(6045000, op, "cannot negate the amount " + describe(amount));
    }
    const auto result = add_to_date(required_date(date, op), unit, count, *zone);
    if (!result) fail_expression(5166406, op, "leads to a date that does not fit");
    return evaluation.scratch().datetime(*result);
}

View date_add(Evaluation& evaluation, const DateArguments& arguments) {
    return moved(evaluation, arguments, "$dateAdd", false);
}

View date_subtract(Evaluation& evaluation, const DateArguments& arguments) {
    return moved(evaluation, arguments, "$dateSubtract", true);
}

template <DateOperator call>
ExpressionPtr parse_move(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {{"timezone"}, {"startDate", 5166402}, {"unit", 5166402}, {"amount", 5166402}};
    return parse_date_call(call, {names, 5166400, 5166401}, operand, parser, op);
}

View date_diff(Evaluation& evaluation, const DateArguments& arguments) {
    constexpr std::string_view op = "$dateDiff";
    const View from = arguments.value(1, evaluation);
    const View to = arguments.value(2, evaluation);
    const View unit_value = arguments.value(3, evaluation);
    if (is_nullish(from) || is_nullish(to) || is_nullish(unit_value)) return null_value();
    for (const View date : {from, to}) {
        if (date.type() == Type::datetime || date.type() == Type::object_id) continue;
        fail_expression(5166307, op, "takes dates, not " + describe(date));
    }
    const DateUnit unit = unit_argument(unit_value, op, 5439013);
    const auto week_start =
        unit == DateUnit::week ? week_start_argument(arguments, 4, evaluation, op) : std::optional(sunday);
    const auto zone = arguments.timezone().zone(evaluation);
    if (!week_start || !zone) return null_value();
    const auto difference = date_difference(required_date(from, op), required_date(to, op), unit, *zone, *week_start);
    if (!difference) fail_expression(5166308, op, "of dates so far apart does not fit");
    return evaluation.scratch().long_integer(*difference);
}

ExpressionPtr parse_date_diff(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {
        {"timezone"}, {"startDate", 5166303}, {"endDate", 5166304}, {"unit", 5166305}, {"startOfWeek"}};
    return parse_date_call(date_diff, {names, 5166301, 5166302}, operand, parser, op);
}

View date_trunc(Evaluation& evaluation, const DateArguments& arguments) {
    constexpr std::string_view op = "$dateTrunc";
    const View date = arguments.value(1, evaluation);
    const View unit_value = arguments.value(2, evaluation);
    const View bin_value = arguments.value(3, evaluation);
    if (is_nullish(date) || is_nullish(unit_value)) return null_value();
    std::int64_t bin = 1;
    if (arguments.given(3)) {
        if (is_nullish(bin_value)) return null_value();
        if (!bin_value.is_number() || !is_integral(bin_value)) {
            fail_expression(5439017, op, "takes an integer as binSize, not " + describe(bin_value));
        }
        bin = integral_value(bin_value);
        if (bin <= 0) fail_expression(5439018, op, "takes a positive binSize, not " + describe(bin_value));
    }
    if (date.type() != Type::datetime && date.type() != Type::object_id) {
        fail_expression(5439012, op, "takes a date, not " + describe(date));
    }
    const DateUnit unit = unit_argument(unit_value, op, 5439013);
    const auto week_start =
        unit == DateUnit::week ? week_start_argument(arguments, 4, evaluation, op) : std::optional(sunday);
    const auto zone = arguments.timezone().zone(evaluation);
    if (!week_start || !zone) return null_value();
    const auto result = truncate_date(required_date(date, op), unit, bin, *zone, *week_start);
    if (!result) fail_expression(5439005, op, "leads to a date that does not fit");
    return evaluation.scratch().datetime(*result);
}

ExpressionPtr parse_date_trunc(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {
        {"timezone"}, {"date", 5439009}, {"unit", 5439010}, {"binSize"}, {"startOfWeek"}};
    return parse_date_call(date_trunc, {names, 5439007, 5439008}, operand, parser, op);
}

constexpr Form forms[] = {
    {"$dateAdd", parse_move<date_add>},
    {"$dateDiff", parse_date_diff},
    {"$dateSubtract", parse_move<date_subtract>},
    {"$dateTrunc", parse_date_trunc},
};

}  // namespace

std::span<const Form> date_arithmetic_forms() {
    return forms;
}

}  // namespace sheaf::query
