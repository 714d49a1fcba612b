#include "query/expression/expression.hpp"
#include "query/filter/field_operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// {"$expr": expression}
class ExprNode final : public FilterNode {
public:
    ExprNode(ExpressionPtr expression, bool reads_system_fields, const Limits& limits)
        : expression_(std::move(expression)), reads_system_fields_(reads_system_fields), limits_(limits) {}
    bool matches(const Subject& subject) const override {
        // Without the system fields their names are fields like any other.
        Evaluation evaluation(limits_, subject.document, reads_system_fields_ ? &subject.system : nullptr);
        return is_true(expression_->evaluate(evaluation));
    }
    bool reads_system_fields() const override { return reads_system_fields_; }

private:
    ExpressionPtr expression_;
    bool reads_system_fields_;
    Limits limits_;
};

}  // namespace

NodePtr parse_expr(View operand, const FilterContext& context) {
    ExpressionParser parser(context.settings);
    ExpressionPtr expression = parser.parse(operand);
    if (const auto constant = expression->constant()) return std::make_unique<ConstantNode>(is_true(*constant));
    const bool reads_system_fields = context.has_system_fields && parser.reads_system_fields();
    return std::make_unique<ExprNode>(std::move(expression), reads_system_fields, context.limits());
}

}  // namespace sheaf::query
