// $round, $trunc, $ceil and $floor. Doubles are rounded as the decimal numbers that they are: 2.675 is a little less
// than that, so it rounds to 2.67, and 0.29 truncates to 0.28.
#include <charconv>
#include <cmath>
#include <string>

#include "query/expression/numbers/arithmetic.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr std::int64_t least_place = -20;
constexpr std::int64_t most_places = 100;
constexpr int digits_of_decimal = 34;  // of MongoDB's decimal numbers, in which it rounds

enum class Direction { half_to_even, to_zero };

// Adds 1 to a string of digits that begins with a 0.
void increment(std::string& digits) {
    auto digit = digits.rbegin();
    for (; *digit == '9'; ++digit) *digit = '0';
    ++*digit;
}

bool rounds_up(std::string_view dropped, char last_kept, Direction direction) {
    if (direction == Direction::to_zero || dropped.empty()) return false;
    if (dropped.front() != '5') return dropped.front() > '5';
    return dropped.find_first_not_of('0', 1) != std::string_view::npos || (last_kept - '0') % 2 == 1;
}

double round_to_place(double value, std::int64_t place, Direction direction) {
    if (!std::isfinite(value) || value == 0) return value;
    char text[64];  // d.ddd...e+ddd
    const auto written =
        std::to_chars(text, text + sizeof text, std::abs(value), std::chars_format::scientific, digits_of_decimal - 1);
    std::string digits = "0";
    digits += text[0];
    digits.append(text + 2, digits_of_decimal - 1);
    const char* const exponent_text = text + 2 + digits_of_decimal;
    int exponent = 0;
    std::from_chars(exponent_text + (*exponent_text == '+' ? 1 : 0), written.ptr, exponent);

    const std::int64_t keep = exponent + 1 + place;  // digits before the cut
    if (keep >= digits_of_decimal) return value;
    if (keep < 0) return std::copysign(0.0, value);
    const auto cut = static_cast<std::size_t>(keep) + 1;
    const bool up = rounds_up(std::string_view(digits).substr(cut), digits[cut - 1], direction);
    digits.resize(cut);
    if (up) increment(digits);
    digits += "e" + std::to_string(-place);
    double rounded = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
    return std::copysign(rounded, value);
}

View round_integer(Scratch& scratch, View number, std::int64_t place, Direction direction, std::string_view op) {
    const std::int64_t value = number.integer();
    if (place >= 0) return number;
    if (place == least_place) return make_integer(scratch, 0, width(number));
    std::uint64_t unit = 1;
    for (std::int64_t i = place; i < 0; ++i) unit *= 10;
    const bool negative = value < 0;
    const std::uint64_t size = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::uint64_t units = size / unit;
    const std::uint64_t rest = size % unit;
    if (direction == Direction::half_to_even && (rest > unit - rest || (rest == unit - rest && units % 2 == 1))) {
        ++units;
    }
    const std::uint64_t rounded = units * unit;
    constexpr std::uint64_t limit = std::uint64_t{1} << 63;
    if (rounded > limit || (rounded == limit && !negative)) {
        fail_expression(51080, op, "of " + describe(number) + " does not fit 64 bits");
    }
    return make_integer(scratch, static_cast<std::int64_t>(negative ? 0 - rounded : rounded), width(number));
}

std::int64_t place_of(View place, std::string_view op) {
    if (!place.is_number()) fail_expression(16004, op, "takes a number as its place, not " + describe(place));
    if (!is_integral(place)) fail_expression(51082, op, "takes a whole number as its place, not " + describe(place));
    const std::int64_t value = integral_value(place);
    if (value < least_place || value > most_places) {
        fail_expression(51083, op, "takes a place from -20 to 100, not " + describe(place));
    }
    return value;
}

View round_argument(Evaluation& evaluation, Arguments arguments, Direction direction, std::string_view op) {
    const View number = arguments[0];
    if (is_nullish(number)) return null_value();
    if (!number.is_number()) fail_expression(51081, op, "takes numbers, not " + describe(number));
    if (arguments.size() > 1 && is_nullish(arguments[1])) return null_value();
    const std::int64_t place = arguments.size() > 1 ? place_of(arguments[1], op) : 0;
    Scratch& scratch = evaluation.scratch();
    if (number.type() == Type::integer) return round_integer(scratch, number, place, direction, op);
    return scratch.number(round_to_place(number.number(), place, direction));
}

View round(Evaluation& evaluation, Arguments arguments) {
    return round_argument(evaluation, arguments, Direction::half_to_even, "$round");
}

View trunc(Evaluation& evaluation, Arguments arguments) {
    return round_argument(evaluation, arguments, Direction::to_zero, "$trunc");
}

View ceil(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    require_number(arguments[0], "$ceil");
    if (arguments[0].type() == Type::integer) return arguments[0];
    return evaluation.scratch().number(std::ceil(arguments[0].number()));
}

View floor(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    require_number(arguments[0], "$floor");
    if (arguments[0].type() == Type::integer) return arguments[0];
    return evaluation.scratch().number(std::floor(arguments[0].number()));
}

constexpr Function functions[] = {
    {"$round", 1, 2, round},
    {"$trunc", 1, 2, trunc},
    {"$ceil", 1, 1, ceil},
    {"$floor", 1, 1, floor},
};

}  // namespace

std::span<const Function> rounding_functions() {
    return functions;
}

}  // namespace sheaf::query
