#include <algorithm>
#include <string>

#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

void require_array(View value, int mongo, std::string_view op) {
    if (value.is_array()) return;
    fail_expression(mongo, op, "takes arrays, not " + describe(value));
}

bool before(View a, View b) {
    return compare(a, b) < 0;
}

bool same(View a, View b) {
    return compare(a, b) == 0;
}

std::vector<View> elements_of(Evaluation& evaluation, View array) {
    evaluation.charge_list(array.size(), sizeof(View));
    evaluation.charge_walk(array);  // to be sorted or searched
    std::vector<View> elements;
    elements.reserve(array.size());
    for (const View element : array.elements()) elements.push_back(element);
    return elements;
}

// Of equal elements the first stays.
void make_set(std::vector<View>& elements) {
    std::stable_sort(elements.begin(), elements.end(), before);
    elements.erase(std::unique(elements.begin(), elements.end(), same), elements.end());
}

std::vector<View> set_of(Evaluation& evaluation, View array) {
    std::vector<View> elements = elements_of(evaluation, array);
    make_set(elements);
    return elements;
}

bool contains(const std::vector<View>& set, View element) {
    return std::binary_search(set.begin(), set.end(), element, before);
}

View set_union(Evaluation& evaluation, Arguments arguments) {
    std::vector<View> all;
    for (const View argument : arguments) {
        if (is_nullish(argument)) return null_value();
        require_array(argument, 17043, "$setUnion");
        const std::vector<View> elements = elements_of(evaluation, argument);
        all.insert(all.end(), elements.begin(), elements.end());
    }
    make_set(all);
    return evaluation.scratch().array(all);
}

View set_intersection(Evaluation& evaluation, Arguments arguments) {
    std::vector<View> common;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (is_nullish(arguments[i])) return null_value();
        require_array(arguments[i], 17047, "$setIntersection");
        std::vector<View> set = set_of(evaluation, arguments[i]);
        if (i == 0) {
            common = std::move(set);
        } else {
            std::erase_if(common, [&](View element) { return !contains(set, element); });
        }
    }
    return evaluation.scratch().array(common);
}

// In the order of the first array, as MongoDB has it.
View set_difference(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0]) || is_nullish(arguments[1])) return null_value();
    require_array(arguments[0], 17048, "$setDifference");
    require_array(arguments[1], 17049, "$setDifference");
    const std::vector<View> without = set_of(evaluation, arguments[1]);
    const std::vector<View> elements = elements_of(evaluation, arguments[0]);
    std::vector<std::size_t> order;  // of the elements that stay, by value and then by place
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (!contains(without, elements[i])) order.push_back(i);
    }
    const auto before_at = [&](std::size_t a, std::size_t b) { return before(elements[a], elements[b]); };
    const auto same_at = [&](std::size_t a, std::size_t b) { return same(elements[a], elements[b]); };
    std::stable_sort(order.begin(), order.end(), before_at);
    order.erase(std::unique(order.begin(), order.end(), same_at), order.end());
    std::sort(order.begin(), order.end());
    std::vector<View> left;
    left.reserve(order.size());
    for (const std::size_t i : order) left.push_back(elements[i]);
    return evaluation.scratch().array(left);
}

View set_equals(Evaluation& evaluation, Arguments arguments) {
    std::vector<View> first;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        require_array(arguments[i], 17044, "$setEquals");
        std::vector<View> set = set_of(evaluation, arguments[i]);
        if (i == 0) {
            first = std::move(set);
        } else if (!std::equal(first.begin(), first.end(), set.begin(), set.end(), same)) {
            return boolean_value(false);
        }
    }
    return boolean_value(true);
}

View set_is_subset(Evaluation& evaluation, Arguments arguments) {
    require_array(arguments[0], 17046, "$setIsSubset");
    require_array(arguments[1], 17042, "$setIsSubset");
    const std::vector<View> whole = set_of(evaluation, arguments[1]);
    evaluation.charge(arguments[0].size());
    evaluation.charge_walk(arguments[0]);
    for (const View element : arguments[0].elements()) {
        if (!contains(whole, element)) return boolean_value(false);
    }
    return boolean_value(true);
}

// Whether an element has this truth.
bool has_element(Evaluation& evaluation, View array, bool truth) {
    evaluation.charge(array.size());
    evaluation.charge_walk(array);
    for (const View element : array.elements()) {
        if (is_true(element) == truth) return true;
    }
    return false;
}

View all_elements_true(Evaluation& evaluation, Arguments arguments) {
    require_array(arguments[0], 17040, "$allElementsTrue");
    return boolean_value(!has_element(evaluation, arguments[0], false));
}

View any_element_true(Evaluation& evaluation, Arguments arguments) {
    require_array(arguments[0], 17041, "$anyElementTrue");
    return boolean_value(has_element(evaluation, arguments[0], true));
}

ExpressionPtr parse_set_equals(View operand, ExpressionParser& parser, std::string_view name) {
    static constexpr Function function{"$setEquals", 2, any_number, set_equals};
    Expressions arguments = parser.parse_arguments(operand);
    if (arguments.size() < 2) fail_expression(17045, name, "takes at least two arrays");
    return make_call(function, std::move(arguments));
}

constexpr Function functions[] = {
    {"$allElementsTrue", 1, 1, all_elements_true}, {"$anyElementTrue", 1, 1, any_element_true},
    {"$setDifference", 2, 2, set_difference},      {"$setIntersection", 0, any_number, set_intersection},
    {"$setIsSubset", 2, 2, set_is_subset},         {"$setUnion", 0, any_number, set_union},
};

// Forms, because MongoDB has a number of its own for too few arguments.
constexpr Form forms[] = {
    {"$setEquals", parse_set_equals},
};

}  // namespace

Family set_operators() {
    return {functions, forms};
}

}  // namespace sheaf::query
