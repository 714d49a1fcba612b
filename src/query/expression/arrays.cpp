#include "query/expression/operators.hpp"

namespace sheaf::query {

Family array_operators() {
    return {};
}

}  // namespace sheaf::query
