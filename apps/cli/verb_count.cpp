// sheaf count STORE COLLECTION [FILTER]
#include <memory>

#include "arguments.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::optional<std::string> filter;
    bool include_archived = false;
    std::optional<std::string> hint;
};

int run_count(Context& context, const Options& o) {
    const Document filter = optional_filter(o.filter);
    CountOptions options;
    options.archived = o.include_archived ? Archived::include : Archived::exclude;
    options.hint = o.hint.value_or("");
    const Database database = open_existing(o.target.store);
    const Collection collection = collection_or_note(database, o.target.collection);
    context.out.line(std::to_string(collection.count_documents(filter, options)));
    return exit_done;
}

}  // namespace

void add_count(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("count", "Prints how many documents match a filter",
                         R"(  sheaf count app.db users '{"age": {"$gte": 18}}')");
    add_target(verb, o->target);
    add_optional_filter(verb, o->filter);
    verb.flag("--include-archived", o->include_archived, "soft-deleted documents too");
    add_hint(verb, o->hint);
    verb.run([o](Context& context) { return run_count(context, *o); });
}

}  // namespace sheaf::cli
