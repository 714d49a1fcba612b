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

// Those that put something where nothing is; a misspelt name leaves no empty file behind for all others.
bool makes_store(const Document& command) {
    if (command.empty()) return false;
    const std::string_view name = (*command.view().members().begin()).key;
    return name == "insert" || name == "create" || name == "bulkWrite";
}

int run(Context& context, const Options& o) {
    const Document command = document_argument("COMMAND", o.command);
    Database database = makes_store(command) ? open(o.target.store) : open_existing(o.target.store);
    const Document reply = database.run_command(command);
    context.out.line(reply.to_json());
    return reply["ok"].number() == 1 ? exit_done : exit_failed;
}

constexpr const char* examples =
    R"(  sheaf command app.db '{"find": "users", "filter": {"age": {"$gte": 18}}, "limit": 10}'
  sheaf command app.db '{"insert": "users", "documents": [{"_id": "ada"}]}'

The commands and their replies are MongoDB's; docs/reference/commands.md has those that there are. The
exit code is 1 when the reply says "ok": 0.0. Write errors of single documents stand in the reply. A
cursor ends with the program, so that getMore finds none: give "batchSize" what is to be seen, or use find.
insert, create and bulkWrite make the store.)";

}  // namespace

void add_command(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("command", "Runs a MongoDB command document and prints its reply", examples);
    add_store(verb, o->target);
    verb.required("COMMAND", o->command, R"(such as {"find": "users"})");
    verb.run([o](Context& context) { return run(context, *o); });
}

}  // namespace sheaf::cli
