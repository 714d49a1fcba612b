#include "query/expression/operators.hpp"

namespace sheaf::query {

Family comparison_operators() {
    return {};
}

}  // namespace sheaf::query
