// sheaf replace STORE COLLECTION FILTER DOC
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
    std::string document;
    bool upsert = false;
    std::optional<std::string> hint;
    std::optional<std::string> version;
};

int run_replace(Context& context, const Options& o) {
    const Document filter = document_argument("FILTER", o.filter);
    const Document document = document_argument("DOC", o.document);
    UpdateOptions options;
    options.upsert = o.upsert ? Upsert::yes : Upsert::no;
    options.expected_version = expected_version_argument(o.version);
    options.hint = o.hint.value_or("");
    const Database database = open_existing(o.target.store);
    Collection collection =
        o.upsert ? database.collection(o.target.collection) : collection_or_note(database, o.target.collection);
    context.out.line(to_json(collection.replace_one(filter, document, options)));
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf replace app.db users '{"_id": "ada"}' '{"name": "Ada Lovelace", "visits": 2}' --expect-version 3

The document keeps its _id. DOC may be what get has printed: system fields that have not changed since
are left out of it.)";

}  // namespace

void add_replace(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("replace", "Puts another document in the place of one", examples);
    add_target(verb, o->target);
    add_filter(verb, o->filter);
    verb.required("DOC", o->document, "the new document as JSON");
    verb.flag("--upsert", o->upsert, "insert it when none matches");
    add_hint(verb, o->hint);
    add_expect_version(verb, o->version);
    verb.run([o](Context& context) { return run_replace(context, *o); });
}

}  // namespace sheaf::cli
