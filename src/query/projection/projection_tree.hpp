// ProjectionNode: a projection as a tree of named paths, and how it is run over bytes. The one mechanism under find's
// projections, $project, $addFields and $unset.
//
// Threads: immutable once built. Lifetime: expressions borrow from the bytes that they were parsed from.
//
//     {"a": 1, "b.c": {"$add": [...]}}  is  parts{a: keep, b: parts{c: compute}}, and drops what it does not name
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sheaf/bytes.hpp>

#include "query/expression/expression.hpp"

namespace sheaf::query {

struct ProjectionNode {
    enum class Action : std::uint8_t { parts, keep, drop, compute, slice };
    using Children = std::map<std::string, ProjectionNode, std::less<>>;

    Action action = Action::parts;  // of the root: always parts
    bool positional = false;        // on the path of a positional "$": the first array there becomes one element
    bool computes = false;          // computes something, here or below
    ExpressionPtr expression;       // of compute
    std::int64_t slice_skip = 0;    // of slice; below zero: from the end
    std::int64_t slice_count = 0;

    Children children;
    std::size_t addition = 0;                              // which of the parent's additions this is
    std::vector<const Children::value_type*> additions{};  // children that compute, in the specification's order

    const ProjectionNode* find(std::string_view key) const {
        const auto found = children.find(key);
        return found == children.end() ? nullptr : &found->second;
    }
};

enum class PathConflict : std::uint8_t { none, below, same };  // with a path that ends further up; with an equal one
// Puts a leaf at the path, or says why it cannot. Marks the nodes on the way.
PathConflict add_leaf(ProjectionNode& root, std::span<const std::string> path, ProjectionNode leaf);

// Writes one projected document.
class ProjectionWriter {
public:
    // `keeps`: what is not named stays (exclusions and $addFields). `evaluation` may be null where nothing is computed.
    ProjectionWriter(bool keeps, Evaluation* evaluation, std::optional<std::size_t> matched_index, Bytes& out)
        : keeps_(keeps), evaluation_(evaluation), matched_index_(matched_index), out_(out) {}

    // `object` may be missing: what is computed then makes a new one. Throws what expressions throw; limit_exceeded.
    void write(View object, const ProjectionNode& node);
    // Whether arrays or objects were computed or made, so that the result may nest deeper than the document.
    bool nested() const { return nested_; }

private:
    // These append a value and return true, or append nothing and return false.
    bool value(View value, const ProjectionNode& node);
    bool parts(View value, const ProjectionNode& node);
    bool computed(const ProjectionNode& node);

    bool member(std::string_view key, View value, const ProjectionNode& node);
    std::uint64_t members(View object, const ProjectionNode& node);
    void array(View array, const ProjectionNode& node);
    void element(View array);
    void slice(View array, const ProjectionNode& node);

    bool keeps_;
    Evaluation* evaluation_;
    std::optional<std::size_t> matched_index_;
    Bytes& out_;
    bool nested_ = false;
    int depth_ = 0;
};

}  // namespace sheaf::query
