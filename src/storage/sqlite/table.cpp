#include "storage/sqlite/table.hpp"

#include <algorithm>
#include <utility>

namespace sheaf::sqlite {

Statement& Table::statement(Query query) {
    Statement& kept = slot(query);
    if (!kept) kept = prepare(query);
    return kept;
}

Statement Table::take(Query query) {
    Statement& kept = slot(query);
    return kept ? std::exchange(kept, Statement()) : prepare(query);
}

void Table::give_back(Query query, Statement statement) {
    statement.reset();
    if (!slot(query)) slot(query) = std::move(statement);
}

const std::shared_ptr<Table>& Table::join(const Table& index) {
    const auto kept = std::find_if(joins_.begin(), joins_.end(), [&](const std::shared_ptr<Table>& join) {
        return join->subject_.index == index.name();
    });
    if (kept != joins_.end()) return *kept;
    return joins_.emplace_back(
        std::make_shared<Table>(connection_, Subject{name(), kind(), index.name(), index.kind()}));
}

}  // namespace sheaf::sqlite
