#include <compare>

#include "query/expression/conditional.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

template <bool (*holds)(std::partial_ordering)>
View compared(Evaluation& evaluation, Arguments arguments) {
    return boolean_value(holds(compare_counted(evaluation, arguments[0], arguments[1])));
}

View cmp(Evaluation& evaluation, Arguments arguments) {
    const std::weak_ordering order = compare_counted(evaluation, arguments[0], arguments[1]);
    return evaluation.scratch().integer(order < 0 ? -1 : order > 0 ? 1 : 0);
}

View negate(Evaluation&, Arguments arguments) {
    return boolean_value(!is_true(arguments[0]));
}

constexpr Function functions[] = {
    {"$cmp", 2, 2, cmp},
    {"$eq", 2, 2, compared<std::is_eq>},
    {"$ne", 2, 2, compared<std::is_neq>},
    {"$gt", 2, 2, compared<std::is_gt>},
    {"$gte", 2, 2, compared<std::is_gteq>},
    {"$lt", 2, 2, compared<std::is_lt>},
    {"$lte", 2, 2, compared<std::is_lteq>},
    {"$not", 1, 1, negate},
};

}  // namespace

Family comparison_operators() {
    return {functions, conditional_forms()};
}

}  // namespace sheaf::query
