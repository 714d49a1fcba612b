#include "query/expression/operators.hpp"

namespace sheaf::query {

Family date_operators() {
    return {};
}

}  // namespace sheaf::query
