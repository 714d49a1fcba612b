// Stage: one parsed stage of an aggregation, and the table of those that there are.
//
// A new stage is a parse function in a file of its own and a line in the table of stages.cpp.
//
// Threads: a stage is immutable once its pipeline is parsed; each stream that it opens serves one thread.
// Lifetime: stages borrow from the pipeline's bytes and limits; streams from their stage and workspace.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "query/aggregation/pipeline.hpp"
#include "query/aggregation/workspace.hpp"
#include "query/settings.hpp"

namespace sheaf::query {

// A number of documents; nothing: all.
using Wanted = std::optional<std::uint64_t>;

class Stage {
public:
    virtual ~Stage() = default;
    virtual StreamPtr open(StreamPtr source, Workspace& workspace) const = 0;
    // Called once, after parsing: told how many of its documents are read at most, a stage says the same of its source,
    // so that a $sort before a $limit holds no more than it has to.
    virtual Wanted bound(Wanted wanted);
    // What it makes of each document alone, one after the other; null for other stages. Neighbours are joined.
    virtual std::vector<TransformPtr>* transforms() { return nullptr; }
};

using StagePtr = std::unique_ptr<Stage>;

// Each throws invalid_argument and its like with MongoDB's number.
StagePtr parse_documents(View spec, const Settings& settings);
StagePtr parse_match(View spec, const Settings& settings);
StagePtr parse_group(View spec, const Settings& settings);
StagePtr parse_sort(View spec, const Settings& settings);
StagePtr parse_sort_by_count(View spec, const Settings& settings);
StagePtr parse_limit(View spec, const Settings& settings);
StagePtr parse_skip(View spec, const Settings& settings);
StagePtr parse_count(View spec, const Settings& settings);
StagePtr parse_unwind(View spec, const Settings& settings);
StagePtr parse_sample(View spec, const Settings& settings);

// Any stage by its name; `index` is its place in the pipeline of `size` stages.
StagePtr parse_stage(std::string_view name, View spec, std::size_t index, std::size_t size, const Settings& settings);

}  // namespace sheaf::query
