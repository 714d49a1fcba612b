// sheaf index drop STORE COLLECTION INDEX
#include <memory>

#include "indexes.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string name;
};

int run_drop(Context& context, const Options& o) {
    const Database database = open_existing(o.target.store);
    Collection collection = collection_or_note(database, o.target.collection);
    const bool dropped = collection.drop_index(o.name);
    if (!dropped) message("note: " + no_such_index(collection, o.name));
    context.out.line(dropped ? R"({"acknowledged":true,"dropped":true})" : R"({"acknowledged":true,"dropped":false})");
    return exit_done;
}

}  // namespace

void add_index_drop(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("index drop", "Removes an index; the documents stay",
                         "  sheaf index drop app.db users email_1\n\n"
                         "One that does not exist is fine: then \"dropped\" is false, and a note names those that do.");
    add_target(verb, o->target);
    verb.required("INDEX", o->name, "its name, as index list prints it");
    verb.run([o](Context& context) { return run_drop(context, *o); });
}

}  // namespace sheaf::cli
