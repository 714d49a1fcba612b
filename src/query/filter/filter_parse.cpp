#include "query/filter/filter_parse.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "query/filter/field_operators.hpp"
#include "query/filter/json_schema.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

using namespace std::string_literals;

[[noreturn]] void refuse_at_top(std::string_view message, std::string_view op, int mongo = 0) {
    fail(Code::invalid_filter, mongo, message, {}, op);
}

// ---- operators under a path

NodePtr parse_not(const FilterField& field, View operand, const FilterContext& context) {
    if (!operand.is_object() || operand.size() == 0) {
        refuse("needs an object of operators, not " +
                   (operand.is_object() ? "an empty object"s : with_article(operand.type())),
               field, "$not");
    }
    return std::make_unique<NotNode>(conjunction(parse_operators(field, operand, context.deeper())));
}

constexpr auto logical_operators = std::to_array<FieldOperator>({{"$not", parse_not}});

const FieldOperator* find_field_operator(std::string_view name) {
    const std::span<const FieldOperator> families[] = {
        comparison_conditions(), logical_operators, element_conditions(), array_conditions(),
        number_conditions(),     bit_conditions(),  regex_conditions(),
    };
    for (const auto& family : families) {
        for (const FieldOperator& op : family) {
            if (op.name == name) return &op;
        }
    }
    return nullptr;
}

// MongoDB's operators that sheaf does not have: they are refused as such, not as misspelt.
constexpr auto foreign_field_operators = std::to_array<std::string_view>({
    "$geoWithin",
    "$geoIntersects",
    "$near",
    "$nearSphere",
    "$maxDistance",
    "$minDistance",
});

constexpr auto foreign_top_operators = std::to_array<std::string_view>({"$where", "$text", "$sampleRate"});

// The keys of a reference to another document, which are fields although they look like operators.
constexpr auto reference_keys = std::to_array<std::string_view>({"$ref", "$id", "$db"});

template <typename List>
bool contains(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_reference_key(std::string_view key) {
    return contains(reference_keys, key);
}

// Supported or not.
bool is_field_operator(std::string_view key) {
    return find_field_operator(key) != nullptr || contains(foreign_field_operators, key);
}

[[noreturn]] void refuse_field_operator(std::string_view op, const FilterField& field) {
    const std::string at = " at " + std::string(field.text);
    std::string message;
    if (contains(foreign_field_operators, op)) {
        message = "operator " + std::string(op) + " is not supported" + at;
    } else if (is_top_operator(op)) {
        message = "operator " + std::string(op) + at + " belongs at the top level, not under a path";
    } else if (!is_operator(op)) {
        message = "the key \"" + std::string(op) + "\"" + at + " stands among operators but is none";
    } else {
        message = "unknown operator \"" + std::string(op) + "\"" + at;
    }
    fail(Code::invalid_filter, message, field.text, op);
}

// ---- operators at the top level

// The children of $and, $or and $nor, each as the list of its conditions.
std::vector<Nodes> parse_list(std::string_view op, View operand, const FilterContext& context) {
    const std::string name(op);
    if (!operand.is_array() || operand.size() == 0) {
        refuse_at_top(name + " needs an array of at least one object, not " +
                          (operand.is_array() ? "an empty array"s : with_article(operand.type())),
                      op);
    }
    std::vector<Nodes> children;
    children.reserve(operand.size());
    for (const View child : operand.elements()) {
        if (!child.is_object()) {
            refuse_at_top(name + " needs objects in its array, not " + with_article(child.type()), op);
        }
        children.push_back(parse_query(child, context.deeper()));
    }
    return children;
}

NodePtr parse_disjunction(std::string_view op, View operand, const FilterContext& context) {
    Nodes children;
    for (Nodes& child : parse_list(op, operand, context)) children.push_back(conjunction(std::move(child)));
    return disjunction(std::move(children));
}

void parse_and(View operand, const FilterContext& context, Nodes& out) {
    for (Nodes& child : parse_list("$and", operand, context))
        std::move(child.begin(), child.end(), std::back_inserter(out));
}

void parse_or(View operand, const FilterContext& context, Nodes& out) {
    out.push_back(parse_disjunction("$or", operand, context));
}

void parse_nor(View operand, const FilterContext& context, Nodes& out) {
    out.push_back(std::make_unique<NotNode>(parse_disjunction("$nor", operand, context)));
}

void ignore_comment(View, const FilterContext&, Nodes&) {}

void add_expr(View operand, const FilterContext& context, Nodes& out) {
    if (context.in_element) refuse_at_top("$expr asks about whole documents, not about elements of arrays", "$expr");
    out.push_back(parse_expr(operand, context));
}

void add_json_schema(View operand, const FilterContext& context, Nodes& out) {
    out.push_back(parse_json_schema(operand, context));
}

template <bool value>
void parse_always(View operand, const FilterContext&, Nodes& out) {
    constexpr std::string_view op = value ? "$alwaysTrue" : "$alwaysFalse";
    if (!operand.is_number() || operand.number() != 1) {
        refuse_at_top(std::string(op) + " needs the number 1, not " + describe(operand), op, 9);
    }
    out.push_back(std::make_unique<ConstantNode>(value));
}

struct TopOperator {
    std::string_view name;
    void (*parse)(View operand, const FilterContext& context, Nodes& out);
};

constexpr auto top_operators = std::to_array<TopOperator>({
    {"$and", parse_and},
    {"$or", parse_or},
    {"$nor", parse_nor},
    {"$comment", ignore_comment},
    {"$expr", add_expr},
    {"$jsonSchema", add_json_schema},
    {"$alwaysTrue", parse_always<true>},
    {"$alwaysFalse", parse_always<false>},
});

const TopOperator* find_top_operator(std::string_view name) {
    const auto found = std::find_if(top_operators.begin(), top_operators.end(),
                                    [&](const TopOperator& entry) { return entry.name == name; });
    return found == top_operators.end() ? nullptr : &*found;
}

[[noreturn]] void refuse_top_operator(std::string_view op) {
    const std::string name(op);
    if (contains(foreign_top_operators, op)) refuse_at_top("operator " + name + " is not supported", op);
    if (is_field_operator(op)) refuse_at_top("operator " + name + " belongs under a path, not at the top level", op);
    refuse_at_top("unknown operator \"" + name + "\" at the top level", op);
}

// {"a": {"b": 1, "$gt": 2}} would be equality with an object that holds "$gt", which nobody means.
void refuse_late_operators(const FilterField& field, View object) {
    for (const auto& [key, value] : object.members()) {
        if (!is_field_operator(key)) continue;
        fail(Code::invalid_filter,
             "operator " + std::string(key) + " at " + std::string(field.text) +
                 " stands beside keys that are no operators",
             field.text, key);
    }
}

void parse_field(std::string_view text, View condition, const FilterContext& context, Nodes& out) {
    FilterField field{{parse_path(text, context.limits())}, text};
    if (context.has_system_fields) field.field.system = system_field(field.field.path.front().key);
    if (condition.is_object() && condition.size() > 0) {
        const bool is_reference = condition["$ref"] && condition["$id"];
        if (is_operator((*condition.members().begin()).key) && !is_reference) {
            Nodes nodes = parse_operators(field, condition, context);
            std::move(nodes.begin(), nodes.end(), std::back_inserter(out));
            return;
        }
        refuse_late_operators(field, condition);
    }
    out.push_back(make_equality(field, condition));
}

}  // namespace

