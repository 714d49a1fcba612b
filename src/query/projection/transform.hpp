// Transform: one document to another by expressions: $project, $addFields ($set), $unset, $replaceRoot. The steps of
// pipeline updates, the single-document stages of an aggregation, and what find projections are made of.
//
// Threads: immutable after parsing. Lifetime: borrows from the bytes that it was parsed from, which their owner keeps.
//
//     TransformPtr step = parse_add_fields(spec, settings);
//     Evaluation evaluation(limits, document.view());
//     View changed = step->apply(evaluation);
#pragma once

#include <memory>
#include <string_view>

#include "query/expression/expression.hpp"

namespace sheaf::query {

class Transform {
public:
    virtual ~Transform() = default;
    // Of evaluation.root(); valid until the evaluation restarts or the root's bytes go.
    virtual View apply(Evaluation& evaluation) const = 0;
};

using TransformPtr = std::unique_ptr<const Transform>;

// Each throws invalid_argument or invalid_projection with MongoDB's number.
TransformPtr parse_project(View spec, const Settings& settings);
TransformPtr parse_add_fields(View spec, const Settings& settings);
TransformPtr parse_unset_fields(View spec, const Settings& settings);  // a name or an array of names
TransformPtr parse_replace_root(View expression, const Settings& settings);

// Any of them by the name of its stage ($project, $addFields, $set, $unset, $replaceRoot, $replaceWith); null when
// `stage` is not one of these.
TransformPtr parse_transform(std::string_view stage, View spec, const Settings& settings);

// Throws limit_exceeded (MongoDB's 15) for a computed value that nests deeper than a document may.
void check_depth(View value, const Limits& limits);
// Throws limit_exceeded for a computed document that is deeper or larger than a document may be.
void check_computed(View document, const Limits& limits);

}  // namespace sheaf::query
