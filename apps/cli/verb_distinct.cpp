// sheaf distinct STORE COLLECTION PATH [FILTER]
#include <memory>
#include <sheaf/json.hpp>

#include "arguments.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string path;
    std::optional<std::string> filter;
    bool include_archived = false;
    std::optional<std::string> hint;
};

int run_distinct(Context& context, const Options& o) {
    const Document filter = optional_filter(o.filter);
    DistinctOptions options;
    options.archived = o.include_archived ? Archived::include : Archived::exclude;
    options.hint = o.hint.value_or("");
    const Database database = open_existing(o.target.store);
    const Collection collection = collection_or_note(database, o.target.collection);
    for (const Value& value : collection.distinct(o.path, filter, options)) context.out.line(to_json(value));
    return exit_done;
}

}  // namespace

void add_distinct(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("distinct", "Prints the different values of a field, one per line",
                         R"(  sheaf distinct app.db users address.city '{"age": {"$gte": 18}}'

An array counts by its elements.)");
    add_target(verb, o->target);
    verb.required("PATH", o->path, "of the field, such as address.city");
    add_optional_filter(verb, o->filter);
    verb.flag("--include-archived", o->include_archived, "soft-deleted documents too");
    add_hint(verb, o->hint);
    verb.run([o](Context& context) { return run_distinct(context, *o); });
}

}  // namespace sheaf::cli
