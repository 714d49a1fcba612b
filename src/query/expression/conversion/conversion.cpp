// $convert, its short forms, $type and $isNumber. What is converted to what is in conversion_targets.cpp.
#include "query/expression/conversion/conversion.hpp"

#include <algorithm>

#include <sheaf/error.hpp>

#include "query/expression/named_arguments.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr int bad_operand = 9;
constexpr int unknown_type = 2;

// $convert's "to", as it was evaluated: a type, or {type, subtype}.
struct To {
    View type;
    View subtype;
};

To read_to(View to, std::string_view op) {
    if (!to.is_object()) return {to, View()};
    To read;
    for (const auto& [key, value] : to.members()) {
        View* const member = key == "type" ? &read.type : key == "subtype" ? &read.subtype : nullptr;
        if (member == nullptr) fail_expression(bad_operand, op, "knows no \"" + std::string(key) + "\" in \"to\"");
        *member = value;
    }
    if (is_nullish(read.type)) fail_expression(bad_operand, op, "needs a type in \"to\"");
    return read;
}

const ConversionTarget& read_target(View type, std::string_view op) {
    if (type.type() == Type::string) {
        if (const ConversionTarget* target = find_conversion_target(type.string())) return *target;
        fail_expression(unknown_type, op, "knows no type " + describe(type));
    }
    if (type.is_number() && is_integral(type)) {
        if (const ConversionTarget* target = find_conversion_target(integral_value(type))) return *target;
    }
    fail_expression(bad_operand, op, "takes a type's name or number as \"to\", not " + describe(type));
}

enum Argument : std::size_t { input, to, on_error, on_null, format, byte_order };
constexpr NamedArgument names[] = {{"input", bad_operand}, {"to", bad_operand}, {"onError"}, {"onNull"}, {"format"},
                                   {"byteOrder"}};
constexpr NamedArguments named_arguments{names, bad_operand, bad_operand};

class Convert final : public Expression {
public:
    // `arguments` may end early, and those that are optional may be null.
    Convert(std::string_view op, Expressions arguments) : op_(op), arguments_(std::move(arguments)) {
        arguments_.resize(std::size(names));
    }

    View evaluate(Evaluation& evaluation) const override {
        const View value = arguments_[input]->evaluate(evaluation);
        const View wanted = arguments_[to]->evaluate(evaluation);
        const To read = is_nullish(wanted) ? To() : read_to(wanted, op_);
        const ConversionTarget* const target = is_nullish(wanted) ? nullptr : &read_target(read.type, op_);
        if (is_nullish(value)) return arguments_[on_null] ? arguments_[on_null]->evaluate(evaluation) : null_value();
        if (target == nullptr) return null_value();
        const Conversion conversion{
            evaluation.scratch(), op_, value, optional(format, evaluation), optional(byte_order, evaluation),
            read.subtype};
        try {
            return target->convert(conversion);
        } catch (const Error& error) {
            if (error.mongo_code() != conversion_failure || !arguments_[on_error]) throw;
        }
        return arguments_[on_error]->evaluate(evaluation);
    }

private:
    View optional(Argument which, Evaluation& evaluation) const {
        return arguments_[which] ? arguments_[which]->evaluate(evaluation) : View();
    }

    std::string_view op_;
    Expressions arguments_;
};

ExpressionPtr make_convert(ExpressionParser& parser, std::string_view op, Expressions arguments) {
    const bool constant = all_constant(arguments);
    return parser.folded(std::make_unique<Convert>(op, std::move(arguments)), constant);
}

ExpressionPtr parse_convert(View operand, ExpressionParser& parser, std::string_view op) {
    return make_convert(parser, op, named_arguments.parse(operand, parser, op));
}

// {$toInt: value}: a $convert whose target is known.
struct ShortForm {
    std::string_view name;
    std::string_view type;
    int subtype;
    std::string_view format;
};

constexpr ShortForm short_forms[] = {
    {"$toBool", "bool", 0, {}},         {"$toDate", "date", 0, {}},         {"$toDecimal", "decimal", 0, {}},
    {"$toDouble", "double", 0, {}},     {"$toInt", "int", 0, {}},           {"$toLong", "long", 0, {}},
    {"$toObjectId", "objectId", 0, {}}, {"$toString", "string", 0, "auto"}, {"$toUUID", "binData", 4, "uuid"},
};

ExpressionPtr parse_short_form(View operand, ExpressionParser& parser, std::string_view op) {
    const auto* const form = std::find_if(std::begin(short_forms), std::end(short_forms),
                                          [op](const ShortForm& candidate) { return candidate.name == op; });
    Expressions operands = parser.parse_arguments(operand);
    if (operands.size() != 1) fail_expression(50723, op, "takes one argument, not " + std::to_string(operands.size()));
    Scratch scratch(parser.settings().limits.expression_bytes);
    const MemberView target[] = {{"type", scratch.string(form->type)}, {"subtype", scratch.integer(form->subtype)}};
    Expressions arguments(std::size(names));
    arguments[input] = std::move(operands.front());
    arguments[to] = make_constant(scratch.object(target));
    if (!form->format.empty()) arguments[format] = make_constant(scratch.string(form->format));
    return make_convert(parser, op, std::move(arguments));
}

View type_of(Evaluation& evaluation, Arguments arguments) {
    return evaluation.scratch().string(type_name(arguments[0]));
}

View is_number(Evaluation&, Arguments arguments) {
    return boolean_value(arguments[0].is_number());
}

constexpr Function functions[] = {
    {"$isNumber", 1, 1, is_number},
    {"$type", 1, 1, type_of},
};

constexpr Form forms[] = {
    {"$convert", parse_convert},      {"$toBool", parse_short_form},     {"$toDate", parse_short_form},
    {"$toDecimal", parse_short_form}, {"$toDouble", parse_short_form},   {"$toInt", parse_short_form},
    {"$toLong", parse_short_form},    {"$toObjectId", parse_short_form}, {"$toString", parse_short_form},
    {"$toUUID", parse_short_form},
};

}  // namespace

Family conversion_operators() {
    return {functions, forms};
}

}  // namespace sheaf::query
