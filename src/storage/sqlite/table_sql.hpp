// The SQL of all statements that read and write rows. A table is written "$" in them, the index of a join "@".
//
// Threads: free functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

namespace sheaf::sqlite {

// Parameters stand in the order in which they are named. Statements over a range of keys have always the same ones, of
// which they use some: lower key, upper key, RowQuestion, limit.
enum class Query : std::uint8_t {
    get,                // key
    insert,             // key, body, version, archived, created, updated, rid: only when the key is new
    put,                // the same: insert or replace
    update_version,     // the same, with the expected version in place of the rid
    update_row,         // the same, and the rid that the row has to have: found by it, a tree less to descend
    remove,             // key
    remove_version,     // key, expected version
    remove_row,         // key, expected version, rid
    add_pair,           // key, rid; of index tables, as is
    remove_pair,        // the same
    leap,               // lower key, how far: the pair there
    count_rest_of_key,  // key, rid: its pairs from that rid on
    count_some_of_key,  // the same, and a limit: costs a third more
    last_rid,
    count_all,
    scan_insertion,              // after rid
    scan_wanted,                 // after rid, -, RowQuestion: only rows that the question's filter wants
    count_keys,                  // this one and the next 3: the bits of count_query()
    scan_keys = count_keys + 4,  // this one and the next 7: the bits of scan_query()
};
inline constexpr std::size_t query_count = static_cast<std::size_t>(Query::scan_keys) + 8;

namespace query_bit {
inline constexpr unsigned has_upper = 1;
inline constexpr unsigned limited = 2;  // of counts
inline constexpr unsigned descending = 2;
inline constexpr unsigned wanted = 4;
}  // namespace query_bit

constexpr Query scan_query(driver::Order order, bool has_upper, bool wanted) {
    const unsigned bits = (has_upper ? query_bit::has_upper : 0U) |
                          (order == driver::Order::key_descending ? query_bit::descending : 0U) |
                          (wanted ? query_bit::wanted : 0U);
    return static_cast<Query>(static_cast<unsigned>(Query::scan_keys) + bits);
}

constexpr Query count_query(bool has_upper, bool limited) {
    const unsigned bits = (has_upper ? query_bit::has_upper : 0U) | (limited ? query_bit::limited : 0U);
    return static_cast<Query>(static_cast<unsigned>(Query::count_keys) + bits);
}

// What a statement is about: a table, or the documents that an index leads to.
struct Subject {
    std::string name;                                       // of the table in sheaf
    driver::TableKind kind = driver::TableKind::documents;  // of its rows
    std::string index = {};                                 // of a join: the name of the index table
    driver::TableKind key_kind = kind;                      // of the table whose keys are walked
    bool is_join() const { return !index.empty(); }
};

// Throws unsupported for what tables of this kind do not have.
std::string sql_of(const Subject& subject, Query query);

// Which column of a scan is the key. Before it, documents: data, rid, _version, _archived, _created, _updated; ordered
// tables: v; index tables: rid.
int key_column(const Subject& subject);

}  // namespace sheaf::sqlite
