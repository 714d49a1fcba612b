// The transaction of the PostgreSQL backend: the contract, over a Session.
//
// Threads: one at a time; may move between threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/driver/pushdown.hpp>

#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

class Transaction final : public driver::Transaction {
public:
    Transaction(Shared& shared, const driver::BeginOptions& begin);
    ~Transaction() override;

    std::vector<driver::TableInfo> tables() override;
    std::optional<driver::TableInfo> find_table(std::string_view name) override;
    void describe_table(std::string_view name, BytesView description) override;
    std::uint64_t catalog_stamp() override;
    bool ensure_table(std::string_view name, driver::TableKind kind) override;
    void rename_table(std::string_view from, std::string_view to) override;
    bool drop_table(std::string_view name) override;

    std::optional<driver::Row> get(std::string_view table, BytesView key) override;
    std::vector<std::optional<driver::Row>> get_many(std::string_view table, std::span<const BytesView> keys) override;
    std::unique_ptr<driver::Cursor> scan(std::string_view table, const driver::Scan& scan) override;
    std::unique_ptr<driver::Cursor> fetch(std::string_view table, const driver::IndexScan& scan) override;
    std::int64_t count(std::string_view table, std::span<const driver::KeyRange> ranges, std::int64_t limit) override;
    std::int64_t estimate(std::string_view table) override;

    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override;
    std::vector<std::optional<driver::Row>> lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                      driver::LockWait wait) override;
    bool lock_name(std::string_view name, driver::LockWait wait) override;
    void exclude_writers(std::string_view table) override;
    driver::Pushdown* pushdown() override;
    void commit() override;

private:
    void require_writes(std::string_view doing) const;

    std::shared_ptr<Session> session_;  // shared with cursors
    std::unique_ptr<driver::Pushdown> pushdown_;
    std::set<std::string, std::less<>> made_;  // tables
};

}  // namespace sheaf::postgres
