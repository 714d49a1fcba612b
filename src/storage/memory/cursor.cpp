#include "storage/memory/cursor.hpp"

#include <bit>

#include <sheaf/error.hpp>

#include "storage/memory/pair.hpp"
#include "storage/memory/walk.hpp"

namespace sheaf::memory {

namespace {

using driver::Order;
using driver::RowView;

// In insertion order. Goes leaf by leaf: 64 rids at most before the tree is asked for the next.
class InsertionWalk {
public:
    InsertionWalk(const Table& table, const driver::Scan& scan)
        : rids_(table.rids), next_rid_(scan.after_rid < 0 ? 0 : static_cast<std::uint64_t>(scan.after_rid) + 1) {}

    const Row* next() {
        if (left_ == 0 && !next_leaf()) return nullptr;
        const auto index = static_cast<unsigned>(std::countr_zero(left_));
        left_ &= left_ - 1;
        if (left_ != 0) __builtin_prefetch(leaf_->row(static_cast<unsigned>(std::countr_zero(left_))));
        return leaf_->row(index);
    }

private:
    bool next_leaf() {
        const auto place = rids_.seek(next_rid_);
        if (!place) return false;
        leaf_ = place->leaf;
        left_ = leaf_->used & (~std::uint64_t{0} << (place->rid & 63));
        next_rid_ = (place->rid | 63) + 1;
        return true;
    }

    RidTree rids_;
    std::uint64_t next_rid_;
    std::uint64_t left_ = 0;  // of leaf_'s slots
    const RidNode* leaf_ = nullptr;
};

class KeyWalk : public Walk {
public:
    KeyWalk(const Table& table, const driver::Scan& scan)
        : Walk(table, scan.range, scan.order == Order::key_descending) {}
};

// Of a documents or ordered table.
template <class Way>
class RowCursor final : public TableCursor {
public:
    RowCursor(const Table& table, const driver::Scan& scan, const Origin& origin)
        : TableCursor(origin, false), filter_(scan.filter), way_(table, scan) {}

    bool next(RowView& view) override {
        check();
        do {
            at_ = way_.next();
        } while (at_ != nullptr && filter_ != nullptr && !filter_->wants(at_->body()));
        if (at_ == nullptr) return false;
        view.body = at_->body();
        view.meta = at_->meta();
        return true;
    }

private:
    driver::RowFilter* filter_;
    Way way_;
};

class PairCursor final : public TableCursor {
public:
    PairCursor(const Table& table, const driver::Scan& scan, const Origin& origin)
        : TableCursor(origin, true), filter_(scan.filter), way_(table, scan) {}

    bool next(RowView& view) override {
        check();
        do {
            at_ = way_.next();
        } while (at_ != nullptr && filter_ != nullptr && !filter_->wants({}));
        if (at_ == nullptr) return false;
        view = {};
        view.meta.rid = static_cast<std::int64_t>(pair_rid(*at_));
        return true;
    }

private:
    driver::RowFilter* filter_;
    KeyWalk way_;
};

}  // namespace

void require_open(State state) {
    if (state == State::over) throw Error(Code::closed, "the transaction is over");
    if (state == State::failed) {
        throw Error(Code::transaction_aborted,
                    "an earlier write of the transaction failed; it can only be rolled back");
    }
}

TableCursor::TableCursor(const Origin& origin, bool pairs) : origin_(origin), pairs_(pairs) {
    if (origin_.workspace != nullptr) origin_.workspace->freeze();
}

TableCursor::~TableCursor() {
    if (origin_.workspace != nullptr) origin_.workspace->thaw();
}

BytesView TableCursor::key() {
    check();
    if (at_ == nullptr) throw Error(Code::invalid_argument, "the cursor is not on a row");
    return pairs_ ? pair_key(*at_) : at_->key();
}

std::unique_ptr<driver::Cursor> open_cursor(const Table& table, const driver::Scan& scan, const Origin& origin) {
    if (scan.order == Order::insertion) {
        if (table.kind == driver::TableKind::documents) {
            return std::make_unique<RowCursor<InsertionWalk>>(table, scan, origin);
        }
        refuse(table, "has no insertion order");
    }
    if (driver::is_index(table.kind)) return std::make_unique<PairCursor>(table, scan, origin);
    return std::make_unique<RowCursor<KeyWalk>>(table, scan, origin);
}

}  // namespace sheaf::memory
