#include "query/expression/expression.hpp"

#include <algorithm>

#include "document/encoder.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"
#include "query/system_fields.hpp"

namespace sheaf::query {

namespace {

class Constant final : public Expression {
public:
    explicit Constant(View value) : bytes_(value ? value.encoded() : BytesView()), missing_(!value) {}
    View evaluate(Evaluation&) const override { return value(); }
    std::optional<View> constant() const override { return value(); }

private:
    View value() const { return missing_ ? View() : View(bytes_); }
    Bytes bytes_;
    bool missing_;
};

// "$a.b", of the document.
class FieldPath final : public Expression {
public:
    explicit FieldPath(std::vector<std::string> path) : path_(std::move(path)) {}
    View evaluate(Evaluation& evaluation) const override {
        return value_at(evaluation.root(), path_, evaluation.scratch());
    }

private:
    std::vector<std::string> path_;
};

// "$_version", where the evaluation knows the system fields; else a field like any other.
class SystemFieldPath final : public Expression {
public:
    SystemFieldPath(SystemField field, std::vector<std::string> path) : field_(field), path_(std::move(path)) {}
    View evaluate(Evaluation& evaluation) const override {
        if (evaluation.system() == nullptr) return value_at(evaluation.root(), path_, evaluation.scratch());
        if (path_.size() > 1) return View();  // system fields are scalars
        return evaluation.scratch().copy(View(encode_system_field(*evaluation.system(), field_)));
    }

private:
    SystemField field_;
    std::vector<std::string> path_;
};

// "$$name.a.b"
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
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = arguments_[i]->evaluate(evaluation);
        return function_.call(evaluation, values);
    }

private:
    const Function& function_;
    Expressions arguments_;
};

bool all_constant(const Expressions& expressions) {
    return std::all_of(expressions.begin(), expressions.end(), [](const auto& e) { return e->constant().has_value(); });
}

// What does not depend on the document is evaluated once. An error stays where it is: it may never be reached.
ExpressionPtr folded(ExpressionPtr expression, const Limits& limits) {
    try {
        Evaluation evaluation(limits, View());
        return make_constant(expression->evaluate(evaluation));
    } catch (const Error&) {
        return expression;
    }
}

void check_count(const Function& function, std::size_t count) {
    if (function.least <= count && count <= function.most) return;
    const std::string name(function.name);
    const std::string got = ", not " + std::to_string(count);
    if (function.least == function.most) {
        fail_expression(16020, name, "takes " + std::to_string(function.least) + " arguments" + got);
    }
    fail_expression(28667, name,
                    "takes at least " + std::to_string(function.least) +
                        (function.most == any_number ? "" : " and at most " + std::to_string(function.most)) +
                        " arguments" + got);
}

View value_in_array(View array, std::span<const std::string> path, Scratch& scratch) {
    std::vector<View> found;
    for (const View element : array.elements()) {
        if (!element.is_object() && !element.is_array()) continue;
        if (const View value = value_at(element, path, scratch)) found.push_back(value);
    }
    return scratch.array(found);
}

}  // namespace

void fail_expression(int mongo, std::string_view op, std::string_view message) {
    fail(Code::invalid_argument, mongo,
         op.empty() ? std::string(message) : std::string(op) + " " + std::string(message), {}, op);
}

View value_at(View value, std::span<const std::string> path, Scratch& scratch) {
    for (; !path.empty() && value; path = path.subspan(1)) {
        if (value.is_array()) return value_in_array(value, path, scratch);
        value = value[path.front()];
    }
    return value;
}

std::vector<std::string> parse_field_path(std::string_view text, const Limits& limits) {
    if (text.empty()) fail_expression(40352, {}, "a field path cannot be empty");
    if (text.back() == '.') fail_expression(40353, {}, "the field path \"" + std::string(text) + "\" ends with a dot");
    std::vector<std::string> parts;
    for (PathPart& part : parse_path(text, limits)) {
        const std::string where = " in the field path \"" + std::string(text) + "\"";
        if (part.key.empty()) fail_expression(15998, {}, "an empty name" + where);
        if (part.key.front() == '$') fail_expression(16410, {}, "a name that begins with $" + where);
        if (part.key.find('\0') != std::string::npos) fail_expression(16411, {}, "a null byte" + where);
        parts.push_back(std::move(part.key));
    }
    return parts;
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

std::size_t ExpressionParser::Scope::define(std::string_view name) {
    if (name.empty()) fail_expression(16866, {}, "a variable's name cannot be empty");
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & '\x80') != 0; };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool lower = (name.front() >= 'a' && name.front() <= 'z') || (name.front() & '\x80') != 0;
    if (!lower && name != "CURRENT") {
        fail_expression(16867, {}, "the variable \"" + std::string(name) + "\" must begin with a lower-case letter");
    }
    for (const char c : name) {
        if (is_letter(c) || is_digit(c) || c == '_') continue;
        fail_expression(16868, {},
                        "the variable \"" + std::string(name) + "\" holds something else than letters, digits and _");
    }
    const std::size_t slot = parser_.slots_++;
    parser_.variables_.insert_or_assign(std::string(name), slot);
    return slot;
}

