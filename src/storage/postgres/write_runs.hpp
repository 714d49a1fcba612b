// A batch of writes, cut into runs: neighbours that one statement can do together, because it does not matter in which
// order. So no key occurs twice in a run, and what it adds to a unique index nothing else in it touches.
//
// Threads: values, which borrow the writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/catalog.hpp"

namespace sheaf::postgres {

struct Run {
    enum class Kind : std::uint8_t {
        insert,   // of rows that have to be new
        put,      // of rows, new or not
        change,   // of rows of a version
        remove,   // of rows, if they are there
        erase,    // of rows of a version
        absence,  // nothing is written: the rows have to be missing
    };
    Kind kind = Kind::insert;
    std::span<const driver::Write> writes{};
    std::size_t bytes = 0;  // of bodies and keys
    bool has_entries = false;
};

// The index tables that the entries of a batch are for.
class EntryTables {
public:
    using Find = std::function<TableEntry(std::string_view name)>;  // throws not_found
    explicit EntryTables(Find find) : find_(std::move(find)) {}
    struct Table {
        std::string name;
        std::string quoted;
        bool is_unique;
    };
    // Throws as Find does; invalid_argument for a table that is none of an index.
    const Table& at(std::string_view name);
    std::span<const Table> all() const { return tables_; }

private:
    Find find_;
    std::vector<Table> tables_;  // a few
};

// Throws invalid_argument for what the contract does not allow in the table.
std::vector<Run> cut_into_runs(driver::TableKind kind, std::span<const driver::Write> writes, EntryTables& tables);

}  // namespace sheaf::postgres
