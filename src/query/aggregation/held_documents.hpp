// HeldDocuments: documents that a stage has to hold, in the order of a key: what $sort and $sample collect. With a
// bound only the first of them are held.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/view.hpp>

#include "query/aggregation/stage.hpp"

namespace sheaf::query {

class HeldDocuments {
public:
    // `op` names the stage in messages.
    HeldDocuments(std::string_view op, Wanted wanted, const Limits& limits)
        : op_(op), wanted_(wanted.value_or(UINT64_MAX)), limits_(limits) {}

    // Of equal keys the first stays first. Throws limit_exceeded.
    void add(Bytes key, View document);
    void sort();
    // After sort(): the next document, valid until the next call.
    bool next(View& document);

private:
    struct Held {
        Bytes key;
        std::uint64_t arrival;
        Bytes body;
        bool operator<(const Held& other) const {
            const int order = key.compare(other.key);
            return order != 0 ? order < 0 : arrival < other.arrival;
        }
    };

    std::string_view op_;
    std::uint64_t wanted_;
    const Limits& limits_;
    std::vector<Held> held_;  // with a bound a heap, whose top is the last of those that are held
    std::size_t bytes_ = 0;
    std::uint64_t arrivals_ = 0;
    std::size_t next_ = 0;
    Bytes current_;
};

}  // namespace sheaf::query
