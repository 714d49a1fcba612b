#include "query/expression/operators.hpp"

#include <algorithm>
#include <array>

namespace sheaf::query {

namespace {

// Sorted by name, so that a lookup is a binary search; built on first use.
template <typename Operator, typename Pick>
std::vector<const Operator*> collect(const Pick& pick) {
    const std::array families{
        arithmetic_operators(), comparison_operators(), string_operators(),       regex_operators(),
        conversion_operators(), array_operators(),      loop_operators(),         set_operators(),
        object_operators(),     date_operators(),       accumulating_operators(), miscellaneous_operators(),
    };
    std::vector<const Operator*> all;
    for (const Family& family : families) {
        for (const Operator& op : pick(family)) all.push_back(&op);
    }
    std::sort(all.begin(), all.end(), [](const Operator* a, const Operator* b) { return a->name < b->name; });
    return all;
}

template <typename Operator>
const Operator* find(const std::vector<const Operator*>& sorted, std::string_view name) {
    const auto found = std::lower_bound(sorted.begin(), sorted.end(), name,
                                        [](const Operator* op, std::string_view wanted) { return op->name < wanted; });
    return found != sorted.end() && (*found)->name == name ? *found : nullptr;
}

}  // namespace

const Function* find_function(std::string_view name) {
    static const auto all = collect<Function>([](const Family& family) { return family.functions; });
    return find(all, name);
}

const Form* find_form(std::string_view name) {
    static const auto all = collect<Form>([](const Family& family) { return family.forms; });
    return find(all, name);
}

bool is_expression_operator(std::string_view name) {
    return find_function(name) != nullptr || find_form(name) != nullptr;
}

}  // namespace sheaf::query
