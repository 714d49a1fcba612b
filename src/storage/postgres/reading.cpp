#include "storage/postgres/reading.hpp"

#include <limits>
#include <utility>

#include "storage/postgres/table_sql.hpp"

namespace sheaf::postgres {

std::optional<driver::Row> get_row(Session& session, std::string_view table, BytesView key) {
    const TableEntry& entry = session.table(table);
    const driver::TableKind kind = entry.kind;
    const Result result = session.query(get_sql(entry), Params().bytes(key));
    if (result.rows() == 0) return std::nullopt;
    return row_of(result, 0, kind);
}

std::vector<std::optional<driver::Row>> get_rows(Session& session, std::string_view table,
                                                 std::span<const BytesView> keys) {
    const TableEntry& entry = session.table(table);
    if (keys.empty()) return {};
    const driver::TableKind kind = entry.kind;
    const Result result = session.query(get_many_sql(entry, ""), Params().byte_strings(keys));
    return many_of(result, keys.size(), kind);
}

std::int64_t count_rows(Session& session, std::string_view table, std::span<const driver::KeyRange> ranges,
                        std::int64_t limit) {
    const TableEntry& entry = session.table(table);
    if (ranges.empty() && limit == 0) return session.query("SELECT count(*) FROM " + entry.quoted).integer(0, 0);
    std::vector<BytesView> lower;
    std::vector<BytesView> upper;
    for (const driver::KeyRange& range : ranges) {
        lower.push_back(range.lower ? BytesView(*range.lower) : BytesView());
        upper.push_back(range.upper ? BytesView(*range.upper) : behind_all_keys());
    }
    if (ranges.empty()) {
        lower.emplace_back();
        upper.push_back(behind_all_keys());
    }
    const std::int64_t most = limit == 0 ? std::numeric_limits<std::int64_t>::max() : limit;
    const Params params = std::move(Params().byte_strings(lower).byte_strings(upper).integer(most));
    return session.query(count_ranges_sql(entry), params).integer(0, 0);
}

}  // namespace sheaf::postgres
