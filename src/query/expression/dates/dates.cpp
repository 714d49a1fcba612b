// The parts of dates, and what the operators on dates share.
#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "query/expression/dates/date_operators.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class DateCall final : public Expression {
public:
    DateCall(DateOperator call, DateArguments arguments) : call_(call), arguments_(std::move(arguments)) {}
    View evaluate(Evaluation& evaluation) const override { return call_(evaluation, arguments_); }

private:
    DateOperator call_;
    DateArguments arguments_;
};

struct DatePart {
    std::string_view op;
    std::int64_t (*of)(std::int64_t local_ms);
    Width width = Width::int32;
};

constexpr DatePart date_parts[] = {
    {"$year", [](std::int64_t local) { return civil_time(local).year; }},
    {"$month", [](std::int64_t local) { return civil_time(local).month; }},
    {"$dayOfMonth", [](std::int64_t local) { return civil_time(local).day; }},
    {"$hour", [](std::int64_t local) { return civil_time(local).hour; }},
    {"$minute", [](std::int64_t local) { return civil_time(local).minute; }},
    {"$second", [](std::int64_t local) { return civil_time(local).second; }},
    {"$millisecond", [](std::int64_t local) { return civil_time(local).millisecond; }},
    {"$dayOfYear", [](std::int64_t local) { return std::int64_t{day_of_year(day_number(local))}; }},
    {"$dayOfWeek", [](std::int64_t local) { return std::int64_t{iso_day_of_week(day_number(local)) % 7 + 1}; }},
    {"$isoDayOfWeek", [](std::int64_t local) { return std::int64_t{iso_day_of_week(day_number(local))}; }},
    {"$week", [](std::int64_t local) { return std::int64_t{week_of_year(day_number(local))}; }},
    {"$isoWeek", [](std::int64_t local) { return std::int64_t{iso_week(day_number(local)).week}; }},
    {"$isoWeekYear", [](std::int64_t local) { return iso_week(day_number(local)).year; }, Width::int64},
};

template <std::size_t index>
View date_part(Evaluation& evaluation, const DateArguments& arguments) {
    constexpr const DatePart& part = date_parts[index];
    const View date = arguments.value(1, evaluation);
    if (is_nullish(date)) return null_value();
    const DateTime time = required_date(date, part.op);
    const auto zone = arguments.timezone().zone(evaluation);
    if (!zone) return null_value();
    return make_integer(evaluation.scratch(), part.of(zone->local(time)), part.width);
}

// Of {"date": ..., "timezone": ...}, a date, or an array of one date.
template <std::size_t index>
ExpressionPtr parse_date_part(View operand, ExpressionParser& parser, std::string_view op) {
    const bool named = operand.is_object() && operand.size() > 0 && !is_operator((*operand.members().begin()).key);
    if (named) {
        constexpr NamedArgument names[] = {{"timezone"}, {"date", 40539}};
        return parse_date_call(date_part<index>, {names, 40539, 40535}, operand, parser, op);
    }
    Expressions arguments = parser.parse_arguments(operand);
    if (arguments.size() != 1) {
        fail_expression(40536, op, "takes one date, not " + std::to_string(arguments.size()));
    }
    arguments.insert(arguments.begin(), nullptr);
    return make_date_call(date_part<index>, std::move(arguments), parser);
}

View date_to_parts(Evaluation& evaluation, const DateArguments& arguments) {
    const View date = arguments.value(1, evaluation);
    const auto zone = arguments.timezone().zone(evaluation);
    if (!zone) return null_value();
    bool iso = false;
    if (arguments.given(2)) {
        const View iso_argument = arguments.value(2, evaluation);
        if (is_nullish(iso_argument)) return null_value();
        if (iso_argument.type() != Type::boolean) {
            fail_expression(40521, "$dateToParts", "takes a boolean as iso8601, not " + describe(iso_argument));
        }
        iso = iso_argument.boolean();
    }
    if (is_nullish(date)) return null_value();
    const std::int64_t local = zone->local(required_date(date, "$dateToParts"));
    const CivilTime civil = civil_time(local);
    const IsoWeek week = iso_week(day_number(local));
    Scratch& scratch = evaluation.scratch();
    const MemberView members[] = {
        {iso ? "isoWeekYear" : "year", scratch.integer(iso ? week.year : civil.year)},
        {iso ? "isoWeek" : "month", scratch.integer(iso ? week.week : civil.month)},
        {iso ? "isoDayOfWeek" : "day", scratch.integer(iso ? iso_day_of_week(day_number(local)) : civil.day)},
        {"hour", scratch.integer(civil.hour)},
        {"minute", scratch.integer(civil.minute)},
        {"second", scratch.integer(civil.second)},
        {"millisecond", scratch.integer(civil.millisecond)},
    };
    return scratch.object(members);
}

ExpressionPtr parse_date_to_parts(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {{"timezone"}, {"date", 40522}, {"iso8601"}};
    return parse_date_call(date_to_parts, {names, 40524, 40520}, operand, parser, op);
}

template <std::size_t... index>
constexpr auto forms_of(std::index_sequence<index...>) {
    return std::array{Form{date_parts[index].op, parse_date_part<index>}..., Form{"$dateToParts", parse_date_to_parts}};
}

constexpr auto part_forms = forms_of(std::make_index_sequence<std::size(date_parts)>());

}  // namespace

ZoneArgument::ZoneArgument(ExpressionPtr expression) : expression_(std::move(expression)) {
    if (expression_ == nullptr) {
        constant_ = TimeZone::utc();
    } else if (const auto value = expression_->constant(); value && value->type() == Type::string) {
        constant_ = TimeZone::find(value->string());
    }
}

std::optional<TimeZone> ZoneArgument::zone(Evaluation& evaluation) const {
    if (constant_) return constant_;
    const View value = expression_->evaluate(evaluation);
    if (is_nullish(value)) return std::nullopt;
    if (value.type() != Type::string) fail_expression(40517, {}, "a timezone is a string, not " + describe(value));
    auto zone = TimeZone::find(value.string());
    if (!zone) fail_expression(40485, {}, "there is no timezone like " + describe(value));
    return zone;
}

DateArguments::DateArguments(Expressions expressions)
    : expressions_(std::move(expressions)), timezone_(std::move(expressions_.front())) {}

ExpressionPtr parse_date_call(DateOperator call, const NamedArguments& names, View operand, ExpressionParser& parser,
                              std::string_view op) {
    return make_date_call(call, names.parse(operand, parser, op), parser);
}

ExpressionPtr make_date_call(DateOperator call, Expressions arguments, ExpressionParser& parser) {
    const bool constant = all_constant(arguments);
    return parser.folded(std::make_unique<DateCall>(call, DateArguments(std::move(arguments))), constant);
}

DateTime required_date(View value, std::string_view op) {
    if (value.type() == Type::datetime) return value.datetime();
    if (value.type() != Type::object_id) fail_expression(16006, op, "takes a date, not " + describe(value));
    std::int64_t seconds = 0;  // an object id begins with them
    const ObjectId id = value.object_id();
    for (std::size_t i = 0; i < 4; ++i) seconds = seconds << 8 | id.bytes[i];
    return {seconds * ms_per_second};
}

Family date_operators() {
    static const std::vector<Form> all = [] {
        std::vector<Form> joined;
        for (const auto forms : {date_part_forms(), date_construction_forms(), date_arithmetic_forms()}) {
            joined.insert(joined.end(), forms.begin(), forms.end());
        }
        return joined;
    }();
    return {{}, all};
}

std::span<const Form> date_part_forms() {
    return part_forms;
}

}  // namespace sheaf::query
