// sheaf find STORE COLLECTION [FILTER]
#include <limits>
#include <memory>

#include "arguments.hpp"
#include "documents.hpp"
#include "store.hpp"
#include "system_fields.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::optional<std::string> filter;
    std::optional<std::string> sort;
    std::optional<std::string> projection;
    std::int64_t limit = 0;
    std::int64_t skip = 0;
    bool include_archived = false;
    std::string format = "jsonl";
    bool no_system = false;
};

FindOptions find_options(const Options& o) {
    FindOptions options;
    if (o.sort) options.sort = document_argument("--sort", *o.sort);
    if (o.projection) options.projection = document_argument("--project", *o.projection);
    options.limit = o.limit;
    options.skip = o.skip;
    options.archived = o.include_archived ? Archived::include : Archived::exclude;
    return options;
}

int run_find(Context& context, const Options& o) {
    const Document filter = optional_filter(o.filter);
    const FindOptions options = find_options(o);
    const SystemFields fields = o.no_system ? SystemFields::none() : SystemFields::of_projection(options.projection);
    const Database database = open_existing(o.target.store);
    Cursor cursor = collection_or_note(database, o.target.collection).find(filter, options);
    const auto next = [&]() -> std::optional<Document> {
        const auto record = cursor.next();
        return record ? std::optional(fields.apply(*record)) : std::nullopt;
    };
    print_documents(next, o.format, context.out);
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf find app.db users
  sheaf find app.db users '{"address.city": "Kyoto", "age": {"$gte": 18}}' --sort '{"age": -1}' --limit 10
  sheaf find app.db users --project '{"name": 1, "_version": 1}' --format table

_version, _created and _updated are shown behind each document (_archived when it is true); with a
projection that includes fields only when it names them, with one that excludes unless it names them.)";

}  // namespace

void add_find(Cli& cli) {
    const auto o = std::make_shared<Options>();
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    Verb verb = cli.verb("find", "Prints the documents that match a filter", examples);
    add_target(verb, o->target);
    add_optional_filter(verb, o->filter);
    verb.text("--sort", "JSON", o->sort, R"(such as {"age": -1, "name": 1}; without it in the order of insertion)");
    verb.text("--project", "JSON", o->projection, R"(which fields: {"name": 1} or {"notes": 0})");
    verb.number("--limit", o->limit, 0, max, "at most N documents; 0: all");
    verb.number("--skip", o->skip, 0, max, "leave out the first N");
    verb.flag("--include-archived", o->include_archived, "soft-deleted documents too");
    verb.choice("--format", o->format, {"jsonl", "json", "table"}, "jsonl if not given; json is one array");
    verb.flag("--no-system", o->no_system, "without _version, _created, _updated, _archived");
    verb.run([o](Context& context) { return run_find(context, *o); });
}

}  // namespace sheaf::cli
