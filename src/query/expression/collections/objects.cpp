#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "document/encoder.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// The members of an object that is being made: a key that comes again replaces the value in its place.
class Members {
public:
    static constexpr std::size_t bytes_each = 100;  // of the list and the index of its keys

    void set(std::string_view key, View value) {
        const auto [place, is_new] = places_.try_emplace(key, members_.size());
        if (is_new) {
            members_.push_back({key, value});
        } else {
            members_[place->second].value = value;
        }
    }
    View finish(Scratch& scratch) const { return scratch.object(members_); }

private:
    std::vector<MemberView> members_;
    std::unordered_map<std::string_view, std::size_t> places_;
};

void merge_into(Members& merged, View object, Evaluation& evaluation) {
    if (is_nullish(object)) return;
    if (!object.is_object()) fail_expression(40400, "$mergeObjects", "takes objects, not " + describe(object));
    evaluation.charge_list(object.size(), Members::bytes_each);
    evaluation.charge_walk(object);
    for (const auto& [key, value] : object.members()) merged.set(key, value);
}

// A single argument may be an array of the objects.
View merge_objects(Evaluation& evaluation, Arguments arguments) {
    Members merged;
    if (arguments.size() == 1 && arguments[0].is_array()) {
        evaluation.charge(arguments[0].size());
        for (const View object : arguments[0].elements()) merge_into(merged, object, evaluation);
    } else {
        for (const View object : arguments) merge_into(merged, object, evaluation);
    }
    return merged.finish(evaluation.scratch());
}

View object_to_array(Evaluation& evaluation, Arguments arguments) {
    const View object = arguments[0];
    if (is_nullish(object)) return null_value();
    if (!object.is_object()) fail_expression(40390, "$objectToArray", "takes an object, not " + describe(object));
    evaluation.charge(object.size());
    ArrayBuilder pairs(evaluation.scratch());
    Bytes pair;
    for (const auto& [key, value] : object.members()) {
        pair.clear();
        Encoder encoder(pair);
        encoder.begin_object(2);
        encoder.key("k");
        encoder.string(key);
        encoder.key("v");
        encoder.raw(value.encoded());
        pairs.add_encoded(pair);
    }
    return pairs.finish();
}

// MongoDB's numbers for what is wrong with a pair of either form.
struct PairErrors {
    int other_form;
    int not_two;
    int no_key_or_value;
    int key_no_string;
    int null_byte;
};

constexpr PairErrors array_errors{40396, 40397, 40397, 40395, 4940400};   // [key, value]
constexpr PairErrors object_errors{40391, 40392, 40393, 40394, 4940401};  // {k: key, v: value}

MemberView read_pair(View pair, bool of_arrays) {
    constexpr std::string_view op = "$arrayToObject";
    const PairErrors& errors = of_arrays ? array_errors : object_errors;
    if (of_arrays ? !pair.is_array() : !pair.is_object()) {
        fail_expression(errors.other_form, op, "takes pairs of one form, but some are " + describe(pair));
    }
    if (pair.size() != 2) {
        fail_expression(errors.not_two, op, "takes a key and a value, not " + std::to_string(pair.size()) + " parts");
    }
    View key = pair["k"];
    View value = pair["v"];
    if (of_arrays) {
        auto element = pair.elements().begin();
        key = *element;
        value = *++element;
    }
    if (!key || !value) fail_expression(errors.no_key_or_value, op, "takes objects with the names k and v");
    if (key.type() != Type::string)
        fail_expression(errors.key_no_string, op, "takes strings as keys, not " + describe(key));
    if (key.string().find('\0') != std::string_view::npos) {
        fail_expression(errors.null_byte, op, "does not take a key with a null byte");
    }
    return {key.string(), value};
}

View array_to_object(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$arrayToObject";
    const View array = arguments[0];
    if (is_nullish(array)) return null_value();
    if (!array.is_array()) fail_expression(40386, op, "takes an array, not " + describe(array));
    if (array.size() == 0) return empty_object();
    const View first = *array.elements().begin();
    if (!first.is_array() && !first.is_object()) {
        fail_expression(40398, op, "takes pairs as arrays or objects, not " + describe(first));
    }
    evaluation.charge_list(array.size(), Members::bytes_each);
    evaluation.charge_walk(array);
    Members members;
    for (const View element : array.elements()) {
        const auto [key, value] = read_pair(element, first.is_array());
        members.set(key, value);
    }
    return members.finish(evaluation.scratch());
}

