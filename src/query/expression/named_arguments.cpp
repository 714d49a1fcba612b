#include "query/expression/named_arguments.hpp"

#include <algorithm>

#include "query/operand.hpp"

namespace sheaf::query {

std::vector<View> NamedArguments::read(View operand, std::string_view op) const {
    if (!operand.is_object()) {
        fail_expression(not_an_object, op, "takes an object with named arguments, not " + describe(operand));
    }
    std::vector<View> operands(names.size());
    for (const auto& [key, value] : operand.members()) {
        const auto same = [name = key](const NamedArgument& argument) { return argument.name == name; };
        const auto found = std::find_if(names.begin(), names.end(), same);
        if (found == names.end()) {
            fail_expression(unknown_name, op, "has no argument named \"" + std::string(key) + "\"");
        }
        operands[static_cast<std::size_t>(found - names.begin())] = value;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (operands[i] || names[i].when_absent == 0) continue;
        fail_expression(names[i].when_absent, op, "needs the argument \"" + std::string(names[i].name) + "\"");
    }
    return operands;
}

Expressions NamedArguments::parse(View operand, ExpressionParser& parser, std::string_view op) const {
    std::vector<View> operands = read(operand, op);
    while (!operands.empty() && !operands.back()) operands.pop_back();
    Expressions parsed;
    parsed.reserve(operands.size());
    for (const View argument : operands) parsed.push_back(argument ? parser.parse(argument) : nullptr);
    return parsed;
}

bool all_constant(std::span<const ExpressionPtr> arguments) {
    return std::all_of(arguments.begin(), arguments.end(), [](const ExpressionPtr& argument) {
        return argument == nullptr || argument->constant().has_value();
    });
}

}  // namespace sheaf::query
