// sheaf expire STORE [COLLECTION]
#include <fmt/format.h>

#include <memory>

#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    std::string store;
    std::optional<std::string> collection;
};

constexpr const char* examples =
    R"(  sheaf expire app.db
  sheaf expire app.db sessions

Prints {"acknowledged":true,"expiredCount":3}. Which documents expire, and when, say the indexes that
index create --ttl makes. For a timer, such as a line of a crontab.)";

}  // namespace

void add_expire(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("expire", "Removes the documents whose time is over", examples);
    verb.required("STORE", o->store, store_help);
    verb.optional("COLLECTION", o->collection, "all collections if not given");
    verb.run([o](Context& context) {
        Database database = open_existing(o->store);
        const std::int64_t count =
            o->collection ? collection_or_note(database, *o->collection).expire() : database.expire();
        context.out.line(fmt::format(R"({{"acknowledged":true,"expiredCount":{}}})", count));
        return exit_done;
    });
}

}  // namespace sheaf::cli
