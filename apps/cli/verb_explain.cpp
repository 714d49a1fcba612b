// sheaf explain STORE COLLECTION [FILTER]
#include <limits>
#include <memory>

#include "arguments.hpp"
#include "documents.hpp"
#include "explanation_text.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::optional<std::string> filter;
    std::optional<std::string> sort;
    std::int64_t limit = 0;
    std::int64_t skip = 0;
    bool include_archived = false;
    std::optional<std::string> hint;
    bool verify = false;
    bool json = false;
    bool text = false;
};

int run_explain(Context& context, const Options& o) {
    const Document filter = optional_filter(o.filter);
    ExplainOptions options;
    if (o.sort) options.sort = document_argument("--sort", *o.sort);
    options.limit = o.limit;
    options.skip = o.skip;
    options.archived = o.include_archived ? Archived::include : Archived::exclude;
    options.hint = o.hint.value_or("");
    options.verify = o.verify ? Verify::yes : Verify::no;
    const Database database = open_existing(o.target.store);
    const Explanation how = collection_or_note(database, o.target.collection).explain(filter, options);
    if (o.text || (context.out.is_terminal() && !o.json)) {
        context.out.write(explanation_text(how));
    } else {
        print_report(how.to_document(), context.out);
    }
    if (how.verified.value_or(true)) return exit_done;
    message("the results differ from those without indexes: " + how.difference +
            "\nsheaf index verify tells which index is wrong");
    return exit_failed;
}

constexpr const char* examples =
    R"(  sheaf explain app.db users '{"age": {"$gte": 18}}' --sort '{"name": 1}' --limit 10
  sheaf explain app.db users '{"tags": "x"}' --verify
  sheaf explain app.db users '{"age": 36}' --hint '$natural' --json

Runs the query as find would and tells how: which index, which ranges of its keys, what the filter had
to look at. A text on a terminal, else a JSON document. --verify runs the query without indexes too; the
exit code is 1 when the results differ.)";

}  // namespace

void add_explain(Cli& cli) {
    const auto o = std::make_shared<Options>();
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    Verb verb = cli.verb("explain", "Tells how a find is answered, and what that costs", examples);
    add_target(verb, o->target);
    add_optional_filter(verb, o->filter);
    verb.text("--sort", "JSON", o->sort, "as for find");
    verb.number("--limit", o->limit, 0, max, "as for find");
    verb.number("--skip", o->skip, 0, max, "as for find");
    verb.flag("--include-archived", o->include_archived, "soft-deleted documents too");
    add_hint(verb, o->hint);
    verb.flag("--verify", o->verify, "also run it without indexes, and compare the results");
    verb.flag("--json", o->json, "JSON on a terminal too");
    verb.flag("--text", o->text, "the text also when standard output is no terminal");
    verb.exclude("--json", "--text");
    verb.run([o](Context& context) { return run_explain(context, *o); });
}

}  // namespace sheaf::cli
