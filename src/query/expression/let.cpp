#include "query/expression/let.hpp"

#include "document/depth.hpp"
#include "query/expression/expression.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

void check_name(std::string_view name, const Limits& limits) {
    if (name == "NOW" || name == "CLUSTER_TIME") {
        fail_expression(4738901, "let", "cannot set $$" + std::string(name) + ", which the database does");
    }
    ExpressionParser parser(limits);
    ExpressionParser::Scope(parser).define(name);
}

}  // namespace

Bindings make_bindings(const Document& let, DateTime now, const Limits& limits) {
    check_size(let, "let", limits);
    Bindings bindings{.now = now};
    std::size_t bytes = 0;
    for (const auto& [name, operand] : let.view().members()) {
        check_name(name, limits);
        ExpressionParser parser(Settings(limits, &bindings));
        const ExpressionPtr parsed = parser.parse(operand);
        if (parser.reads_now()) fail_expression(51144, "let", "has no $$NOW for the variable " + std::string(name));
        if (parser.reads_document()) {
            fail_expression(4890500, "let", "has no document to look at for the variable " + std::string(name));
        }
        Evaluation evaluation(limits, View());
        const View evaluated = parsed->evaluate(evaluation);
        const View value = evaluated ? evaluated : null_value();
        require_within(value.encoded().size(), depth_of(value), limits);
        bytes += value.encoded().size();
        if (bytes > limits.expression_bytes) {
            fail(Code::limit_exceeded, "let makes more than " + std::to_string(limits.expression_bytes) + " bytes", {});
        }
        bindings.variables.emplace_back(name, value.encoded());
    }
    return bindings;
}

}  // namespace sheaf::query
