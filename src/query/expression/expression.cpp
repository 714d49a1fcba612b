#include "query/expression/expression.hpp"

#include <algorithm>

#include "query/expression/expression_nodes.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"
#include "query/system_fields.hpp"

namespace sheaf::query {

namespace {

class Constant final : public Expression {
public:
    explicit Constant(View value) : bytes_(value.encoded()), missing_(!value) {}
    View evaluate(Evaluation&) const override { return value(); }
    std::optional<View> constant() const override { return value(); }

private:
    View value() const { return missing_ ? View() : View(bytes_); }
    Bytes bytes_;
    bool missing_;
};

class FieldPath final : public Expression {
public:
    explicit FieldPath(std::vector<std::string> path) : path_(std::move(path)) {}
    View evaluate(Evaluation& evaluation) const override {
        return value_at(evaluation.root(), path_, evaluation.scratch());
    }

private:
    std::vector<std::string> path_;
};

class SystemFieldPath final : public Expression {
public:
    SystemFieldPath(SystemField field, std::vector<std::string> path) : field_(field), path_(std::move(path)) {}
    View evaluate(Evaluation& evaluation) const override {
        if (evaluation.system_fields() == nullptr) return value_at(evaluation.root(), path_, evaluation.scratch());
        if (path_.size() > 1) return View();  // system fields are scalars
        return evaluation.scratch().copy(View(encode_system_field(*evaluation.system_fields(), field_)));
    }

private:
    SystemField field_;
    std::vector<std::string> path_;
};

class VariablePath final : public Expression {
public:
    VariablePath(std::size_t slot, std::vector<std::string> path) : slot_(slot), path_(std::move(path)) {}
    View evaluate(Evaluation& evaluation) const override {
        return value_at(evaluation.slot(slot_), path_, evaluation.scratch());
    }

private:
    std::size_t slot_;
    std::vector<std::string> path_;
};

class ArrayLiteral final : public Expression {
public:
    explicit ArrayLiteral(Expressions elements) : elements_(std::move(elements)) {}
    View evaluate(Evaluation& evaluation) const override {
        evaluation.charge(elements_.size());
        std::vector<View> values;
        values.reserve(elements_.size());
        for (const ExpressionPtr& element : elements_) values.push_back(element->evaluate(evaluation));
        return evaluation.scratch().array(values);
    }

private:
    Expressions elements_;
};

class ObjectLiteral final : public Expression {
public:
    ObjectLiteral(std::vector<std::string> keys, Expressions values)
        : keys_(std::move(keys)), values_(std::move(values)) {}
    View evaluate(Evaluation& evaluation) const override {
        evaluation.charge(keys_.size());
        std::vector<MemberView> members;
        members.reserve(keys_.size());
        for (std::size_t i = 0; i < keys_.size(); ++i) members.push_back({keys_[i], values_[i]->evaluate(evaluation)});
        return evaluation.scratch().object(members);
    }

private:
    std::vector<std::string> keys_;
    Expressions values_;
};

class Call final : public Expression {
public:
    Call(const Function& function, Expressions arguments) : function_(function), arguments_(std::move(arguments)) {}
    View evaluate(Evaluation& evaluation) const override {
        constexpr std::size_t few = 4;
        View small[few];
        std::vector<View> large;
        std::span<View> values(small, std::min(arguments_.size(), few));
        if (arguments_.size() > few) {
            large.resize(arguments_.size());
            values = large;
        }
        evaluation.charge(1 + values.size() / few);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = arguments_[i]->evaluate(evaluation);
        return function_.call(evaluation, values);
    }

private:
    const Function& function_;
    Expressions arguments_;
};

View value_in_array(View array, std::span<const std::string> path, Scratch& scratch) {
    scratch.charge(array.size());
    std::vector<View> found;
    for (const View element : array.elements()) {
        if (!element.is_object()) continue;  // arrays in arrays are not entered
        if (const View value = value_at(element, path, scratch)) found.push_back(value);
    }
    return scratch.array(found);
}

// The work of looking at all of a value; 0 for what is small.
std::size_t steps_to_walk(View value) {
    constexpr std::size_t bytes_of_text = 256;  // that are compared or copied in one step
    constexpr std::size_t bytes_of_elements = 8;
    switch (value.type()) {
        case Type::string:
            return value.string().size() / bytes_of_text;
        case Type::bytes:
            return value.bytes().size() / bytes_of_text;
        case Type::array:
        case Type::object:
            return value.encoded().size() / bytes_of_elements;
        default:
            return 0;
    }
}

// The parts of DBRef, the only names with a $ that a path may have.
bool is_reference_part(std::string_view name) {
    return name == "$ref" || name == "$id" || name == "$db";
}

}  // namespace

void Evaluation::charge_and_check(std::size_t steps) {
    if (steps <= steps_left_) {
        steps_left_ -= steps;
        plan_check();
        return check_control();
    }
    throw Error(Code::limit_exceeded, "an expression takes more than " + std::to_string(limits_.expression_steps) +
                                          " steps for one document");
}

void Evaluation::plan_check() {
    constexpr std::size_t between_checks = 100'000;
    check_at_ = control_ != nullptr && steps_left_ > between_checks ? steps_left_ - between_checks : 0;
}

void Evaluation::charge_walk(View value, std::size_t times) {
    charge(steps_to_walk(value) * times);
}

// No comparison takes longer than to walk through either value.
std::weak_ordering compare_counted(Evaluation& evaluation, View a, View b) {
    const Type type = a.type();
    if (type == b.type()) {
        if (type == Type::array || type == Type::object) {
            evaluation.charge_walk(a.size() < b.size() ? a : b);
        } else if (type == Type::string) {
            evaluation.charge_walk(a.string().size() < b.string().size() ? a : b);
        } else if (type == Type::bytes) {
            evaluation.charge_walk(a);
        }
    }
    return compare(a, b);
}

// Fields are found by walking over those before, however large they are.
View field_of(View object, std::string_view name, Scratch& scratch) {
    constexpr std::ptrdiff_t small = 4096;
    constexpr std::size_t bytes_per_step = 64;
    const View field = object[name];
    if (object.limit() - object.data() > small) {
        const std::size_t walked =
            field ? static_cast<std::size_t>(field.data() - object.data()) : object.encoded().size();
        scratch.charge(walked / bytes_per_step);
    }
    return field;
}

void fail_expression(int mongo, std::string_view op, std::string_view message) {
    fail(Code::invalid_argument, mongo,
         op.empty() ? std::string(message) : std::string(op) + " " + std::string(message), {}, op);
}

View value_at(View value, std::span<const std::string> path, Scratch& scratch) {
    for (; !path.empty() && value; path = path.subspan(1)) {
        if (value.is_array()) return value_in_array(value, path, scratch);
        value = field_of(value, path.front(), scratch);
    }
    return value;
}

std::vector<std::string> parse_field_path(std::string_view text, const Limits& limits) {
    if (text.empty()) fail_expression(40352, {}, "a field path cannot be empty");
    const std::string where = " in the field path \"" + std::string(text) + "\"";
    if (text.back() == '.') fail_expression(40353, {}, "a dot at the end" + where);
    const auto parts = static_cast<std::size_t>(std::count(text.begin(), text.end(), '.')) + 1;
    if (parts > limits.path_parts) {
        fail(Code::limit_exceeded, 15, "a field path of more than " + std::to_string(limits.path_parts) + " parts", {});
    }
    std::vector<std::string> path;
    path.reserve(parts);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('.', begin), text.size());
        const std::string_view name = text.substr(begin, end - begin);
        if (name.empty()) fail_expression(15998, {}, "an empty part" + where);
        if (name.front() == '$' && !is_reference_part(name)) {
            fail_expression(16410, {}, "a name that begins with $" + where);
        }
        if (name.find('\0') != std::string_view::npos) fail_expression(16411, {}, "a null byte" + where);
        path.emplace_back(name);
        begin = end + 1;
    }
    return path;
}

