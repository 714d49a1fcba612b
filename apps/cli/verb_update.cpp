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
    std::optional<std::string> sort;
    std::optional<std::string> array_filters;
    std::optional<std::string> hint;
    std::optional<std::string> version;
};

bool is_array(const std::string& json) {
    const std::size_t first = json.find_first_not_of(" \t\r\n");
    return first != std::string::npos && json[first] == '[';
}

int run_update(Context& context, const Options& o) {
    const Document filter = document_argument("FILTER", o.filter);
    UpdateOptions options;
    options.upsert = o.upsert ? Upsert::yes : Upsert::no;
    options.expected_version = expected_version_argument(o.version);
    options.hint = o.hint.value_or("");
    if (o.sort) options.sort = document_argument("--sort", *o.sort);
    if (o.array_filters) options.array_filters = documents_argument("--array-filters", *o.array_filters);
    const Database database = open_existing(o.target.store);
    Collection collection =
        o.upsert ? database.collection(o.target.collection) : collection_or_note(database, o.target.collection);
    const auto apply = [&](const auto& update) {
        return o.many ? collection.update_many(filter, update, options)
                      : collection.update_one(filter, update, options);
    };
    context.out.line(to_json(is_array(o.update) ? apply(pipeline_argument("UPDATE", o.update))
                                                : apply(document_argument("UPDATE", o.update))));
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf update app.db users '{"_id": "ada"}' '{"$set": {"address.city": "London"}, "$inc": {"visits": 1}}'
  sheaf update app.db users '{"age": {"$lt": 18}}' '{"$push": {"tags": "minor"}}' --many
  sheaf update app.db users '{"_id": "ada"}' '{"$inc": {"visits": 1}}' --expect-version 3
  sheaf update app.db orders '{"_id": 7}' '{"$set": {"lines.$[l].big": true}}' --array-filters '[{"l.qty": {"$gt": 9}}]'
  sheaf update app.db orders '{}' '[{"$set": {"total": {"$add": ["$net", "$tax"]}}}]' --many

Operators: $set $unset $setOnInsert $inc $mul $min $max $rename $currentDate $bit $push $addToSet $pop
$pull $pullAll. An array is a pipeline of $set, $unset, $project and $replaceWith, which compute the
document anew. When it has another version than expected, nothing changes and the exit code is 3.)";

}  // namespace

void add_update(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("update", "Changes fields of one document, or of all that match", examples);
    add_target(verb, o->target);
    add_filter(verb, o->filter);
    verb.required("UPDATE", o->update, R"(such as {"$set": {"name": "Ada"}}, or a pipeline [{"$set": ...}])");
    verb.flag("--many", o->many, "all that match, not one");
    verb.text("--sort", "JSON", o->sort, "which one of several matches: the first in this order");
    verb.text("--array-filters", "JSON", o->array_filters, R"(an array: which elements "$[name]" means)");
    verb.flag("--upsert", o->upsert, "insert a document when none matches");
    add_hint(verb, o->hint);
    add_expect_version(verb, o->version);
    verb.run([o](Context& context) { return run_update(context, *o); });
}

}  // namespace sheaf::cli
