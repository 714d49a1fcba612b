// Catalog: the store's tables as one snapshot saw them, and the backend's memory of the newest one.
//
// The stamp is the exclusive or of the random numbers that each row of _sheaf_tables got when it last changed, so that
// transactions that change different tables do not meet in one row. Format: docs/formats/postgres.md.
//
// Threads: a Catalog never changes once it is shared; CatalogCache is thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/result.hpp"

namespace sheaf::postgres {

struct TableEntry {
    driver::TableKind kind = driver::TableKind::documents;
    std::string quoted{};  // its name in SQL
    Bytes description{};
    std::int64_t changed = 0;   // random, new with every change
    std::int64_t relation = 0;  // the number (oid) of the server's table; made again it has another one; 0: not there
};

struct Catalog {
    std::map<std::string, TableEntry, std::less<>> tables{};
    std::uint64_t stamp = 0;  // never 0

    const TableEntry* find(std::string_view name) const;
    // Throws not_found.
    const TableEntry& at(std::string_view name) const;
};

// The statements for a stamp and for the whole catalog, and the reading of their results. Throws corrupt.
inline constexpr std::string_view stamp_sql = "SELECT coalesce(bit_xor(changed), 0) FROM _sheaf_tables";
std::uint64_t stamp_of(const Result& result);
extern const std::string_view catalog_sql;
std::shared_ptr<const Catalog> catalog_of(const Result& result);

// A number for TableEntry::changed.
std::int64_t new_mark();

class CatalogCache {
public:
    std::shared_ptr<const Catalog> newest() const;                   // null: none known, or it was found out of date
    std::shared_ptr<const Catalog> find(std::uint64_t stamp) const;  // null: not that one
    void remember(std::shared_ptr<const Catalog> catalog);
    void forget();

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Catalog> newest_;
};

}  // namespace sheaf::postgres
