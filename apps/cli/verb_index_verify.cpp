// sheaf index verify STORE [COLLECTION [INDEX]]
#include <memory>
#include <sheaf/json.hpp>

#include "indexes.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    std::string store;
    std::optional<std::string> collection;
    std::optional<std::string> name;
};

Value to_value(const std::string& collection, const IndexCheck& check) {
    return Value::object({{"collection", collection},
                          {"index", check.name},
                          {"documents", check.documents},
                          {"entries", check.entries},
                          {"missing", check.missing},
                          {"orphaned", check.orphaned},
                          {"good", check.good()}});
}

bool verify(Context& context, const Options& o, const Collection& collection, const IndexInfo& index) {
    const std::string called = "index \"" + index.name + "\" of \"" + collection.name() + "\" ";
    const std::string again = create_words(o.store, collection.name(), index);
    if (index.state == IndexState::building) {
        message("note: " + called +
                "is not verified: it is being built, or its building was killed; then finish it:\n" + again);
        return true;
    }
    const IndexCheck check = collection.verify_index(index.name);
    context.out.line(to_json(to_value(collection.name(), check)));
    if (check.good()) return true;
    message(called + "does not agree with the documents; drop it and make it anew:\n" +
            drop_words(o.store, collection.name(), index) + "\n" + again);
    return false;
}

int run_verify(Context& context, const Options& o) {
    const Database database = open_existing(o.store);
    bool good = true;
    for (const Collection& collection : chosen_collections(database, o.collection)) {
        bool found = !o.name;
        for (const IndexInfo& index : collection.list_indexes()) {
            if (o.name && *o.name != index.name) continue;
            found = true;
            good = verify(context, o, collection, index) && good;
        }
        if (!found) throw Error(Code::not_found, no_such_index(collection, *o.name));
    }
    return good ? exit_done : exit_failed;
}

constexpr const char* examples =
    R"(  sheaf index verify app.db
  sheaf index verify app.db users email_1

Reads all documents and entries. Prints a line for each index: "missing" are entries that the documents
call for and the index has not, "orphaned" those that it has and should not. The exit code is 1 when
there are any; then a message says how to make the index anew.)";

}  // namespace

void add_index_verify(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("index verify", "Compares indexes with the documents", examples);
    verb.required("STORE", o->store, store_help);
    verb.optional("COLLECTION", o->collection, "all collections if not given");
    verb.optional("INDEX", o->name, "all indexes if not given");
    verb.run([o](Context& context) { return run_verify(context, *o); });
}

}  // namespace sheaf::cli