View get_field(Evaluation& evaluation, Arguments arguments) {
    const View field = arguments[0];
    const View input = arguments[1];
    if (field.type() != Type::string) {
        fail_expression(3041704, "$getField", "takes a string as field, not " + describe(field));
    }
    return input.is_null() ? input : field_of(input, field.string(), evaluation.scratch());
}

// Either {field: ..., input: ...} or the field alone, which then is one of the document.
ExpressionPtr parse_get_field(View operand, ExpressionParser& parser, std::string_view name) {
    static constexpr NamedArgument names[] = {{"field", 3041702}, {"input", 3041703}};
    static constexpr NamedArguments get_arguments{names, 3041700, 3041701};
    static constexpr Function function{"$getField", 2, 2, get_field};
    const bool is_call = operand.is_object() && operand.size() > 0 && is_operator((*operand.members().begin()).key);
    Expressions arguments;
    if (operand.is_object() && !is_call) {
        arguments = get_arguments.parse(operand, parser, name);
    } else {
        Scratch scratch(64);
        arguments.push_back(parser.parse(operand));
        arguments.push_back(parser.parse(scratch.string("$$CURRENT")));
    }
    return make_call(function, std::move(arguments));
}

// $setField and $unsetField, which sets a missing value.
class SetField final : public Expression {
public:
    SetField(std::string field, ExpressionPtr input, ExpressionPtr value, std::string_view name)
        : field_(std::move(field)), input_(std::move(input)), value_(std::move(value)), name_(name) {}
    View evaluate(Evaluation& evaluation) const override {
        const View input = input_->evaluate(evaluation);
        const View value = value_ ? value_->evaluate(evaluation) : View();
        if (is_nullish(input)) return null_value();
        if (!input.is_object()) fail_expression(4161105, name_, "takes an object as input, not " + describe(input));
        evaluation.charge_list(input.size(), sizeof(MemberView));
        std::vector<MemberView> members;
        bool found = false;
        for (const auto& [key, old] : input.members()) {
            const bool same = key == field_;
            members.push_back({key, same ? value : old});
            found = found || same;
        }
        if (!found) members.push_back({field_, value});
        return evaluation.scratch().object(members);
    }

private:
    std::string field_;
    ExpressionPtr input_;
    ExpressionPtr value_;  // null: missing
    std::string_view name_;
};

// The name, which must be known beforehand: a string, or one in $literal.
std::string constant_field(View operand, std::string_view name) {
    View field = operand;
    if (field.is_object() && field.size() == 1) {
        const auto [key, value] = *field.members().begin();
        if (key == "$literal" || key == "$const") field = value;
    } else if (field.type() == Type::string && field.string().starts_with('$')) {
        fail_expression(4161108, name, "takes a name as field, not the path " + describe(field));
    }
    if (field.data() == operand.data() && (field.is_array() || (field.is_object() && field.size() > 0))) {
        fail_expression(4161106, name, "takes a constant as field, not " + describe(field));
    }
    if (field.type() != Type::string) fail_expression(4161107, name, "takes a string as field, not " + describe(field));
    if (field.string().find('\0') != std::string_view::npos) {
        fail_expression(9534700, name, "does not take a field with a null byte");
    }
    return std::string(field.string());
}

// In the order in which MongoDB misses them.
constexpr NamedArgument set_names[] = {{"field", 4161102}, {"value", 4161103}, {"input", 4161109}};
constexpr NamedArguments set_arguments{set_names, 4161100, 4161101};
constexpr NamedArgument unset_names[] = {{"field", 4161102}, {"input", 4161109}};
constexpr NamedArguments unset_arguments{unset_names, 4161100, 4161101};

ExpressionPtr parse_set_field(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = set_arguments.read(operand, name);
    ExpressionPtr value = parser.parse(arguments[1]);
    ExpressionPtr input = parser.parse(arguments[2]);
    return std::make_unique<SetField>(constant_field(arguments[0], name), std::move(input), std::move(value), name);
}

ExpressionPtr parse_unset_field(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = unset_arguments.read(operand, name);
    ExpressionPtr input = parser.parse(arguments[1]);
    return std::make_unique<SetField>(constant_field(arguments[0], name), std::move(input), nullptr, name);
}

constexpr Function functions[] = {
    {"$arrayToObject", 1, 1, array_to_object},
    {"$mergeObjects", 0, any_number, merge_objects},
    {"$objectToArray", 1, 1, object_to_array},
};

constexpr Form forms[] = {
    {"$getField", parse_get_field},
    {"$setField", parse_set_field},
    {"$unsetField", parse_unset_field},
};

}  // namespace

Family object_operators() {
    return {functions, forms};
}

}  // namespace sheaf::query
