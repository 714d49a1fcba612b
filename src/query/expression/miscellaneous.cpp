#include "query/expression/operators.hpp"

namespace sheaf::query {

Family miscellaneous_operators() {
    return {};
}

}  // namespace sheaf::query
