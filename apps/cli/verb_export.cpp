// sheaf export STORE COLLECTION [FILE]
#include <fmt/format.h>

#include <memory>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "interrupt.hpp"
#include "progress.hpp"
#include "store.hpp"
#include "system_fields.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::optional<std::string> file;
    bool system = false;
    bool canonical = false;
};

std::int64_t write_documents(const Collection& collection, const Options& o, const Control& control, Output& out) {
    const SystemFields fields = o.system ? SystemFields::of_projection({}) : SystemFields::none();
    FindOptions options;
    options.archived = o.system ? Archived::include : Archived::exclude;
    options.control = control;
    const JsonStyle style{.mode = o.canonical ? JsonMode::canonical : JsonMode::relaxed};
    Progress progress("export");
    std::int64_t count = 0;
    std::string line;
    Cursor cursor = collection.find({}, options);
    while (const auto record = cursor.next()) {
        line.clear();
        append_json(line, fields.apply(*record).view(), style);
        out.line(line);
        progress.update(static_cast<std::uint64_t>(++count), out.bytes_written());
    }
    return count;
}

void export_to_file(Context& context, const Collection& collection, const Options& o) {
    if (is_store_file(o.target.store, *o.file)) throw UsageError("FILE is the store itself");
    const Interrupt interrupt;  // so that the unfinished file is removed
    Control control;
    control.stop = interrupt.token();
    try {
        NewFile file(*o.file);
        const std::int64_t count = write_documents(collection, o, control, file.output());
        file.commit();
        context.out.line(fmt::format(R"({{"acknowledged":true,"exportedCount":{}}})", count));
    } catch (const Error& error) {
        if (error.code() != Code::cancelled) throw;
        throw Failure("interrupted; " + *o.file + " is as it was", exit_interrupted);
    }
}

int run_export(Context& context, const Options& o) {
    const Database database = open_existing(o.target.store);
    const Collection collection = database.collection(o.target.collection);
    // An empty export of a misspelt collection must not replace a good one.
    if (!database.has_collection(o.target.collection)) {
        throw Error(Code::not_found, "there is no collection \"" + o.target.collection + "\"");
    }
    if (o.file && *o.file != "-") {
        export_to_file(context, collection, o);
    } else {
        write_documents(collection, o, {}, context.out);
    }
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf export app.db users users.jsonl
  sheaf export app.db users --system | zstd > users.jsonl.zst

Writes one document per line, in the order of insertion. A FILE appears under its name when it is
complete, so that a failed export leaves an older one as it was. Archived documents are left out,
but with --system, which makes a full copy: import --keep-system restores it.)";

}  // namespace

void add_export(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("export", "Writes the documents of a collection as JSON Lines", examples);
    add_target(verb, o->target);
    verb.optional("FILE", o->file, "where to; standard output if not given");
    verb.flag("--system", o->system, "with _version, _created, _updated, _archived, and archived documents too");
    verb.flag("--canonical", o->canonical, "canonical Extended JSON, which tells int from long and double");
    verb.run([o](Context& context) { return run_export(context, *o); });
}

}  // namespace sheaf::cli
