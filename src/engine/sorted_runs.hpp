// SortedRuns: rows that do not fit in memory, as sorted runs in a temporary file, and their merging.
//
// Where there are more runs than can be read at once, merge passes make fewer of them first, each from the file into a
// new one. The file is gone with the object, also when the process is killed.
//
// Errors: `io` (base/temp_file.hpp), limit_exceeded for the limit on the disk, `corrupt` for a file that another hand
// has changed. After one, the object can only be destroyed.
//
// Threads: one at a time.
//
//     for (...) { for (SortRow row : sorted) runs.write(row); runs.end_run(); }
//     runs.open(control);
//     for (SortRow row; runs.next(row);) ...
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <sheaf/control.hpp>

#include "base/temp_file.hpp"
#include "engine/sort_row.hpp"

namespace sheaf::engine {

struct RunsOptions {
    std::size_t memory = 0;                                          // of the buffers, all together
    std::uint64_t disk = std::numeric_limits<std::uint64_t>::max();  // of the files
    std::uint64_t keep = std::numeric_limits<std::uint64_t>::max();  // only the first rows are wanted
    std::size_t fan_in = 128;                                        // runs that are read at once, at most
    std::string directory{};                                         // of the files; empty: TempFile chooses
};

class SortedRuns {
public:
    explicit SortedRuns(RunsOptions options);
    ~SortedRuns();
    SortedRuns(const SortedRuns&) = delete;
    SortedRuns& operator=(const SortedRuns&) = delete;

    // The next row of the run, in order.
    void write(SortRow row);
    void end_run();
    // Makes the rows readable. The control bounds what merge passes take.
    void open(const Control& control);
    // The next row of all, lent until the next call; false at the end. Equal keys come in any order.
    bool next(SortRow& row);

    // What writing takes, of `memory`.
    static std::size_t buffer_bytes(std::size_t memory);
    std::size_t runs() const { return runs_.size(); }
    std::size_t passes() const { return passes_; }  // of merging, before the last

private:
    struct Run {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };
    class Reader;
    class Merge;

    std::size_t fan_in() const;
    void flush();
    void merge_pass(const Control& control);

    RunsOptions options_;
    std::size_t buffer_bytes_;
    TempFile file_;
    Bytes buffer_;               // of what is written
    std::uint64_t flushed_ = 0;  // where in the file the buffer will stand
    std::vector<Run> runs_;
    std::uint64_t run_begin_ = 0;
    std::size_t largest_row_ = 0;
    std::size_t passes_ = 0;
    std::uint64_t other_file_ = 0;  // bytes of the file that a merge pass reads
    std::uint64_t returned_ = 0;
    std::unique_ptr<Merge> merge_;  // of what is read
};

}  // namespace sheaf::engine
