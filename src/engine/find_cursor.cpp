#include "engine/find_cursor.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

void check_limit_and_skip(std::int64_t limit, std::int64_t skip) {
    if (limit < 0) throw Error(Code::invalid_argument, "limit is " + std::to_string(limit) + "; 0 means none");
    if (skip < 0) throw Error(Code::invalid_argument, "skip is " + std::to_string(skip) + "; it cannot be negative");
}

FindCursor::FindCursor(std::shared_ptr<Session> session, std::string collection, const Document& filter,
                       const FindOptions& options, const query::Bindings& bindings)
    : session_(std::move(session)),
      limits_(session_->store().limits()),
      filter_(query::Filter::parse(filter, {limits_, &bindings})),
      sort_(query::Sort::parse(options.sort, limits_)),
      projection_(query::Projection::parse(options.projection, {limits_, &bindings})),
      control_(narrowed(options.control, session_->control())),
      skip_(options.skip),
      limit_(options.limit) {
    check_limit_and_skip(limit_, skip_);
    matches_.emplace(session_->tx(), std::move(collection), filter_, options.archived, control_, limits_);
    session_->attach(*this);
}

FindCursor::~FindCursor() {
    stop_reading();
}

// Ends the snapshot as soon as it is not needed any more, not when the caller drops the cursor.
void FindCursor::stop_reading() noexcept {
    matches_.reset();
    if (session_ == nullptr) return;
    session_->detach(*this);
    session_.reset();
}

std::optional<Record> FindCursor::next() {
    if (failed_ || (session_ != nullptr && !matches_)) {
        throw Error(Code::closed, failed_ ? "the cursor has failed" : "the cursor's transaction has ended");
    }
    try {
        auto found = sort_.empty() ? next_streamed() : next_sorted();
        if (!found) stop_reading();
        return found;
    } catch (...) {
        failed_ = true;  // rows have been passed over: whatever came now would be wrong
        sorted_.clear();
        stop_reading();
        throw;
    }
}

std::optional<Record> FindCursor::next_streamed() {
    if (session_ == nullptr || (limit_ > 0 && returned_ == limit_)) return std::nullopt;
    driver::RowView row;
    while (matches_->next(row)) {
        if (skip_ > 0) {
            --skip_;
            continue;
        }
        ++returned_;
        return record(row);
    }
    return std::nullopt;
}

std::optional<Record> FindCursor::next_sorted() {
    if (session_ != nullptr) sort_all();
    if (next_sorted_ >= sorted_.size()) return std::nullopt;
    Sorted& next = sorted_[next_sorted_++];
    Record found = record({next.body, next.meta});
    next = {};  // its memory is no longer needed
    return found;
}

namespace {

constexpr auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };

}  // namespace

// With a limit only the best skip + limit rows are held, in a heap whose top is the worst of them.
void FindCursor::sort_all() {
    const bool bounded = limit_ > 0 && skip_ < INT64_MAX - limit_;
    const auto wanted = bounded ? static_cast<std::size_t>(limit_ + skip_) : SIZE_MAX;
    driver::RowView row;
    while (matches_->next(row)) {
        Bytes key = sort_.key(subject_of(row));
        if (sorted_.size() == wanted) {
            if (key >= sorted_.front().key) continue;
            std::pop_heap(sorted_.begin(), sorted_.end(), by_key);
            sort_bytes_ -= sorted_.back().key.size() + sorted_.back().body.size() + sizeof(Sorted);
            sorted_.pop_back();
        }
        keep(std::move(key), row);
        if (bounded) std::push_heap(sorted_.begin(), sorted_.end(), by_key);
    }
    std::sort(sorted_.begin(), sorted_.end(), by_key);
    next_sorted_ = static_cast<std::size_t>(std::min(skip_, static_cast<std::int64_t>(sorted_.size())));
    stop_reading();
}

void FindCursor::keep(Bytes key, const driver::RowView& row) {
    sort_bytes_ += key.size() + row.body.size() + sizeof(Sorted);
    if (sort_bytes_ > limits_.sort_bytes) {
        throw Error(Code::limit_exceeded, "the sort needs more than " + std::to_string(limits_.sort_bytes) +
                                              " bytes of memory; give a limit or a narrower filter");
    }
    sorted_.push_back({std::move(key), Bytes(row.body), row.meta});
}

Record FindCursor::record(const driver::RowView& row) const {
    return projected(row, filter_, projection_);
}

Record projected(const driver::RowView& row, const query::Filter& filter, const query::Projection& projection) {
    const auto shown = [&] {
        if (projection.everything()) return Document::from_trusted(Bytes(row.body));
        if (!projection.needs_matched_index()) return projection.apply(View(row.body));
        return projection.apply(View(row.body), filter.matched_index(subject_of(row)));
    };
    return {shown(), row.meta.version, row.meta.created, row.meta.updated, row.meta.archived};
}

}  // namespace sheaf::engine
