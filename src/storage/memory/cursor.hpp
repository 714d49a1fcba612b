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

// What a cursor needs to know of its transaction.
struct Origin {
    const State& state;
    Workspace* workspace;  // null in a read transaction
};

// What all cursors share.
class TableCursor : public driver::Cursor {
public:
    // `pairs`: at_ is a pair of an index table, not a row.
    TableCursor(const Origin& origin, bool pairs);
    ~TableCursor() override;
    TableCursor(const TableCursor&) = delete;
    TableCursor& operator=(const TableCursor&) = delete;

    BytesView key() final;

protected:
    void check() const {
        if (origin_.state != State::open) require_open(origin_.state);
    }

    const Row* at_ = nullptr;  // whose key is the current one

private:
    Origin origin_;
    bool pairs_;
};

std::unique_ptr<driver::Cursor> open_cursor(const Table& table, const driver::Scan& scan, const Origin& origin);

// `index` is the table that the scan names.
std::unique_ptr<driver::Cursor> open_fetch(const Table& table, const Table& index, const driver::IndexScan& scan,
                                           const Origin& origin);

}  // namespace sheaf::memory
