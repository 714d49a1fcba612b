#include "query/expression/accumulator.hpp"

namespace sheaf::query {

const SimpleAccumulator* find_accumulator(std::string_view) {
    return nullptr;
}

}  // namespace sheaf::query
