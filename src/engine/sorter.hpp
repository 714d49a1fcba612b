// Sorter: rows in the order of their sort keys. It holds them in memory; what is beyond the budget goes to a temporary
// file in sorted runs, which are merged when they are read. When only the first rows are wanted, only those are held.
//
// Memory: `memory` bounds all that it holds (rows, pointers, buffers), but for one row that is larger than that.
// Keys are compared bytewise (query/sort.hpp makes them); rows with equal keys come in any order.
//
// Errors: `io` and limit_exceeded where the rows go to a file (engine/sorted_runs.hpp). After one, the Sorter can only
// be reset or destroyed.
//
// Threads: one at a time. A Sorter can be used for many sorts in a row: reset() costs next to nothing after a small
// one.
//
//     Sorter sorter({.memory = limits.sort_bytes, .keep = skip + limit});
//     for (...) sorter.add(sort.key(subject), row);
//     sorter.finish(control);
//     for (driver::RowView row; sorter.next(row);) ...
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/control.hpp>

#include "engine/sort_row.hpp"
#include "engine/sorted_runs.hpp"

namespace sheaf::engine {

struct SorterOptions {
    std::size_t memory = 0;
    std::uint64_t keep = std::numeric_limits<std::uint64_t>::max();  // how many rows are wanted
    std::uint64_t disk = std::uint64_t{64} << 30;                    // of temporary files
    std::size_t fan_in = 128;                                        // runs that are merged at once, at most
    std::string directory{};  // of the file; empty: the system's for temporary files
};

// Memory for rows of any size that is let go of all at once.
class RowArena {
public:
    explicit RowArena(std::size_t largest_block) : largest_block_(largest_block) {}

    // Nothing when there is no room without a new block.
    char* try_allocate(std::size_t size) {
        if (blocks_.empty() || size > blocks_.back().size - used_) return nullptr;
        char* const begin = blocks_.back().bytes.get() + used_;
        used_ += size;
        return begin;
    }
    std::size_t next_block(std::size_t size) const;  // how large a new block for it is
    char* allocate(std::size_t size);
    std::size_t largest_block() const { return largest_block_; }
    std::size_t bytes() const { return bytes_; }  // of all blocks
    void clear();                                 // keeps one small block, if any

private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    std::size_t largest_block_;  // but for larger rows
    std::vector<Block> blocks_;
    std::size_t used_ = 0;  // of the last block
    std::size_t bytes_ = 0;
};

class Sorter {
public:
    explicit Sorter(SorterOptions options);

    void add(BytesView key, const driver::RowView& row);
    // Once as many rows are held as are wanted: the largest key among them. A row is dropped unless its key is smaller,
    // so that a caller who sees this early (by the key's beginning) need not make the whole key.
    std::optional<BytesView> bar() const;

    // No more rows come. The control bounds the time that this takes.
    void finish(const Control& control);
    // After finish(): the next row, lent until the next call; false at the end.
    bool next(driver::RowView& row);
    BytesView key() const { return current_.key(); }  // of the current row

    // Empties it for the next sort, and keeps some memory.
    void reset();

    // Of the rows that went to a file; null: none did.
    const SortedRuns* runs() const { return runs_.get(); }

private:
    bool is_bounded() const { return options_.keep != std::numeric_limits<std::uint64_t>::max(); }
    bool is_full() const { return entries_.size() == options_.keep; }
    bool make_way(BytesView key);
    void compact();
    char* room_for(std::size_t size);
    void sort_entries();
    void spill();
    void drop_rows();

    SorterOptions options_;
    RowArena arena_;
    std::vector<SortEntry> entries_;
    bool is_heap_ = false;        // entries_, with the last row on top: once it has been full
    std::size_t live_bytes_ = 0;  // of the entries' rows in the arena
    std::size_t dead_bytes_ = 0;  // of rows that better ones have replaced
    std::unique_ptr<SortedRuns> runs_;
    std::size_t next_ = 0;
    SortRow current_;
};

}  // namespace sheaf::engine
