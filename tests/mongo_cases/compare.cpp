#include "mongo_cases/compare.hpp"

#include <algorithm>
#include <cmath>

namespace sheaf::mongo_cases {

namespace {

bool same_value(View expected, View got, const Comparison& comparison, bool as_set);
bool has_all(View expected, View got, const Comparison& comparison);

bool same_numbers(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

bool same_elements(View expected, View got, const Comparison& comparison, bool as_set) {
    if (expected.size() != got.size()) return false;
    std::vector<View> left;
    for (const View element : got.elements()) left.push_back(element);
    std::size_t at = 0;
    for (const View element : expected.elements()) {
        if (!as_set) {
            if (!same_value(element, left[at++], comparison, false)) return false;
            continue;
        }
        const auto found = std::find_if(left.begin(), left.end(), [&](View candidate) {
            return same_value(element, candidate, comparison, false);
        });
        if (found == left.end()) return false;
        left.erase(found);
    }
    return true;
}

bool same_value(View expected, View got, const Comparison& comparison, bool as_set) {
    if (!got || expected.type() != got.type()) return false;
    switch (expected.type()) {
        case Type::number:
            return same_numbers(expected.number(), got.number());
        case Type::integer:
            return expected.integer() == got.integer();
        case Type::array:
            return same_elements(expected, got, comparison, as_set);
        case Type::object:
            return (comparison.partial || expected.size() == got.size()) && has_all(expected, got, comparison);
        default:
            return expected.encoded() == got.encoded();
    }
}

// Every member of `expected` is in `got`, which may have others.
bool has_all(View expected, View got, const Comparison& comparison) {
    const auto& sets = comparison.ignore_order_in;
    for (const auto [key, value] : expected.members()) {
        const bool as_set = std::find(sets.begin(), sets.end(), key) != sets.end();
        if (!same_value(value, got[key], comparison, as_set)) return false;
    }
    return true;
}

}  // namespace

bool same(View expected, View got, const Comparison& comparison) {
    return same_value(expected, got, comparison, comparison.ignore_document_order);
}

}  // namespace sheaf::mongo_cases
