// sheaf restore STORE COLLECTION FILTER, sheaf purge STORE COLLECTION FILTER: the two verbs on archived documents.
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

template <typename Result>
using Operation = Result (Collection::*)(const Document& filter, const ArchiveOptions& options);

template <typename Result>
int run_archived(Context& context, const Options& o, Operation<Result> operation) {
    const Document filter = document_argument("FILTER", o.filter);
    ArchiveOptions options;
    options.expected_version = expected_version_argument(o.version);
    const Database database = open_existing(o.target.store);
    Collection collection = collection_or_note(database, o.target.collection);
    context.out.line(to_json((collection.*operation)(filter, options)));
    return exit_done;
}

template <typename Result>
void add_archived(Verb verb, Operation<Result> operation) {
    const auto o = std::make_shared<Options>();
    add_target(verb, o->target);
    add_filter(verb, o->filter);
    add_expect_version(verb, o->version);
    verb.run([o, operation](Context& context) { return run_archived(context, *o, operation); });
}

constexpr const char* restore_examples =
    R"(  sheaf restore app.db users '{"_id": "ada"}'

FILTER is matched against archived documents only; all that match come back.)";

constexpr const char* purge_examples =
    R"(  sheaf purge app.db users '{"_updated": {"$lt": {"$date": "2024-01-01T00:00:00Z"}}}'

FILTER is matched against archived documents only; all that match are removed. {} means all of them.)";

}  // namespace

void add_restore(Cli& cli) {
    add_archived(cli.verb("restore", "Brings archived documents back", restore_examples), &Collection::restore);
}

void add_purge(Cli& cli) {
    add_archived(cli.verb("purge", "Removes archived documents for good", purge_examples), &Collection::purge);
}

}  // namespace sheaf::cli
