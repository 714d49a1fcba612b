// Matches: the rows of a collection that a filter selects, by the cheapest way that the filter allows. The backend
// narrows (gets by _id, or a scan); the filter decides on every row.
//
// Threads: one at a time. Must not outlive the driver transaction nor the filter.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/results.hpp>

#include "query/filter/filter.hpp"

namespace sheaf::engine {

class Matches : private driver::RowFilter {
public:
    Matches(driver::Transaction& tx, std::string collection, const query::Filter& filter, Archived archived,
            const Control& control, const Limits& limits);
    Matches(const Matches&) = delete;  // the scan refers to it
    Matches& operator=(const Matches&) = delete;

    // The next matching row, lent until the next call; false at the end.
    bool next(driver::RowView& row);

private:
    bool wants(BytesView body) override;
    bool next_candidate(driver::RowView& row);
    void check();
    bool next_by_id(driver::RowView& row);
    bool selects(const driver::RowView& row) const;

    driver::Transaction& tx_;
    std::string collection_;
    const query::Filter& filter_;
    Archived archived_;
    const Control& control_;
    // The backend asks the filter itself, where the body is all that the filter needs to see.
    bool pushed_down_ = false;

    std::unique_ptr<driver::Cursor> scan_;  // of a scan; null when the collection does not exist
    std::vector<Bytes> keys_;               // of gets
    std::size_t next_key_ = 0;
    std::size_t keys_per_get_ = 4;
    std::vector<std::optional<driver::Row>> fetched_;
    std::size_t next_fetched_ = 0;
};

query::Subject subject_of(const driver::RowView& row);

// A scan, or null when the collection does not exist, which reads as an empty one.
std::unique_ptr<driver::Cursor> scan_if_exists(driver::Transaction& tx, std::string_view collection,
                                               const driver::Scan& scan);

}  // namespace sheaf::engine
