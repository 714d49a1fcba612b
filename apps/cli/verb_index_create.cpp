// sheaf index create STORE COLLECTION KEYS
#include <limits>
#include <memory>
#include <sheaf/json.hpp>

#include "arguments.hpp"
#include "interrupt.hpp"
#include "progress.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

constexpr std::int64_t no_ttl = -1;

struct Options {
    Target target;
    std::string keys;
    bool unique = false;
    bool nulls_distinct = false;
    bool sparse = false;
    std::optional<std::string> partial;
    std::int64_t ttl = no_ttl;
    std::optional<std::string> name;
    bool ensure = false;
};

IndexDefinition wanted_index(const Options& o) {
    if (o.nulls_distinct && !o.unique) throw UsageError("--nulls-distinct is for --unique");
    IndexDefinition wanted;
    wanted.keys = document_argument("KEYS", o.keys);
    wanted.options.name = o.name.value_or("");
    wanted.options.unique = o.unique;
    wanted.options.nulls_distinct = o.nulls_distinct;
    wanted.options.sparse = o.sparse;
    if (o.partial) wanted.options.partial = document_argument("--partial", *o.partial);
    if (o.ttl != no_ttl) wanted.options.expire_after = std::chrono::seconds(o.ttl);
    return wanted;
}

struct Done {
    std::string_view what;
    std::string name;
};

// What is there before tells what create_index() does.
Done create(Collection& collection, const IndexDefinition& wanted, const BuildOptions& build) {
    std::string_view what = "created";
    for (const IndexInfo& index : collection.list_indexes()) {
        if (index.definition.same_as(wanted)) what = index.state == IndexState::ready ? "unchanged" : "resumed";
    }
    return {what, collection.create_index(wanted.keys, wanted.options, build)};
}

std::string_view name(IndexChange change) {
    switch (change) {
        case IndexChange::none:
            return "unchanged";
        case IndexChange::created:
            return "created";
        case IndexChange::resumed:
            return "resumed";
        case IndexChange::rebuilt:
            return "rebuilt";
    }
    return "";
}

// An equal index may have been there under another name.
Done ensure(Collection& collection, const IndexDefinition& wanted, const BuildOptions& build) {
    const IndexChange change = collection.ensure_index(wanted, build);
    std::string there = wanted.name();
    for (const IndexInfo& index : collection.list_indexes()) {
        if (index.name == wanted.name()) return {name(change), index.name};
        if (index.definition.same_as(wanted)) there = index.name;
    }
    return {name(change), there};
}

int run_create(Context& context, const Options& o) {
    const IndexDefinition wanted = wanted_index(o);
    const Database database = open_existing(o.target.store);
    Collection collection = collection_or_note(database, o.target.collection);
    const Interrupt interrupt;
    Progress progress("index");
    BuildOptions build;
    build.control.stop = interrupt.token();
    build.progress = [&progress](const BuildProgress& far) {
        progress.update_of(static_cast<std::uint64_t>(far.done), static_cast<std::uint64_t>(far.total));
    };
    try {
        const Done done = o.ensure ? ensure(collection, wanted, build) : create(collection, wanted, build);
        progress.clear();
        context.out.line(to_json(Value::object({{"acknowledged", true}, {std::string(done.what), done.name}})));
        return exit_done;
    } catch (const Error& error) {
        progress.clear();
        if (error.code() != Code::cancelled) throw;
        throw Failure("interrupted; what was built of the index is taken back", exit_interrupted);
    }
}

constexpr const char* examples =
    R"(  sheaf index create app.db users '{"email": 1}' --unique
  sheaf index create app.db users '{"address.city": 1, "age": -1}'
  sheaf index create app.db users '{"tags": 1}' --partial '{"active": true}' --name active_tags
  sheaf index create app.db sessions '{"seen": 1}' --ttl 86400

KEYS are the fields in their order, each 1 (ascending) or -1. Others may read and write while the
index is built. Ctrl-C takes back what was built. An equal index that is there is fine. One of the
same name or keys with other options is a conflict (exit code 3), unless --ensure replaces the one of
that name: the old one goes first. Documents that break --unique are a conflict too. Prints what was
done, such as {"acknowledged":true,"created":"email_1"}; instead of created: unchanged, rebuilt
(--ensure), resumed (its building had been killed).)";

}  // namespace

void add_index_create(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("index create", "Makes an index over the documents of a collection", examples);
    add_target(verb, o->target);
    verb.required("KEYS", o->keys, R"(such as {"email": 1} or {"city": 1, "age": -1})");
    verb.flag("--unique", o->unique, "no two documents may have the same values there");
    verb.flag("--nulls-distinct", o->nulls_distinct, "with --unique: any number of documents may lack a field");
    verb.flag("--sparse", o->sparse, "leave out documents that have none of the fields");
    verb.text("--partial", "FILTER", o->partial, "leave out documents that do not match");
    verb.number("--ttl", o->ttl, 0, std::numeric_limits<std::int32_t>::max(),
                "sheaf expire removes documents whose date is older than N seconds");
    verb.text("--name", "NAME", o->name, "made from KEYS if not given: city_1_age_-1");
    verb.flag("--ensure", o->ensure, "replace an index of that name that is defined otherwise");
    verb.run([o](Context& context) { return run_create(context, *o); });
}

}  // namespace sheaf::cli
