#include "engine/matches.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

// Gets begin small, because the caller may want one row, and grow as long as rows are small.
constexpr std::size_t max_keys_per_get = 256;
constexpr std::size_t large_get_bytes = 4U * 1024 * 1024;
// That a backend counts and hands over at once; more are counted here, within Limits::pipeline_bytes.
constexpr std::size_t most_groups = 10'000;

// What is sorted afterwards is read to the end.
std::int64_t rows_to_read(const Query& query, const Plan& plan) {
    const bool streams = query.sort == nullptr || plan.ordered >= query.sort->fields().size();
    return streams ? query.limit : 0;
}

}  // namespace

query::Subject subject_of(const driver::RowView& row) {
    return {View(row.body), {row.meta.version, row.meta.created, row.meta.updated, row.meta.archived}};
}

namespace {

bool is_visible(const driver::RowView& row, Archived archived) {
    return archived == Archived::include || row.meta.archived == (archived == Archived::only);
}

}  // namespace

bool is_selected(const driver::RowView& row, const query::Filter& filter, Archived archived) {
    return is_visible(row, archived) && filter.matches(subject_of(row));
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
      plan_(std::move(plan)),
      pushdown_(query.pushes_down ? tx.pushdown() : nullptr),
      limit_(rows_to_read(query, plan_)) {
    if (plan_.is_of_nothing()) plan_.accesses.clear();
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

const LoweredFilter& Matches::lowered() {
    if (!lowered_) lowered_ = filter_.lowered();
    return *lowered_;
}

const LoweredFilter* Matches::pushed_down(const Access& access) {
    if (pushdown_ == nullptr || access.exact || access.kind == Access::Kind::ids) return nullptr;
    if (access.few_by > 0) return nullptr;  // how many documents there are is to be seen here, and they are few
    return lowered().predicate.kind == Predicate::Kind::always ? nullptr : &lowered();
}

driver::Where Matches::where_of(const Access& access) {
    if (pushdown_ == nullptr) return {};
    driver::Where where;
    if (const auto* filter = pushed_down(access)) where.predicate = &filter->predicate;
    if (archived_ != Archived::include) where.archived = archived_ == Archived::only;
    return where;
}

bool Matches::is_decided_by_backend() {
    if (pushdown_ == nullptr || plan_.accesses.size() != 1) return false;
    const Access& access = plan_.accesses.front();
    return access.kind == Access::Kind::scan && (access.exact || lowered().exact);
}

std::int64_t Matches::count_in_backend() {
    if (!is_decided_by_backend()) return 0;
    check();
    open_rest_ = [this](const driver::Where& where, driver::RowFilter* filter) {
        return pushdown_->undecided(collection_, where, filter);
    };
    return pushdown_->count(collection_, where_of(plan_.accesses.front()));
}

std::vector<driver::GroupCount> Matches::groups_in_backend(std::vector<std::vector<std::string>> paths) {
    if (!is_decided_by_backend()) return {};
    check();
    std::optional<std::vector<driver::GroupCount>> groups =
        pushdown_->count_groups(collection_, where_of(plan_.accesses.front()), paths, most_groups);
    if (!groups) return {};
    open_rest_ = [this, paths = std::move(paths)](const driver::Where& where, driver::RowFilter* filter) {
        return pushdown_->ungrouped(collection_, where, paths, filter);
    };
    return std::move(*groups);
}

bool Matches::choose_in_backend(std::vector<driver::SortTerm> terms, std::int64_t keep) {
    if (!is_decided_by_backend()) return false;
    open_rest_ = [this, terms = std::move(terms), keep](const driver::Where& where, driver::RowFilter* filter) {
        return pushdown_->top(collection_, where, terms, keep, filter);
    };
    return true;
}

bool Matches::open_next() {
    cursor_.reset();
    if (next_access_ == plan_.accesses.size()) return false;
    access_ = &plan_.accesses[next_access_++];
    // The backend asks the filter itself where the body is all that the filter needs to see.
    driver::RowFilter* const filter = access_->exact || filter_.reads_system_fields() ? nullptr : this;
    asks_filter_ = !access_->exact && (filter == nullptr || access_->kind == Access::Kind::ids);
    next_range_ = 0;
    next_key_ = 0;
    if (access_->kind == Access::Kind::scan) {
        const driver::Where where = where_of(*access_);
        cursor_ = open_rest_ ? open_rest_(where, filter)
                             : tx_.scan(collection_, {.filter = filter, .where = where, .limit = limit_});
    } else if (access_->kind == Access::Kind::index && access_->index != nullptr && !access_->ranges.empty()) {
        cursor_ =
            tx_.fetch(collection_, {.index = access_->index->table,
                                    .ranges = access_->ranges,
                                    .order = access_->descending ? driver::Order::key_descending : driver::Order::key,
                                    .filter = filter,
                                    .where = where_of(*access_),
                                    .limit = limit_});
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
                                         .filter = access_->exact || asks_filter_ ? nullptr : this,
                                         .where = where_of(*access_),
                                         .limit = limit_});
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
    fetched_ = get(batch);
    std::size_t bytes = 0;
    for (const auto& found : fetched_) bytes += found ? found->body.size() : 0;
    keys_per_get_ = bytes > large_get_bytes ? 1 : std::min(2 * keys_per_get_, max_keys_per_get);
}

// The plan has not asked whether there is such a collection.
std::vector<std::optional<driver::Row>> Matches::get(const std::vector<BytesView>& keys) {
    try {
        if (keys.size() > 1) return tx_.get_many(collection_, keys);
        std::vector<std::optional<driver::Row>> one;
        one.push_back(tx_.get(collection_, keys.front()));
        return one;
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
        return {};
    }
}

bool Matches::selects(const driver::RowView& row) {
    if (asks_filter_ || access_->exact) ++examined_;
    if (!is_visible(row, archived_)) return false;
    if (asks_filter_ && !filter_.matches(subject_of(row))) return false;
    return !plan_.may_repeat() || seen_.insert(row.meta.rid).second;
}

}  // namespace sheaf::engine
