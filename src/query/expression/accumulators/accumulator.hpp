// Accumulators: what $group, and the expressions of the same name, make of many values: $sum, $avg, $push, $top, ...
//
// Accumulation is the parsed field of a $group; an Accumulator is the state of one group.
//
// Threads: an Accumulation is immutable; an Accumulator serves one thread at a time.
// Lifetime: an Accumulation borrows, as expressions do, from the bytes that it was parsed from. add() borrows the value
// for the call; what must be kept is copied.
//
//     Accumulation total = Accumulation::parse(View({"$sum": "$price"}), parser);
//     AccumulatorPtr group = total.begin(of_the_groups_id);           // once per group
//     group->add(total.input(evaluation));                            // per document
//     View sum = group->result(scratch);
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

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

struct AccumulatorKind;  // a row of the table in accumulator.cpp

class Accumulation {
public:
    // Of the whole {"$sum": operand}. Throws with MongoDB's number: 40234 (not an object), 40238 (more than one
    // member), 40237 (an array as the operand), 15952 (no such accumulator), ...
    static Accumulation parse(View specification, ExpressionParser& parser);

    // The current document's value, for Accumulator::add().
    View input(Evaluation& document) const;
    // For a new group. The root of `group` is the group's _id where that is an object, else an empty object: the n of
    // $firstN and its kind may be computed from it.
    AccumulatorPtr begin(Evaluation& group) const;

private:
    friend class AccumulationReader;
    explicit Accumulation(const AccumulatorKind& kind) : kind_(&kind) {}

    const AccumulatorKind* kind_;
    ExpressionPtr input_;
    ExpressionPtr n_;                                           // null: the accumulator takes none
    std::shared_ptr<const std::vector<double>> probabilities_;  // shared by all groups; null: likewise
};

bool is_accumulator(std::string_view name);

}  // namespace sheaf::query
