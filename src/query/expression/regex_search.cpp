#include "query/expression/operators.hpp"

namespace sheaf::query {

Family regex_operators() {
    return {};
}

}  // namespace sheaf::query
