// Operators that put, remove or compare a field: $set, $setOnInsert, $unset, $min, $max, $currentDate.
#include "document/encoder.hpp"
#include "query/operand.hpp"
#include "query/update/operators.hpp"

namespace sheaf::query {

namespace {

class SetAction final : public Action {
public:
    explicit SetAction(Value value) : value_(std::move(value)), bytes_(encode(value_).size()) {}
    Missing missing() const override { return Missing::create; }
    Value created(const Target& target, Budget& budget) const override {
        budget.spend(bytes_, target);
        return value_;
    }
    Effect change(Value& value, const Target& target, Budget& budget) const override {
        value = created(target, budget);
        return Effect::keep;
    }

private:
    Value value_;
    std::size_t bytes_;
};

class UnsetAction final : public Action {
public:
    Missing missing() const override { return Missing::permit; }
    Effect change(Value&, const Target&, Budget&) const override { return Effect::remove; }
};

// $min and $max: puts the value where it comes before, or after, the one that is there.
class ExtremeAction final : public Action {
public:
    ExtremeAction(Value value, bool smallest)
        : value_(std::move(value)), encoded_(encode(value_)), smallest_(smallest) {}
    Missing missing() const override { return Missing::create; }
    Value created(const Target& target, Budget& budget) const override {
        budget.spend(encoded_.size(), target);
        return value_;
    }
    Effect change(Value& value, const Target& target, Budget& budget) const override {
        const Bytes present = encode(value);
        const auto order = compare(View(encoded_), View(present));
        if (smallest_ ? order < 0 : order > 0) value = created(target, budget);
        return Effect::keep;
    }

private:
    Value value_;
    Bytes encoded_;
    bool smallest_;
};

}  // namespace

ActionPtr make_set(Value value) {
    return std::make_unique<SetAction>(std::move(value));
}

ActionPtr parse_set(View operand, const Target&, const Settings&) {
    return make_set(operand.to_value());
}

ActionPtr parse_unset(View, const Target&, const Settings&) {
    return std::make_unique<UnsetAction>();
}

ActionPtr parse_min(View operand, const Target&, const Settings&) {
    return std::make_unique<ExtremeAction>(operand.to_value(), true);
}

ActionPtr parse_max(View operand, const Target&, const Settings&) {
    return std::make_unique<ExtremeAction>(operand.to_value(), false);
}

// MongoDB takes false like true.
ActionPtr parse_current_date(View operand, const Target& target, const Settings& settings) {
    if (operand.is_object()) {
        const View type = operand["$type"];
        const bool named = operand.size() == 1 && type.type() == Type::string;
        if (named && type.string() == "timestamp") {
            refuse(Code::unsupported, 0, target, "there is no type timestamp in sheaf; use {\"$type\": \"date\"}");
        }
        if (!named || type.string() != "date") {
            refuse(Code::invalid_update, 2, target, "the operand is true or {\"$type\": \"date\"}");
        }
    } else if (operand.type() != Type::boolean) {
        refuse(Code::invalid_update, 2, target,
               "the operand is true or {\"$type\": \"date\"}, not " + with_article(operand.type()));
    }
    if (settings.bindings == nullptr) refuse(Code::invalid_update, 0, target, "the time is not known here");
    return make_set(settings.bindings->now);
}

}  // namespace sheaf::query