std::string_view type_name(View value) {
    switch (value.type()) {
        case Type::missing:
            return "missing";
        case Type::null:
            return "null";
        case Type::integer:
            return value.is_long() ? "long" : "int";
        case Type::number:
            return "double";
        case Type::string:
            return "string";
        case Type::object:
            return "object";
        case Type::array:
            return "array";
        case Type::bytes:
            return "binData";
        case Type::object_id:
            return "objectId";
        case Type::boolean:
            return "bool";
        case Type::datetime:
            return "date";
    }
    return "missing";
}

ExpressionPtr make_constant(View value) {
    return std::make_unique<Constant>(value);
}

ExpressionPtr make_call(const Function& function, Expressions arguments) {
    return std::make_unique<Call>(function, std::move(arguments));
}

ExpressionPtr make_field_path(std::vector<std::string> path) {
    return std::make_unique<FieldPath>(std::move(path));
}

ExpressionPtr make_system_field_path(SystemField field, std::vector<std::string> path) {
    return std::make_unique<SystemFieldPath>(field, std::move(path));
}

ExpressionPtr make_variable_path(std::size_t slot, std::vector<std::string> path) {
    return std::make_unique<VariablePath>(slot, std::move(path));
}

ExpressionPtr make_array(Expressions elements) {
    return std::make_unique<ArrayLiteral>(std::move(elements));
}

ExpressionPtr make_object(std::vector<std::string> keys, Expressions values) {
    return std::make_unique<ObjectLiteral>(std::move(keys), std::move(values));
}

}  // namespace sheaf::query
