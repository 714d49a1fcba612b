// Applier: one walk through one document that applies all modifications of an update.
//
// Several paths may lead to one element of an array ("a.$[]" and "a.$[x]", or "a.$" and "a.3"), so that the walk
// carries the set of tree nodes that mean the present value. Nearly always that is one; two that both change it
// conflict.
//
// Threads: one at a time; for one document. Lifetime: borrows the trees.
#pragma once

#include <optional>
#include <vector>

#include <sheaf/limits.hpp>

#include "query/update/modification.hpp"

namespace sheaf::query {

class Applier {
public:
    enum class Mode { update, insert };
    struct Options {
        Mode mode = Mode::update;
        std::optional<std::size_t> matched_index{};  // what "$" stands for
        std::size_t renames = 0;                     // slots of $rename
    };

    Applier(const Limits& limits, const Options& options);

    // Throws type_mismatch, path_not_viable, conflicting_paths, limit_exceeded; then `document` is in an unspecified
    // state. take() is for the old paths of $rename, before apply().
    void take(const UpdateNode& sources, Value& document);
    void apply(const UpdateNode& tree, Value& document);
    bool has_taken(std::size_t slot) const { return taken_[slot].has_value(); }

private:
    using Nodes = std::vector<const UpdateNode*>;
    using Effect = Action::Effect;
    // One part further: the same part of several nodes is one step.
    struct Step {
        const PathPart* part;
        Nodes nodes;
    };
    // What cannot hold a field, and how deep it lies.
    struct Obstacle {
        const Value& value;
        std::size_t depth;
    };

    Effect visit(const Nodes& nodes, Value& value, std::size_t depth);
    Effect change(const Modification& leaf, Value& value);
    void visit_object(const Nodes& nodes, Object& object, std::size_t depth);
    void visit_array(const Nodes& nodes, Value& value, std::size_t depth);
    void visit_elements(const Nodes& nodes, Value& value, std::size_t depth);
    // What comes to stand where nothing is, if anything. Below an obstacle nothing can, which some actions permit.
    std::optional<Value> create(const Nodes& nodes, const Obstacle* obstacle);

    std::vector<Step> steps(const Nodes& nodes) const;
    const PathPart* resolved(const UpdatePart& part, const UpdateNode& child) const;
    bool selects(const UpdatePart& part, const Value& element);
    bool is_active(const Modification& leaf) const;
    Action::Missing missing(const Modification& leaf) const;
    void check_dollar_key(const Step& step) const;
    void check_rename_array(const Step& step, const Array& array) const;
    void put_into_array(const Step& step, Array& array, Value value);

    Mode mode_;
    std::optional<PathPart> matched_;
    bool taking_ = false;
    std::vector<std::optional<Value>> taken_;  // by $rename
    std::size_t growth_left_;                  // null elements that may still be added in front of new ones
    Budget budget_;
    std::size_t filter_bytes_left_;  // that array filters may still be asked about
};

}  // namespace sheaf::query
