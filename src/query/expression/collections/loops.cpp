#include <string>
#include <utility>
#include <vector>

#include "document/depth.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/numbers/whole_number.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// Variables hold no more levels than a document, so that values cannot be wrapped without end by using variables in
// the definition of others. What lies in the document has been checked when it was stored.
void check_depth(Evaluation& evaluation, View value, std::string_view op) {
    if (!value.is_array() && !value.is_object()) return;
    const View root = evaluation.root();
    if (root.data() <= value.data() && value.data() < root.limit()) return;
    evaluation.charge_walk(value);
    const std::size_t limit = evaluation.limits().depth;
    if (depth_of(value) <= limit) return;
    fail(Code::limit_exceeded,
         "a variable of " + std::string(op) + " nests deeper than " + std::to_string(limit) + " levels", {}, op);
}

// The array that a loop runs over; missing where the loop's value is null.
View loop_input(const Expression& input, Evaluation& evaluation, int not_an_array, std::string_view op) {
    const View array = input.evaluate(evaluation);
    if (is_nullish(array)) return View();
    if (!array.is_array()) fail_expression(not_an_array, op, "loops over an array, not " + describe(array));
    evaluation.charge_walk(array);
    check_depth(evaluation, array, op);
    return array;
}

std::string_view variable_name(View name, std::string_view op) {
    if (!name) return "this";
    if (name.type() == Type::string) return name.string();
    fail_expression(9, op, "takes the name of a variable in \"as\", not " + describe(name));
}

struct Variable {
    std::size_t slot;
    ExpressionPtr value;
};

class Let final : public Expression {
public:
    Let(std::vector<Variable> variables, ExpressionPtr in) : variables_(std::move(variables)), in_(std::move(in)) {}
    View evaluate(Evaluation& evaluation) const override {
        for (const Variable& variable : variables_) {
            const View value = variable.value->evaluate(evaluation);
            if (!variable.value->constant()) check_depth(evaluation, value, "$let");
            evaluation.set_slot(variable.slot, value);
        }
        return in_->evaluate(evaluation);
    }

private:
    std::vector<Variable> variables_;
    ExpressionPtr in_;
};

class Map final : public Expression {
public:
    Map(ExpressionPtr input, std::size_t slot, ExpressionPtr in)
        : input_(std::move(input)), slot_(slot), in_(std::move(in)) {}
    View evaluate(Evaluation& evaluation) const override {
        const View input = loop_input(*input_, evaluation, 16883, "$map");
        if (!input) return null_value();
        ArrayBuilder mapped(evaluation.scratch());
        Scratch turn(mapped.left());
        for (const View element : input.elements()) {
            evaluation.charge(1);
            evaluation.set_slot(slot_, element);
            const Evaluation::Elsewhere elsewhere(evaluation, turn);
            mapped.add(in_->evaluate(evaluation));
            turn.reset(mapped.left());
        }
        return mapped.finish();
    }

private:
    ExpressionPtr input_;
    std::size_t slot_;
    ExpressionPtr in_;
};

class Filter final : public Expression {
public:
    Filter(ExpressionPtr input, std::size_t slot, ExpressionPtr condition, ExpressionPtr limit)
        : input_(std::move(input)), slot_(slot), condition_(std::move(condition)), limit_(std::move(limit)) {}
    View evaluate(Evaluation& evaluation) const override {
        const View input = loop_input(*input_, evaluation, 28651, "$filter");
        if (!input) return null_value();
        std::size_t wanted = limit(evaluation);
        ArrayBuilder kept(evaluation.scratch());
        Scratch turn(kept.left());
        for (const View element : input.elements()) {
            evaluation.charge(1);
            evaluation.set_slot(slot_, element);
            const Evaluation::Elsewhere elsewhere(evaluation, turn);
            if (is_true(condition_->evaluate(evaluation))) {
                kept.add(element);
                if (--wanted == 0) break;
            }
            turn.reset(kept.left());
        }
        return kept.finish();
    }

private:
    std::size_t limit(Evaluation& evaluation) const {
        if (!limit_) return SIZE_MAX;
        const View limit = limit_->evaluate(evaluation);
        if (is_nullish(limit)) return SIZE_MAX;
        const std::optional<std::int32_t> count = whole_number(limit);
        if (!count) fail_expression(327391, "$filter", "takes a 32-bit integer as limit, not " + describe(limit));
        if (*count <= 0) fail_expression(327392, "$filter", "takes a positive limit, not " + describe(limit));
        return static_cast<std::size_t>(*count);
    }

    ExpressionPtr input_;
    std::size_t slot_;
    ExpressionPtr condition_;
    ExpressionPtr limit_;  // null: none
};

