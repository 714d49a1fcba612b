#include "query/expression/conditional.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "query/expression/named_arguments.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// $and (decided by the first false operand) and $or (by the first true one).
class Decision final : public Expression {
public:
    Decision(Expressions operands, bool deciding) : operands_(std::move(operands)), deciding_(deciding) {}
    View evaluate(Evaluation& evaluation) const override {
        for (const ExpressionPtr& operand : operands_) {
            evaluation.charge(1);
            if (is_true(operand->evaluate(evaluation)) == deciding_) return boolean_value(deciding_);
        }
        return boolean_value(!deciding_);
    }

private:
    Expressions operands_;
    bool deciding_;
};

ExpressionPtr parse_decision(View operand, ExpressionParser& parser, bool deciding) {
    Expressions operands = parser.parse_arguments(operand);
    const bool constant = all_constant(operands);
    return parser.folded(std::make_unique<Decision>(std::move(operands), deciding), constant);
}

ExpressionPtr parse_and(View operand, ExpressionParser& parser, std::string_view) {
    return parse_decision(operand, parser, false);
}

ExpressionPtr parse_or(View operand, ExpressionParser& parser, std::string_view) {
    return parse_decision(operand, parser, true);
}

// The first operand that is neither missing nor null; the last one as it is.
class IfNull final : public Expression {
public:
    explicit IfNull(Expressions operands) : operands_(std::move(operands)) {}
    View evaluate(Evaluation& evaluation) const override {
        View value;
        for (const ExpressionPtr& operand : operands_) {
            evaluation.charge(1);
            value = operand->evaluate(evaluation);
            if (!is_nullish(value)) break;
        }
        return value;
    }

private:
    Expressions operands_;
};

ExpressionPtr parse_if_null(View operand, ExpressionParser& parser, std::string_view op) {
    Expressions operands = parser.parse_arguments(operand);
    if (operands.size() < 2) {
        fail_expression(1257300, op, "takes at least 2 arguments, not " + std::to_string(operands.size()));
    }
    const bool constant = all_constant(operands);
    return parser.folded(std::make_unique<IfNull>(std::move(operands)), constant);
}

struct Branch {
    ExpressionPtr condition;
    ExpressionPtr value;
};

// $switch, and $cond with its one branch.
class Switch final : public Expression {
public:
    // `otherwise` may be null: then it is an error that no condition holds.
    Switch(std::vector<Branch> branches, ExpressionPtr otherwise)
        : branches_(std::move(branches)), otherwise_(std::move(otherwise)) {}
    View evaluate(Evaluation& evaluation) const override {
        for (const Branch& branch : branches_) {
            evaluation.charge(1);
            if (is_true(branch.condition->evaluate(evaluation))) return branch.value->evaluate(evaluation);
        }
        if (otherwise_ != nullptr) return otherwise_->evaluate(evaluation);
        fail_expression(all_constant() ? 40069 : 40066, "$switch", "has no default and no branch whose case is true");
    }

private:
    bool all_constant() const {
        return std::all_of(branches_.begin(), branches_.end(),
                           [](const Branch& branch) { return branch.condition->constant().has_value(); });
    }

    std::vector<Branch> branches_;
    ExpressionPtr otherwise_;
};

// What is known about a condition before there is a document.
bool is_known(const Expression& condition, bool truth) {
    const std::optional<View> value = condition.constant();
    return value && is_true(*value) == truth;
}

Branch parse_branch(View condition, View value, ExpressionParser& parser) {
    Branch branch{parser.parse(condition), nullptr};
    const ExpressionParser::Leniency leniency(parser, is_known(*branch.condition, false));
    branch.value = parser.parse(value);
    return branch;
}

std::vector<View> condition_parts(View operand, std::string_view op) {
    if (operand.is_object()) {
        constexpr NamedArgument names[] = {{"if", 17080}, {"then", 17081}, {"else", 17082}};
        return NamedArguments{names, 0, 17083}.read(operand, op);
    }
    std::vector<View> parts;
    if (operand.is_array()) {
        for (const View part : operand.elements()) parts.push_back(part);
    } else {
        parts.push_back(operand);
    }
    constexpr std::size_t expected = 3;
    if (parts.size() != expected) {
        fail_expression(16020, op, "takes 3 arguments, not " + std::to_string(parts.size()));
    }
    return parts;
}

ExpressionPtr parse_condition(View operand, ExpressionParser& parser, std::string_view op) {
    const std::vector<View> parts = condition_parts(operand, op);
    std::vector<Branch> branches;
    branches.push_back(parse_branch(parts[0], parts[1], parser));
    const ExpressionParser::Leniency leniency(parser, is_known(*branches.front().condition, true));
    return std::make_unique<Switch>(std::move(branches), parser.parse(parts[2]));
}

std::vector<Branch> parse_branches(View branches, ExpressionParser& parser, std::string_view op) {
    if (!branches.is_array()) fail_expression(40061, op, "takes an array as branches, not " + describe(branches));
    constexpr NamedArgument names[] = {{"case", 40064}, {"then", 40065}};
    std::vector<Branch> parsed;
    bool decided = false;
    for (const View branch : branches.elements()) {
        const std::vector<View> parts = NamedArguments{names, 40062, 40063}.read(branch, op);
        const ExpressionParser::Leniency leniency(parser, decided);
        parsed.push_back(parse_branch(parts[0], parts[1], parser));
        decided = decided || is_known(*parsed.back().condition, true);
    }
    return parsed;
}

ExpressionPtr parse_switch(View operand, ExpressionParser& parser, std::string_view op) {
    constexpr NamedArgument names[] = {{"branches"}, {"default"}};
    const std::vector<View> parts = NamedArguments{names, 40060, 40067}.read(operand, op);
    std::vector<Branch> branches;
    if (parts[0]) branches = parse_branches(parts[0], parser, op);
    if (branches.empty()) fail_expression(40068, op, "needs at least one branch");
    return std::make_unique<Switch>(std::move(branches), parts[1] ? parser.parse(parts[1]) : nullptr);
}

constexpr Form forms[] = {
    {"$and", parse_and}, {"$cond", parse_condition}, {"$ifNull", parse_if_null},
    {"$or", parse_or},   {"$switch", parse_switch},
};

}  // namespace

std::span<const Form> conditional_forms() {
    return forms;
}

}  // namespace sheaf::query
