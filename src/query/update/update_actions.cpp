#include "query/update/update_actions.hpp"

#include <algorithm>
#include <iterator>

#include "document/encoder.hpp"
#include "query/filter/filter.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

[[noreturn]] void refuse(Code code, const Target& target, std::string_view message) {
    fail(code, std::string(target.op) + " at " + std::string(target.path) + ": " + std::string(message), target.path,
         target.op);
}

[[noreturn]] void refuse_value(const Target& target, const Value& value, std::string_view wanted) {
    const Bytes bytes = encode(value);
    refuse(Code::type_mismatch, target, "the value is " + describe(View(bytes)) + ", not " + std::string(wanted));
}

class SetAction final : public Action {
public:
    explicit SetAction(Value value) : value_(std::move(value)) {}
    Missing missing() const override { return Missing::create; }
    Value created() const override { return value_; }
    Effect change(Value& value, const Target&) const override {
        value = value_;
        return Effect::keep;
    }

private:
    Value value_;
};

class UnsetAction final : public Action {
public:
    Missing missing() const override { return Missing::permit; }
    Effect change(Value&, const Target&) const override { return Effect::remove; }
};

class IncAction final : public Action {
public:
    explicit IncAction(Value amount) : amount_(std::move(amount)) {}
    Missing missing() const override { return Missing::create; }
    Value created() const override { return amount_; }

    Effect change(Value& value, const Target& target) const override {
        const Type type = value.type();
        if (type != Type::integer && type != Type::number) refuse_value(target, value, "a number");
        if (type == Type::integer && amount_.type() == Type::integer) {
            value = add(value.as_integer(), amount_.as_integer(), target);
        } else {
            value = value.as_number() + amount_.as_number();
        }
        return Effect::keep;
    }

private:
    static Integer add(Integer a, Integer b, const Target& target) {
        Integer sum{0, a.is_long() || b.is_long()};
        if (!__builtin_add_overflow(a.value, b.value, &sum.value)) return sum;
        refuse(Code::type_mismatch, target,
               "adding " + std::to_string(b.value) + " to " + std::to_string(a.value) + " overflows 64 bits");
    }

    Value amount_;
};

class PushAction final : public Action {
public:
    explicit PushAction(Array values) : values_(std::move(values)) {}
    Missing missing() const override { return Missing::create; }
    Value created() const override { return values_; }

    Effect change(Value& value, const Target& target) const override {
        if (!value.is_array()) refuse_value(target, value, "an array");
        Array& array = value.as_array();
        array.insert(array.end(), values_.begin(), values_.end());
        return Effect::keep;
    }

private:
    Array values_;
};

class PullAction final : public Action {
public:
    explicit PullAction(Filter condition) : condition_(std::move(condition)) {}
    Missing missing() const override { return Missing::ignore; }

    Effect change(Value& value, const Target& target) const override {
        if (!value.is_array()) refuse_value(target, value, "an array");
        Bytes bytes;
        std::erase_if(value.as_array(), [&](const Value& element) {
            bytes.clear();
            Encoder(bytes).value(element);
            return condition_.matches_value(View(bytes));
        });
        return Effect::keep;
    }

private:
    Filter condition_;
};

// The values of {"$each": [...]}. The other modifiers have a meaning beside $each only, as in MongoDB.
Array parse_each(View operand, const Target& target) {
    for (const auto& [key, value] : operand.members()) {
        if (key == "$each") continue;
        const std::string name(key);
        const bool known = key == "$position" || key == "$slice" || key == "$sort";
        refuse(Code::invalid_update, target,
               known ? "the modifier " + name + " is not supported yet"
                     : "unknown modifier \"" + name + "\" beside $each");
    }
    const View values = operand["$each"];
    if (!values.is_array()) {
        refuse(Code::invalid_update, target, "$each needs an array, not " + with_article(values.type()));
    }
    return std::move(values.to_value().as_array());
}

}  // namespace

std::unique_ptr<Action> make_set(Value value) {
    return std::make_unique<SetAction>(std::move(value));
}

std::unique_ptr<Action> parse_set(View operand, const Target&, const Limits&) {
    return make_set(operand.to_value());
}

std::unique_ptr<Action> parse_unset(View, const Target&, const Limits&) {
    return std::make_unique<UnsetAction>();
}

std::unique_ptr<Action> parse_inc(View operand, const Target& target, const Limits&) {
    if (!operand.is_number())
        refuse(Code::type_mismatch, target, "the amount is " + describe(operand) + ", not a number");
    return std::make_unique<IncAction>(operand.to_value());
}

std::unique_ptr<Action> parse_push(View operand, const Target& target, const Limits&) {
    if (operand["$each"]) return std::make_unique<PushAction>(parse_each(operand, target));
    return std::make_unique<PushAction>(Array{operand.to_value()});
}

std::unique_ptr<Action> parse_pull(View operand, const Target& target, const Limits& limits) {
    try {
        return std::make_unique<PullAction>(Filter::parse_condition(operand, target.path, limits));
    } catch (const Error& error) {
        throw error.with_context(std::string(target.op) + " at " + std::string(target.path) + ": ");
    }
}

}  // namespace sheaf::query
