// RowCursor: the rows of a scan or of a fetch by an index, as one statement after the other: one for each range of
// keys, or up to three (key_column.hpp says why).
//
// Threads: those of its transaction. A cursor whose transaction has ended holds nothing of it and throws on next().
#pragma once

#include <memory>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/key_column.hpp"
#include "storage/sqlite/row_filter.hpp"
#include "storage/sqlite/table.hpp"

namespace sheaf::sqlite {

class RowCursor;

// What a transaction offers its cursors.
class CursorOwner {
public:
    virtual void closed(RowCursor& cursor) noexcept = 0;
    // A statement has failed; the transaction may have failed with it.
    virtual void failed() noexcept = 0;

protected:
    ~CursorOwner() = default;
};

class RowCursor final : public driver::Cursor {
public:
    RowCursor(CursorOwner& owner, std::shared_ptr<Table> table, const driver::Scan& scan);
    // `join` has the rows of a table and the keys of an index.
    RowCursor(CursorOwner& owner, std::shared_ptr<Table> join, const driver::IndexScan& scan);
    ~RowCursor() override;
    RowCursor(const RowCursor&) = delete;
    RowCursor& operator=(const RowCursor&) = delete;

    bool next(driver::RowView& row) override;
    BytesView key() override;

    bool is_active() const { return static_cast<bool>(statement_); }
    // The transaction ends: gives the statement back.
    void detach() noexcept;

private:
    void start();
    void advance();
    bool step();
    bool open_next_segment();
    void open(Query query);
    void close() noexcept;

    CursorOwner* owner_;
    std::shared_ptr<Table> table_;
    driver::Order order_;
    RowQuestion question_;
    std::vector<KeySegment> segments_;
    std::size_t next_segment_ = 0;
    Query query_ = Query::scan_insertion;  // of statement_
    Statement statement_;                  // none after the end
    bool on_row_ = false;
    bool lent_first_ = false;  // next() has been called
    Bytes key_;
};

}  // namespace sheaf::sqlite
