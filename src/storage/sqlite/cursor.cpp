#include "storage/sqlite/cursor.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/sqlite/session.hpp"

namespace sheaf::sqlite {

using driver::Order;

RowCursor::RowCursor(CursorOwner& owner, std::shared_ptr<Table> table, const driver::Scan& scan)
    : owner_(&owner), table_(std::move(table)), order_(scan.order), question_{scan.filter, {}} {
    if (order_ == Order::insertion) {
        open(question_.filter == nullptr ? Query::scan_insertion : Query::scan_wanted);
        statement_.bind(1, scan.after_rid);
    } else {
        segments_ = segments(table_->key_kind(), scan.range);
    }
    start();
}

RowCursor::RowCursor(CursorOwner& owner, std::shared_ptr<Table> join, const driver::IndexScan& scan)
    : owner_(&owner), table_(std::move(join)), order_(scan.order), question_{scan.filter, {}} {
    if (order_ == Order::insertion) {
        throw Error(Code::unsupported, "an index has no insertion order; fetch in the order of its keys");
    }
    segments_ = all_segments(table_->key_kind(), scan.ranges);
    start();
}

// Steps to the first row at once, so that the cursor sees what is there now.
void RowCursor::start() {
    if (order_ == Order::key_descending) std::reverse(segments_.begin(), segments_.end());
    advance();
}

RowCursor::~RowCursor() {
    close();
    if (owner_ != nullptr) owner_->closed(*this);
}

void RowCursor::detach() noexcept {
    close();
    owner_ = nullptr;
}

bool RowCursor::next(driver::RowView& row) {
    if (owner_ == nullptr) throw Error(Code::closed, "the cursor's transaction has ended");
    try {
        if (lent_first_) advance();
        lent_first_ = true;
        if (!on_row_) return false;
        row = read_row(statement_, table_->kind());
        return true;
    } catch (...) {
        close();
        next_segment_ = segments_.size();
        owner_->failed();
        throw;
    }
}

BytesView RowCursor::key() {
    if (!on_row_ || !lent_first_) throw Error(Code::invalid_argument, "the cursor is not on a row");
    read_key(statement_, table_->key_column(), table_->key_kind(), key_);
    return key_;
}

void RowCursor::advance() {
    do {
        on_row_ = statement_ && step();
    } while (!on_row_ && open_next_segment());
    if (!on_row_) close();
}

// The filter's own exception, where it has ended the statement.
bool RowCursor::step() {
    try {
        return statement_.step();
    } catch (...) {
        if (question_.failure) std::rethrow_exception(std::exchange(question_.failure, nullptr));
        throw;
    }
}

bool RowCursor::open_next_segment() {
    if (next_segment_ == segments_.size()) return false;
    const KeySegment& segment = segments_[next_segment_++];
    open(scan_query(order_, segment.upper.has_value(), question_.filter != nullptr));
    segment.lower.bind(statement_, 1);
    if (segment.upper) segment.upper->bind(statement_, 2);
    return true;
}

// SQLite asks the filter itself, before it takes a row's other columns apart.
void RowCursor::open(Query query) {
    if (statement_ && query_ == query) {
        statement_.reset();
    } else {
        close();
        query_ = query;
        statement_ = table_->take(query);
    }
    if (question_.filter != nullptr) statement_.bind_pointer(3, &question_, RowQuestion::pointer_type);
}

void RowCursor::close() noexcept {
    on_row_ = false;
    if (statement_) table_->give_back(query_, std::exchange(statement_, Statement()));
}

}  // namespace sheaf::sqlite
