// IndexEntries: writes pairs into index tables.
//
// A unique index may refuse a pair, so it is asked at once: what is refused is the write that asked first. Pairs of
// other indexes cannot fail; they wait until the batch has been written and then go in the order of their keys, index
// by index, so that each page of an index is touched once (measured with a page cache of 2 MB and 4 indexes of random
// keys: see docs/formats/sqlite.md).
//
// Threads: belongs to a write transaction. What is passed in is borrowed until flush() or the next begin().
//
//     if (entries.begin(table, writes)) ...     // finds the index tables
//     entries.write(write.entries, rid);        // of each write that is done
//     entries.flush();
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/session.hpp"

namespace sheaf::sqlite {

class IndexEntries {
public:
    explicit IndexEntries(Session& session) : session_(session) {}

    // Of the writes to a table: looks up all that can be missing or wrong before anything is written. True when a pair
    // may be refused. Throws not_found, unsupported, invalid_argument.
    bool begin(const Table& table, std::span<const driver::Write> writes);
    // `done` or `duplicate_entry`.
    driver::Outcome write(std::span<const driver::IndexEntry> entries, std::int64_t rid);
    driver::Outcome write(Table& index, driver::IndexEntry::Kind kind, BytesView key, std::int64_t rid);
    void flush();

private:
    struct Pair {
        Table* index;
        BytesView key;
        std::int64_t rid;
        std::size_t place;  // in the batch
        driver::IndexEntry::Kind kind;
    };

    void add_index(std::string_view name);
    Table& index(std::string_view name) const;
    driver::Outcome apply(const Pair& pair);

    Session& session_;
    std::vector<Table*> indexes_;  // of this batch
    std::vector<Pair> waiting_;
};

}  // namespace sheaf::sqlite
