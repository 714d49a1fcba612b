// Cursors over one state of a table. They look at blocks in place and copy nothing.
//
// A cursor of a write transaction holds the transaction's workspace frozen (block.hpp) and so keeps to the state at
// scan() whatever is written while it is open. After its transaction has ended it throws.
//
// Threads and lifetime: as driver::Cursor; a cursor must not outlive its transaction.
#pragma once

#include <memory>

#include <sheaf/driver/backend.hpp>

#include "storage/memory/catalog.hpp"

namespace sheaf::memory {

enum class State : std::uint8_t {
    open,
    over,    // committed
    failed,  // a write did not finish (memory ran out): only rolling back is left
};

void require_open(State state);  // throws closed or transaction_aborted

// `workspace`: null in a read transaction.
std::unique_ptr<driver::Cursor> open_cursor(const Table& table, const driver::Scan& scan, const State& state,
                                            Workspace* workspace);

}  // namespace sheaf::memory
