// The operations that a step can name, and what they have in common.
// Threads: free functions.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "oracle/step.hpp"

namespace sheaf::oracle {

using Play = Answer (*)(Collection&, const Object&);
using Operation = std::pair<std::string_view, Play>;
std::span<const Operation> reads();
std::span<const Operation> writes();

// Members of a step; empty, 0 or false when there is none.
Document document(const Object& step, std::string_view name);
std::vector<Document> documents(const Object& step, std::string_view name);
std::string text(const Object& step, std::string_view name);
std::int64_t number(const Object& step, std::string_view name);
bool flag(const Object& step, std::string_view name);

Answer answer_of(const std::vector<Value>& values);

// The members that all reads have, and some writes.
template <typename Options>
Options ordered(const Object& step) {
    Options options;
    options.sort = document(step, "sort");
    options.projection = document(step, "project");
    options.let = document(step, "let");
    options.hint = text(step, "hint");
    return options;
}

template <typename Options>
Options bounded(const Object& step) {
    Options options;
    options.skip = number(step, "skip");
    options.limit = number(step, "limit");
    options.let = document(step, "let");
    options.hint = text(step, "hint");
    return options;
}

Archived archived(const Object& step);

}  // namespace sheaf::oracle
