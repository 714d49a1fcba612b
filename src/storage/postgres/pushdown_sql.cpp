#include "storage/postgres/pushdown_sql.hpp"

#include <string_view>

#include "storage/postgres/where_sql.hpp"

namespace sheaf::postgres {

namespace {

// Key by key: "@" is an object, since an array is noticed before it is looked into.
void append_rest_path(std::string& out, std::span<const std::string> path, std::span<const std::string_view> types) {
    if (!out.empty()) out += " || ";
    std::string_view object = "$";
    for (std::size_t i = 0; i < path.size(); ++i) {
        const std::string member = json_path(path.subspan(i, 1)).replace(0, 1, object);
        out += member + ".type() == \"array\"";
        object = "@";
        if (i + 1 < path.size()) {
            out += " || exists(" + member + " ? (";
        } else {
            for (const std::string_view type : types) out.append(" || " + member + ".type() == \"").append(type) += '"';
        }
    }
    for (std::size_t i = 1; i < path.size(); ++i) out += "))";
}

std::string added(Params& params, const std::string& path) {
    params.json_path(path);
    return "$" + std::to_string(params.size());
}

std::string value_sql(std::span<const std::string> path, Params& params) {
    return "jsonb_path_query_first(d.doc, " + added(params, json_path(path)) + ", '{}', true)";
}

// Columns by which values are in order; those that are not of a kind have nothing there.
std::string order_by(const std::string& value, bool descending) {
    const std::string kind = "jsonb_typeof(" + value + ")";
    const std::string_view down = descending ? " DESC, " : ", ";
    std::string sql = "CASE " + kind + " WHEN 'number' THEN 1 WHEN 'string' THEN 2 WHEN 'boolean' THEN " +
                      "CASE WHEN " + value + "::boolean THEN 4 ELSE 3 END ELSE 0 END";
    sql += down;
    sql += "CASE WHEN " + kind + " = 'number' THEN " + value + "::numeric END";
    sql += down;
    sql += "CASE WHEN " + kind + " = 'string' THEN " + value + " #>> '{}' END COLLATE \"C\"";
    return sql.append(down);
}

std::string number(std::size_t i) {
    return std::to_string(i);
}

}  // namespace

std::string sort_rest_path(std::span<const driver::SortTerm> terms) {
    constexpr std::string_view types[] = {"object"};
    std::string path;
    for (const driver::SortTerm& term : terms) append_rest_path(path, term.path, types);
    return path;
}

std::string group_rest_path(std::span<const Keys> paths) {
    constexpr std::string_view types[] = {"object", "number"};
    std::string path;
    for (const Keys& keys : paths) append_rest_path(path, keys, types);
    return path;
}

std::string rest_sql(const std::string& rest_path, Params& params) {
    return "(d.doc IS NULL OR jsonb_path_match(d.doc, " + added(params, rest_path) + ", '{}', true) IS NOT FALSE)";
}

std::string count_sql(const TableEntry& table, const driver::Where& where, Params& params) {
    return "SELECT count(d.doc), min(d.rid) FILTER (WHERE d.doc IS NULL) FROM " + table.quoted + " d WHERE " +
           where_sql(where, params);
}

// OFFSET 0 keeps the server from reading the document again for each place where a value stands.
std::string top_sql(const TableEntry& table, const driver::Where& where, std::span<const driver::SortTerm> terms,
                    Rest rest, std::int64_t limit, Params& params) {
    std::string inner = "SELECT d.rid, d.key, " + rest_sql(sort_rest_path(terms), params) + " AS rest";
    std::string order = rest == Rest::first ? "x.rest DESC, " : "";
    for (std::size_t i = 0; i < terms.size(); ++i) {
        inner += ", " + value_sql(terms[i].path, params) + " AS v" + number(i);
        order += order_by("x.v" + number(i), terms[i].descending);
    }
    inner += " FROM " + table.quoted + " d WHERE " + where_sql(where, params) + " OFFSET 0";
    params.integer(limit);
    return "SELECT x.rid, x.rest FROM (" + inner + ") x" + (rest == Rest::left_out ? " WHERE NOT x.rest" : "") +
           " ORDER BY " + order + "x.key LIMIT $" + number(params.size());
}

std::string group_sql(const TableEntry& table, const driver::Where& where, std::span<const Keys> paths,
                      std::size_t limit, Params& params) {
    std::string inner = "SELECT d.rid, " + rest_sql(group_rest_path(paths), params) + " AS rest";
    std::string values;
    std::string groups;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const std::string value = "x.v" + number(i);
        inner += ", " + value_sql(paths[i], params) + " AS v" + number(i);
        values += ", CASE WHEN NOT x.rest THEN jsonb_typeof(" + value + ") END";
        values += ", CASE WHEN NOT x.rest THEN " + value + " #>> '{}' END COLLATE \"C\"";
        groups += ", " + number(first_group_value + 2 * i + 1) + ", " + number(first_group_value + 2 * i + 2);
    }
    inner += " FROM " + table.quoted + " d WHERE " + where_sql(where, params) + " OFFSET 0";
    params.integer(static_cast<std::int64_t>(limit));
    return "SELECT count(*), min(x.rid), x.rest" + values + " FROM (" + inner + ") x GROUP BY x.rest" + groups +
           " LIMIT $" + number(params.size());
}

}  // namespace sheaf::postgres
