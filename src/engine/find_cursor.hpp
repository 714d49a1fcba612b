// FindCursor: one find, from filter to records: match, sort, skip, limit, project.
//
// Threads: one at a time. Holds its Session open; a Session that ends first releases it, and next() then throws.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/ordered_rows.hpp"
#include "engine/store.hpp"
#include "query/projection/projection.hpp"
#include "query/sort.hpp"

namespace sheaf::engine {

class FindCursor final : public SessionCursor {
public:
    // `explained`: the plan is made with all that explain() shows.
    FindCursor(std::shared_ptr<Session> session, std::string collection, const Document& filter,
               const FindOptions& options, const query::Bindings& bindings, bool explained = false);
    ~FindCursor() override;
    FindCursor(const FindCursor&) = delete;
    FindCursor& operator=(const FindCursor&) = delete;

    std::optional<Record> next();
    void release() noexcept override { rows_.reset(); }
    // For the calls that follow.
    void set_control(const Control& control) { control_ = control; }

    const OrderedRows& rows() const { return *rows_; }  // until next() has found the end

private:
    void stop_reading() noexcept;

    std::shared_ptr<Session> session_;  // null when nothing is left to read from it
    const Limits& limits_;
    query::Filter filter_;
    query::Sort sort_;
    query::Projection projection_;
    Control control_;
    std::int64_t skip_;
    std::int64_t limit_;  // 0: none
    std::int64_t returned_ = 0;
    bool failed_ = false;
    std::optional<OrderedRows> rows_;  // last, so that it goes first; null when nothing is left
};

// A row as a projection shows it.
Record projected(const driver::RowView& row, const query::Filter& filter, const query::Projection& projection);

void check_limit_and_skip(std::int64_t limit, std::int64_t skip);

// How many rows make up a result: all that are skipped and returned; 0: no limit.
std::int64_t wanted_rows(std::int64_t limit, std::int64_t skip);

}  // namespace sheaf::engine
