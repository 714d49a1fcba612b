#include "query/filter/filter_parse.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "query/operand.hpp"

namespace sheaf::query {

namespace {

using namespace std::string_literals;

[[noreturn]] void refuse(std::string_view message, std::string_view path, std::string_view op = {}) {
    fail(Code::invalid_filter, message, path, op);
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

void require_array(View operand, std::string_view op, const FilterField& field) {
    if (operand.is_array()) return;
    refuse(std::string(op) + " at " + std::string(field.text) + " needs an array, not " + with_article(operand.type()),
           field.text, op);
}

// ---- operators under a path

NodePtr leaf(const FilterField& field, std::unique_ptr<ValueTest> test) {
    return std::make_unique<LeafNode>(field.field, std::move(test));
}

template <bool less, bool equal, bool greater>
NodePtr parse_comparison(const FilterField& field, View operand, const FilterContext&) {
    return leaf(field, std::make_unique<CompareTest>(CompareTest::Accepts{less, equal, greater}, operand));
}

constexpr auto parse_eq = parse_comparison<false, true, false>;

NodePtr parse_ne(const FilterField& field, View operand, const FilterContext& context) {
    return std::make_unique<NotNode>(parse_eq(field, operand, context));
}

NodePtr parse_in_list(const FilterField& field, View operand, std::string_view op) {
    require_array(operand, op, field);
    for (const View value : operand.elements()) {
        if (!value.is_object() || value.size() == 0) continue;
        const std::string_view key = (*value.members().begin()).key;
        if (!is_operator(key)) continue;
        refuse(std::string(op) + " at " + std::string(field.text) + " takes values, not the operator " + quoted(key),
               field.text, op);
    }
    return leaf(field, std::make_unique<InTest>(operand));
}

NodePtr parse_in(const FilterField& field, View operand, const FilterContext&) {
    return parse_in_list(field, operand, "$in");
}

NodePtr parse_nin(const FilterField& field, View operand, const FilterContext&) {
    return std::make_unique<NotNode>(parse_in_list(field, operand, "$nin"));
}

NodePtr parse_exists(const FilterField& field, View operand, const FilterContext&) {
    NodePtr exists = leaf(field, std::make_unique<ExistsTest>());
    if (is_true(operand)) return exists;
    return std::make_unique<NotNode>(std::move(exists));
}

NodePtr parse_not(const FilterField& field, View operand, const FilterContext& context) {
    if (!operand.is_object() || operand.size() == 0) {
        refuse("$not at " + std::string(field.text) + " needs an object of operators, not " +
                   (operand.is_object() ? "an empty object"s : with_article(operand.type())),
               field.text, "$not");
    }
    return std::make_unique<NotNode>(conjunction(parse_operators(field, operand, context.deeper())));
}

struct FieldOperator {
    std::string_view name;
    NodePtr (*parse)(const FilterField& field, View operand, const FilterContext& context);
};

constexpr auto field_operators = std::to_array<FieldOperator>({
    {"$eq", parse_eq},
    {"$ne", parse_ne},
    {"$gt", parse_comparison<false, false, true>},
    {"$gte", parse_comparison<false, true, true>},
    {"$lt", parse_comparison<true, false, false>},
    {"$lte", parse_comparison<true, true, false>},
    {"$in", parse_in},
    {"$nin", parse_nin},
    {"$exists", parse_exists},
    {"$not", parse_not},
});

// MongoDB's operators that sheaf does not have yet: they are refused as such, not as misspelt.
constexpr auto future_field_operators = std::to_array<std::string_view>({
    "$type",
    "$all",
    "$elemMatch",
    "$size",
    "$mod",
    "$regex",
    "$options",
    "$bitsAllSet",
    "$bitsAnySet",
    "$bitsAllClear",
    "$bitsAnyClear",
    "$geoWithin",
    "$geoIntersects",
    "$near",
    "$nearSphere",
    "$maxDistance",
    "$minDistance",
});

// ---- operators at the top level

// The children of $and, $or and $nor, each as the list of its conditions.
std::vector<Nodes> parse_list(std::string_view op, View operand, const FilterContext& context) {
    if (!operand.is_array() || operand.size() == 0) {
        refuse(std::string(op) + " needs an array of at least one object, not " +
                   (operand.is_array() ? "an empty array"s : with_article(operand.type())),
               {}, op);
    }
    std::vector<Nodes> children;
    children.reserve(operand.size());
    for (const View child : operand.elements()) {
        if (!child.is_object()) {
            refuse(std::string(op) + " needs objects in its array, not " + with_article(child.type()), {}, op);
        }
        children.push_back(parse_query(child, context.deeper()));
    }
    return children;
}

NodePtr disjunction(std::string_view op, View operand, const FilterContext& context) {
    Nodes children;
    for (Nodes& child : parse_list(op, operand, context)) children.push_back(conjunction(std::move(child)));
    if (children.size() == 1) return std::move(children.front());
    return std::make_unique<OrNode>(std::move(children));
}

void parse_and(View operand, const FilterContext& context, Nodes& out) {
    for (Nodes& child : parse_list("$and", operand, context))
        std::move(child.begin(), child.end(), std::back_inserter(out));
}

void parse_or(View operand, const FilterContext& context, Nodes& out) {
    out.push_back(disjunction("$or", operand, context));
}

void parse_nor(View operand, const FilterContext& context, Nodes& out) {
    out.push_back(std::make_unique<NotNode>(disjunction("$nor", operand, context)));
}

void ignore_comment(View, const FilterContext&, Nodes&) {}

struct TopOperator {
    std::string_view name;
    void (*parse)(View operand, const FilterContext& context, Nodes& out);
};

constexpr auto top_operators = std::to_array<TopOperator>({
    {"$and", parse_and},
    {"$or", parse_or},
    {"$nor", parse_nor},
    {"$comment", ignore_comment},
});

constexpr auto future_top_operators = std::to_array<std::string_view>({
    "$expr",
    "$where",
    "$text",
    "$jsonSchema",
    "$alwaysTrue",
    "$alwaysFalse",
    "$sampleRate",
});

template <typename Table>
auto find_operator(const Table& table, std::string_view name) -> decltype(table.data()) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.name == name; });
    return found == table.end() ? nullptr : &*found;
}

