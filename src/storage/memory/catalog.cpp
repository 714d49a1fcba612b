#include "storage/memory/catalog.hpp"

#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf::memory {

void refuse(const Table& table, std::string_view why) {
    throw Error(Code::invalid_argument, "table \"" + std::string(table.name()) + "\" " + std::string(why));
}

std::size_t table_position(Tables tables, std::string_view name) {
    const auto less = [](const Table* table, std::string_view wanted) { return table->name() < wanted; };
    return static_cast<std::size_t>(std::lower_bound(tables.begin(), tables.end(), name, less) - tables.begin());
}

}  // namespace sheaf::memory
