// $inc, $mul and $bit. MongoDB's widths: int with int is an int, or a long where 32 bits do not hold it; a long makes a
// long, a double a double; what 64 bits do not hold is refused.
#include <vector>

#include "query/operand.hpp"
#include "query/update/operators.hpp"

namespace sheaf::query {

namespace {

struct Arithmetic {
    std::string_view word;
    bool (*integers)(std::int64_t, std::int64_t, std::int64_t&);  // whether they overflow
    double (*numbers)(double, double);
};

constexpr Arithmetic addition{
    "adding",
    [](std::int64_t a, std::int64_t b, std::int64_t& sum) { return __builtin_add_overflow(a, b, &sum); },
    [](double a, double b) { return a + b; },
};

constexpr Arithmetic multiplication{
    "multiplying by",
    [](std::int64_t a, std::int64_t b, std::int64_t& product) { return __builtin_mul_overflow(a, b, &product); },
    [](double a, double b) { return a * b; },
};

class ArithmeticAction final : public Action {
public:
    ArithmeticAction(const Arithmetic& arithmetic, Value operand, Value created)
        : arithmetic_(arithmetic), operand_(std::move(operand)), created_(std::move(created)) {}
    Missing missing() const override { return Missing::create; }
    Value created(const Target&, Budget&) const override { return created_; }

    Effect change(Value& value, const Target& target, Budget&) const override {
        const Type type = value.type();
        if (type != Type::integer && type != Type::number) refuse_value(14, target, value, "a number");
        if (type == Type::integer && operand_.type() == Type::integer) {
            value = of_integers(value.as_integer(), operand_.as_integer(), target);
        } else {
            value = arithmetic_.numbers(value.as_number(), operand_.as_number());
        }
        return Effect::keep;
    }

private:
    Integer of_integers(Integer a, Integer b, const Target& target) const {
        Integer result{0, a.is_long() || b.is_long()};
        if (!arithmetic_.integers(a.value, b.value, result.value)) return result;
        refuse(Code::type_mismatch, 2, target,
               std::string(arithmetic_.word) + " " + std::to_string(b.value) + ": the value " +
                   std::to_string(a.value) + " overflows 64 bits");
    }

    const Arithmetic& arithmetic_;
    Value operand_;
    Value created_;
};

void check_number(View operand, const Target& target) {
    if (operand.is_number()) return;
    refuse(Code::type_mismatch, 14, target, "the amount is " + describe(operand) + ", not a number");
}

enum class BitOperation { and_, or_, xor_ };

class BitAction final : public Action {
public:
    struct Step {
        BitOperation operation;
        Integer mask;
    };

    explicit BitAction(std::vector<Step> steps) : steps_(std::move(steps)) {}
    Missing missing() const override { return Missing::create; }
    Value created(const Target&, Budget&) const override { return applied({}); }
    Effect change(Value& value, const Target& target, Budget&) const override {
        if (value.type() != Type::integer) refuse_value(2, target, value, "an integer");
        value = applied(value.as_integer());
        return Effect::keep;
    }

private:
    Integer applied(Integer value) const {
        for (const Step& step : steps_) {
            value.marked_long = value.is_long() || step.mask.is_long();
            switch (step.operation) {
                case BitOperation::and_:
                    value.value &= step.mask.value;
                    break;
                case BitOperation::or_:
                    value.value |= step.mask.value;
                    break;
                case BitOperation::xor_:
                    value.value ^= step.mask.value;
                    break;
            }
        }
        return value;
    }

    std::vector<Step> steps_;
};

BitOperation bit_operation(std::string_view name, const Target& target) {
    if (name == "and") return BitOperation::and_;
    if (name == "or") return BitOperation::or_;
    if (name == "xor") return BitOperation::xor_;
    refuse(Code::invalid_update, 2, target, "\"" + std::string(name) + "\" is not \"and\", \"or\" or \"xor\"");
}

}  // namespace

ActionPtr parse_inc(View operand, const Target& target, const Settings&) {
    check_number(operand, target);
    return std::make_unique<ArithmeticAction>(addition, operand.to_value(), operand.to_value());
}

ActionPtr parse_mul(View operand, const Target& target, const Settings&) {
    check_number(operand, target);
    const Value zero = operand.type() == Type::number ? Value(0.0) : Value(Integer{0, operand.is_long()});
    return std::make_unique<ArithmeticAction>(multiplication, operand.to_value(), zero);
}

ActionPtr parse_bit(View operand, const Target& target, const Settings&) {
    if (!operand.is_object() || operand.size() == 0) {
        refuse(Code::invalid_update, 2, target, "the operand is an object such as {\"and\": 7}");
    }
    std::vector<BitAction::Step> steps;
    for (const auto& [name, mask] : operand.members()) {
        const BitOperation operation = bit_operation(name, target);
        if (mask.type() != Type::integer) {
            refuse(Code::invalid_update, 2, target,
                   "the mask of \"" + std::string(name) + "\" is " + describe(mask) + ", not an integer");
        }
        steps.push_back({operation, mask.to_value().as_integer()});
    }
    return std::make_unique<BitAction>(std::move(steps));
}

}  // namespace sheaf::query
