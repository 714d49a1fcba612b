// sheaf get STORE COLLECTION ID
#include <memory>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "arguments.hpp"
#include "store.hpp"
#include "system_fields.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string id;
    bool no_system = false;
};

int run_get(Context& context, const Options& o) {
    const Value id = id_argument(o.id);
    const Database database = open_existing(o.target.store);
    const auto record = collection_or_note(database, o.target.collection).get(id);
    if (!record) {
        throw Error(Code::not_found, "no document in \"" + o.target.collection + "\" has the _id " + to_json(id));
    }
    const SystemFields fields = o.no_system ? SystemFields::none() : SystemFields::of_projection({});
    context.out.line(fields.apply(*record).to_json());
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf get app.db users ada
  sheaf get app.db orders 17
  sheaf get app.db orders '"17"'

An ID that is a JSON scalar is that value, so that 17 is a number, and "17" with its quotes a string;
anything else is a string. A document that is not there, or archived, is a failure (exit code 1).)";

}  // namespace

void add_get(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("get", "Prints the document with an _id", examples);
    add_target(verb, o->target);
    verb.required("ID", o->id, "the _id: a JSON scalar, or any other text as a string");
    verb.flag("--no-system", o->no_system, "without _version, _created, _updated");
    verb.run([o](Context& context) { return run_get(context, *o); });
}

}  // namespace sheaf::cli
