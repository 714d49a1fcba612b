#include "storage/postgres/pages.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sheaf/error.hpp>

#include "storage/postgres/table_sql.hpp"
#include "storage/postgres/where_sql.hpp"

namespace sheaf::postgres {

namespace {

using driver::KeyRange;
using driver::Order;
using driver::TableKind;

constexpr std::size_t ranges_per_page = 1000;

// The limit that the planner sees is a number, so that its plan is always one for the beginning of an order.
std::string limited(std::string sql) {
    return std::move(sql) + " LIMIT " + std::to_string(largest_page);
}

class InsertionPages final : public Pages {
public:
    InsertionPages(const TableEntry& table, const driver::Scan& scan)
        : Pages(scan.where),
          select_("SELECT " + page_columns(table.kind) + ", d.key FROM " + table.quoted + " d WHERE d.rid > $1"),
          after_(scan.after_rid) {}

private:
    std::string sql(const Session& session, Params& params) const override {
        params.integer(after_);
        return limited(select_ + wanted(session, params) + " ORDER BY d.rid");
    }

    void go_on(const Result& page, bool full) override {
        if (!full) return end();
        after_ = page.integer(page.rows() - 1, 0);
    }

    std::string select_;
    std::int64_t after_;
};

// Rows in the order of the keys of a table, or of the pairs of an index. Where a key can have several pairs, the place
// in the order is a key and a rid.
class KeyPages final : public Pages {
public:
    struct Source {
        std::string from;       // joins what is selected from
        std::string_view keys;  // which of it has the keys
        TableKind kind;         // of the rows that are given
        bool has_pairs;         // a key may come several times
        bool descending;
    };

    KeyPages(Source source, std::span<const KeyRange> ranges, const driver::Where& where)
        : Pages(where), source_(std::move(source)), rid_(first_rid()) {
        for (const KeyRange& range : ranges) {
            Bounds bounds{range.lower.value_or(Bytes()), range.upper.value_or(Bytes(behind_all_keys()))};
            if (bounds.lower < bounds.upper) ranges_.push_back(std::move(bounds));
        }
        if (source_.descending) std::reverse(ranges_.begin(), ranges_.end());
        if (ranges_.empty()) end();
    }

private:
    struct Bounds {
        Bytes lower;
        Bytes upper;
    };

    // Before the first pair of a range; rids are not negative.
    std::int64_t first_rid() const { return source_.descending ? 0 : -1; }
    std::size_t ranges_of_page() const { return std::min(ranges_per_page, ranges_.size() - next_); }

    std::string sql(const Session& session, Params& params) const override {
        return ranges_of_page() == 1 ? sql_of_one(session, params) : sql_of_many(session, params);
    }

    std::string sql_of_one(const Session& session, Params& params) const {
        params.bytes(ranges_[next_].lower).bytes(ranges_[next_].upper);
        if (source_.has_pairs) params.integer(rid_);
        return rows_between("$1", "$2", "$3", wanted(session, params));
    }

    // Range by range, in their order: the outer side of the join is gone through from its beginning, and the inner one
    // cannot be asked without it.
    std::string sql_of_many(const Session& session, Params& params) const {
        std::vector<BytesView> lower;
        std::vector<BytesView> upper;
        std::vector<std::int64_t> rids(ranges_of_page(), first_rid());
        rids.front() = rid_;
        for (const Bounds& bounds : std::span(ranges_).subspan(next_, ranges_of_page())) {
            lower.push_back(bounds.lower);
            upper.push_back(bounds.upper);
        }
        params.byte_strings(lower).byte_strings(upper).integers(rids);
        return limited(
            "SELECT x.* FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) r(lower, upper, rid) "
            "CROSS JOIN LATERAL (" +
            rows_between("r.lower", "r.upper", "r.rid", wanted(session, params)) + ") x");
    }

    std::string rows_between(std::string_view lower, std::string_view upper, std::string_view rid,
                             const std::string& condition) const {
        const std::string key = std::string(source_.keys) + ".key";
        const std::string pair = "(" + key + ", " + std::string(source_.keys) + ".rid)";
        const std::string_view down = source_.descending ? " DESC" : "";
        std::string sql = "SELECT " + page_columns(source_.kind) + ", " + key + " FROM " + source_.from + " WHERE ";
        const auto bound = [&](bool is_lower) {
            const std::string_view value = is_lower ? lower : upper;
            if (source_.has_pairs && is_lower != source_.descending) {
                sql.append(pair).append(is_lower ? " > (" : " < (").append(value).append(", ").append(rid) += ')';
            } else {
                sql.append(key).append(is_lower ? " >= " : " < ").append(value);
            }
        };
        bound(true);
        sql += " AND ";
        bound(false);
        sql.append(condition).append(" ORDER BY ").append(key).append(down);
        if (source_.has_pairs) sql.append(", ").append(source_.keys).append(".rid").append(down);
        return limited(std::move(sql));
    }

