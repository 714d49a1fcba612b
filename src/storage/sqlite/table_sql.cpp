#include "storage/sqlite/table_sql.hpp"

#include <span>

#include <sheaf/error.hpp>

#include "storage/sqlite/names.hpp"

namespace sheaf::sqlite {

namespace {

using driver::TableKind;

// How rows are walked in the order of their keys.
struct Layout {
    std::string_view from;
    std::string_view row;  // columns
    int key_column;        // the one after them
    std::string_view key;
    std::string_view body;  // what a filter sees
    std::string_view ascending;
    std::string_view descending;
};

constexpr Layout documents = {"$",       "data, rid, _version, _archived, _created, _updated", 6, "_id", "data", "_id",
                              "_id DESC"};
constexpr Layout ordered = {"$", "v", 1, "k", "v", "k", "k DESC"};
constexpr Layout pairs = {"$", "rid", 1, "k", "x''", "k, rid", "k DESC, rid DESC"};
// CROSS JOIN: SQLite must not turn the loops round.
constexpr Layout join = {"@ AS i CROSS JOIN $ AS d ON d.rid=i.rid",
                         "d.data, d.rid, d._version, d._archived, d._created, d._updated",
                         6,
                         "i.k",
                         "d.data",
                         "i.k, i.rid",
                         "i.k DESC, i.rid DESC"};

const Layout& layout_of(const Subject& subject) {
    if (subject.is_join()) return join;
    if (subject.kind == TableKind::documents) return documents;
    return subject.kind == TableKind::ordered ? ordered : pairs;
}

struct Pattern {
    Query query;
    std::string_view sql;
};

constexpr Pattern documents_patterns[] = {
    {Query::get, "SELECT data, rid, _version, _archived, _created, _updated FROM $ WHERE _id=?1"},
    {Query::insert,
     "INSERT INTO $(_id, data, _version, _archived, _created, _updated, rid) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) "
     "ON CONFLICT(_id) DO NOTHING"},
    {Query::put,
     "INSERT INTO $(_id, data, _version, _archived, _created, _updated, rid) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) "
     "ON CONFLICT(_id) DO UPDATE SET data=?2, _version=?3, _archived=?4, _created=?5, _updated=?6"},
    {Query::update_version,
     "UPDATE $ SET data=?2, _version=?3, _archived=?4, _created=?5, _updated=?6 WHERE _id=?1 AND _version=?7"},
    {Query::update_row,
     "UPDATE $ SET data=?2, _version=?3, _archived=?4, _created=?5, _updated=?6 "
     "WHERE rid=?8 AND _id=?1 AND _version=?7"},
    {Query::remove, "DELETE FROM $ WHERE _id=?1"},
    {Query::remove_version, "DELETE FROM $ WHERE _id=?1 AND _version=?2"},
    {Query::remove_row, "DELETE FROM $ WHERE rid=?3 AND _id=?1 AND _version=?2"},
    {Query::last_rid, "SELECT max(rid) FROM $"},
    {Query::scan_insertion,
     "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE rid>?1 ORDER BY rid"},
    {Query::scan_wanted,
     "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE rid>?1 AND sheaf_wants(data, ?3) "
     "ORDER BY rid"},
};
constexpr Pattern ordered_patterns[] = {
    {Query::get, "SELECT v FROM $ WHERE k=?1"},
    {Query::insert, "INSERT INTO $(k, v) VALUES(?1, ?2) ON CONFLICT(k) DO NOTHING"},
    {Query::put, "INSERT INTO $(k, v) VALUES(?1, ?2) ON CONFLICT(k) DO UPDATE SET v=?2"},
    {Query::remove, "DELETE FROM $ WHERE k=?1"},
};
constexpr std::string_view leap_sql = "SELECT k, rid FROM $ WHERE k>=?1 ORDER BY k, rid LIMIT 1 OFFSET ?2";
constexpr std::string_view count_rest_of_key_sql = "SELECT count(*) FROM $ WHERE k=?1 AND rid>=?2";
constexpr std::string_view count_some_of_key_sql =
    "SELECT count(*) FROM (SELECT 1 FROM $ WHERE k=?1 AND rid>=?2 LIMIT ?3)";
constexpr Pattern index_patterns[] = {
    {Query::get, "SELECT rid FROM $ WHERE k=?1 ORDER BY rid LIMIT 1"},
    {Query::add_pair, "INSERT INTO $(k, rid) VALUES(?1, ?2) ON CONFLICT(k, rid) DO NOTHING"},
    {Query::remove_pair, "DELETE FROM $ WHERE k=?1 AND rid=?2"},
    {Query::leap, leap_sql},
    {Query::count_rest_of_key, count_rest_of_key_sql},
    {Query::count_some_of_key, count_some_of_key_sql},
};
constexpr Pattern unique_index_patterns[] = {
    {Query::get, "SELECT rid FROM $ WHERE k=?1"},
    {Query::add_pair, "INSERT INTO $(k, rid) VALUES(?1, ?2) ON CONFLICT(k) DO NOTHING"},
    {Query::remove_pair, "DELETE FROM $ WHERE k=?1 AND rid=?2"},
    {Query::leap, leap_sql},
    {Query::count_rest_of_key, count_rest_of_key_sql},
    {Query::count_some_of_key, count_some_of_key_sql},
};

std::span<const Pattern> patterns_of(const Subject& subject) {
    if (subject.is_join()) return {};
    switch (subject.kind) {
        case TableKind::documents:
            return documents_patterns;
        case TableKind::ordered:
            return ordered_patterns;
        case TableKind::index:
            return index_patterns;
        case TableKind::unique_index:
            return unique_index_patterns;
    }
    return {};
}

std::string range_condition(const Layout& layout, bool has_upper) {
    const std::string key(layout.key);
    std::string condition = " WHERE " + key + ">=?1";
    if (has_upper) condition.append(" AND " + key + "<?2");
    return condition;
}

std::string scan_pattern(const Layout& layout, unsigned bits) {
    std::string sql = "SELECT ";
    sql.append(layout.row).append(", ").append(layout.key).append(" FROM ").append(layout.from);
    sql.append(range_condition(layout, (bits & query_bit::has_upper) != 0));
    if ((bits & query_bit::wanted) != 0) sql.append(" AND sheaf_wants(").append(layout.body).append(", ?3)");
    sql.append(" ORDER BY ");
    return sql.append((bits & query_bit::descending) != 0 ? layout.descending : layout.ascending);
}

std::string count_pattern(const Layout& layout, unsigned bits) {
    const std::string rows = std::string(layout.from) + range_condition(layout, (bits & query_bit::has_upper) != 0);
    if ((bits & query_bit::limited) == 0) return "SELECT count(*) FROM " + rows;
    return "SELECT count(*) FROM (SELECT 1 FROM " + rows + " LIMIT ?4)";
}

[[noreturn]] void refuse(Query query) {
    switch (query) {
        case Query::scan_insertion:
        case Query::scan_wanted:
            throw Error(Code::unsupported,
                        "only tables of documents have an insertion order; scan this one in the order of its keys");
        case Query::update_version:
        case Query::remove_version:
            throw Error(Code::unsupported, "only rows of tables of documents have a version to expect");
        default:
            throw Error(Code::unsupported, "tables of this kind cannot be written in this way");
    }
}

std::string pattern_of(const Subject& subject, Query query) {
    if (query == Query::count_all) return "SELECT count(*) FROM $";
    if (query >= Query::scan_keys) {
        return scan_pattern(layout_of(subject), static_cast<unsigned>(query) - static_cast<unsigned>(Query::scan_keys));
    }
    if (query >= Query::count_keys) {
        return count_pattern(layout_of(subject),
                             static_cast<unsigned>(query) - static_cast<unsigned>(Query::count_keys));
    }
    for (const Pattern& pattern : patterns_of(subject)) {
        if (pattern.query == query) return std::string(pattern.sql);
    }
    refuse(query);
}

}  // namespace

std::string sql_of(const Subject& subject, Query query) {
    std::string sql;
    for (const char c : pattern_of(subject, query)) {
        if (c == '$') {
            sql.append(quote_name(storage_name(subject.name)));
        } else if (c == '@') {
            sql.append(quote_name(storage_name(subject.index)));
        } else {
            sql.push_back(c);
        }
    }
    return sql;
}

int key_column(const Subject& subject) {
    return layout_of(subject).key_column;
}

}  // namespace sheaf::sqlite
