// sheaf delete STORE COLLECTION FILTER
#include <memory>

#include "arguments.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string filter;
    bool many = false;
    bool soft = false;
    std::optional<std::string> hint;
    std::optional<std::string> version;
};

int run_delete(Context& context, const Options& o) {
    const Document filter = document_argument("FILTER", o.filter);
    DeleteOptions options;
    options.mode = o.soft ? Delete::soft : Delete::hard;
    options.expected_version = expected_version_argument(o.version);
    options.hint = o.hint.value_or("");
    const Database database = open_existing(o.target.store);
    Collection collection = collection_or_note(database, o.target.collection);
    context.out.line(
        to_json(o.many ? collection.delete_many(filter, options) : collection.delete_one(filter, options)));
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf delete app.db users '{"_id": "ada"}' --soft
  sheaf delete app.db users '{"age": {"$lt": 18}}' --many

A soft-deleted document is archived: not found any more, but there for restore until purge; its _id
stays taken.)";

}  // namespace

void add_delete(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("delete", "Removes or archives one document, or all that match", examples);
    add_target(verb, o->target);
    add_filter(verb, o->filter);
    verb.flag("--many", o->many, "all that match, not one");
    verb.flag("--soft", o->soft, "archive instead of removing");
    add_hint(verb, o->hint);
    add_expect_version(verb, o->version);
    verb.run([o](Context& context) { return run_delete(context, *o); });
}

}  // namespace sheaf::cli
