// Operators that add to an array or take from it, but for $push: $addToSet, $pop, $pull, $pullAll.
#include <unordered_set>
#include <vector>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "query/filter/filter.hpp"
#include "query/operand.hpp"
#include "query/update/operators.hpp"

namespace sheaf::query {

namespace {

// Equal for equal values, 5 and 5.0 included.
Bytes key_of(const Value& value) {
    return encode_key(View(encode(value)));
}

Array& as_array(Value& value, int mongo, const Target& target) {
    if (!value.is_array()) refuse_value(mongo, target, value, "an array");
    return value.as_array();
}

class AddToSetAction final : public Action {
public:
    explicit AddToSetAction(Array values) {
        for (Value& value : values) {
            Bytes key = key_of(value);
            if (!wanted_.insert(key).second) continue;
            const std::size_t size = encode(value).size();
            values_.push_back({std::move(value), std::move(key), size});
        }
    }
    Missing missing() const override { return Missing::create; }
    Value created(const Target& target, Budget& budget) const override {
        Value array = Array();
        change(array, target, budget);
        return array;
    }

    Effect change(Value& value, const Target& target, Budget& budget) const override {
        Array& array = as_array(value, 2, target);
        std::unordered_set<Bytes> present;
        for (const Value& element : array) {
            Bytes key = key_of(element);
            if (wanted_.contains(key)) present.insert(std::move(key));
        }
        for (const Wanted& wanted : values_) {
            if (present.contains(wanted.key)) continue;
            budget.spend(wanted.size, target);
            array.push_back(wanted.value);
        }
        return Effect::keep;
    }

private:
    struct Wanted {
        Value value;
        Bytes key;
        std::size_t size;  // encoded
    };
    std::vector<Wanted> values_;        // distinct, in their order
    std::unordered_set<Bytes> wanted_;  // their keys
};

class PopAction final : public Action {
public:
    explicit PopAction(bool first) : first_(first) {}
    Missing missing() const override { return Missing::ignore; }
    Effect change(Value& value, const Target& target, Budget&) const override {
        Array& array = as_array(value, 14, target);
        if (!array.empty()) array.erase(first_ ? array.begin() : array.end() - 1);
        return Effect::keep;
    }

private:
    bool first_;
};

class PullAction final : public Action {
public:
    explicit PullAction(Filter condition) : condition_(std::move(condition)) {}
    Missing missing() const override { return Missing::permit; }

    Effect change(Value& value, const Target& target, Budget&) const override {
        Bytes bytes;
        std::erase_if(as_array(value, 2, target), [&](const Value& element) {
            bytes.clear();
            Encoder(bytes).value(element);
            return condition_.matches_value(View(bytes));
        });
        return Effect::keep;
    }

private:
    Filter condition_;
};

class PullAllAction final : public Action {
public:
    explicit PullAllAction(const Array& values) {
        for (const Value& value : values) unwanted_.insert(key_of(value));
    }
    Missing missing() const override { return Missing::permit; }
    Effect change(Value& value, const Target& target, Budget&) const override {
        std::erase_if(as_array(value, 2, target),
                      [&](const Value& element) { return unwanted_.contains(key_of(element)); });
        return Effect::keep;
    }

private:
    std::unordered_set<Bytes> unwanted_;
};

}  // namespace

// An object whose first key is $each names the values; any other is a value itself.
ActionPtr parse_add_to_set(View operand, const Target& target, const Settings&) {
    const bool each = operand.is_object() && operand.size() > 0 && (*operand.members().begin()).key == "$each";
    if (!each) return std::make_unique<AddToSetAction>(Array{operand.to_value()});
    const View values = operand["$each"];
    if (!values.is_array()) {
        refuse(Code::type_mismatch, 14, target, "$each needs an array, not " + with_article(values.type()));
    }
    if (operand.size() > 1) refuse(Code::invalid_update, 2, target, "nothing may stand beside $each");
    return std::make_unique<AddToSetAction>(std::move(values.to_value().as_array()));
}

ActionPtr parse_pop(View operand, const Target& target, const Settings&) {
    const double end = operand.is_number() ? operand.number() : 0;
    if (end != 1 && end != -1) {
        refuse(Code::invalid_update, 9, target,
               "the operand is " + describe(operand) + ", not 1 (the last element) or -1 (the first)");
    }
    return std::make_unique<PopAction>(end == -1);
}

ActionPtr parse_pull(View operand, const Target& target, const Settings& settings) {
    try {
        return std::make_unique<PullAction>(Filter::parse_condition(operand, target.path, settings));
    } catch (const Error& error) {
        throw error.with_context(std::string(target.op) + " at " + std::string(target.path) + ": ");
    }
}

ActionPtr parse_pull_all(View operand, const Target& target, const Settings&) {
    if (!operand.is_array()) {
        refuse(Code::invalid_update, 2, target,
               "the operand is an array of values, not " + with_article(operand.type()));
    }
    return std::make_unique<PullAllAction>(operand.to_value().as_array());
}

}  // namespace sheaf::query
