#include "query/expression/operators.hpp"

namespace sheaf::query {

Family object_operators() {
    return {};
}

}  // namespace sheaf::query
