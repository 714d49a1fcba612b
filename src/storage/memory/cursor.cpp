#include "storage/memory/cursor.hpp"

#include <bit>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::memory {

namespace {

using driver::Order;
using driver::RowView;

class TableCursor : public driver::Cursor {
public:
    TableCursor(driver::RowFilter* filter, const State& state, Workspace* workspace)
        : filter_(filter), state_(state), workspace_(workspace) {
        if (workspace_ != nullptr) workspace_->freeze();
    }
    ~TableCursor() override {
        if (workspace_ != nullptr) workspace_->thaw();
    }
    TableCursor(const TableCursor&) = delete;
    TableCursor& operator=(const TableCursor&) = delete;

    bool next(RowView& view) final {
        if (state_ != State::open) require_open(state_);
        do {
            row_ = following();
        } while (row_ != nullptr && filter_ != nullptr && !filter_->wants(row_->body()));
        if (row_ == nullptr) return false;
        view.body = row_->body();
        view.meta = row_->meta;
        return true;
    }

    BytesView key() final {
        require_open(state_);
        if (row_ == nullptr) throw Error(Code::invalid_argument, "the cursor is not on a row");
        return row_->key();
    }

protected:
    virtual const Row* following() = 0;  // null at the end

private:
    driver::RowFilter* filter_;
    const State& state_;
    Workspace* workspace_;
    const Row* row_ = nullptr;
};

// Goes leaf by leaf: 64 rids at most before the tree is asked for the next.
class InsertionCursor final : public TableCursor {
public:
    InsertionCursor(RidTree rids, const driver::Scan& scan, const State& state, Workspace* workspace)
        : TableCursor(scan.filter, state, workspace),
          rids_(rids),
          next_rid_(scan.after_rid < 0 ? 0 : static_cast<std::uint64_t>(scan.after_rid) + 1) {}

private:
    const Row* following() override {
        if (left_ == 0 && !next_leaf()) return nullptr;
        const auto index = static_cast<unsigned>(std::countr_zero(left_));
        left_ &= left_ - 1;
        if (left_ != 0) __builtin_prefetch(leaf_->row(static_cast<unsigned>(std::countr_zero(left_))));
        return leaf_->row(index);
    }

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

// From one place to another, both found at the start: no key is compared on the way.
class KeyCursor final : public TableCursor {
public:
    KeyCursor(BTree keys, const driver::Scan& scan, const State& state, Workspace* workspace)
        : TableCursor(scan.filter, state, workspace), descending_(scan.order == Order::key_descending) {
        const auto& [lower, upper] = scan.range;
        if (keys.empty() || (lower && upper && *lower >= *upper)) return;
        Path first;
        Path end;
        lower ? keys.lower_bound(*lower, first) : keys.begin(first);
        upper ? keys.lower_bound(*upper, end) : keys.end(end);
        stop_ = (descending_ ? first : end).last();
        path_ = descending_ ? end : first;
    }

private:
    const Row* following() override {
        if (path_.depth == 0 || path_.last() == stop_) {
            path_.depth = 0;
            return nullptr;
        }
        if (descending_) BTree::previous(path_);
        const auto [leaf, index] = path_.last();
        if (!descending_) BTree::next(path_);
        const std::uint32_t soon = descending_ ? index - ahead : index + ahead;
        if (soon < leaf->count) __builtin_prefetch(leaf->rows[soon]);
        return leaf->rows[index];
    }

    static constexpr std::uint32_t ahead = 2;  // rows: time enough for memory to answer

    bool descending_;
    Path path_;  // ascending: of the next row; descending: of the current
    Path::Step stop_{};
};

}  // namespace

void require_open(State state) {
    if (state == State::over) throw Error(Code::closed, "the transaction is over");
    if (state == State::failed) {
        throw Error(Code::transaction_aborted,
                    "an earlier write of the transaction failed; it can only be rolled back");
    }
}

std::unique_ptr<driver::Cursor> open_cursor(const Table& table, const driver::Scan& scan, const State& state,
                                            Workspace* workspace) {
    if (scan.order != Order::insertion) return std::make_unique<KeyCursor>(table.keys, scan, state, workspace);
    if (table.kind != driver::TableKind::documents) {
        throw Error(Code::invalid_argument,
                    "ordered table \"" + std::string(table.name()) + "\" has no insertion order");
    }
    return std::make_unique<InsertionCursor>(table.rids, scan, state, workspace);
}

}  // namespace sheaf::memory
