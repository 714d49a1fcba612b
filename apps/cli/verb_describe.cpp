// sheaf describe STORE COLLECTION
#include <limits>
#include <memory>

#include "documents.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::int64_t sample = DescribeOptions{}.sample;
};

constexpr const char* examples =
    R"(  sheaf describe app.db users
  sheaf describe app.db users --sample 0

Prints one JSON document: the fields with the types that are seen there and how many of the sampled
documents have them, the indexes, how many documents there are (about).)";

}  // namespace

void add_describe(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("describe", "Prints the fields and indexes of a collection", examples);
    add_target(verb, o->target);
    verb.number("--sample", o->sample, 0, std::numeric_limits<std::int64_t>::max(),
                "look at the first N documents; 0: at all; 1000 if not given");
    verb.run([o](Context& context) {
        DescribeOptions options;
        options.sample = o->sample;
        const Database database = open_existing(o->target.store);
        print_report(collection_or_note(database, o->target.collection).describe(options).to_document(), context.out);
        return exit_done;
    });
}

}  // namespace sheaf::cli
