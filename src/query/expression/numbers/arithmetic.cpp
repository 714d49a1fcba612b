#include "query/expression/numbers/arithmetic.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "query/expression/named_arguments.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr int mongo_overflow = 15;

[[noreturn]] void refuse_date(std::string_view op) {
    fail_expression(mongo_overflow, op, "leads to a date that does not fit 64 bits of milliseconds");
}

View add(Evaluation& evaluation, Arguments arguments) {
    Summation sum;
    bool has_date = false;
    for (const View argument : arguments) {
        if (is_nullish(argument)) return null_value();
        if (argument.is_number()) {
            sum.add(argument);
        } else if (argument.type() == Type::datetime) {
            if (has_date) fail_expression(16612, "$add", "takes at most one date");
            has_date = true;
            sum.add(argument.datetime().ms);
        } else {
            refuse_type(argument, "$add", "numbers and dates");
        }
    }
    if (!has_date) return sum.total(evaluation.scratch());
    if (!sum.fits_int64()) refuse_date("$add");
    return evaluation.scratch().datetime({sum.integer()});
}

View subtract_from_date(Scratch& scratch, DateTime from, View what) {
    std::int64_t difference = 0;
    if (what.type() == Type::datetime) {
        if (__builtin_sub_overflow(from.ms, what.datetime().ms, &difference)) refuse_date("$subtract");
        return scratch.long_integer(difference);
    }
    if (!what.is_number()) refuse_type(what, "$subtract", "numbers and dates");
    std::int64_t whole = 0;
    if (what.type() == Type::integer) {
        whole = what.integer();
    } else {
        const double milliseconds = std::trunc(what.number());
        constexpr double beyond_int64 = 9223372036854775808.0;
        if (!(std::abs(milliseconds) < beyond_int64)) refuse_date("$subtract");
        whole = static_cast<std::int64_t>(milliseconds);
    }
    if (__builtin_sub_overflow(from.ms, whole, &difference)) refuse_date("$subtract");
    return scratch.datetime({difference});
}

View subtract(Evaluation& evaluation, Arguments arguments) {
    const View left = arguments[0];
    const View right = arguments[1];
    if (is_nullish(left) || is_nullish(right)) return null_value();
    Scratch& scratch = evaluation.scratch();
    if (left.type() == Type::datetime) return subtract_from_date(scratch, left.datetime(), right);
    if (!left.is_number()) refuse_type(left, "$subtract", "numbers and dates");
    if (!right.is_number()) refuse_type(right, "$subtract", "numbers, or a date from a date");
    const Width widest = wider(left, right);
    std::int64_t difference = 0;
    if (widest == Width::real || __builtin_sub_overflow(left.integer(), right.integer(), &difference)) {
        return scratch.number(left.number() - right.number());
    }
    return make_integer(scratch, difference, widest);
}

View multiply(Evaluation& evaluation, Arguments arguments) {
    Width widest = Width::int32;
    double real = 1;
    std::int64_t integer = 1;
    for (const View argument : arguments) {
        if (is_nullish(argument)) return null_value();
        if (!argument.is_number()) refuse_type(argument, "$multiply", "numbers");
        widest = std::max(widest, width(argument));
        real *= argument.number();
        if (widest == Width::real) continue;
        if (__builtin_mul_overflow(integer, argument.integer(), &integer)) widest = Width::real;
    }
    if (widest == Width::real) return evaluation.scratch().number(real);
    return make_integer(evaluation.scratch(), integer, widest);
}

View divide(Evaluation& evaluation, Arguments arguments) {
    const View left = arguments[0];
    const View right = arguments[1];
    if (is_nullish(left) || is_nullish(right)) return null_value();
    if (!left.is_number()) refuse_type(left, "$divide", "numbers");
    if (!right.is_number()) refuse_type(right, "$divide", "numbers");
    if (right.number() == 0) fail(Code::invalid_argument, "$divide cannot divide by zero", {}, "$divide");
    return evaluation.scratch().number(left.number() / right.number());
}

View mod(Evaluation& evaluation, Arguments arguments) {
    const View left = arguments[0];
    const View right = arguments[1];
    if (is_nullish(left) || is_nullish(right)) return null_value();
    if (!left.is_number() || !right.is_number()) {
        fail_expression(16611, "$mod", "takes numbers, not " + describe(left.is_number() ? right : left));
    }
    if (right.number() == 0) fail_expression(16610, "$mod", "cannot divide by zero");
    const Width widest = wider(left, right);
    Scratch& scratch = evaluation.scratch();
    if (widest == Width::real) return scratch.number(std::fmod(left.number(), right.number()));
    // INT64_MIN % -1 overflows, although the result is 0.
    return make_integer(scratch, right.integer() == -1 ? 0 : left.integer() % right.integer(), widest);
}

