// sheaf drop STORE COLLECTION
#include <memory>

#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

void add_drop(Cli& cli) {
    const auto target = std::make_shared<Target>();
    Verb verb = cli.verb("drop", "Removes a collection and all its documents, archived ones too",
                         "  sheaf drop app.db scratch\n\nOne that does not exist is fine: then \"dropped\" is false.");
    add_target(verb, *target);
    verb.run([target](Context& context) {
        Database database = open_existing(target->store);
        const bool dropped = database.drop_collection(target->collection);
        context.out.line(dropped ? R"({"acknowledged":true,"dropped":true})"
                                 : R"({"acknowledged":true,"dropped":false})");
        return exit_done;
    });
}

}  // namespace sheaf::cli
