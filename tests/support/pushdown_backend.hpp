// A backend with a driver::Pushdown that is written as simply as can be, over any other backend: for proofs that
// answers are the same with and without. It does all that the contract allows: it narrows some scans and others not,
// cannot decide on some rows, and hands over more rows than it needs to, in an order that nobody expects. What it is
// asked against the contract (a path with a number...) throws `internal`.
//
// Threads and lifetimes: as driver::Backend; the tally is written without a lock, by one thread at a time.
//
//     PushdownTally tally;
//     auto backend = with_pushdown(memory::open_memory(), {.undecided_one_in = 7}, tally);
#pragma once

#include <cstdint>
#include <memory>

#include <sheaf/driver/backend.hpp>

namespace sheaf::testing_support {

struct PushdownRules {
    // Of so many rows one is undecided, beside those that hold NaN or an infinity; 0: only those.
    std::int64_t undecided_one_in = 0;
};

// How often the engine has asked.
struct PushdownTally {
    std::uint64_t counts = 0;
    std::uint64_t tops = 0;
    std::uint64_t groups = 0;
    std::uint64_t narrowed = 0;    // scans and fetches with a predicate
    std::uint64_t left_out = 0;    // rows of these that were not handed over
    std::int64_t last_limit = -1;  // of the last scan or fetch
};

std::unique_ptr<driver::Backend> with_pushdown(std::unique_ptr<driver::Backend> backend, const PushdownRules& rules,
                                               PushdownTally& tally);

}  // namespace sheaf::testing_support
