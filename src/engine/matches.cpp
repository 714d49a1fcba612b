#include "engine/matches.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

// Gets begin small, because the caller may want one row, and grow as long as rows are small.
constexpr std::size_t max_keys_per_get = 256;
constexpr std::size_t large_get_bytes = 4U * 1024 * 1024;

}  // namespace

query::Subject subject_of(const driver::RowView& row) {
    return {View(row.body), {row.meta.version, row.meta.created, row.meta.updated, row.meta.archived}};
}

Matches::Matches(driver::Transaction& tx, Store& store, std::string collection, const Query& query,
                 const Control& control)
    : Matches(tx, store, collection, query, make_plan(tx, store, collection, query), control) {}

Matches::Matches(driver::Transaction& tx, Store& store, std::string collection, const Query& query, Plan plan,
                 const Control& control)
    : tx_(tx),
      store_(store),
      collection_(std::move(collection)),
      filter_(query.filter),
      archived_(query.archived),
      control_(control),
      plan_(std::move(plan)) {
    if (plan_.info == nullptr) plan_.accesses.clear();  // there is no such collection
}

Matches::~Matches() {
    if (plan_.accesses.empty()) return;
    const Access& access = plan_.accesses.front();
    if (access.kind == Access::Kind::scan && examined_ > Store::large_scan) store_.note_large_scan(collection_);
    if (access.few_by == 0 || access.index == nullptr || access.ranges.empty()) return;
    const std::int64_t documents = examined_ / static_cast<std::int64_t>(access.ranges.size());
    if (documents > Selectivity::few) access.index->selectivity.found(access.few_by, documents);
}

Cost Matches::cost() const {
    const bool by_index = !plan_.accesses.empty() && plan_.accesses.front().kind == Access::Kind::index;
    return {.keys = by_index ? examined_ : 0, .documents = examined_};
}

bool Matches::next(driver::RowView& row) {
    for (;;) {
        check();
        if (access_ == nullptr && !open_next()) return false;
        while (next_row(row)) {
            if (selects(row)) return true;
            check();
        }
        access_ = nullptr;
    }
}

bool Matches::open_next() {
    cursor_.reset();
    if (next_access_ == plan_.accesses.size()) return false;
    access_ = &plan_.accesses[next_access_++];
    // The backend asks the filter itself where the body is all that the filter needs to see.
    const bool pushed_down = !access_->exact && !filter_.reads_system_fields();
    asks_filter_ = !access_->exact && (!pushed_down || access_->kind == Access::Kind::ids);
    next_range_ = 0;
    next_key_ = 0;
    if (access_->kind == Access::Kind::scan) {
        cursor_ = tx_.scan(collection_, {.filter = pushed_down ? this : nullptr});
    } else if (access_->kind == Access::Kind::index && access_->index != nullptr && !access_->ranges.empty()) {
        cursor_ =
            tx_.fetch(collection_, {.index = access_->index->table,
                                    .ranges = access_->ranges,
                                    .order = access_->descending ? driver::Order::key_descending : driver::Order::key,
                                    .filter = pushed_down ? this : nullptr});
    }
    return true;
}

bool Matches::next_row(driver::RowView& row) {
    if (access_->kind == Access::Kind::ids) return next_by_id(row);
    const bool by_id = access_->kind == Access::Kind::index && access_->index == nullptr;
    for (;;) {
        if (cursor_ != nullptr && cursor_->next(row)) return true;
        if (!by_id || next_range_ == access_->ranges.size()) return false;
        const std::size_t last = access_->ranges.size() - 1;
        const bool down = access_->descending;
        cursor_ = tx_.scan(collection_, {.order = down ? driver::Order::key_descending : driver::Order::key,
                                         .range = access_->ranges[down ? last - next_range_ : next_range_],
                                         .filter = access_->exact || asks_filter_ ? nullptr : this});
        ++next_range_;
    }
}

// For each row, because a filter may take long over one; reading the clock costs little beside a row.
void Matches::check() {
    if (control_.deadline || control_.stop.stop_possible()) control_.check();
}

bool Matches::wants(BytesView body) {
    check();
    ++examined_;
    return filter_.matches({View(body), {}});
}

bool Matches::next_by_id(driver::RowView& row) {
    for (;;) {
        while (next_fetched_ < fetched_.size()) {
            const std::optional<driver::Row>& found = fetched_[next_fetched_++];
            if (!found) continue;
            row = {found->body, found->meta};
            return true;
        }
        if (next_key_ == access_->ids.size()) return false;
        fetch_ids();
    }
}

void Matches::fetch_ids() {
    const std::vector<Bytes>& ids = access_->ids;
    const std::size_t count = std::min(keys_per_get_, ids.size() - next_key_);
    const std::vector<BytesView> batch(ids.begin() + static_cast<std::ptrdiff_t>(next_key_),
                                       ids.begin() + static_cast<std::ptrdiff_t>(next_key_ + count));
    next_key_ += count;
    next_fetched_ = 0;
    fetched_ = tx_.get_many(collection_, batch);
    std::size_t bytes = 0;
    for (const auto& found : fetched_) bytes += found ? found->body.size() : 0;
    keys_per_get_ = bytes > large_get_bytes ? 1 : std::min(2 * keys_per_get_, max_keys_per_get);
}

bool Matches::selects(const driver::RowView& row) {
    if (asks_filter_ || access_->exact) ++examined_;
    if (archived_ == Archived::exclude && row.meta.archived) return false;
    if (archived_ == Archived::only && !row.meta.archived) return false;
    if (asks_filter_ && !filter_.matches(subject_of(row))) return false;
    return !plan_.may_repeat() || seen_.insert(row.meta.rid).second;
}

}  // namespace sheaf::engine
