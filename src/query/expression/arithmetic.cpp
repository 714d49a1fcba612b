#include "query/expression/operators.hpp"

namespace sheaf::query {

Family arithmetic_operators() {
    return {};
}

}  // namespace sheaf::query
