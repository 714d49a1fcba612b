#include "storage/sqlite/cursor.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/sqlite/session.hpp"

namespace sheaf::sqlite {

namespace {

using driver::Order;

Query query_for(Order order, bool has_upper) {
    if (order == Order::key) return has_upper ? Query::scan_range : Query::scan_from;
    return has_upper ? Query::scan_down_range : Query::scan_down_from;
}

}  // namespace

RowCursor::RowCursor(CursorOwner& owner, std::shared_ptr<Table> table, const driver::Scan& scan)
    : owner_(&owner),
      table_(std::move(table)),
      order_(scan.order),
      after_rid_(scan.after_rid),
      question_{scan.filter, {}} {
    if (order_ != Order::insertion) segments_ = segments(table_->kind(), scan.range);
    if (order_ == Order::key_descending) std::reverse(segments_.begin(), segments_.end());
    advance();  // now, so that scan() finds out when the table has gone, and sees what is there now
}

RowCursor::~RowCursor() {
    close_segment();
    if (owner_ != nullptr) owner_->closed(*this);
}

void RowCursor::detach() noexcept {
    close_segment();
    owner_ = nullptr;
}

bool RowCursor::next(driver::RowView& row) {
    if (owner_ == nullptr) throw Error(Code::closed, "the cursor's transaction has ended");
    try {
        if (lent_first_) advance();
        lent_first_ = true;
        if (!on_row_) return false;
        row.body = read_body(statement_);
        row.meta = table_->is_documents() ? read_meta(statement_) : driver::RowMeta{};
        return true;
    } catch (...) {
        close_segment();
        next_segment_ = segments_.size();
        owner_->failed();
        throw;
    }
}

BytesView RowCursor::key() {
    if (!on_row_ || !lent_first_) throw Error(Code::invalid_argument, "the cursor is not on a row");
    const int column = table_->is_documents() ? 6 : 1;
    read_key(statement_, column, table_->kind(), key_);
    return key_;
}

void RowCursor::advance() {
    if (!started_ && order_ == Order::insertion) {
        open(question_.filter == nullptr ? Query::scan_insertion : Query::scan_wanted);
        statement_.bind(1, after_rid_);
        if (question_.filter != nullptr) statement_.bind_pointer(2, &question_, RowQuestion::pointer_type);
    }
    started_ = true;
    for (;;) {
        on_row_ = statement_ && step();
        if (on_row_ && !wants_row()) continue;
        if (on_row_) return;
        close_segment();
        if (next_segment_ == segments_.size()) return;
        open_segment(segments_[next_segment_++]);
    }
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

// In insertion order SQLite asks the filter itself, before it takes a row's other columns apart.
bool RowCursor::wants_row() {
    return question_.filter == nullptr || query_ == Query::scan_wanted ||
           question_.filter->wants(read_body(statement_));
}

void RowCursor::open_segment(const KeySegment& segment) {
    open(query_for(order_, segment.upper.has_value()));
    segment.lower.bind(statement_, 1);
    if (segment.upper) segment.upper->bind(statement_, 2);
}

void RowCursor::open(Query query) {
    query_ = query;
    statement_ = table_->take(query);
}

void RowCursor::close_segment() noexcept {
    on_row_ = false;
    if (statement_) table_->give_back(query_, std::exchange(statement_, Statement()));
}

}  // namespace sheaf::sqlite
