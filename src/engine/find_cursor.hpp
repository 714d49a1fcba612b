// FindCursor: one find, from filter to records: match, sort, skip, limit, project.
//
// Threads: one at a time. Holds its Session open; a Session that ends first releases it, and next() then throws.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/ordered_rows.hpp"
#include "engine/row_locker.hpp"
#include "engine/target.hpp"
#include "query/projection/projection.hpp"
#include "query/sort.hpp"

namespace sheaf::engine {

class FindCursor final : public SessionCursor {
public:
    FindCursor(const Target& target, const Document& filter, FindOptions options, const query::Bindings& bindings);
    ~FindCursor() override;
    FindCursor(const FindCursor&) = delete;
    FindCursor& operator=(const FindCursor&) = delete;

    std::optional<Record> next();
    void release() noexcept override { rows_.reset(); }
    // For the calls that follow.
    void set_control(const Control& control) { control_ = control; }

private:
    void open(const std::shared_ptr<Store>& store);
    bool read(driver::RowView& row);
    bool read_first(driver::RowView& row);
    bool read_on(driver::RowView& row);
    void stop_reading() noexcept;

    const std::string collection_;
    const FindOptions options_;
    query::Filter filter_;
    query::Sort sort_;
    query::Projection projection_;
    std::shared_ptr<Session> session_;  // null when nothing is left to read from it
    const bool joined_;                 // to a transaction of the user
    Control control_;
    std::int64_t skip_;
    std::int64_t limit_;  // 0: none
    std::int64_t returned_ = 0;
    bool begun_ = false;  // a row has been read
    bool failed_ = false;
    std::optional<RowLocker> locker_;  // none: rows are only read
    std::optional<OrderedRows> rows_;  // last, so that it goes first; null when nothing is left
};

// A row as a projection shows it.
Record projected(const driver::RowView& row, const query::Filter& filter, const query::Projection& projection);

void check_limit_and_skip(std::int64_t limit, std::int64_t skip);

// How many rows make up a result: all that are skipped and returned; 0: no limit.
std::int64_t wanted_rows(std::int64_t limit, std::int64_t skip);

}  // namespace sheaf::engine
