#include <algorithm>

#include "query/expression/expression.hpp"
#include "query/expression/expression_nodes.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class Nesting {
public:
    Nesting(std::size_t& depth, std::size_t limit) : depth_(depth) {
        if (depth >= limit) {
            fail(Code::limit_exceeded, 15, "an expression nested deeper than " + std::to_string(limit) + " levels", {});
        }
        ++depth_;
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting() { --depth_; }

private:
    std::size_t& depth_;
};

bool is_plain_key(std::string_view key) {
    return !key.empty() && key.front() != '$' &&
           key.find_first_of(std::string_view(".\0", 2)) == std::string_view::npos;
}

// Whether a value means itself: nothing in it is a path, a variable, an operator or a mistake. Then it needs no nodes,
// which would take many times the room of, say, a long list of numbers.
bool is_literal(View value, std::size_t levels) {
    if (value.type() == Type::string) return !value.string().starts_with('$');
    if (value.is_array()) {
        if (levels == 0) return false;
        for (const View element : value.elements()) {
            if (!is_literal(element, levels - 1)) return false;
        }
    } else if (value.is_object()) {
        if (levels == 0) return false;
        for (const auto& [key, member] : value.members()) {
            if (!is_plain_key(key) || !is_literal(member, levels - 1)) return false;
        }
    }
    return true;
}

void check_key(std::string_view key) {
    if (is_plain_key(key)) return;
    const std::string where = " in the name \"" + std::string(key) + "\" of a computed field";
    if (key.empty()) fail_expression(15998, {}, "a computed field has an empty name");
    if (key.front() == '$') fail_expression(16410, {}, "a $" + where);
    if (key.find('.') != std::string_view::npos) fail_expression(16412, {}, "a dot" + where);
    fail_expression(16411, {}, "a null byte" + where);
}

void check_count(const Function& function, std::size_t count) {
    if (function.least <= count && count <= function.most) return;
    const auto arguments = [](std::size_t n) { return std::to_string(n) + (n == 1 ? " argument" : " arguments"); };
    const std::string got = ", not " + std::to_string(count);
    if (function.least == function.most) {
        fail_expression(16020, function.name, "takes " + arguments(function.least) + got);
    }
    if (function.most == any_number) {
        fail_expression(28667, function.name, "takes at least " + arguments(function.least) + got);
    }
    fail_expression(28667, function.name,
                    "takes " + std::to_string(function.least) + " to " + arguments(function.most) + got);
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & '\x80') != 0;
}

bool is_name_character(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

constexpr int bad_name = 9;  // MongoDB's number for every name that a variable cannot have

// What both the definition and the use of a variable ask for.
void check_name(std::string_view name) {
    if (name.empty()) fail_expression(bad_name, {}, "a variable has no name");
    if (is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_name_character)) return;
    fail_expression(bad_name, {},
                    "the name \"" + std::string(name) +
                        "\" of a variable does not begin with a letter and go on with letters, digits and _");
}

}  // namespace

// Where constants are computed: one budget of memory and steps for all that a parser folds.
struct ExpressionParser::Folding {
    explicit Folding(const Limits& limits)
        : evaluation(limits, View()), scratch(std::min(limits.expression_bytes, limits.filter_bytes)) {}
    Evaluation evaluation;
    Scratch scratch;
};

ExpressionParser::ExpressionParser(const Settings& settings) : settings_(settings) {}
ExpressionParser::~ExpressionParser() = default;

std::size_t ExpressionParser::Scope::define(std::string_view name) {
    check_name(name);
    if (name.front() >= 'A' && name.front() <= 'Z' && name != "CURRENT") {
        fail_expression(
            bad_name, {},
            "the variable \"" + std::string(name) + "\" begins with an upper-case letter, as only sheaf's do");
    }
    const std::size_t slot = parser_.slots_++;
    parser_.variables_.insert_or_assign(std::string(name), slot);
    return slot;
}

// As MongoDB does, mistakes in constants are reported at once, even where no document would reach them, but after those
// that parsing finds.
ExpressionPtr ExpressionParser::folded(ExpressionPtr expression, bool constant) {
    if (!constant) return expression;
    if (!folding_) folding_ = std::make_unique<Folding>(settings_.limits);
    try {
        const Evaluation::Elsewhere elsewhere(folding_->evaluation, folding_->scratch);
        return make_constant(expression->evaluate(folding_->evaluation));
    } catch (const Error& error) {
        if (!is_lenient_ && !mistake_ && error.code() != Code::limit_exceeded) mistake_ = error;
        return expression;
    }
}

