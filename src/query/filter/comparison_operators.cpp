#include <array>

#include "query/filter/field_operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

template <bool less, bool equal, bool greater>
NodePtr parse_comparison(const FilterField& field, View operand, const FilterContext&) {
    return make_leaf(field, std::make_unique<CompareTest>(CompareTest::Accepts{less, equal, greater}, operand));
}

NodePtr parse_ne(const FilterField& field, View operand, const FilterContext&) {
    return std::make_unique<NotNode>(make_equality(field, operand));
}

NodePtr parse_in_list(const FilterField& field, View operand, std::string_view op) {
    if (!operand.is_array()) refuse("needs an array, not " + with_article(operand.type()), field, op);
    std::vector<View> values;
    values.reserve(operand.size());
    for (const View value : operand.elements()) {
        values.push_back(value);
        if (!value.is_object() || value.size() == 0) continue;
        const std::string_view key = (*value.members().begin()).key;
        if (!is_operator(key)) continue;
        refuse("takes values, not the operator \"" + std::string(key) + "\"", field, op);
    }
    return make_leaf(field, std::make_unique<InTest>(std::move(values)));
}

NodePtr parse_in(const FilterField& field, View operand, const FilterContext&) {
    return parse_in_list(field, operand, "$in");
}

NodePtr parse_nin(const FilterField& field, View operand, const FilterContext&) {
    return std::make_unique<NotNode>(parse_in_list(field, operand, "$nin"));
}

constexpr auto operators = std::to_array<FieldOperator>({
    {"$eq", parse_comparison<false, true, false>},
    {"$ne", parse_ne},
    {"$gt", parse_comparison<false, false, true>},
    {"$gte", parse_comparison<false, true, true>},
    {"$lt", parse_comparison<true, false, false>},
    {"$lte", parse_comparison<true, true, false>},
    {"$in", parse_in},
    {"$nin", parse_nin},
});

}  // namespace

std::span<const FieldOperator> comparison_conditions() {
    return operators;
}

NodePtr make_leaf(const FilterField& field, std::unique_ptr<ValueTest> test) {
    return std::make_unique<LeafNode>(field.field, std::move(test));
}

NodePtr make_equality(const FilterField& field, View operand) {
    return make_leaf(field, std::make_unique<CompareTest>(CompareTest::Accepts{false, true, false}, operand));
}

}  // namespace sheaf::query
