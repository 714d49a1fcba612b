#include "query/expression/operators.hpp"

namespace sheaf::query {

Family loop_operators() {
    return {};
}

}  // namespace sheaf::query
