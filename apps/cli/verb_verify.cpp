// sheaf verify STORE OTHER
#include <memory>

#include "comparisons.hpp"
#include "interrupt.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    std::string first;
    std::string second;
    std::optional<std::string> only;
};

int run_verify(Context& context, const Options& o) {
    const Interrupt interrupt;
    const Database first = open_existing(o.first);
    const Database second = open_existing(o.second);
    StepProgress progress;
    CompareOptions options;
    options.collections = names_argument(o.only);
    options.progress = [&](const CopyProgress& now) { progress.show(now); };
    options.control.stop = interrupt.token();
    const CompareResult result = compare(first, second, options);
    progress.clear();
    return report(result, context.out) ? exit_done : exit_failed;
}

constexpr const char* examples =
    R"(  sheaf verify app.db copy.db
  sheaf verify app.db copy.db --only users,orders

Compares ids, contents, versions, times, archived documents, the order of insertion and the definitions
of indexes. Prints a line for each collection, with a hash that two stores share when all documents and
their order are the same. The exit code is 1 when there is a difference; messages then name the first
10 documents of each collection that are not the same.)";

}  // namespace

void add_verify(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("verify", "Compares two stores, such as a copy with its source", examples);
    verb.required("STORE", o->first, store_help);
    verb.required("OTHER", o->second, "another store, of the same kind or another");
    verb.text("--only", "NAMES", o->only, "these collections, separated by commas; all if not given");
    verb.run([o](Context& context) { return run_verify(context, *o); });
}

}  // namespace sheaf::cli
