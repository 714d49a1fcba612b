#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

#include "query/aggregation/stage.hpp"
#include "query/operand.hpp"
#include "query/projection/transform.hpp"

namespace sheaf::query {

namespace {

enum class Place : std::uint8_t { any, first, near_first, last };

struct Entry {
    std::string_view name;
    StagePtr (*parse)(View spec, const Settings& settings);  // null: known, not supported yet
    Place place = Place::any;
};

constexpr Entry entries[] = {
    {"$documents", parse_documents, Place::first},
    {"$match", parse_match},
    {"$group", parse_group},
    {"$sort", parse_sort},
    {"$sortByCount", parse_sort_by_count},
    {"$limit", parse_limit},
    {"$skip", parse_skip},
    {"$count", parse_count},
    {"$unwind", parse_unwind},
    {"$sample", parse_sample},
    // Known to MongoDB; refused by name.
    {"$bucket", nullptr},
    {"$bucketAuto", nullptr},
    {"$changeStream", nullptr, Place::first},
    {"$changeStreamSplitLargeEvent", nullptr},
    {"$collStats", nullptr, Place::first},
    {"$currentOp", nullptr, Place::first},
    {"$densify", nullptr},
    {"$facet", nullptr},
    {"$fill", nullptr},
    {"$geoNear", nullptr, Place::near_first},
    {"$graphLookup", nullptr},
    {"$indexStats", nullptr, Place::first},
    {"$listClusterCatalog", nullptr, Place::first},
    {"$listLocalSessions", nullptr, Place::first},
    {"$listSampledQueries", nullptr, Place::first},
    {"$listSearchIndexes", nullptr, Place::first},
    {"$listSessions", nullptr, Place::first},
    {"$lookup", nullptr},
    {"$merge", nullptr, Place::last},
    {"$out", nullptr, Place::last},
    {"$planCacheStats", nullptr, Place::first},
    {"$querySettings", nullptr, Place::first},
    {"$queryStats", nullptr, Place::first},
    {"$rankFusion", nullptr},
    {"$redact", nullptr},
    {"$scoreFusion", nullptr},
    {"$search", nullptr},
    {"$searchMeta", nullptr},
    {"$setWindowFields", nullptr},
    {"$shardedDataDistribution", nullptr, Place::first},
    {"$unionWith", nullptr},
    {"$vectorSearch", nullptr},
};

// $project and its like: one document becomes one document.
class TransformStream final : public Stream {
public:
    TransformStream(StreamPtr source, const std::vector<TransformPtr>& transforms, Workspace& workspace)
        : source_(std::move(source)), transforms_(transforms), workspace_(workspace), lent_(workspace) {}
    bool next(View& document) override {
        if (!source_->next(document)) return false;
        document = lent_.copy(workspace_.transform(transforms_, document));
        return true;
    }

private:
    StreamPtr source_;
    const std::vector<TransformPtr>& transforms_;
    Workspace& workspace_;
    Buffer lent_;
};

class TransformStage final : public Stage {
public:
    explicit TransformStage(TransformPtr transform) { transforms_.push_back(std::move(transform)); }
    StreamPtr open(StreamPtr source, Workspace& workspace) const override {
        return std::make_unique<TransformStream>(std::move(source), transforms_, workspace);
    }
    Wanted bound(Wanted wanted) override { return wanted; }
    std::vector<TransformPtr>* transforms() override { return &transforms_; }

private:
    std::vector<TransformPtr> transforms_;
};

void check_place(const Entry& entry, std::size_t index, std::size_t size) {
    const std::string name(entry.name);
    if (entry.place == Place::last && index + 1 != size) {
        fail(Code::invalid_argument, 40601, name + " can only be the last stage", {}, name);
    }
    if (entry.place == Place::first && index != 0) {
        fail(Code::invalid_argument, 40602, name + " can only be the first stage", {}, name);
    }
    if (entry.place == Place::near_first && index != 0) {
        fail(Code::invalid_argument, 40603, name + " can only be the first stage", {}, name);
    }
}

}  // namespace

Wanted Stage::bound(Wanted) {
    return std::nullopt;
}

StagePtr parse_stage(std::string_view name, View spec, std::size_t index, std::size_t size, const Settings& settings) {
    if (TransformPtr transform = parse_transform(name, spec, settings)) {
        return std::make_unique<TransformStage>(std::move(transform));
    }
    const auto* const entry =
        std::find_if(std::begin(entries), std::end(entries), [&](const Entry& e) { return e.name == name; });
    if (entry == std::end(entries)) {
        fail(Code::invalid_argument, 40324, "unknown stage " + std::string(name), {}, name);
    }
    check_place(*entry, index, size);
    if (entry->parse == nullptr) {
        fail(Code::unsupported, "the stage " + std::string(name) + " is not supported yet", {}, name);
    }
    return entry->parse(spec, settings);
}

}  // namespace sheaf::query
