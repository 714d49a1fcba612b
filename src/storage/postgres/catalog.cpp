#include "storage/postgres/catalog.hpp"

#include <array>
#include <cstring>
#include <utility>

#include <sheaf/error.hpp>

#include "base/clock.hpp"
#include "storage/postgres/names.hpp"

namespace sheaf::postgres {

// What _sheaf_tables and the server's own catalog say about the same tables: in one statement, so that it is of one
// snapshot, whatever the transaction. Rows of the second kind have the number of a relation.
const std::string_view catalog_sql =
    "SELECT name, kind, description, changed, NULL::bigint AS relation FROM _sheaf_tables"
    " UNION ALL SELECT c.relname::text, NULL, NULL, NULL, c.oid::bigint"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')";

namespace {

enum Column : std::size_t { name_column, kind_column, description_column, changed_column, relation_column };

driver::TableKind kind_of(std::int64_t number, const std::string& name) {
    if (number >= 0 && number <= static_cast<std::int64_t>(driver::TableKind::unique_index)) {
        return static_cast<driver::TableKind>(number);
    }
    throw Error(Code::corrupt, "the table \"" + name + "\" is of kind " + std::to_string(number) +
                                   ", which this sheaf does not know; another program has written to _sheaf_tables");
}

using Relations = std::map<std::string, std::int64_t, std::less<>>;

Relations relations_of(const Result& result) {
    Relations relations;
    for (std::size_t row = 0; row < result.rows(); ++row) {
        if (result.is_null(row, relation_column)) continue;
        relations.emplace(result.bytes(row, name_column), result.integer(row, relation_column));
    }
    return relations;
}

std::string storage_of(const std::string& name) {
    try {
        return storage_name(name);
    } catch (const Error& error) {
        throw Error(Code::corrupt, "_sheaf_tables has a name that no table can have: " + std::string(error.message()));
    }
}

TableEntry entry_of(const Result& result, std::size_t row, const std::string& name, const Relations& relations) {
    const std::string storage = storage_of(name);
    const auto relation = relations.find(storage);
    return {.kind = kind_of(result.integer(row, kind_column), name),
            .quoted = quote_name(storage),
            .description = Bytes(result.bytes(row, description_column)),
            .changed = result.integer(row, changed_column),
            .relation = relation == relations.end() ? 0 : relation->second};
}

std::uint64_t stamp_from(std::uint64_t all) {
    return all == 0 ? 1 : all;
}

}  // namespace

const TableEntry* Catalog::find(std::string_view name) const {
    const auto found = tables.find(name);
    return found == tables.end() ? nullptr : &found->second;
}

const TableEntry& Catalog::at(std::string_view name) const {
    if (const TableEntry* entry = find(name)) return *entry;
    throw Error(Code::not_found, "there is no table \"" + std::string(name) + "\"", {.collection = std::string(name)});
}

std::uint64_t stamp_of(const Result& result) {
    return stamp_from(static_cast<std::uint64_t>(result.integer(0, 0)));
}

std::shared_ptr<const Catalog> catalog_of(const Result& result) {
    const Relations relations = relations_of(result);
    auto catalog = std::make_shared<Catalog>();
    std::uint64_t all = 0;
    for (std::size_t row = 0; row < result.rows(); ++row) {
        if (!result.is_null(row, relation_column)) continue;
        std::string name(result.bytes(row, name_column));
        TableEntry entry = entry_of(result, row, name, relations);
        all ^= static_cast<std::uint64_t>(entry.changed);
        catalog->tables.emplace(std::move(name), std::move(entry));
    }
    catalog->stamp = stamp_from(all);
    return catalog;
}

std::int64_t new_mark() {
    std::array<unsigned char, sizeof(std::int64_t)> bytes{};
    system_random()->fill(bytes);
    std::int64_t mark = 0;
    std::memcpy(&mark, bytes.data(), sizeof mark);
    return mark;
}

std::shared_ptr<const Catalog> CatalogCache::newest() const {
    const std::scoped_lock lock(mutex_);
    return newest_;
}

std::shared_ptr<const Catalog> CatalogCache::find(std::uint64_t stamp) const {
    const std::scoped_lock lock(mutex_);
    return newest_ != nullptr && newest_->stamp == stamp ? newest_ : nullptr;
}

void CatalogCache::remember(std::shared_ptr<const Catalog> catalog) {
    const std::scoped_lock lock(mutex_);
    newest_ = std::move(catalog);
}

void CatalogCache::forget() {
    const std::scoped_lock lock(mutex_);
    newest_ = nullptr;
}

}  // namespace sheaf::postgres
