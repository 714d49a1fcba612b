#include "engine/row_locker.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "document/key.hpp"

namespace sheaf::engine {

namespace {

constexpr std::size_t rows_per_batch = 100;

}  // namespace

RowLocker::RowLocker(driver::Transaction& tx, std::string collection, const query::Filter& filter, Archived archived,
                     LockWait wait, const Limits& limits)
    : tx_(tx), collection_(std::move(collection)), filter_(filter), archived_(archived), wait_(wait), limits_(limits) {}

bool RowLocker::next(OrderedRows& rows, std::int64_t wanted, driver::RowView& row) {
    const auto most = wanted > 0 ? static_cast<std::size_t>(wanted) : rows_per_batch;
    while (next_ == locked_.size()) {
        if (!lock_more(rows, std::min(most, rows_per_batch))) return false;
    }
    const driver::Row& locked = locked_[next_++];
    row = {locked.body, locked.meta};
    return true;
}

// False when there are no more rows.
bool RowLocker::lock_more(OrderedRows& rows, std::size_t most) {
    std::vector<Bytes> found;
    driver::RowView row;
    while (found.size() < most && rows.next(row)) found.push_back(encode_id(View(row.body)["_id"], limits_));
    if (found.empty()) return false;
    std::vector<std::size_t> places(found.size());  // in `found`, in the order of the keys
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return found[a] < found[b]; });
    std::vector<BytesView> keys;
    for (const std::size_t place : places) keys.emplace_back(found[place]);
    std::vector<std::optional<driver::Row>> locked = tx_.lock_rows(collection_, keys, wait_);
    std::vector<driver::Row*> in_order(found.size(), nullptr);
    for (std::size_t i = 0; i < locked.size(); ++i) {
        const bool matches = locked[i] && is_selected({locked[i]->body, locked[i]->meta}, filter_, archived_);
        if (matches) in_order[places[i]] = &*locked[i];
    }
    locked_.clear();
    next_ = 0;
    for (driver::Row* kept : in_order) {
        if (kept != nullptr) locked_.push_back(std::move(*kept));
    }
    return true;
}

}  // namespace sheaf::engine
