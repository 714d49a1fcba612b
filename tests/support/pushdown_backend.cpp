#include "support/pushdown_backend.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <sheaf/driver/pushdown.hpp>
#include <sheaf/view.hpp>

#include "support/naive_predicate.hpp"

namespace sheaf::testing_support {

namespace {

using driver::RowView;
using driver::Where;

using Paths = std::span<const std::vector<std::string>>;

// What all transactions of a backend share. Every choice is another one than the last, and the same in every run.
struct Shared {
    PushdownRules rules;
    PushdownTally& tally;
    std::uint64_t choices = 0;

    std::uint64_t choice(std::uint64_t below) { return (++choices * 0x9e37'79b9'7f4a'7c15U >> 33U) % below; }

    bool is_decided(const RowView& row) const {
        const std::int64_t one_in = rules.undecided_one_in;
        return (one_in == 0 || row.meta.rid % one_in != 0) && !has_odd_number(View(row.body));
    }
};

bool has_flag(const Where& where, const RowView& row) {
    return !where.archived || *where.archived == row.meta.archived;
}

bool satisfies(const Where& where, const RowView& row) {
    return has_flag(where, row) && (where.predicate == nullptr || naively_holds(*where.predicate, View(row.body)));
}

// A scan or fetch of the backend below that leaves out what it can, and only then asks the filter.
class NarrowedCursor final : public driver::Cursor {
public:
    NarrowedCursor(Shared& shared, const Where& where, driver::RowFilter* filter,
                   std::unique_ptr<driver::Cursor> cursor)
        : shared_(shared), where_(where), filter_(filter), cursor_(std::move(cursor)) {
        if (shared_.choice(3) == 0) where_.predicate = nullptr;
        if (shared_.choice(3) == 0) where_.archived.reset();
    }

    bool next(RowView& row) override {
        while (cursor_->next(row)) {
            const bool wanted = shared_.is_decided(row) ? satisfies(where_, row) : has_flag(where_, row);
            if (!wanted) ++shared_.tally.left_out;
            if (wanted && (filter_ == nullptr || filter_->wants(row.body))) return true;
        }
        return false;
    }
    BytesView key() override { return cursor_->key(); }

private:
    Shared& shared_;
    Where where_;
    driver::RowFilter* filter_;
    std::unique_ptr<driver::Cursor> cursor_;
};

struct Held {
    Bytes key;
    driver::Row row;

    RowView view() const { return {row.body, row.meta}; }
};

class HeldCursor final : public driver::Cursor {
public:
    HeldCursor(std::vector<Held> rows, driver::RowFilter* filter) : rows_(std::move(rows)), filter_(filter) {}

    bool next(RowView& row) override {
        while (next_ < rows_.size()) {
            row = rows_[next_++].view();
            if (filter_ == nullptr || filter_->wants(row.body)) return true;
        }
        return false;
    }
    BytesView key() override { return rows_[next_ - 1].key; }

private:
    std::vector<Held> rows_;
    std::size_t next_ = 0;
    driver::RowFilter* filter_;
};

// In the order of a sort's field. Nothing: it has no place there.
struct Place {
    int kind = 0;
    View value{};
};

std::optional<Place> place(View document, const driver::SortTerm& term) {
    const std::optional<View> value = plain_value(document, term.path);
    if (!value) return std::nullopt;
    if (!*value || value->is_null()) return Place{};
    if (value->is_number()) return Place{1, *value};
    if (value->type() == Type::string) return Place{2, *value};
    if (value->type() == Type::boolean) return Place{3, *value};
    return std::nullopt;
}

bool is_placed(const Held& row, std::span<const driver::SortTerm> terms) {
    return std::all_of(terms.begin(), terms.end(),
                       [&](const auto& term) { return place(View(row.row.body), term).has_value(); });
}

bool comes_before(const Held& a, const Held& b, std::span<const driver::SortTerm> terms) {
    for (const driver::SortTerm& term : terms) {
        const Place left = *place(View(a.row.body), term);
        const Place right = *place(View(b.row.body), term);
        auto order = std::weak_ordering(left.kind <=> right.kind);
        if (order == 0 && left.kind > 0) order = compare(left.value, right.value);
        if (order != 0) return term.descending ? order > 0 : order < 0;
    }
    return a.key < b.key;
}

// Nothing where a value cannot be counted by.
std::optional<std::vector<Bytes>> counted_values(const RowView& row, Paths paths) {
    std::vector<Bytes> values;
    for (const auto& path : paths) {
        const std::optional<View> value = plain_value(View(row.body), path);
        if (!value) return std::nullopt;
        const bool simple =
            !*value || value->is_null() || value->type() == Type::string || value->type() == Type::boolean;
        if (!simple) return std::nullopt;
        values.emplace_back(*value ? value->encoded() : BytesView());
    }
    return values;
}

class NaivePushdown final : public driver::Pushdown {
public:
    NaivePushdown(Shared& shared, driver::Transaction& tx) : shared_(shared), tx_(tx) {}

    std::int64_t count(std::string_view table, const Where& where) override {
        ++shared_.tally.counts;
        const auto found =
            rows(table, [&](const RowView& row) { return shared_.is_decided(row) && satisfies(where, row); });
        return static_cast<std::int64_t>(found.size());
    }

    std::unique_ptr<driver::Cursor> undecided(std::string_view table, const Where&,
                                              driver::RowFilter* filter) override {
        auto found = rows(table, [&](const RowView& row) { return !shared_.is_decided(row); });
        std::reverse(found.begin(), found.end());
        return std::make_unique<HeldCursor>(std::move(found), filter);
    }

    std::unique_ptr<driver::Cursor> top(std::string_view table, const Where& where,
                                        std::span<const driver::SortTerm> terms, std::int64_t keep,
                                        driver::RowFilter* filter) override {
        ++shared_.tally.tops;
        for (const driver::SortTerm& term : terms) check_path(term.path);
        auto found = rows(table, [&](const RowView& row) { return !shared_.is_decided(row) || satisfies(where, row); });
        const auto placed = std::partition(found.begin(), found.end(), [&](const Held& row) {
            return !shared_.is_decided(row.view()) || !is_placed(row, terms);
        });
        std::sort(placed, found.end(), [&](const Held& a, const Held& b) { return comes_before(a, b, terms); });
        const std::int64_t more = keep + static_cast<std::int64_t>(shared_.choice(3));
        if (found.end() - placed > more) found.erase(placed + more, found.end());
        std::reverse(found.begin(), found.end());
        return std::make_unique<HeldCursor>(std::move(found), filter);
    }

    std::optional<std::vector<driver::GroupCount>> count_groups(std::string_view table, const Where& where, Paths paths,
                                                                std::size_t most) override {
        ++shared_.tally.groups;
        if (shared_.choice(10) == 0) most = 3;
        for (const auto& path : paths) check_path(path);
        std::map<std::vector<Bytes>, std::int64_t> groups;
        rows(table, [&](const RowView& row) {
            if (!shared_.is_decided(row) || !satisfies(where, row)) return false;
            if (auto values = counted_values(row, paths)) ++groups[std::move(*values)];
            return false;
        });
        if (groups.size() > most) return std::nullopt;
        std::vector<driver::GroupCount> counted;
        for (const auto& [values, count] : groups) counted.push_back({values, count});
        return counted;
    }

    std::unique_ptr<driver::Cursor> ungrouped(std::string_view table, const Where& where, Paths paths,
                                              driver::RowFilter* filter) override {
        auto found = rows(table, [&](const RowView& row) {
            return !shared_.is_decided(row) || (satisfies(where, row) && !counted_values(row, paths));
        });
        return std::make_unique<HeldCursor>(std::move(found), filter);
    }

private:
    template <class Wanted>
    std::vector<Held> rows(std::string_view table, const Wanted& wanted) {
        std::vector<Held> found;
        const auto cursor = tx_.scan(table, {});
        for (RowView row; cursor->next(row);) {
            if (wanted(row)) found.push_back({Bytes(cursor->key()), {Bytes(row.body), row.meta}});
        }
        return found;
    }

    Shared& shared_;
    driver::Transaction& tx_;
};

class Transaction final : public driver::Transaction {
public:
    Transaction(Shared& shared, std::unique_ptr<driver::Transaction> below)
        : shared_(shared), below_(std::move(below)), pushdown_(shared, *below_) {}

    std::vector<driver::TableInfo> tables() override { return below_->tables(); }
    std::optional<driver::TableInfo> find_table(std::string_view name) override { return below_->find_table(name); }
    void describe_table(std::string_view name, BytesView description) override {
        below_->describe_table(name, description);
    }
    std::uint64_t catalog_stamp() override { return below_->catalog_stamp(); }
    bool ensure_table(std::string_view name, driver::TableKind kind) override {
        return below_->ensure_table(name, kind);
    }
    void rename_table(std::string_view from, std::string_view to) override { below_->rename_table(from, to); }
    bool drop_table(std::string_view name) override { return below_->drop_table(name); }

    std::optional<driver::Row> get(std::string_view table, BytesView key) override { return below_->get(table, key); }
    std::vector<std::optional<driver::Row>> get_many(std::string_view table, std::span<const BytesView> keys) override {
        return below_->get_many(table, keys);
    }
    std::unique_ptr<driver::Cursor> scan(std::string_view table, const driver::Scan& scan) override {
        if (!scan.where.predicate && !scan.where.archived) return below_->scan(table, scan);
        driver::Scan plain = scan;
        plain.filter = nullptr;
        return narrowed(scan, below_->scan(table, plain));
    }
    std::unique_ptr<driver::Cursor> fetch(std::string_view table, const driver::IndexScan& scan) override {
        if (!scan.where.predicate && !scan.where.archived) return below_->fetch(table, scan);
        driver::IndexScan plain = scan;
        plain.filter = nullptr;
        return narrowed(scan, below_->fetch(table, plain));
    }
    std::int64_t count(std::string_view table, std::span<const driver::KeyRange> ranges, std::int64_t limit) override {
        return below_->count(table, ranges, limit);
    }
    std::int64_t estimate(std::string_view table) override { return below_->estimate(table); }

    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override {
        return below_->apply(table, writes);
    }
    std::vector<std::optional<driver::Row>> lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                      driver::LockWait wait) override {
        return below_->lock_rows(table, keys, wait);
    }
    bool lock_name(std::string_view name, driver::LockWait wait) override { return below_->lock_name(name, wait); }
    void exclude_writers(std::string_view table) override { below_->exclude_writers(table); }
    driver::Pushdown* pushdown() override { return &pushdown_; }
    void commit() override { below_->commit(); }

private:
    template <class Scan>
    std::unique_ptr<driver::Cursor> narrowed(const Scan& scan, std::unique_ptr<driver::Cursor> cursor) {
        if (scan.where.predicate != nullptr) ++shared_.tally.narrowed;
        shared_.tally.last_limit = scan.limit;
        return std::make_unique<NarrowedCursor>(shared_, scan.where, scan.filter, std::move(cursor));
    }

    Shared& shared_;
    std::unique_ptr<driver::Transaction> below_;
    NaivePushdown pushdown_;
};

class Backend final : public driver::Backend {
public:
    Backend(std::unique_ptr<driver::Backend> below, const PushdownRules& rules, PushdownTally& tally)
        : shared_{.rules = rules, .tally = tally}, below_(std::move(below)) {}

    const driver::Capabilities& capabilities() const override { return below_->capabilities(); }
    std::unique_ptr<driver::Transaction> begin(const driver::BeginOptions& options) override {
        return std::make_unique<Transaction>(shared_, below_->begin(options));
    }
    std::unique_ptr<driver::ChangeSignal> changes() override { return below_->changes(); }
    driver::Statistics statistics() override { return below_->statistics(); }
    void ping() override { below_->ping(); }
    void close() override { below_->close(); }

private:
    Shared shared_;
    std::unique_ptr<driver::Backend> below_;
};

}  // namespace

std::unique_ptr<driver::Backend> with_pushdown(std::unique_ptr<driver::Backend> backend, const PushdownRules& rules,
                                               PushdownTally& tally) {
    return std::make_unique<Backend>(std::move(backend), rules, tally);
}

}  // namespace sheaf::testing_support