ExpressionPtr ExpressionParser::parse(View operand) {
    switch (operand.type()) {
        case Type::string:
            return parse_string(operand);
        case Type::array:
        case Type::object:
            break;
        default:
            return make_constant(operand);
    }
    if (depth_ >= settings_.limits.filter_depth) {
        fail(Code::limit_exceeded,
             "an expression nested deeper than " + std::to_string(settings_.limits.filter_depth) + " levels", {});
    }
    ++depth_;
    ExpressionPtr parsed;
    if (operand.is_object()) {
        parsed = parse_object(operand);
    } else {
        Expressions elements = parse_arguments(operand);
        const bool constant = all_constant(elements);
        parsed = std::make_unique<ArrayLiteral>(std::move(elements));
        if (constant) parsed = folded(std::move(parsed), settings_.limits);
    }
    --depth_;
    return parsed;
}

Expressions ExpressionParser::parse_arguments(View operand) {
    Expressions arguments;
    if (!operand.is_array()) {
        arguments.push_back(parse(operand));
        return arguments;
    }
    for (const View element : operand.elements()) arguments.push_back(parse(element));
    return arguments;
}

ExpressionPtr ExpressionParser::parse_string(View string) {
    const std::string_view text = string.string();
    if (text.empty() || text.front() != '$') return make_constant(string);
    if (text.size() == 1)
        fail(Code::invalid_argument, 16872, "\"$\" names no field; a literal $ is {\"$literal\": \"$\"}", {});
    if (text[1] == '$') return parse_variable(text.substr(2));
    std::vector<std::string> path = parse_field_path(text.substr(1), settings_.limits);
    if (const auto current = variables_.find("CURRENT"); current != variables_.end()) {
        return std::make_unique<VariablePath>(current->second, std::move(path));
    }
    if (const SystemField field = system_field(path.front()); field != SystemField::none) {
        reads_system_fields_ = true;
        return std::make_unique<SystemFieldPath>(field, std::move(path));
    }
    return std::make_unique<FieldPath>(std::move(path));
}

ExpressionPtr ExpressionParser::parse_variable(std::string_view text) {
    const std::size_t dot = text.find('.');
    const std::string_view name = text.substr(0, dot);
    if (name.empty()) fail(Code::invalid_argument, 16872, "\"$$\" names no variable", {});
    std::vector<std::string> path;
    if (dot != std::string_view::npos) path = parse_field_path(text.substr(dot + 1), settings_.limits);
    if (const auto found = variables_.find(name); found != variables_.end()) {
        return std::make_unique<VariablePath>(found->second, std::move(path));
    }
    if (name == "ROOT" || name == "CURRENT") return std::make_unique<FieldPath>(std::move(path));
    if (name == "REMOVE") return make_constant(View());
    Scratch scratch(settings_.limits.expression_bytes);
    if (settings_.bindings != nullptr) {
        if (name == "NOW") {
            return make_constant(value_at(scratch.datetime(settings_.bindings->now), path, scratch));
        }
        for (const auto& [known, value] : settings_.bindings->variables) {
            if (known == name) return make_constant(value_at(View(value), path, scratch));
        }
    }
    fail(Code::invalid_argument, 17276, "the variable $$" + std::string(name) + " is not defined", {});
}

ExpressionPtr ExpressionParser::parse_object(View object) {
    std::vector<std::string> keys;
    Expressions values;
    for (const auto& [key, value] : object.members()) {
        if (is_operator(key)) {
            if (object.size() == 1) return parse_operator(key, value);
            fail(Code::invalid_argument, 15983,
                 "an object with an operator holds nothing else, but \"" + std::string(key) + "\" has " +
                     std::to_string(object.size() - 1) + " neighbours",
                 {}, key);
        }
        if (key.find('.') != std::string_view::npos) {
            fail(Code::invalid_argument, 16412, "the name \"" + std::string(key) + "\" of a computed field has a dot",
                 key);
        }
        keys.emplace_back(key);
        values.push_back(parse(value));
    }
    const bool constant = all_constant(values);
    ExpressionPtr parsed = std::make_unique<ObjectLiteral>(std::move(keys), std::move(values));
    return constant ? folded(std::move(parsed), settings_.limits) : std::move(parsed);
}

ExpressionPtr ExpressionParser::parse_operator(std::string_view name, View operand) {
    if (const Form* form = find_form(name)) return form->parse(operand, *this, form->name);
    const Function* function = find_function(name);
    if (function == nullptr) {
        fail(Code::invalid_argument, 168, "unknown expression operator \"" + std::string(name) + "\"", {}, name);
    }
    Expressions arguments = parse_arguments(operand);
    check_count(*function, arguments.size());
    const bool constant = all_constant(arguments);
    ExpressionPtr parsed = make_call(*function, std::move(arguments));
    return constant ? folded(std::move(parsed), settings_.limits) : std::move(parsed);
}

}  // namespace sheaf::query
