#include "query/update/update_pipeline.hpp"

#include <algorithm>
#include <array>

#include "query/operand.hpp"

namespace sheaf::query {

namespace {

TransformPtr parse_replace_root_stage(View operand, const Settings& settings) {
    if (!operand.is_object()) {
        fail(Code::invalid_update, 40229, "$replaceRoot needs an object, not " + with_article(operand.type()), {},
             "$replaceRoot");
    }
    for (const auto& [key, value] : operand.members()) {
        if (key == "newRoot") continue;
        fail(Code::invalid_update, 40415, "$replaceRoot has no option \"" + std::string(key) + "\"", {},
             "$replaceRoot");
    }
    const View root = operand["newRoot"];
    if (!root) fail(Code::invalid_update, 40414, "$replaceRoot needs newRoot", {}, "$replaceRoot");
    return parse_replace_root(root, settings);
}

struct Stage {
    std::string_view name;
    TransformPtr (*parse)(View operand, const Settings& settings);
};

constexpr auto update_stages = std::to_array<Stage>({
    {"$set", parse_add_fields},
    {"$addFields", parse_add_fields},
    {"$unset", parse_unset_fields},
    {"$project", parse_project},
    {"$replaceWith", parse_replace_root},
    {"$replaceRoot", parse_replace_root_stage},
});

// MongoDB's other stages: they are refused as out of place, not as misspelt.
constexpr auto other_stages = std::to_array<std::string_view>({
    "$bucket",       "$bucketAuto",
    "$changeStream", "$collStats",
    "$count",        "$currentOp",
    "$densify",      "$documents",
    "$facet",        "$fill",
    "$geoNear",      "$graphLookup",
    "$group",        "$indexStats",
    "$limit",        "$listLocalSessions",
    "$listSessions", "$lookup",
    "$match",        "$merge",
    "$out",          "$planCacheStats",
    "$redact",       "$sample",
    "$search",       "$setWindowFields",
    "$skip",         "$sort",
    "$sortByCount",  "$unionWith",
    "$unwind",       "$vectorSearch",
});

TransformPtr parse_stage(View stage, const Settings& settings) {
    if (!stage.is_object()) {
        fail(Code::type_mismatch, 14, "a stage of an update is an object, not " + with_article(stage.type()), {});
    }
    if (stage.size() != 1) {
        fail(Code::invalid_update, 40323, "a stage of an update has one operator, not " + std::to_string(stage.size()),
             {});
    }
    const auto [key, operand] = *stage.members().begin();
    const std::string name(key);
    const auto found =
        std::find_if(update_stages.begin(), update_stages.end(), [&](const Stage& s) { return s.name == name; });
    if (found != update_stages.end()) return found->parse(operand, settings);
    if (std::find(other_stages.begin(), other_stages.end(), name) != other_stages.end()) {
        fail(Code::invalid_update, 72, "the stage " + name + " has no place in an update", {}, name);
    }
    fail(Code::invalid_update, 40324, "unknown stage \"" + name + "\" in an update", {}, name);
}

}  // namespace

UpdatePipeline UpdatePipeline::parse(View stages, const Settings& settings) {
    UpdatePipeline pipeline;
    pipeline.source_ = std::make_unique<const Bytes>(stages.encoded());
    const View own(*pipeline.source_);
    if (own.size() > settings.limits.pipeline_stages) {
        fail(Code::limit_exceeded, 0,
             "an update of " + std::to_string(own.size()) + " stages is over the limit of " +
                 std::to_string(settings.limits.pipeline_stages),
             {});
    }
    for (const View stage : own.elements()) pipeline.stages_.push_back(parse_stage(stage, settings));
    return pipeline;
}

Bytes UpdatePipeline::apply(View document, const Limits& limits) const {
    Bytes present(document.encoded());
    Evaluation evaluation(limits, View(present));
    for (const TransformPtr& stage : stages_) {
        const View made = stage->apply(evaluation);
        check_computed(made, limits);
        Bytes next(made.encoded());
        present = std::move(next);
        evaluation.restart(View(present));
    }
    return present;
}

}  // namespace sheaf::query
