// What a store's file looks like: its marks, its catalog, its tables. Format: docs/formats/sqlite.md.
//
// Threads: those of the connection that is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/connection.hpp"

namespace sheaf::sqlite {

inline constexpr std::int64_t application_id = 0x73686566;  // "shef", as PRAGMA application_id
inline constexpr std::int64_t format_version = 2;

// A store's mark, as PRAGMA user_version: 256 * epoch + format. The epoch, of 23 bits, is raised by each transaction
// that makes, renames, drops or describes a table; 1 comes after the last, so that it never returns to 0.
std::int64_t next_mark(std::int64_t mark);
// Throws unsupported for a newer one, corrupt for one that never was.
std::int64_t format_of(std::int64_t mark);
// Throws unsupported or corrupt unless the format is this sheaf's.
void check_mark(std::int64_t mark);

// Makes sure that the file is a sheaf store of this format, making one of an empty file and converting an older one,
// and sets up the writer's connection. A file of another program is left as it was. Throws corrupt, unsupported, io,
// busy.
void open_store(Connection& writer, const StoreOptions& options);

// The table of tables, by one connection. Kept in step with the tables by the same transactions.
class Catalog {
public:
    struct Entry {
        driver::TableKind kind = driver::TableKind::documents;
        Bytes description{};
        std::int64_t last_rid = 0;  // no new row of it may have this rid or a smaller one
    };

    explicit Catalog(const Connection& connection);

    std::optional<Entry> find(std::string_view name);
    std::vector<driver::TableInfo> list();
    // These change the table itself, too. Throws already_exists when a table of another program is in the way.
    void create(std::string_view name, driver::TableKind kind);
    void rename(std::string_view from, std::string_view to);
    void drop(std::string_view name);
    void describe(std::string_view name, BytesView description);
    void raise_last_rid(std::string_view name, std::int64_t rid);

private:
    void run_ddl(const std::string& sql, std::string_view storage);

    const Connection& connection_;
    Statement find_;
    Statement list_;
    Statement raise_last_rid_;
};

}  // namespace sheaf::sqlite
