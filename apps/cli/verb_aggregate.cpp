// sheaf aggregate STORE COLLECTION PIPELINE
#include <memory>

#include "arguments.hpp"
#include "documents.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string pipeline;
    bool include_archived = false;
    std::optional<std::string> hint;
    std::string format = "jsonl";
};

int run_aggregate(Context& context, const Options& o) {
    const Pipeline pipeline = pipeline_argument("PIPELINE", o.pipeline);
    AggregateOptions options;
    options.archived = o.include_archived ? Archived::include : Archived::exclude;
    options.hint = o.hint.value_or("");
    const Database database = open_existing(o.target.store);
    DocumentCursor cursor = collection_or_note(database, o.target.collection).aggregate(pipeline, options);
    print_documents([&] { return cursor.next(); }, o.format, context.out);
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf aggregate app.db users '[{"$group": {"_id": "$city", "people": {"$sum": 1}}}, {"$sort": {"people": -1}}]'
  sheaf aggregate app.db orders '[{"$unwind": "$lines"}, {"$group": {"_id": "$lines.item", "n": {"$sum": 1}}}]'

Stages: $match $project $addFields $set $unset $group $sort $limit $skip $count $unwind $replaceRoot
$replaceWith; docs/reference/aggregation.md has them all.)";

}  // namespace

void add_aggregate(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("aggregate", "Computes documents from documents, stage by stage", examples);
    add_target(verb, o->target);
    verb.required("PIPELINE", o->pipeline, R"(a JSON array of stages: [{"$match": ...}, {"$group": ...}])");
    verb.flag("--include-archived", o->include_archived, "soft-deleted documents too");
    add_hint(verb, o->hint);
    verb.choice("--format", o->format, {"jsonl", "json", "table"}, "jsonl if not given; json is one array");
    verb.run([o](Context& context) { return run_aggregate(context, *o); });
}

}  // namespace sheaf::cli
