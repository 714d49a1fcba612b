// Matches: the rows of a collection that a filter selects, by the ways that a plan names. The backend narrows; the
// filter decides on every row, unless the plan's ranges do so alone.
//
// Threads: one at a time. Must not outlive the driver transaction, the filter nor the control.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include <sheaf/driver/backend.hpp>
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

    // The next matching row, lent until the next call; false at the end.
    bool next(driver::RowView& row);

    const Plan& plan() const { return plan_; }
    Cost cost() const;  // so far

private:
    bool wants(BytesView body) override;
    bool next_row(driver::RowView& row);
    bool open_next();
    void open_index(const Access& access);
    void open_by_id(const Access& access);
    bool next_by_id(driver::RowView& row);
    void fetch_ids();
    void check();
    bool selects(const driver::RowView& row);

    driver::Transaction& tx_;
    Store& store_;
    std::string collection_;
    const query::Filter& filter_;
    Archived archived_;
    const Control& control_;
    Plan plan_;
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

}  // namespace sheaf::engine
