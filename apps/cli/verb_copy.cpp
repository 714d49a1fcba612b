// sheaf copy STORE TO
#include <memory>
#include <sheaf/json.hpp>

#include "comparisons.hpp"
#include "interrupt.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    std::string from;
    std::string to;
    std::optional<std::string> only;
    bool no_verify = false;
    bool restart = false;
};

CopyResult run(const Database& from, Database& to, const Options& o) {
    const Interrupt interrupt;
    StepProgress progress;
    CopyOptions options;
    options.collections = names_argument(o.only);
    options.verify = !o.no_verify;
    options.restart = o.restart;
    options.progress = [&](const CopyProgress& now) { progress.show(now); };
    options.control.stop = interrupt.token();
    try {
        return copy(from, to, options);
    } catch (const Error& error) {
        if (error.code() != Code::cancelled) throw;
        progress.clear();
        throw Failure("interrupted; what was copied so far is kept, and the same command goes on with it",
                      exit_interrupted);
    }
}

Value to_value(const CopiedCollection& collection) {
    Array indexes;
    for (const std::string& name : collection.indexes) indexes.push_back(name);
    return Value::object({{"collection", collection.name},
                          {"documents", collection.documents},
                          {"resumed", collection.resumed},
                          {"indexes", std::move(indexes)}});
}

int run_copy(Context& context, const Options& o) {
    const Database from = open_existing(o.from);
    Database to = open(o.to);
    const CopyResult result = run(from, to, o);
    for (std::size_t i = 0; i < result.collections.size(); ++i) {
        const CopiedCollection& copied = result.collections[i];
        Object line = to_value(copied).as_object();
        for (const std::string& index : copied.left_out) {
            message("note: the index \"" + index + "\" of \"" + copied.name +
                    "\" is left out: it is still being built in the source");
        }
        if (result.comparison) {
            const CollectionComparison& comparison = result.comparison->collections[i];
            line.set("verified", comparison.equal());
            line.set("sha256", comparison.second.hash);
            if (!comparison.equal()) message(difference_text(comparison));
        }
        context.out.line(to_json(Value(std::move(line))));
    }
    if (result.good()) return exit_done;
    message(
        "the copy (the second store) is not what the source has: was something written to it meanwhile?\n"
        "--restart drops what was copied, if the number of documents is still the same, and begins anew");
    return exit_failed;
}

constexpr const char* examples =
    R"(  sheaf copy app.db postgres://db.example.org/app
  sheaf copy app.db sqlite:part.db --only users,orders

The copy has the same ids, versions, times, archived documents, order of insertion and indexes. It is
verified at the end. In TO the collections must be missing or without documents. A copy that was
interrupted or killed goes on when the same command is given again, unless what it has copied has
changed in STORE meanwhile: then --restart is needed. That refuses to drop a collection in TO that has
more documents by now, or fewer, than were copied: somebody uses it. STORE is not changed.)";

}  // namespace

void add_copy(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("copy", "Copies a store into another one, on any backend", examples);
    verb.required("STORE", o->from, store_help);
    verb.required("TO", o->to, "the other store; a file is made");
    verb.text("--only", "NAMES", o->only, "these collections, separated by commas; all if not given");
    verb.flag("--no-verify", o->no_verify, "do not compare the copy with its source");
    verb.flag("--restart", o->restart, "drop what an unfinished copy has made, if nobody uses it, and begin anew");
    verb.run([o](Context& context) { return run_copy(context, *o); });
}

}  // namespace sheaf::cli