    void go_on(const Result& page, bool full) override {
        if (full) {
            const std::size_t last = page.rows() - 1;
            go_behind(page.bytes(last, column_count(source_.kind)), source_.has_pairs ? page.integer(last, 0) : 0);
        } else {
            next_ += ranges_of_page();
            rid_ = first_rid();
        }
        if (next_ == ranges_.size()) end();
    }

    void go_behind(BytesView key, std::int64_t rid) {
        const auto is_past = [&](const Bounds& bounds) {
            return source_.descending ? bounds.lower > key : bounds.upper <= key;
        };
        while (is_past(ranges_[next_])) ++next_;
        Bounds& bounds = ranges_[next_];
        rid_ = source_.has_pairs ? rid : first_rid();
        if (source_.descending) {
            bounds.upper = key;
        } else {
            bounds.lower = key;
            if (!source_.has_pairs) bounds.lower += '\0';  // the next key that there can be
        }
    }

    const Source source_;
    std::vector<Bounds> ranges_;  // in the order in which they are read
    std::size_t next_ = 0;
    std::int64_t rid_;  // of the place in the range at next_
};

}  // namespace

std::string page_columns(TableKind kind) {
    constexpr std::string_view body = "d.body";
    std::string list(columns(kind));
    const std::size_t at = list.find(body);
    if (at == std::string::npos) return list;
    return list.replace(at, body.size(), "CASE WHEN octet_length(d.body) <= 65536 THEN d.body END AS body");
}

Result Pages::next(Session& session, std::size_t rows) {
    rows = std::min(rows, largest_page);
    Params params;
    std::string text = "SELECT * FROM (" + sql(session, params) + ") y LIMIT $";
    params.integer(static_cast<std::int64_t>(rows));
    Result page = session.query(text + std::to_string(params.size()), params);
    go_on(page, page.rows() == rows);
    return page;
}

std::string Pages::wanted(const Session& session, Params& params) const {
    const bool has_condition = where_.predicate != nullptr || where_.archived.has_value();
    if (!has_condition || !session.options().pushdown) return "";
    return " AND " + where_sql(where_, params);
}

std::unique_ptr<Pages> scan_pages(const TableEntry& table, const driver::Scan& scan) {
    if (scan.order == Order::insertion) {
        if (table.kind == TableKind::documents) return std::make_unique<InsertionPages>(table, scan);
        throw Error(Code::unsupported, "only documents have an insertion order; scan in the order of keys");
    }
    KeyPages::Source source{.from = table.quoted + " d",
                            .keys = "d",
                            .kind = table.kind,
                            .has_pairs = table.kind == TableKind::index,
                            .descending = scan.order == Order::key_descending};
    return std::make_unique<KeyPages>(std::move(source), std::span(&scan.range, 1), scan.where);
}

std::unique_ptr<Pages> fetch_pages(const TableEntry& table, const TableEntry& index, const driver::IndexScan& scan) {
    if (table.kind != TableKind::documents || !driver::is_index(index.kind)) {
        throw Error(Code::invalid_argument, "an index leads to documents: fetch from their table, by an index");
    }
    if (scan.order == Order::insertion) {
        throw Error(Code::unsupported, "an index has no insertion order; fetch in the order of its keys");
    }
    KeyPages::Source source{.from = index.quoted + " p JOIN " + table.quoted + " d ON d.rid = p.rid",
                            .keys = "p",
                            .kind = table.kind,
                            .has_pairs = index.kind == TableKind::index,
                            .descending = scan.order == Order::key_descending};
    const KeyRange all;
    const std::span<const KeyRange> ranges = scan.ranges.empty() ? std::span(&all, 1) : scan.ranges;
    return std::make_unique<KeyPages>(std::move(source), ranges, scan.where);
}

std::string large_row_sql(const TableEntry& table) {
    const std::string_view by = table.kind == TableKind::documents ? "d.rid" : "d.key";
    return "SELECT " + std::string(columns(table.kind)) + " FROM " + table.quoted + " d WHERE " + std::string(by) +
           " = $1";
}

}  // namespace sheaf::postgres
