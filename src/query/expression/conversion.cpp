#include "query/expression/operators.hpp"

namespace sheaf::query {

Family conversion_operators() {
    return {};
}

}  // namespace sheaf::query