View absolute(Evaluation& evaluation, Arguments arguments) {
    const View number = arguments[0];
    if (is_nullish(number)) return null_value();
    require_number(number, "$abs");
    if (number.type() == Type::number) return evaluation.scratch().number(std::abs(number.number()));
    if (number.integer() == INT64_MIN) fail_expression(28680, "$abs", "of the smallest long does not fit a long");
    return make_integer(evaluation.scratch(), std::abs(number.integer()), width(number));
}

View exp(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    require_number(arguments[0], "$exp");
    return evaluation.scratch().number(std::exp(arguments[0].number()));
}

// An argument whose sign matters; NaN passes.
double require_sign(View number, bool zero_allowed, int mongo, std::string_view op) {
    require_number(number, op);
    const double value = number.number();
    if (value < 0 || (value == 0 && !zero_allowed)) {
        fail_expression(mongo, op, "is not defined for " + describe(number));
    }
    return value;
}

View sqrt(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    return evaluation.scratch().number(std::sqrt(require_sign(arguments[0], true, 28714, "$sqrt")));
}

View ln(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    return evaluation.scratch().number(std::log(require_sign(arguments[0], false, 28766, "$ln")));
}

View log10(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    return evaluation.scratch().number(std::log10(require_sign(arguments[0], false, 28761, "$log10")));
}

View log(Evaluation& evaluation, Arguments arguments) {
    const View number = arguments[0];
    const View base = arguments[1];
    if (is_nullish(number) || is_nullish(base)) return null_value();
    if (!number.is_number()) fail_expression(28756, "$log", "takes numbers, not " + describe(number));
    if (!base.is_number()) fail_expression(28757, "$log", "takes a number as its base, not " + describe(base));
    const double value = require_sign(number, false, 28758, "$log");
    const double base_value = base.number();
    if (base_value <= 0 || base_value == 1) {
        fail_expression(28759, "$log", "takes a positive base other than 1, not " + describe(base));
    }
    return evaluation.scratch().number(std::log(value) / std::log(base_value));
}

constexpr Function functions[] = {
    {"$abs", 1, 1, absolute},
    {"$add", 0, any_number, add},
    {"$divide", 2, 2, divide},
    {"$exp", 1, 1, exp},
    {"$ln", 1, 1, ln},
    {"$log", 2, 2, log},
    {"$log10", 1, 1, log10},
    {"$mod", 2, 2, mod},
    {"$multiply", 0, any_number, multiply},
    {"$sqrt", 1, 1, sqrt},
    {"$subtract", 2, 2, subtract},
};

View sigmoid(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    if (!arguments[0].is_number()) refuse_type(arguments[0], "$sigmoid", "a number");
    return evaluation.scratch().number(1 / (1 + std::exp(-arguments[0].number())));
}

// A form because [5] is an array here, not a list of one argument.
ExpressionPtr parse_sigmoid(View operand, ExpressionParser& parser, std::string_view) {
    static constexpr Function function{"$sigmoid", 1, 1, sigmoid};
    Expressions arguments;
    arguments.push_back(parser.parse(operand));
    const bool constant = all_constant(arguments);
    return parser.folded(make_call(function, std::move(arguments)), constant);
}

constexpr Form forms[] = {{"$sigmoid", parse_sigmoid}};

}  // namespace

void require_number(View value, std::string_view op) {
    if (!value.is_number()) fail_expression(28765, op, "takes a number, not " + describe(value));
}

void refuse_type(View value, std::string_view op, std::string_view wanted) {
    fail(Code::type_mismatch, std::string(op) + " takes " + std::string(wanted) + ", not " + describe(value), {}, op);
}

Family arithmetic_operators() {
    static const std::vector<Function> all = [] {
        std::vector<Function> joined(std::begin(functions), std::end(functions));
        for (const auto more :
             {power_functions(), rounding_functions(), trigonometry_functions(), bitwise_functions()}) {
            joined.insert(joined.end(), more.begin(), more.end());
        }
        return joined;
    }();
    return {all, forms};
}

}  // namespace sheaf::query
