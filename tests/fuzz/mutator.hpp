// Mutator: inputs for play() (target.hpp), made from sound ones by exchanging, doubling and dropping parts of the tree,
// by hostile scalars, and by flipping bytes.
//
// Threads: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sheaf/value.hpp>

#include "oracle/grammar.hpp"

namespace sheaf::fuzz {

struct Sample {
    std::string kind;  // "filter", "command", ...
    Value operand;
};

class Mutator {
public:
    // REQUIRES: samples not empty.
    Mutator(std::vector<Sample> samples, std::uint64_t seed) : samples_(std::move(samples)), dice_(seed) {}

    std::string next();

private:
    void change(Value& value);
    Value hostile();
    Value* somewhere(Value& value);
    void flip(std::string& text, std::size_t from);

    std::vector<Sample> samples_;
    oracle::Dice dice_;
};

}  // namespace sheaf::fuzz
