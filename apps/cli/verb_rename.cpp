// sheaf rename STORE COLLECTION NEW
#include <memory>

#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string new_name;
};

}  // namespace

void add_rename(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("rename", "Gives a collection another name",
                         "  sheaf rename app.db people users\n\nA name that is taken is a conflict (exit code 3).");
    add_target(verb, o->target);
    verb.required("NEW", o->new_name, "the new name: letters, digits, \"_\", \"-\", \".\"");
    verb.run([o](Context& context) {
        Database database = open_existing(o->target.store);
        database.rename(o->target.collection, o->new_name);
        context.out.line(R"({"acknowledged":true})");
        return exit_done;
    });
}

}  // namespace sheaf::cli
