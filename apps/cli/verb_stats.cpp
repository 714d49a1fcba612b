// sheaf stats STORE
#include <memory>
#include <sheaf/json.hpp>

#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

Value to_value(const DatabaseStats& stats) {
    Object details;
    for (const auto& [name, value] : stats.storage.details) details.set(name, value);
    Array collections;
    for (const CollectionStats& collection : stats.collections) {
        collections.push_back(Value::object({{"name", collection.name},
                                             {"documents", collection.documents},
                                             {"archived", collection.archived},
                                             {"bytes", collection.bytes}}));
    }
    return Value::object({{"backend", stats.capabilities.backend},
                          {"durability", driver::name(stats.capabilities.durability)},
                          {"bytes", stats.storage.bytes},
                          {"details", std::move(details)},
                          {"collections", std::move(collections)}});
}

}  // namespace

void add_stats(Cli& cli) {
    const auto target = std::make_shared<Target>();
    Verb verb = cli.verb("stats", "Prints sizes and counts of a store",
                         "  sheaf stats app.db\n\nReads every document. Prints one JSON document.");
    add_store(verb, *target);
    verb.run([target](Context& context) {
        context.out.line(to_json(to_value(open_existing(target->store).stats())));
        return exit_done;
    });
}

}  // namespace sheaf::cli
