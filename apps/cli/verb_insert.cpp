// sheaf insert STORE COLLECTION DOC|-
#include <memory>
#include <sheaf/limits.hpp>

#include "arguments.hpp"
#include "input.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string document;
    std::optional<std::string> version;
};

int run_insert(Context& context, const Options& o) {
    const std::string text = o.document == "-" ? read_standard_input(Limits{}.json_bytes) : o.document;
    const Document document = document_argument(o.document == "-" ? "standard input" : "DOC", text);
    InsertOptions options;
    options.expected_version = expected_version_argument(o.version);
    Database database = open(o.target.store);
    context.out.line(to_json(database.collection(o.target.collection).insert_one(document, options)));
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf insert app.db users '{"_id": "ada", "name": "Ada", "born": {"$date": "1815-12-10T00:00:00Z"}}'
  echo '{"name": "Grace"}' | sheaf insert app.db users -

Makes the store and the collection when they do not exist. A document without an _id gets one.
An _id that exists already is a conflict (exit code 3). For many documents see import.)";

}  // namespace

void add_insert(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("insert", "Adds one document", examples);
    add_target(verb, o->target);
    verb.required("DOC", o->document, "the document as JSON, or - for standard input");
    add_expect_version(verb, o->version);
    verb.run([o](Context& context) { return run_insert(context, *o); });
}

}  // namespace sheaf::cli