template <typename List>
bool contains(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

// Supported or not yet.
bool is_field_operator(std::string_view key) {
    return find_operator(field_operators, key) != nullptr || contains(future_field_operators, key);
}

[[noreturn]] void refuse_field_operator(std::string_view op, std::string_view path) {
    const std::string at = " at " + std::string(path);
    if (contains(future_field_operators, op))
        refuse("operator " + std::string(op) + " is not supported yet" + at, path, op);
    if (is_top_operator(op)) {
        refuse("operator " + std::string(op) + at + " belongs at the top level, not under a path", path, op);
    }
    if (!is_operator(op)) refuse("the key " + quoted(op) + at + " stands among operators but is none", path, op);
    refuse("unknown operator " + quoted(op) + at, path, op);
}

[[noreturn]] void refuse_top_operator(std::string_view op) {
    if (contains(future_top_operators, op)) {
        refuse("operator " + std::string(op) + " is not supported yet at the top level", {}, op);
    }
    if (is_field_operator(op))
        refuse("operator " + std::string(op) + " belongs under a path, not at the top level", {}, op);
    refuse("unknown operator " + quoted(op) + " at the top level", {}, op);
}

// {"a": {"b": 1, "$gt": 2}} would be equality with an object that holds "$gt", which nobody means.
void refuse_late_operators(std::string_view path, View object) {
    for (const auto& [key, value] : object.members()) {
        if (is_field_operator(key)) {
            refuse("operator " + std::string(key) + " at " + std::string(path) +
                       " stands beside keys that are no operators",
                   path, key);
        }
    }
}

void parse_field(std::string_view text, View condition, const FilterContext& context, Nodes& out) {
    FilterField field{{parse_path(text, context.limits()), SystemField::none}, text};
    if (context.has_system_fields) field.field.system = system_field(field.field.path.front().key);
    if (condition.is_object() && condition.size() > 0) {
        if (is_operator((*condition.members().begin()).key)) {
            Nodes nodes = parse_operators(field, condition, context);
            std::move(nodes.begin(), nodes.end(), std::back_inserter(out));
            return;
        }
        refuse_late_operators(text, condition);
    }
    out.push_back(parse_eq(field, condition, context));
}

}  // namespace

FilterContext FilterContext::deeper() const {
    if (depth >= limits().filter_depth) {
        fail(Code::limit_exceeded, "a filter nested deeper than " + std::to_string(limits().filter_depth) + " levels",
             {});
    }
    return {settings, has_system_fields, depth + 1};
}

bool is_top_operator(std::string_view key) {
    return find_operator(top_operators, key) != nullptr || contains(future_top_operators, key);
}

Nodes parse_operators(const FilterField& field, View operators, const FilterContext& context) {
    Nodes nodes;
    for (const auto& [key, operand] : operators.members()) {
        const FieldOperator* op = find_operator(field_operators, key);
        if (op == nullptr) refuse_field_operator(key, field.text);
        nodes.push_back(op->parse(field, operand, context));
    }
    return nodes;
}

Nodes parse_query(View query, const FilterContext& context) {
    Nodes nodes;
    for (const auto& [key, value] : query.members()) {
        if (!is_operator(key)) {
            parse_field(key, value, context, nodes);
        } else if (const TopOperator* op = find_operator(top_operators, key)) {
            op->parse(value, context, nodes);
        } else {
            refuse_top_operator(key);
        }
    }
    return nodes;
}

}  // namespace sheaf::query
