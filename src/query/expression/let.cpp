#include "query/expression/let.hpp"

#include "query/expression/expression.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

Bindings make_bindings(const Document& let, DateTime now, const Limits& limits) {
    check_size(let, "let", limits);
    Bindings bindings{.now = now};
    for (const auto& [name, operand] : let.view().members()) {
        ExpressionParser parser(Settings(limits, &bindings));
        { ExpressionParser::Scope(parser).define(name); }  // checks the name
        Evaluation evaluation(limits, View());
        const View value = parser.parse(operand)->evaluate(evaluation);
        bindings.variables.emplace_back(name, value ? value.encoded() : null_value().encoded());
    }
    return bindings;
}

}  // namespace sheaf::query
