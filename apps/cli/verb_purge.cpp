// sheaf purge STORE COLLECTION FILTER
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
    std::optional<std::string> version;
};

int run_purge(Context& context, const Options& o) {
    const Document filter = document_argument("FILTER", o.filter);
    ArchiveOptions options;
    options.expected_version = expected_version_argument(o.version);
    const Database database = open_existing(o.target.store);
    context.out.line(to_json(collection_or_note(database, o.target.collection).purge(filter, options)));
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf purge app.db users '{"_updated": {"$lt": {"$date": "2024-01-01T00:00:00Z"}}}'

FILTER is matched against archived documents only; all that match are removed. {} means all of them.)";

}  // namespace

void add_purge(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("purge", "Removes archived documents for good", examples);
    add_target(verb, o->target);
    add_filter(verb, o->filter);
    add_expect_version(verb, o->version);
    verb.run([o](Context& context) { return run_purge(context, *o); });
}

}  // namespace sheaf::cli
