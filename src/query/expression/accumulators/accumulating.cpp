// The accumulators as expressions: of their arguments, or of the elements of an array that is the only argument.
#include <string>

#include "query/expression/accumulators/accumulators.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

View accumulated(Accumulator& accumulator, View array, Evaluation& evaluation) {
    evaluation.charge(array.size());
    for (const View element : array.elements()) accumulator.add(element);
    return accumulator.result(evaluation.scratch());
}

ExpressionPtr called(const Function& function, Expressions arguments, ExpressionParser& parser) {
    const bool constant = all_constant(arguments);
    return parser.folded(make_call(function, std::move(arguments)), constant);
}

template <MakeAccumulator make>
View accumulate(Evaluation& evaluation, Arguments arguments) {
    const AccumulatorPtr accumulator = make({});
    if (arguments.size() == 1 && arguments[0].is_array()) return accumulated(*accumulator, arguments[0], evaluation);
    for (const View argument : arguments) accumulator->add(argument);
    return accumulator->result(evaluation.scratch());
}

View end_of(View array, std::string_view op, bool last) {
    if (is_nullish(array)) return null_value();
    if (!array.is_array()) fail_expression(28689, op, "takes an array, not " + describe(array));
    View found;
    for (const View element : array.elements()) {
        found = element;
        if (!last) break;
    }
    return found;
}

View first(Evaluation&, Arguments arguments) {
    return end_of(arguments[0], "$first", false);
}

View last(Evaluation&, Arguments arguments) {
    return end_of(arguments[0], "$last", true);
}

constexpr Function functions[] = {
    {"$avg", 0, any_number, accumulate<make_average>},
    {"$first", 1, 1, first},
    {"$last", 1, 1, last},
    {"$max", 0, any_number, accumulate<make_max>},
    {"$min", 0, any_number, accumulate<make_min>},
    {"$stdDevPop", 0, any_number, accumulate<make_population_deviation>},
    {"$stdDevSamp", 0, any_number, accumulate<make_sample_deviation>},
    {"$sum", 0, any_number, accumulate<make_sum>},
};

// $firstN and its kind: of the arguments n and input.
struct Selection {
    std::string_view op;
    MakeAccumulator make;
};
constexpr Selection first_n{"$firstN", make_first_n};
constexpr Selection last_n{"$lastN", make_last_n};
constexpr Selection max_n{"$maxN", make_max_n};
constexpr Selection min_n{"$minN", make_min_n};

template <const Selection& selection>
View select(Evaluation& evaluation, Arguments arguments) {
    const View n = arguments[0];
    const View array = arguments[1];
    if (!n.is_number() || !is_integral(n)) {
        fail_expression(5787902, selection.op, "takes an integer as n, not " + describe(n));
    }
    if (integral_value(n) <= 0) fail_expression(5787908, selection.op, "takes a positive n, not " + describe(n));
    if (is_nullish(array)) return null_value();
    if (!array.is_array()) fail_expression(5788200, selection.op, "takes an array, not " + describe(array));
    AccumulatorSettings settings;
    settings.n = static_cast<std::size_t>(integral_value(n));
    return accumulated(*selection.make(settings), array, evaluation);
}

template <const Selection& selection>
ExpressionPtr parse_selection(View operand, ExpressionParser& parser, std::string_view op) {
    static constexpr Function function{selection.op, 2, 2, select<selection>};
    constexpr NamedArgument names[] = {{"n", 5787906}, {"input", 5787907}};
    return called(function, NamedArguments{names, 5787900, 5787901}.parse(operand, parser, op), parser);
}

// An array's numbers, or the one number that is no array.
View percentile_of(const AccumulatorPtr& accumulator, View input, Evaluation& evaluation) {
    if (input.is_array()) return accumulated(*accumulator, input, evaluation);
    accumulator->add(input);
    return accumulator->result(evaluation.scratch());
}

View percentile(Evaluation& evaluation, Arguments arguments) {
    AccumulatorSettings settings;
    settings.probabilities = read_probabilities(arguments[1], "$percentile");
    return percentile_of(make_percentile(settings), arguments[0], evaluation);
}

View median(Evaluation& evaluation, Arguments arguments) {
    return percentile_of(make_median({}), arguments[0], evaluation);
}

ExpressionPtr parse_percentile(View operand, ExpressionParser& parser, std::string_view op) {
    static constexpr Function of_probabilities{"$percentile", 2, 2, percentile};
    static constexpr Function of_half{"$median", 1, 1, median};
    constexpr int absent = 40414;
    constexpr NamedArgument names[] = {{"input", absent}, {"method", absent}, {"p", absent}};
    const bool with_p = op == of_probabilities.name;
    const std::span<const NamedArgument> known(names, with_p ? 3 : 2);
    const std::vector<View> operands = NamedArguments{known, with_p ? 7436200 : 7436201, 40415}.read(operand, op);
    check_percentile_method(operands[1], op);
    Expressions arguments;
    arguments.push_back(parser.parse(operands[0]));
    if (!with_p) return called(of_half, std::move(arguments), parser);
    arguments.push_back(parser.parse(operands[2]));
    const auto probabilities = arguments.back()->constant();
    if (!probabilities) fail_expression(7750300, op, "takes a constant array as p");
    read_probabilities(*probabilities, op);
    return called(of_probabilities, std::move(arguments), parser);
}

constexpr Form forms[] = {
    {"$firstN", parse_selection<first_n>}, {"$lastN", parse_selection<last_n>}, {"$maxN", parse_selection<max_n>},
    {"$median", parse_percentile},         {"$minN", parse_selection<min_n>},   {"$percentile", parse_percentile},
};

}  // namespace

Family accumulating_operators() {
    return {functions, forms};
}

}  // namespace sheaf::query
