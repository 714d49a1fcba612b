#include "query/expression/operators.hpp"

namespace sheaf::query {

Family accumulating_operators() {
    return {};
}

}  // namespace sheaf::query
