#include "query/expression/operators.hpp"

namespace sheaf::query {

Family string_operators() {
    return {};
}

}  // namespace sheaf::query
