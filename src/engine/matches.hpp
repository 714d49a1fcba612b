// Matches: the rows of a collection that a filter selects, by the ways that a plan names. The backend narrows; the
// filter decides on every row, unless the plan's ranges do so alone.
//
// A backend's own engine (driver::Pushdown) is told what can be said of the filter, so that fewer rows come. Where it
// can decide alone it may also count, group or choose rows of a scan: next() then brings those that are left.
//
//     Matches matches(tx, store, "users", query, control);
//     std::int64_t count = matches.count_in_backend();  // 0 where it cannot
//     while (matches.next(row)) ++count;
//
// Threads: one at a time. Must not outlive the driver transaction, the filter nor the control.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/driver/pushdown.hpp>
#include <sheaf/results.hpp>

#include "engine/plan.hpp"
#include "engine/planner.hpp"
#include "query/filter/filter.hpp"

namespace sheaf::engine {

class Matches : private driver::RowFilter {
public:
    // Plans and opens. Throws invalid_argument for a hint that cannot be followed.
    Matches(driver::Transaction& tx, Store& store, std::string collection, const Query& query, const Control& control);
    Matches(driver::Transaction& tx, Store& store, std::string collection, const Query& query, Plan plan,
            const Control& control);
    Matches(const Matches&) = delete;  // the scan refers to it
    Matches& operator=(const Matches&) = delete;
    ~Matches() override;

    // What the backend does alone, where it can; one of these, before next(). Rows that it has counted do not come.
    std::int64_t count_in_backend();
    std::vector<driver::GroupCount> groups_in_backend(std::vector<std::vector<std::string>> paths);
    // Only the first rows in an order, and maybe more, will come. Whether it can.
    bool choose_in_backend(std::vector<driver::SortTerm> terms, std::int64_t keep);

    // The next matching row, lent until the next call; false at the end.
    bool next(driver::RowView& row);

    const Plan& plan() const { return plan_; }
    Cost cost() const;  // so far
    // What the backend is told of the filter for this access of the plan; null: nothing.
    const LoweredFilter* pushed_down(const Access& access);

private:
    using OpenRest = std::function<std::unique_ptr<driver::Cursor>(const driver::Where&, driver::RowFilter*)>;

    bool wants(BytesView body) override;
    bool next_row(driver::RowView& row);
    bool open_next();
    driver::Where where_of(const Access& access);
    const LoweredFilter& lowered();
    bool is_decided_by_backend();
    bool next_by_id(driver::RowView& row);
    void fetch_ids();
    std::vector<std::optional<driver::Row>> get(const std::vector<BytesView>& keys);
    void check();
    bool selects(const driver::RowView& row);

    driver::Transaction& tx_;
    Store& store_;
    std::string collection_;
    const query::Filter& filter_;
    Archived archived_;
    const Control& control_;
    Plan plan_;
    driver::Pushdown* pushdown_;  // null: nothing is pushed down
    std::int64_t limit_;          // of rows that will be read, as far as that is known; 0: all
    std::optional<LoweredFilter> lowered_;
    OpenRest open_rest_;         // instead of a scan; null: the scan
    std::int64_t examined_ = 0;  // documents

    const Access* access_ = nullptr;  // the one that is read
    std::size_t next_access_ = 0;
    std::size_t next_range_ = 0;  // of an access by _id
    bool asks_filter_ = false;    // here; else the backend has asked it, or need not
    std::unique_ptr<driver::Cursor> cursor_;
    std::unordered_set<std::int64_t> seen_;  // rids, where a document may come more than once

    std::size_t next_key_ = 0;  // of gets
    std::size_t keys_per_get_ = 4;
    std::vector<std::optional<driver::Row>> fetched_;
    std::size_t next_fetched_ = 0;
};

query::Subject subject_of(const driver::RowView& row);

// Whether a row that has been read again still is what is asked for.
bool is_selected(const driver::RowView& row, const query::Filter& filter, Archived archived);

}  // namespace sheaf::engine
