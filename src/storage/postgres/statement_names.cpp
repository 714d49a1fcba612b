#include "storage/postgres/statement_names.hpp"

namespace sheaf::postgres {

KeptStatement* StatementNames::use(std::string_view sql, std::span<const unsigned> types) {
    key_.assign(sql);
    key_.append(reinterpret_cast<const char*>(types.data()), types.size_bytes());
    auto found = statements_.find(key_);
    if (found == statements_.end()) {
        if (statements_.size() >= full) return nullptr;
        found = statements_.try_emplace(key_, KeptStatement{.key = key_}).first;
    }
    found->second.last_used = ++clock_;
    return &found->second;
}

std::string StatementNames::new_name() {
    return "s" + std::to_string(++last_name_);
}

void StatementNames::forget(const KeptStatement& statement) {
    const auto found = statements_.find(statement.key);
    if (found != statements_.end()) statements_.erase(found);
}

std::string StatementNames::evict() {
    if (statements_.size() <= most) return {};
    const KeptStatement* oldest = nullptr;
    for (const auto& [key, statement] : statements_) {
        if (oldest == nullptr || statement.last_used < oldest->last_used) oldest = &statement;
    }
    std::string name = oldest->name;
    forget(*oldest);
    return name;
}

}  // namespace sheaf::postgres
