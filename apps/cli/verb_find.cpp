// sheaf find STORE COLLECTION [FILTER]
#include <limits>
#include <memory>

#include "arguments.hpp"
#include "documents.hpp"
#include "pages.hpp"
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
    std::optional<std::string> hint;
    std::int64_t page_size = 0;
    std::optional<std::string> after;
    std::optional<std::string> before;
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
    options.hint = o.hint.value_or("");
    return options;
}

PageOptions page_options(const Options& o, const FindOptions& find) {
    PageOptions options;
    options.sort = find.sort;
    options.projection = find.projection;
    options.archived = find.archived;
    options.hint = find.hint;
    if (o.page_size > 0) options.size = o.page_size;
    options.after = o.after;
    options.before = o.before;
    return options;
}

int run_find(Context& context, const Options& o) {
    const Document filter = optional_filter(o.filter);
    const FindOptions options = find_options(o);
    const SystemFields fields = o.no_system ? SystemFields::none() : SystemFields::of_projection(options.projection);
    const Database database = open_existing(o.target.store);
    const Collection collection = collection_or_note(database, o.target.collection);
    if (o.page_size > 0 || o.after || o.before) {
        print_page(collection.find_page(filter, page_options(o, options)), fields, o.format, context.out);
        return exit_done;
    }
    Cursor cursor = collection.find(filter, options);
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
  sheaf find app.db users --sort '{"age": -1}' --page-size 20 --after TOKEN

A page is one JSON document, {"records": [...], "next": "TOKEN", "previous": "TOKEN"}; null instead of a
token means that there is nothing more in that direction. Tokens are for the same filter and sort.

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
    verb.number("--page-size", o->page_size, 1, 100'000,
                "one page of at most N documents, with its neighbours' tokens");
    verb.text("--after", "TOKEN", o->after,
              "the page that follows the one with this \"next\" (50 documents if not given)");
    verb.text("--before", "TOKEN", o->before, "the page that comes before the one with this \"previous\"");
    verb.exclude("--after", "--before");
    for (const char* paging : {"--page-size", "--after", "--before"}) {
        verb.exclude(paging, "--limit");
        verb.exclude(paging, "--skip");
    }
    verb.flag("--include-archived", o->include_archived, "soft-deleted documents too");
    add_hint(verb, o->hint);
    verb.choice("--format", o->format, {"jsonl", "json", "table"}, "jsonl if not given; json is one array");
    verb.flag("--no-system", o->no_system, "without _version, _created, _updated, _archived");
    verb.run([o](Context& context) { return run_find(context, *o); });
}

}  // namespace sheaf::cli