ExpressionPtr ExpressionParser::parse(View operand) {
    switch (operand.type()) {
        case Type::string:
            return parse_string(operand);
        case Type::array:
        case Type::object:
            return parse_nested(operand);
        default:
            return make_constant(operand);
    }
}

ExpressionPtr ExpressionParser::parse_nested(View operand) {
    const bool is_outermost = depth_ == 0;
    if (is_outermost) mistake_.reset();
    const Nesting nesting(depth_, settings_.limits.filter_depth);
    if (is_literal(operand, settings_.limits.filter_depth - depth_)) return make_constant(operand);
    ExpressionPtr parsed = operand.is_array() ? parse_array(operand) : parse_object(operand);
    if (is_outermost && mistake_) throw Error(*mistake_);
    return parsed;
}

Expressions ExpressionParser::parse_arguments(View operand) {
    Expressions arguments;
    if (!operand.is_array()) {
        arguments.push_back(parse(operand));
        return arguments;
    }
    arguments.reserve(operand.size());
    for (const View element : operand.elements()) arguments.push_back(parse(element));
    return arguments;
}

ExpressionPtr ExpressionParser::parse_array(View array) {
    Expressions elements = parse_arguments(array);
    const bool constant = all_constant(elements);
    return folded(make_array(std::move(elements)), constant);
}

ExpressionPtr ExpressionParser::parse_object(View object) {
    std::vector<std::string> keys;
    Expressions values;
    for (const auto& [key, value] : object.members()) {
        if (keys.empty() && is_operator(key)) {
            if (object.size() == 1) return parse_operator(key, value);
            fail(Code::invalid_argument, 15983,
                 "an object with an operator holds nothing else, but \"" + std::string(key) + "\" has neighbours", {},
                 key);
        }
        check_key(key);
        keys.emplace_back(key);
        values.push_back(parse(value));
    }
    const bool constant = all_constant(values);
    return folded(make_object(std::move(keys), std::move(values)), constant);
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
    return folded(make_call(*function, std::move(arguments)), constant);
}

ExpressionPtr ExpressionParser::parse_string(View string) {
    const std::string_view text = string.string();
    if (!text.starts_with('$')) return make_constant(string);
    if (text.size() == 1) {
        fail_expression(16872, {}, "\"$\" names no field; a literal $ is {\"$literal\": \"$\"}");
    }
    if (text[1] == '$') return parse_variable(text.substr(2));
    std::vector<std::string> path = parse_field_path(text.substr(1), settings_.limits);
    if (const auto current = variables_.find("CURRENT"); current != variables_.end()) {
        return make_variable_path(current->second, std::move(path));
    }
    reads_document_ = true;
    if (const SystemField field = system_field(path.front()); field != SystemField::none) {
        reads_system_fields_ = true;
        return make_system_field_path(field, std::move(path));
    }
    return make_field_path(std::move(path));
}

ExpressionPtr ExpressionParser::parse_variable(std::string_view text) {
    const std::size_t dot = text.find('.');
    const std::string_view name = text.substr(0, dot);
    check_name(name);
    std::vector<std::string> path;
    const auto read_path = [&] {
        if (dot == std::string_view::npos) return;
        if (dot + 1 == text.size()) fail_expression(40353, {}, "$$" + std::string(text) + " ends with a dot");
        path = parse_field_path(text.substr(dot + 1), settings_.limits);
    };
    if (const auto found = variables_.find(name); found != variables_.end()) {
        read_path();
        return make_variable_path(found->second, std::move(path));
    }
    if (name == "ROOT" || name == "CURRENT") {
        reads_document_ = true;
        read_path();
        return make_field_path(std::move(path));
    }
    if (name == "CLUSTER_TIME") fail_expression(10071200, {}, "$$CLUSTER_TIME has no value: this is no replica set");
    const bool bound = settings_.bindings != nullptr;
    if (!bound && name == "NOW") fail_expression(51144, {}, "$$NOW is not available here");
    Scratch scratch(settings_.limits.expression_bytes);
    View value;
    bool known = name == "REMOVE";
    if (bound && name == "NOW") {
        known = true;
        reads_now_ = true;
        value = scratch.datetime(settings_.bindings->now);
    } else if (bound) {
        const auto& variables = settings_.bindings->variables;
        const auto found = std::find_if(variables.begin(), variables.end(),
                                        [&](const auto& variable) { return variable.first == name; });
        if (found != variables.end()) {
            known = true;
            value = View(found->second);
        }
    }
    if (!known) fail_expression(17276, {}, "the variable $$" + std::string(name) + " is not defined");
    read_path();
    return make_constant(value_at(value, path, scratch));
}

}  // namespace sheaf::query
