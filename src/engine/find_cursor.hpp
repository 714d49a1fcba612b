// FindCursor: one find, from filter to records: match, sort, skip, limit, project.
//
// Threads: one at a time. Holds its Session open; a Session that ends first releases it, and next() then throws.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/matches.hpp"
#include "engine/store.hpp"
#include "query/projection/projection.hpp"
#include "query/sort.hpp"

namespace sheaf::engine {

class FindCursor final : public SessionCursor {
public:
    FindCursor(std::shared_ptr<Session> session, std::string collection, const Document& filter,
               const FindOptions& options, const query::Bindings& bindings);
    ~FindCursor() override;
    FindCursor(const FindCursor&) = delete;
    FindCursor& operator=(const FindCursor&) = delete;

    std::optional<Record> next();
    void release() noexcept override { matches_.reset(); }
    // For the calls that follow.
    void set_control(const Control& control) { control_ = control; }

private:
    struct Sorted {
        Bytes key;
        Bytes body;
        driver::RowMeta meta;
    };

    void stop_reading() noexcept;
    std::optional<Record> next_streamed();
    std::optional<Record> next_sorted();
    void sort_all();
    void keep(Bytes key, const driver::RowView& row);
    Record record(const driver::RowView& row) const;

    std::shared_ptr<Session> session_;  // null when nothing is left to read
    const Limits& limits_;
    query::Filter filter_;
    query::Sort sort_;
    query::Projection projection_;
    Control control_;
    std::int64_t skip_;
    std::int64_t limit_;  // 0: none
    std::int64_t returned_ = 0;
    bool failed_ = false;
    std::size_t sort_bytes_ = 0;
    std::vector<Sorted> sorted_;
    std::size_t next_sorted_ = 0;
    std::optional<Matches> matches_;  // last, so that it goes first
};

// A row as a projection shows it.
Record projected(const driver::RowView& row, const query::Filter& filter, const query::Projection& projection);

void check_limit_and_skip(std::int64_t limit, std::int64_t skip);

}  // namespace sheaf::engine
