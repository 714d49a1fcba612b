#include "engine/find_cursor.hpp"

#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

void check_limit_and_skip(std::int64_t limit, std::int64_t skip) {
    if (limit < 0) throw Error(Code::invalid_argument, "limit is " + std::to_string(limit) + "; 0 means none");
    if (skip < 0) throw Error(Code::invalid_argument, "skip is " + std::to_string(skip) + "; it cannot be negative");
}

std::int64_t wanted_rows(std::int64_t limit, std::int64_t skip) {
    return limit == 0 || skip > INT64_MAX - limit ? 0 : limit + skip;
}

FindCursor::FindCursor(std::shared_ptr<Session> session, std::string collection, const Document& filter,
                       const FindOptions& options, const query::Bindings& bindings, bool explained)
    : session_(std::move(session)),
      limits_(session_->store().limits()),
      filter_(query::Filter::parse(filter, {limits_, &bindings})),
      sort_(query::Sort::parse(options.sort, limits_)),
      projection_(query::Projection::parse(options.projection, {limits_, &bindings})),
      control_(narrowed(options.control, session_->control())),
      skip_(options.skip),
      limit_(options.limit) {
    check_limit_and_skip(limit_, skip_);
    const Query query{.filter = filter_,
                      .sort = &sort_,
                      .archived = options.archived,
                      .limit = wanted_rows(limit_, skip_),
                      .hint = options.hint,
                      .beside_writes = session_->writes(),
                      .explained = explained};
    rows_.emplace(session_->tx(), session_->store(), collection, query, control_);
    session_->attach(*this);
}

FindCursor::~FindCursor() {
    rows_.reset();
    stop_reading();
}

// Ends the snapshot as soon as it is not needed any more, not when the caller drops the cursor.
void FindCursor::stop_reading() noexcept {
    if (session_ == nullptr) return;
    session_->detach(*this);
    session_.reset();
}

std::optional<Record> FindCursor::next() {
    if (failed_ || (session_ != nullptr && !rows_)) {
        throw Error(Code::closed, failed_ ? "the cursor has failed" : "the cursor's transaction has ended");
    }
    try {
        driver::RowView row;
        while (rows_ && (limit_ == 0 || returned_ < limit_) && rows_->next(row)) {
            if (rows_->has_read_all()) stop_reading();
            if (skip_ > 0) {
                --skip_;
                continue;
            }
            ++returned_;
            return projected(row, filter_, projection_);
        }
        rows_.reset();
        stop_reading();
        return std::nullopt;
    } catch (...) {
        failed_ = true;  // rows have been passed over: whatever came now would be wrong
        rows_.reset();
        stop_reading();
        throw;
    }
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
