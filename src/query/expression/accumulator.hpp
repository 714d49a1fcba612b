// Accumulator: what $group, and the expressions of the same name, make of many values: $sum, $avg, $push, $first, ...
//
// Threads: one at a time. add() borrows the value for the call; what must be kept is copied.
//
//     AccumulatorPtr sum = find_accumulator("$sum")->make(settings);
//     sum->add(view);
//     View total = sum->result(scratch);
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "query/expression/expression.hpp"

namespace sheaf::query {

class Accumulator {
public:
    virtual ~Accumulator() = default;
    // `value` may be missing. Throws with MongoDB's number for what the operator does not take.
    virtual void add(View value) = 0;
    // Null where nothing was added, unless the operator says otherwise; never missing.
    virtual View result(Scratch& scratch) const = 0;
    // Bytes that it holds beside itself, for the limit on a stage's memory.
    virtual std::size_t memory() const { return 0; }
};

using AccumulatorPtr = std::unique_ptr<Accumulator>;

// Those that take one value per document. The ones with more operands ($topN, $percentile, ...) are built by
// the $group stage from theirs.
struct SimpleAccumulator {
    std::string_view name;
    AccumulatorPtr (*make)();
};

const SimpleAccumulator* find_accumulator(std::string_view name);

}  // namespace sheaf::query
