#include "storage/memory/catalog.hpp"

#include <algorithm>

namespace sheaf::memory {

std::size_t table_position(Tables tables, std::string_view name) {
    const auto less = [](const Table* table, std::string_view wanted) { return table->name() < wanted; };
    return static_cast<std::size_t>(std::lower_bound(tables.begin(), tables.end(), name, less) - tables.begin());
}

}  // namespace sheaf::memory