// The value so far and the next one are made in two memories in turn, so that those before them do not pile up.
class Reduce final : public Expression {
public:
    Reduce(ExpressionPtr input, ExpressionPtr initial, std::size_t this_slot, std::size_t value_slot, ExpressionPtr in)
        : input_(std::move(input)),
          initial_(std::move(initial)),
          this_slot_(this_slot),
          value_slot_(value_slot),
          in_(std::move(in)) {}
    View evaluate(Evaluation& evaluation) const override {
        const View input = loop_input(*input_, evaluation, 40080, "$reduce");
        if (!input) return null_value();
        View value = initial_->evaluate(evaluation);
        Scratch& outside = evaluation.scratch();
        const std::size_t limit = outside.left();
        Scratch memories[] = {Scratch(limit), Scratch(limit)};
        Scratch* current = &memories[0];
        Scratch* next = &memories[1];
        for (const View element : input.elements()) {
            evaluation.charge(1);
            check_depth(evaluation, value, "$reduce");
            evaluation.set_slot(this_slot_, element);
            evaluation.set_slot(value_slot_, value);
            next->reset(limit - current->used());
            const Evaluation::Elsewhere elsewhere(evaluation, *next);
            value = in_->evaluate(evaluation);
            if (current->holds(value)) value = next->copy(value);
            std::swap(current, next);
        }
        return current->holds(value) ? outside.copy(value) : value;
    }

private:
    ExpressionPtr input_;
    ExpressionPtr initial_;
    std::size_t this_slot_;
    std::size_t value_slot_;
    ExpressionPtr in_;
};

constexpr NamedArgument let_names[] = {{"vars", 16876}, {"in", 16877}};
constexpr NamedArguments let_arguments{let_names, 16874, 16875};

ExpressionPtr parse_let(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = let_arguments.read(operand, name);
    const View definitions = arguments[0];
    // An array stands for an object with the names 0, 1 ..., which variables cannot have.
    if (definitions.is_array() && definitions.size() > 0) fail_expression(9, name, "has a variable named \"0\"");
    if (!definitions.is_array() && !definitions.is_object()) {
        fail_expression(10065, name, "takes an object of variables, not " + describe(definitions));
    }
    std::vector<Variable> variables;
    std::vector<std::string_view> names;
    if (definitions.is_object()) {
        for (const auto& [variable, value] : definitions.members()) {
            names.push_back(variable);
            variables.push_back({0, parser.parse(value)});
        }
    }
    ExpressionParser::Scope scope(parser);
    for (std::size_t i = 0; i < names.size(); ++i) variables[i].slot = scope.define(names[i]);
    return std::make_unique<Let>(std::move(variables), parser.parse(arguments[1]));
}

constexpr NamedArgument map_names[] = {{"input", 16880}, {"as"}, {"in", 16882}};
constexpr NamedArguments map_arguments{map_names, 16878, 16879};

ExpressionPtr parse_map(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = map_arguments.read(operand, name);
    ExpressionPtr input = parser.parse(arguments[0]);
    ExpressionParser::Scope scope(parser);
    const std::size_t slot = scope.define(variable_name(arguments[1], name));
    return std::make_unique<Map>(std::move(input), slot, parser.parse(arguments[2]));
}

constexpr NamedArgument filter_names[] = {{"input", 28648}, {"as"}, {"cond", 28650}, {"limit"}};
constexpr NamedArguments filter_arguments{filter_names, 28646, 28647};

ExpressionPtr parse_filter(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = filter_arguments.read(operand, name);
    ExpressionPtr input = parser.parse(arguments[0]);
    ExpressionPtr limit = arguments[3] ? parser.parse(arguments[3]) : nullptr;
    ExpressionParser::Scope scope(parser);
    const std::size_t slot = scope.define(variable_name(arguments[1], name));
    return std::make_unique<Filter>(std::move(input), slot, parser.parse(arguments[2]), std::move(limit));
}

constexpr NamedArgument reduce_names[] = {{"input", 40077}, {"initialValue", 40078}, {"in", 40079}};
constexpr NamedArguments reduce_arguments{reduce_names, 40075, 40076};

ExpressionPtr parse_reduce(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = reduce_arguments.read(operand, name);
    ExpressionPtr input = parser.parse(arguments[0]);
    ExpressionPtr initial = parser.parse(arguments[1]);
    ExpressionParser::Scope scope(parser);
    const std::size_t element = scope.define("this");
    const std::size_t value = scope.define("value");
    return std::make_unique<Reduce>(std::move(input), std::move(initial), element, value, parser.parse(arguments[2]));
}

constexpr Form forms[] = {
    {"$filter", parse_filter},
    {"$let", parse_let},
    {"$map", parse_map},
    {"$reduce", parse_reduce},
};

}  // namespace

Family loop_operators() {
    return {{}, forms};
}

}  // namespace sheaf::query
