#include "engine/ordered_rows.hpp"

#include <utility>

#include "document/key.hpp"
#include "engine/pushdown_forms.hpp"

namespace sheaf::engine {

namespace {

constexpr std::int64_t most_chosen = 10'000;  // rows that a backend is asked to choose and hand over in any order

Query planned(Query query, const OrderedRows::Page& page) {
    if (page.backward) query.sort = page.reversed;
    return query;
}

}  // namespace

OrderedRows::OrderedRows(driver::Transaction& tx, Store& store, const std::string& collection, const Query& query,
                         const Control& control, Page page)
    : sort_(query.sort != nullptr && !query.sort->empty() ? query.sort : nullptr),
      control_(control),
      page_(std::move(page)) {
    matches_.emplace(tx, store, collection, planned(query, page_), control);
    if (sort_ == nullptr) return;
    ordered_ = matches_->plan().ordered;
    if (ordered_ > sort_->fields().size()) return;
    SorterOptions options{.memory = store.limits().sort_bytes, .disk = store.limits().sort_disk_bytes};
    if (query.limit > 0) options.keep = static_cast<std::uint64_t>(query.limit);  // of each group, too
    sorter_.emplace(options);
    if (page_.beyond.empty() && !page_.backward) choose_in_backend(query.limit);
}

void OrderedRows::choose_in_backend(std::int64_t keep) {
    if (ordered_ > 0 || keep == 0 || keep > most_chosen) return;
    if (auto terms = sort_terms(*sort_)) chosen_ = matches_->choose_in_backend(std::move(*terms), keep);
}

bool OrderedRows::next(driver::RowView& row) {
    if (sorter_) return next_sorted(row);
    while (read(row)) {
        if (page_.beyond.empty()) return true;
        if (key_of(row).bytes <= page_.beyond) continue;
        page_.beyond.clear();  // all that follow are beyond it, too
        return true;
    }
    return false;
}

// Lets go of the store as soon as it is not needed any more.
bool OrderedRows::read(driver::RowView& row) {
    if (matches_ && matches_->next(row)) return true;
    if (matches_) cost_ = matches_->cost();
    matches_.reset();
    return false;
}

bool OrderedRows::next_sorted(driver::RowView& row) {
    while (!in_group_ || !sorter_->next(row)) {
        if (in_group_ && !matches_ && !pending_) return false;
        sorter_->reset();
        sort_group();
        in_group_ = true;
    }
    return true;
}

// Rows that are equal in the fields of the sort by which they come; all rows where there are none.
void OrderedRows::sort_group() {
    const bool continues = pending_.has_value();
    if (continues) begin_group();
    bool begun = continues;
    driver::RowView row;
    Bytes scratch;
    while (read(row)) {
        const auto bar = ordered_ == 0 ? sorter_->bar() : std::nullopt;  // a further group may begin
        if (bar && !page_.backward && sort_->is_after(subject_of(row), *bar, scratch)) continue;
        query::Sort::Key key = key_of(row);
        if (!page_.beyond.empty() && key.bytes <= page_.beyond) continue;
        const BytesView prefix = BytesView(key.bytes).substr(0, key.prefix);
        if (begun && prefix != group_) {
            pending_ = Pending{std::move(key), {Bytes(row.body), row.meta}};
            break;
        }
        if (!begun) group_ = prefix;
        begun = true;
        sorter_->add(key.bytes, row);
    }
    sorter_->finish(control_);
    spilled_ = spilled_ || sorter_->runs() != nullptr;
}

void OrderedRows::begin_group() {
    group_ = pending_->key.bytes.substr(0, pending_->key.prefix);
    sorter_->add(pending_->key.bytes, {pending_->row.body, pending_->row.meta});
    pending_.reset();
}

// Backward, the keys are inverted: so they order the other way round, whatever arrays the sort has looked into.
query::Sort::Key OrderedRows::key_of(const driver::RowView& row) const {
    query::Sort::Key key = sort_->key(subject_of(row), ordered_);
    if (page_.backward) invert_key(key.bytes, 0);
    return key;
}

}  // namespace sheaf::engine
