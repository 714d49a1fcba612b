// sheaf update STORE COLLECTION FILTER UPDATE
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
    std::string update;
    bool many = false;
    bool upsert = false;
    std::optional<std::string> version;
};

int run_update(Context& context, const Options& o) {
    const Document filter = document_argument("FILTER", o.filter);
    const Document update = document_argument("UPDATE", o.update);
    UpdateOptions options;
    options.upsert = o.upsert ? Upsert::yes : Upsert::no;
    options.expected_version = expected_version_argument(o.version);
    const Database database = open_existing(o.target.store);
    Collection collection =
        o.upsert ? database.collection(o.target.collection) : collection_or_note(database, o.target.collection);
    context.out.line(to_json(o.many ? collection.update_many(filter, update, options)
                                    : collection.update_one(filter, update, options)));
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf update app.db users '{"_id": "ada"}' '{"$set": {"address.city": "London"}, "$inc": {"visits": 1}}'
  sheaf update app.db users '{"age": {"$lt": 18}}' '{"$push": {"tags": "minor"}}' --many
  sheaf update app.db users '{"_id": "ada"}' '{"$inc": {"visits": 1}}' --expect-version 3

Operators: $set $unset $inc $push $pull. When the document has another version than expected,
nothing changes and the exit code is 3.)";

}  // namespace

void add_update(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("update", "Changes fields of one document, or of all that match", examples);
    add_target(verb, o->target);
    add_filter(verb, o->filter);
    verb.required("UPDATE", o->update, R"(such as {"$set": {"name": "Ada"}})");
    verb.flag("--many", o->many, "all that match, not one");
    verb.flag("--upsert", o->upsert, "insert a document when none matches");
    add_expect_version(verb, o->version);
    verb.run([o](Context& context) { return run_update(context, *o); });
}

}  // namespace sheaf::cli
