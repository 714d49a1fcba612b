// $pow: exact for integers as long as the result fits a long.
#include <cmath>
#include <optional>

#include "query/expression/numbers/arithmetic.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// Nothing where the result is no long.
std::optional<std::int64_t> integer_power(std::int64_t base, std::int64_t exponent) {
    if (base == 1 || exponent == 0) return 1;
    if (base == -1) return exponent % 2 == 0 ? 1 : -1;
    if (exponent < 0) return std::nullopt;  // a fraction
    if (base == 0) return 0;
    constexpr std::int64_t most = 63;  // 2^63 is beyond
    if (exponent > most) return std::nullopt;
    std::int64_t power = 1;
    for (std::int64_t i = 0; i < exponent; ++i) {
        if (__builtin_mul_overflow(power, base, &power)) return std::nullopt;
    }
    return power;
}

View pow(Evaluation& evaluation, Arguments arguments) {
    const View base = arguments[0];
    const View exponent = arguments[1];
    if (is_nullish(base) || is_nullish(exponent)) return null_value();
    if (!base.is_number()) fail_expression(28762, "$pow", "takes a number as its base, not " + describe(base));
    if (!exponent.is_number()) {
        fail_expression(28763, "$pow", "takes a number as its exponent, not " + describe(exponent));
    }
    if (base.number() == 0 && exponent.number() < 0) {
        fail_expression(28764, "$pow", "is not defined for the base 0 and a negative exponent");
    }
    const Width widest = wider(base, exponent);
    if (widest != Width::real) {
        const auto power = integer_power(base.integer(), exponent.integer());
        if (power) return make_integer(evaluation.scratch(), *power, widest);
    }
    return evaluation.scratch().number(std::pow(base.number(), exponent.number()));
}

constexpr Function functions[] = {{"$pow", 2, 2, pow}};

}  // namespace

std::span<const Function> power_functions() {
    return functions;
}

}  // namespace sheaf::query
