#include "storage/postgres/chosen_pages.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace sheaf::postgres {

namespace {

std::string rows_sql(const TableEntry& table, const std::string& condition) {
    return "SELECT " + page_columns(table.kind) + ", d.key FROM " + table.quoted + " d WHERE " + condition +
           " ORDER BY d.rid LIMIT " + std::to_string(largest_page);
}

class RidPages final : public Pages {
public:
    RidPages(const TableEntry& table, std::vector<std::int64_t> rids)
        : Pages({}), sql_(rows_sql(table, "d.rid = ANY($1)")), rids_(std::move(rids)) {
        std::sort(rids_.begin(), rids_.end());
        if (rids_.empty()) end();
    }

private:
    std::span<const std::int64_t> block() const {
        return std::span(rids_).subspan(next_, std::min(largest_page, rids_.size() - next_));
    }

    std::string sql(const Session&, Params& params) const override {
        params.integers(block());
        return sql_;
    }

    // A page that is not full has all rows of its block.
    void go_on(const Result& page, bool full) override {
        const std::int64_t last = full ? page.integer(page.rows() - 1, 0) : block().back();
        while (next_ < rids_.size() && rids_[next_] <= last) ++next_;
        if (next_ == rids_.size()) end();
    }

    const std::string sql_;
    std::vector<std::int64_t> rids_;  // ascending
    std::size_t next_ = 0;
};

class ConditionPages final : public Pages {
public:
    ConditionPages(const TableEntry& table, std::int64_t first_rid, Condition condition)
        : Pages({}), table_(table), next_(first_rid), condition_(std::move(condition)) {}

private:
    std::string sql(const Session&, Params& params) const override {
        params.integer(next_);
        return rows_sql(table_, "d.rid >= $1 AND " + condition_(params));
    }

    void go_on(const Result& page, bool full) override {
        if (!full) return end();
        next_ = page.integer(page.rows() - 1, 0) + 1;
    }

    const TableEntry table_;
    std::int64_t next_;
    const Condition condition_;
};

}  // namespace

std::unique_ptr<Pages> pages_of(const TableEntry& table, std::vector<std::int64_t> rids) {
    return std::make_unique<RidPages>(table, std::move(rids));
}

std::unique_ptr<Pages> pages_where(const TableEntry& table, std::int64_t first_rid, Condition condition) {
    return std::make_unique<ConditionPages>(table, first_rid, std::move(condition));
}

}  // namespace sheaf::postgres
