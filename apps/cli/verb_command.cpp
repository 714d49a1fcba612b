// sheaf command STORE COMMAND
#include <memory>

#include "arguments.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string command;
};

int run(Context& context, const Options& o) {
    const Document command = document_argument("COMMAND", o.command);
    Database database = open_existing(o.target.store);
    const Document reply = database.run_command(command);
    context.out.line(reply.to_json());
    return reply["ok"].number() == 1 ? exit_done : exit_failed;
}

constexpr const char* examples =
    R"(  sheaf command app.db '{"find": "users", "filter": {"age": {"$gte": 18}}, "batchSize": 10}'
  sheaf command app.db '{"insert": "users", "documents": [{"_id": "ada"}]}'

The commands and their replies are MongoDB's; docs/reference/commands.md has those that there are. The
exit code is 1 when the reply says "ok": 0.0. Write errors of single documents stand in the reply.)";

}  // namespace

void add_command(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("command", "Runs a MongoDB command document and prints its reply", examples);
    add_store(verb, o->target);
    verb.required("COMMAND", o->command, R"(such as {"find": "users"})");
    verb.run([o](Context& context) { return run(context, *o); });
}

}  // namespace sheaf::cli
