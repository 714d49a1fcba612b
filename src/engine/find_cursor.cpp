#include "engine/find_cursor.hpp"

#include <utility>

#include <sheaf/error.hpp>

#include "engine/only_id.hpp"

namespace sheaf::engine {

void check_limit_and_skip(std::int64_t limit, std::int64_t skip) {
    if (limit < 0) throw Error(Code::invalid_argument, "limit is " + std::to_string(limit) + "; 0 means none");
    if (skip < 0) throw Error(Code::invalid_argument, "skip is " + std::to_string(skip) + "; it cannot be negative");
}

std::int64_t wanted_rows(std::int64_t limit, std::int64_t skip) {
    return limit == 0 || skip > INT64_MAX - limit ? 0 : limit + skip;
}

FindCursor::FindCursor(const Target& target, const Document& filter, FindOptions options,
                       const query::Bindings& bindings)
    : collection_(target.name),
      options_(std::move(options)),
      filter_(query::Filter::parse(filter, {target.limits(), &bindings})),
      sort_(query::Sort::parse(options_.sort, target.limits())),
      projection_(query::Projection::parse(options_.projection, {target.limits(), &bindings})),
      session_(target.joined),
      joined_(session_ != nullptr),
      control_(joined_ ? narrowed(options_.control, session_->control()) : options_.control),
      skip_(options_.skip),
      limit_(options_.limit) {
    check_limit_and_skip(limit_, skip_);
    control_.check();
    target.read(control_, [&] { open(target.store); });
}

// Where the session is not the user's, a new one.
void FindCursor::open(const std::shared_ptr<Store>& store) {
    if (!joined_) {
        const auto isolation = reading_isolation(filter_, options_.hint, store->limits());
        session_ = std::make_shared<Session>(store, driver::BeginOptions{.isolation = isolation, .control = control_});
    }
    Query query{.filter = filter_,
                .sort = &sort_,
                .archived = options_.archived,
                .limit = wanted_rows(limit_, skip_),
                .hint = options_.hint,
                .beside_writes = session_->writes()};
    if (options_.lock) {
        require_locking(session_.get());
        if (*options_.lock == LockWait::skip_locked) query.limit = 0;  // who knows how many are skipped
        locker_.emplace(session_->tx(), collection_, filter_, options_.archived, *options_.lock, store->limits());
    }
    rows_.emplace(session_->tx(), *store, collection_, query, control_);
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
        while (rows_ && (limit_ == 0 || returned_ < limit_) && read(row)) {
            if (!locker_ && rows_->has_read_all()) stop_reading();  // what is to be locked needs the transaction still
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

bool FindCursor::read(driver::RowView& row) {
    return std::exchange(begun_, true) || joined_ ? read_on(row) : read_first(row);
}

// As long as nothing has been handed out, another snapshot is as good as the first.
bool FindCursor::read_first(driver::RowView& row) {
    const std::shared_ptr<Store> store = session_->shared_store();
    return run_reading(*store, control_, [&] {
        if (!rows_) open(store);
        try {
            return read_on(row);
        } catch (...) {
            rows_.reset();
            stop_reading();
            throw;
        }
    });
}

// Rows that are passed over are not locked.
bool FindCursor::read_on(driver::RowView& row) {
    if (!locker_ || skip_ > 0) return rows_->next(row);
    return locker_->next(*rows_, limit_ == 0 ? 0 : limit_ - returned_, row);
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
