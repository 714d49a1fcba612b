// What the operators on dates share: named arguments that may be absent, and time zones as arguments.
// Threads: constant data and free functions.
#pragma once

#include <optional>
#include <span>

#include "base/time_zone.hpp"
#include "query/expression/dates/calendar.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/operators.hpp"

namespace sheaf::query {

std::span<const Form> date_part_forms();          // $year ... $isoWeekYear, $dateToParts
std::span<const Form> date_construction_forms();  // $dateFromParts, $dateFromString, $dateToString
std::span<const Form> date_arithmetic_forms();    // $dateAdd, $dateSubtract, $dateDiff, $dateTrunc

// The argument "timezone". A constant one is looked up once.
class ZoneArgument {
public:
    explicit ZoneArgument(ExpressionPtr expression);
    bool given() const { return expression_ != nullptr; }
    // UTC when it is absent, nothing when it is null. Throws 40517 and 40485.
    std::optional<TimeZone> zone(Evaluation& evaluation) const;

private:
    ExpressionPtr expression_;
    std::optional<TimeZone> constant_;
};

// The arguments of one call, evaluated when they are asked for.
class DateArguments {
public:
    // The first of `expressions` is the timezone; it and others may be null.
    explicit DateArguments(Expressions expressions);
    bool given(std::size_t i) const { return i < expressions_.size() && expressions_[i] != nullptr; }
    // Of an argument other than the timezone; missing when it is absent.
    View value(std::size_t i, Evaluation& evaluation) const {
        return given(i) ? expressions_[i]->evaluate(evaluation) : View();
    }
    const ZoneArgument& timezone() const { return timezone_; }

private:
    Expressions expressions_;
    ZoneArgument timezone_;
};

using DateOperator = View (*)(Evaluation& evaluation, const DateArguments& arguments);
// A call of `op` with an object of named arguments; the first name has to be "timezone".
ExpressionPtr parse_date_call(DateOperator call, const NamedArguments& names, View operand, ExpressionParser& parser,
                              std::string_view op);
ExpressionPtr make_date_call(DateOperator call, Expressions arguments, ExpressionParser& parser);

// Dates, and the creation times of object ids. Throws 16006.
DateTime required_date(View value, std::string_view op);

}  // namespace sheaf::query
