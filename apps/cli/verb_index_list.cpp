// sheaf index list STORE [COLLECTION]
#include <memory>
#include <sheaf/json.hpp>

#include "documents.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    std::string store;
    std::optional<std::string> collection;
    std::string format = "jsonl";
};

// As MongoDB lists it, between what it does not say; the state always, so that a table has the column.
Document line_of(const std::string& collection, const IndexInfo& index) {
    Object line({{"collection", collection}});
    const Document listed = index.to_document();
    for (const MemberView member : listed.view().members()) {
        if (member.key != "v" && member.key != "building") line.set(member.key, member.value.to_value());
    }
    line.set("multikey", index.multikey);
    line.set("state", index.state == IndexState::ready ? "ready" : "building");
    return Document(line);
}

int run_list(Context& context, const Options& o) {
    const Database database = open_existing(o.store);
    std::vector<Document> lines;
    for (const Collection& collection : chosen_collections(database, o.collection)) {
        for (const IndexInfo& index : collection.list_indexes()) lines.push_back(line_of(collection.name(), index));
    }
    auto line = lines.begin();
    const auto next = [&] { return line == lines.end() ? std::nullopt : std::optional(*line++); };
    print_documents(next, o.format, context.out);
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf index list app.db
  sheaf index list app.db users --format table

The index of _id, which every collection has, is not listed. "multikey" says that the index holds
elements of arrays, "state" is "building" while it is built; when nobody builds it any more (a killed
process), create it again to have it finished.)";

}  // namespace

void add_index_list(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("index list", "Prints the indexes of a collection, or of all", examples);
    verb.required("STORE", o->store, store_help);
    verb.optional("COLLECTION", o->collection, "all collections if not given");
    verb.choice("--format", o->format, {"jsonl", "json", "table"}, "jsonl if not given; json is one array");
    verb.run([o](Context& context) { return run_list(context, *o); });
}

}  // namespace sheaf::cli
