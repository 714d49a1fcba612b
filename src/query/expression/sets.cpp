#include "query/expression/operators.hpp"

namespace sheaf::query {

Family set_operators() {
    return {};
}

}  // namespace sheaf::query
