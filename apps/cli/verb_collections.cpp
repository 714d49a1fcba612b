// sheaf collections STORE
#include <memory>
#include <sheaf/json.hpp>

#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

void add_collections(Cli& cli) {
    const auto target = std::make_shared<Target>();
    Verb verb = cli.verb("collections", "Prints the names of the collections",
                         "  sheaf collections app.db\n\nPrints {\"name\":\"users\"} for each, sorted.");
    add_store(verb, *target);
    verb.run([target](Context& context) {
        for (const std::string& name : open_existing(target->store).list_collections()) {
            context.out.line(to_json(Value::object({{"name", name}})));
        }
        return exit_done;
    });
}

}  // namespace sheaf::cli
