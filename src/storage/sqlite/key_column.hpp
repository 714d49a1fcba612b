// Keys as they stand in a table's key column: in documents tables string ids as TEXT, so that other programs can read
// them, and all other keys as BLOB; in tables of other kinds BLOB only. Format: docs/formats/sqlite.md.
//
// SQLite sorts every TEXT before every BLOB, sheaf sorts strings (keys that begin with 30) between numbers and the
// rest. So a range of keys is up to three ranges of the column: BLOBs below 30, TEXTs, BLOBs above 30.
//
// Threads: free functions and values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/statement.hpp"

namespace sheaf::sqlite {

// Binds a key. `scratch` holds what cannot be borrowed from the key and must live until the statement is reset.
// Throws invalid_id for a key that begins as a string's and is none.
void bind_key(Statement& statement, int parameter, driver::TableKind kind, BytesView key, Bytes& scratch);

// The key in a column, into `key`. Throws corrupt for a value that sheaf does not write there.
void read_key(Statement& statement, int column, driver::TableKind kind, Bytes& key);

struct KeyBound {
    bool text = false;
    Bytes value;
    void bind(Statement& statement, int parameter) const;
    bool operator==(const KeyBound&) const = default;
};

// Part of the key column in which column order is key order.
struct KeySegment {
    KeyBound lower;                 // inclusive
    std::optional<KeyBound> upper;  // exclusive
    bool operator==(const KeySegment&) const = default;
};

// The segments that make up a range, in key order, without those that are empty whatever the table holds.
std::vector<KeySegment> segments(driver::TableKind kind, const driver::KeyRange& range);
// Of several ranges, one after the other; of no ranges: everything.
std::vector<KeySegment> all_segments(driver::TableKind kind, std::span<const driver::KeyRange> ranges);

// The smallest string whose key is not below `bound`, which is any bytes that begin with a string's tag.
std::string text_bound(BytesView bound);

}  // namespace sheaf::sqlite
