// OrderedRows: the rows that match a query, in the order of its sort, as a plan brings them.
//
// Rows that the plan brings in that order stream through. Those that come in the order of the sort's first fields are
// sorted in groups that are equal there; others are sorted as a whole (engine/sorter.hpp).
//
// Threads: one at a time. Must not outlive the driver transaction nor what the query and the control borrow.
#pragma once

#include <optional>
#include <string>

#include "engine/matches.hpp"
#include "engine/sorter.hpp"

namespace sheaf::engine {

class OrderedRows {
public:
    // For paging: only rows beyond the one with this sort key; backward: those before it, the last first.
    struct Page {
        Bytes beyond{};  // empty: from the end where it begins
        bool backward = false;
        // The sort in the other direction, which the plan is made for; of backward pages.
        const query::Sort* reversed = nullptr;
    };

    OrderedRows(driver::Transaction& tx, Store& store, const std::string& collection, const Query& query,
                const Control& control)
        : OrderedRows(tx, store, collection, query, control, Page()) {}
    OrderedRows(driver::Transaction& tx, Store& store, const std::string& collection, const Query& query,
                const Control& control, Page page);

    // The next row, lent until the next call; false at the end.
    bool next(driver::RowView& row);

    Matches& matches() { return *matches_; }               // before has_read_all()
    const Plan& plan() const { return matches_->plan(); }  // before has_read_all()
    bool chosen_by_backend() const { return chosen_; }     // only rows of the result are read, or little more
    Cost cost() const { return matches_ ? matches_->cost() : cost_; }
    bool spilled() const { return spilled_; }  // rows went to a file to be sorted
    // Whether nothing more will be read from the store, so that the transaction may end.
    bool has_read_all() const { return !matches_; }

private:
    struct Pending {  // the first row of the next group
        query::Sort::Key key;
        driver::Row row;
    };

    bool read(driver::RowView& row);
    bool next_sorted(driver::RowView& row);
    void sort_group();
    void begin_group();
    void choose_in_backend(std::int64_t keep);
    query::Sort::Key key_of(const driver::RowView& row) const;

    const query::Sort* sort_;  // null: any order
    const Control& control_;
    Page page_;
    std::size_t ordered_ = 0;  // of the plan
    std::optional<Sorter> sorter_;
    std::optional<Pending> pending_;
    Bytes group_;            // what the keys of the rows in the sorter have in common
    bool in_group_ = false;  // the sorter holds one
    bool spilled_ = false;
    bool chosen_ = false;
    Cost cost_;                       // once the matches have gone
    std::optional<Matches> matches_;  // last, so that it goes first
};

}  // namespace sheaf::engine