FilterContext FilterContext::deeper() const {
    // The condition that it ends in is a level, too.
    if (depth + 1 >= limits().filter_depth) {
        fail(Code::limit_exceeded, 15,
             "a filter nested deeper than " + std::to_string(limits().filter_depth) + " levels", {});
    }
    FilterContext inner = *this;
    ++inner.depth;
    return inner;
}

FilterContext FilterContext::element() const {
    FilterContext inner = *this;
    inner.has_system_fields = false;
    inner.in_element = true;
    return inner;
}

void refuse(std::string_view message, const FilterField& field, std::string_view op, int mongo) {
    fail(Code::invalid_filter, mongo, std::string(op) + " at " + std::string(field.text) + " " + std::string(message),
         field.text, op);
}

bool is_top_operator(std::string_view key) {
    return find_top_operator(key) != nullptr || contains(foreign_top_operators, key);
}

bool begins_with_field_operator(View object) {
    if (object.size() == 0) return false;
    const std::string_view key = (*object.members().begin()).key;
    return is_operator(key) && !is_top_operator(key) && !is_reference_key(key);
}

Nodes parse_operators(const FilterField& field, View operators, const FilterContext& context) {
    FilterField here = field;
    here.operators = operators;
    Nodes nodes;
    for (const auto& [key, operand] : operators.members()) {
        const FieldOperator* op = find_field_operator(key);
        if (op == nullptr) refuse_field_operator(key, field);
        if (NodePtr node = op->parse(here, operand, context)) nodes.push_back(std::move(node));
    }
    return nodes;
}

Nodes parse_query(View query, const FilterContext& context) {
    Nodes nodes;
    for (const auto& [key, value] : query.members()) {
        if (!is_operator(key) || is_reference_key(key)) {
            parse_field(key, value, context, nodes);
        } else if (const TopOperator* op = find_top_operator(key)) {
            op->parse(value, context, nodes);
        } else {
            refuse_top_operator(key);
        }
    }
    return nodes;
}

}  // namespace sheaf::query
