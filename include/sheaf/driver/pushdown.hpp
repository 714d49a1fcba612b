// Pushdown: what a backend's own engine can work out about the rows of a documents table, so that they need not travel.
// Optional: the engine can do all of it itself, and gets the same results.
//
// A backend may be unable to decide on some rows (PostgreSQL: a document that JSON cannot express exactly). Those are
// "undecided": they are never counted here, and the caller looks at them itself, one by one. All else of a Where holds
// for what is counted or chosen here, the flag included (a scan may ignore it); rows that are handed over are asked
// again.
//
// Threads and lifetime: those of its Transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

namespace sheaf::driver {

// A field of a sort. Missing values and nulls are equal and come first (ascending), then numbers, strings, bools.
struct SortTerm {
    std::vector<std::string> path{};
    bool descending = false;
};

struct GroupCount {
    std::vector<Bytes> values{};  // CBOR of a null, bool or string; one for each path; empty: missing
    std::int64_t count = 0;
};

class Pushdown {
public:
    virtual ~Pushdown() = default;

    // How many decided rows satisfy. REQUIRES: an exact predicate, as in all that follow.
    virtual std::int64_t count(std::string_view table, const Where& where) = 0;
    // The rows that count() does not decide on, in any order.
    virtual std::unique_ptr<Cursor> undecided(std::string_view table, const Where& where, RowFilter* filter) = 0;

    // The first `keep` rows in the order of a sort (ties by key), and maybe more: in any order, each once. Rows that
    // are undecided, or have other values than SortTerm names or an array on a path, come always: the caller places
    // them.
    virtual std::unique_ptr<Cursor> top(std::string_view table, const Where& where, std::span<const SortTerm> terms,
                                        std::int64_t keep, RowFilter* filter) = 0;

    // Rows that satisfy, counted by their values at paths; only those rows whose values are all missing, null, a bool
    // or a string, and come from no array. Nothing where there are more than `most` groups, which shall not be held in
    // memory.
    virtual std::optional<std::vector<GroupCount>> count_groups(std::string_view table, const Where& where,
                                                                std::span<const std::vector<std::string>> paths,
                                                                std::size_t most) = 0;
    // The rows that count_groups() leaves out (and that may satisfy), in insertion order.
    virtual std::unique_ptr<Cursor> ungrouped(std::string_view table, const Where& where,
                                              std::span<const std::vector<std::string>> paths, RowFilter* filter) = 0;
};

}  // namespace sheaf::driver
