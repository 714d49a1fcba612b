// sheaf stats STORE
#include <memory>
#include <sheaf/json.hpp>

#include "documents.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

Value to_value(const CollectionStats& stats) {
    Array indexes;
    for (const IndexInfo& index : stats.indexes) {
        indexes.push_back(Value::object({{"name", index.name}, {"entries", index.entries}}));
    }
    return Value::object({{"name", stats.name},
                          {"documents", stats.documents},
                          {"archived", stats.archived},
                          {"bytes", stats.bytes},
                          {"indexes", std::move(indexes)},
                          {"largeScans", stats.large_scans}});
}

Value to_value(const DatabaseStats& stats) {
    Object details;
    for (const auto& [name, value] : stats.storage.details) details.set(name, value);
    Array collections;
    for (const CollectionStats& collection : stats.collections) collections.push_back(to_value(collection));
    return Value::object({{"backend", stats.capabilities.backend},
                          {"durability", driver::name(stats.capabilities.durability)},
                          {"bytes", stats.storage.bytes},
                          {"details", std::move(details)},
                          {"collections", std::move(collections)}});
}

}  // namespace

void add_stats(Cli& cli) {
    const auto target = std::make_shared<Target>();
    Verb verb = cli.verb(
        "stats", "Prints sizes and counts of a store",
        "  sheaf stats app.db\n\nReads every document. Prints one JSON document. \"largeScans\" counts those of the "
        "program that asks;\na call of the command line has none yet: see explain.");
    add_store(verb, *target);
    verb.run([target](Context& context) {
        print_report(Document(to_value(open_existing(target->store).stats()).as_object()), context.out);
        return exit_done;
    });
}

}  // namespace sheaf::cli
