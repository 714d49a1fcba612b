#include "storage/sqlite/row_numbers.hpp"

#include <algorithm>
#include <limits>

#include <sheaf/error.hpp>

namespace sheaf::sqlite {

std::int64_t RowNumbers::next(Table& table) {
    read(table);
    if (table.numbers.next == std::numeric_limits<std::int64_t>::max()) {
        throw Error(Code::limit_exceeded, "table \"" + table.name() + "\" has no row numbers left");
    }
    return table.numbers.next;
}

void RowNumbers::before_remove(const std::shared_ptr<Table>& table) {
    read(*table);
    if (table->numbers.removed) return;
    table->numbers.removed = true;
    removed_.push_back(table);
}

void RowNumbers::save() {
    for (const std::shared_ptr<Table>& table : removed_) {
        table->numbers.removed = false;
        const std::int64_t last_used = table->numbers.next - 1;
        if (session_.largest_rid(*table) < last_used) session_.catalog().raise_last_rid(table->name(), last_used);
    }
    removed_.clear();
}

void RowNumbers::read(Table& table) {
    if (table.numbers.epoch == session_.epoch()) return;
    const auto entry = session_.catalog().find(table.name());
    const std::int64_t last_rid = entry ? entry->last_rid : 0;
    const std::int64_t last_used = std::max(session_.largest_rid(table), last_rid);
    const bool none_left = last_used == std::numeric_limits<std::int64_t>::max();
    table.numbers = {session_.epoch(), none_left ? last_used : std::max<std::int64_t>(last_used, 0) + 1, false};
}

}  // namespace sheaf::sqlite
