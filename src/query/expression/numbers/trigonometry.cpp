#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "query/expression/numbers/arithmetic.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double degree = std::numbers::pi / 180;

// A function of one number, defined from `lowest` to `highest`.
struct Curve {
    std::string_view name;
    double (*value)(double);
    double lowest;
    double highest;
};

constexpr std::array curves{
    Curve{"$acos", [](double x) { return std::acos(x); }, -1, 1},
    Curve{"$acosh", [](double x) { return std::acosh(x); }, 1, infinity},
    Curve{"$asin", [](double x) { return std::asin(x); }, -1, 1},
    Curve{"$asinh", [](double x) { return std::asinh(x); }, -infinity, infinity},
    Curve{"$atan", [](double x) { return std::atan(x); }, -infinity, infinity},
    Curve{"$atanh", [](double x) { return std::atanh(x); }, -1, 1},
    Curve{"$cos", [](double x) { return std::cos(x); }, -largest, largest},
    Curve{"$cosh", [](double x) { return std::cosh(x); }, -infinity, infinity},
    Curve{"$sin", [](double x) { return std::sin(x); }, -largest, largest},
    Curve{"$sinh", [](double x) { return std::sinh(x); }, -infinity, infinity},
    Curve{"$tan", [](double x) { return std::tan(x); }, -largest, largest},
    Curve{"$tanh", [](double x) { return std::tanh(x); }, -infinity, infinity},
    Curve{"$degreesToRadians", [](double x) { return x * degree; }, -infinity, infinity},
    Curve{"$radiansToDegrees", [](double x) { return x / degree; }, -infinity, infinity},
};

View point_on(const Curve& curve, Evaluation& evaluation, View argument) {
    if (is_nullish(argument)) return null_value();
    require_number(argument, curve.name);
    const double x = argument.number();
    if (x < curve.lowest || x > curve.highest) {
        fail_expression(50989, curve.name, "is not defined for " + describe(argument));
    }
    return evaluation.scratch().number(curve.value(x));
}

template <std::size_t index>
View curve(Evaluation& evaluation, Arguments arguments) {
    return point_on(curves[index], evaluation, arguments[0]);
}

View atan2(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0]) || is_nullish(arguments[1])) return null_value();
    if (!arguments[0].is_number()) fail_expression(51044, "$atan2", "takes numbers, not " + describe(arguments[0]));
    if (!arguments[1].is_number()) fail_expression(51045, "$atan2", "takes numbers, not " + describe(arguments[1]));
    return evaluation.scratch().number(std::atan2(arguments[0].number(), arguments[1].number()));
}

template <std::size_t... index>
constexpr auto functions_of(std::index_sequence<index...>) {
    return std::array{Function{curves[index].name, 1, 1, curve<index>}..., Function{"$atan2", 2, 2, atan2}};
}

constexpr auto functions = functions_of(std::make_index_sequence<curves.size()>());

}  // namespace

std::span<const Function> trigonometry_functions() {
    return functions;
}

}  // namespace sheaf::query
