// The rows that an index leads to.
//
// Pair, place of the row and row lie far apart in memory, and each costs as much as everything else together when it
// is waited for. So pairs are taken in lots, in three rounds, each of which asks for what the next one looks at.
#include <algorithm>
#include <array>
#include <vector>

#include "storage/memory/cursor.hpp"
#include "storage/memory/node.hpp"
#include "storage/memory/pair.hpp"
#include "storage/memory/walk.hpp"

namespace sheaf::memory {

namespace {

using driver::KeyRange;
using driver::Order;

class FetchCursor final : public TableCursor {
public:
    FetchCursor(const Table& table, const Table& index, const driver::IndexScan& scan, const Origin& origin)
        : TableCursor(origin, true),
          index_(index),
          rids_(table.rids),
          ranges_(scan.ranges.begin(), scan.ranges.end()),
          descending_(scan.order == Order::key_descending),
          filter_(scan.filter) {
        if (ranges_.empty()) ranges_.emplace_back();
        if (!descending_) std::reverse(ranges_.begin(), ranges_.end());
    }

    bool next(driver::RowView& view) override {
        check();
        const Row* row = nullptr;
        do {
            if (given_ == count_ && !refill()) {
                at_ = nullptr;
                return false;
            }
            at_ = lot_[given_].pair;
            row = lot_[given_++].row;
        } while (row == nullptr || (filter_ != nullptr && !filter_->wants(row->body())));
        view.body = row->body();
        view.meta = row->meta();
        return true;
    }

private:
    struct Hit {
        const Row* pair;
        std::uint64_t rid;
        const RidNode* leaf;
        const Row* row;  // null: the pair leads nowhere
    };
    static constexpr std::size_t most = 32;
    static constexpr std::size_t body_start = 320;  // what a filter is likely to look at

    const Row* next_pair() {
        const Row* pair = walk_.next();
        while (pair == nullptr && !ranges_.empty()) {
            walk_ = Walk(index_, ranges_.back(), descending_);
            ranges_.pop_back();
            pair = walk_.next();
        }
        return pair;
    }

    bool refill() {
        given_ = 0;
        count_ = 0;
        while (count_ < wanted_) {
            const Row* pair = next_pair();
            if (pair == nullptr) break;
            __builtin_prefetch(pair);
            lot_[count_++].pair = pair;
        }
        wanted_ = std::min(2 * wanted_, most);
        for (std::size_t i = 0; i < count_; ++i) {
            Hit& hit = lot_[i];
            hit.rid = pair_rid(*hit.pair);
            hit.leaf = rids_.leaf(hit.rid);
            if (hit.leaf != nullptr) RidTree::prefetch(hit.leaf, hit.rid);
        }
        for (std::size_t i = 0; i < count_; ++i) {
            Hit& hit = lot_[i];
            hit.row = RidTree::row_in(hit.leaf, hit.rid);
            if (hit.row != nullptr) prefetch(hit.row, sizeof(Row) + sizeof(driver::RowMeta) + body_start);
        }
        return count_ > 0;
    }

    const Table& index_;
    RidTree rids_;
    std::vector<KeyRange> ranges_;  // those to come, the next one last
    bool descending_;
    driver::RowFilter* filter_;
    Walk walk_;
    std::size_t wanted_ = 4;  // few at first: whoever wants ten rows should not wait for a hundred
    std::size_t given_ = 0;
    std::size_t count_ = 0;
    std::array<Hit, most> lot_;
};

}  // namespace

std::unique_ptr<driver::Cursor> open_fetch(const Table& table, const Table& index, const driver::IndexScan& scan,
                                           const Origin& origin) {
    if (table.kind != driver::TableKind::documents) refuse(table, "has no rows that an index leads to");
    if (!driver::is_index(index.kind)) refuse(index, "is not an index");
    if (scan.order == Order::insertion) refuse(index, "has no insertion order");
    return std::make_unique<FetchCursor>(table, index, scan, origin);
}

}  // namespace sheaf::memory
