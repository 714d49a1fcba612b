#include "storage/sqlite/table.hpp"

#include <utility>

#include <sheaf/error.hpp>

#include "storage/sqlite/names.hpp"

namespace sheaf::sqlite {

namespace {

// "$" stands for the table.
std::string_view documents_sql(Query query) {
    switch (query) {
        case Query::get:
            return "SELECT data, rid, _version, _archived, _created, _updated FROM $ WHERE _id=?1";
        case Query::scan_insertion:
            return "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE rid>?1 ORDER BY rid";
        case Query::scan_wanted:
            return "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE rid>?1 AND "
                   "sheaf_wants(data, ?2) ORDER BY rid";
        case Query::scan_from:
            return "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE _id>=?1 ORDER BY _id";
        case Query::scan_range:
            return "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE _id>=?1 AND _id<?2 "
                   "ORDER BY _id";
        case Query::scan_down_from:
            return "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE _id>=?1 "
                   "ORDER BY _id DESC";
        case Query::scan_down_range:
            return "SELECT data, rid, _version, _archived, _created, _updated, _id FROM $ WHERE _id>=?1 AND _id<?2 "
                   "ORDER BY _id DESC";
        case Query::insert:
            return "INSERT INTO $(_id, data, _version, _archived, _created, _updated, rid) "
                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(_id) DO NOTHING";
        case Query::put:
            return "INSERT INTO $(_id, data, _version, _archived, _created, _updated, rid) "
                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(_id) DO UPDATE SET data=?2, _version=?3, "
                   "_archived=?4, "
                   "_created=?5, _updated=?6";
        case Query::update_version:
            return "UPDATE $ SET data=?2, _version=?3, _archived=?4, _created=?5, _updated=?6 "
                   "WHERE _id=?1 AND _version=?7";
        case Query::remove:
            return "DELETE FROM $ WHERE _id=?1";
        case Query::remove_version:
            return "DELETE FROM $ WHERE _id=?1 AND _version=?2";
        case Query::last_rid:
            return "SELECT max(rid) FROM $";
    }
    return "";
}

std::string_view ordered_sql(Query query) {
    switch (query) {
        case Query::get:
            return "SELECT v FROM $ WHERE k=?1";
        case Query::scan_from:
            return "SELECT v, k FROM $ WHERE k>=?1 ORDER BY k";
        case Query::scan_range:
            return "SELECT v, k FROM $ WHERE k>=?1 AND k<?2 ORDER BY k";
        case Query::scan_down_from:
            return "SELECT v, k FROM $ WHERE k>=?1 ORDER BY k DESC";
        case Query::scan_down_range:
            return "SELECT v, k FROM $ WHERE k>=?1 AND k<?2 ORDER BY k DESC";
        case Query::insert:
            return "INSERT INTO $(k, v) VALUES(?1, ?2) ON CONFLICT(k) DO NOTHING";
        case Query::put:
            return "INSERT INTO $(k, v) VALUES(?1, ?2) ON CONFLICT(k) DO UPDATE SET v=?2";
        case Query::remove:
            return "DELETE FROM $ WHERE k=?1";
        case Query::scan_insertion:
        case Query::scan_wanted:
            throw Error(Code::unsupported, "an ordered table has no insertion order; scan it in the order of its keys");
        case Query::update_version:
        case Query::remove_version:
            throw Error(Code::unsupported, "rows of an ordered table have no version to expect");
        case Query::last_rid:
            break;
    }
    throw Error(Code::internal, "an ordered table has no row numbers");
}

}  // namespace

Table::Table(const Connection& connection, std::string_view name, driver::TableKind kind)
    : connection_(connection), name_(name), kind_(kind) {}

Statement& Table::statement(Query query) {
    Statement& kept = slot(query);
    if (!kept) kept = prepare(query);
    return kept;
}

Statement Table::take(Query query) {
    Statement& kept = slot(query);
    return kept ? std::exchange(kept, Statement()) : prepare(query);
}

void Table::give_back(Query query, Statement statement) {
    statement.reset();
    if (!slot(query)) slot(query) = std::move(statement);
}

Statement Table::prepare(Query query) const {
    const std::string_view pattern = is_documents() ? documents_sql(query) : ordered_sql(query);
    const std::size_t place = pattern.find('$');
    std::string sql(pattern.substr(0, place));
    sql.append(quote_name(storage_name(name_))).append(pattern.substr(place + 1));
    return connection_.prepare(sql);
}

}  // namespace sheaf::sqlite
