// RowLocker: locks the rows that a query finds, for find() with FindOptions::lock.
//
// Rows are read ahead and locked some at a time, in the order of their keys, so that two transactions which lock the
// same rows rarely wait for each other in a circle. A row counts as it is once it is locked: one that is gone or does
// not match any more is passed over, and so is one that is skipped because another transaction has it.
//
// Threads: one at a time. Must not outlive the transaction nor the filter, but for handing out what it has locked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/results.hpp>

#include "engine/ordered_rows.hpp"

namespace sheaf::engine {

class RowLocker {
public:
    RowLocker(driver::Transaction& tx, std::string collection, const query::Filter& filter, Archived archived,
              LockWait wait, const Limits& limits);

    // The next row of `rows`, locked and lent until the next call; false at the end. `wanted`: how many more will be
    // asked for at most, this one included; 0: unknown.
    bool next(OrderedRows& rows, std::int64_t wanted, driver::RowView& row);

private:
    bool lock_more(OrderedRows& rows, std::size_t most);

    driver::Transaction& tx_;
    std::string collection_;
    const query::Filter& filter_;
    Archived archived_;
    LockWait wait_;
    const Limits& limits_;
    std::vector<driver::Row> locked_{};
    std::size_t next_ = 0;
};

}  // namespace sheaf::engine
