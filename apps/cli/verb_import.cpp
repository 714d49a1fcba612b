// sheaf import STORE COLLECTION FILE|-
#include <fmt/format.h>

#include <limits>
#include <memory>
#include <sheaf/limits.hpp>

#include "importer.hpp"
#include "interrupt.hpp"
#include "progress.hpp"
#include "rows.hpp"
#include "targets.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string file;
    std::string format = "auto";
    std::optional<std::string> pointer;
    std::optional<std::string> id;
    bool upsert = false;
    bool keep_system = false;
    bool strings = false;
    std::int64_t batch = 1000;
    std::int64_t skip_rows = 0;
};

// By the file's name; anything else is JSON: an array, or documents one after another.
std::string format_of(const Options& o) {
    if (o.format != "auto") return o.format;
    if (o.file.ends_with(".csv")) return "csv";
    if (o.pointer) return "json";
    return o.file.ends_with(".jsonl") || o.file.ends_with(".ndjson") ? "jsonl" : "json";
}

std::unique_ptr<Rows> open_rows(const Options& o, Input& input) {
    const std::string format = format_of(o);
    if (o.pointer && format != "json") throw UsageError("--pointer is for JSON, not for " + format);
    if (o.strings && format != "csv") throw UsageError("--strings is for CSV, not for " + format);
    if (format == "csv") return csv_rows(input, o.strings ? CsvTypes::strings : CsvTypes::inferred);
    if (format == "jsonl") return line_rows(input);
    return json_rows(input, o.pointer.value_or(""));
}

// "4000 documents of earlier batches are in the store; continue with --skip-rows 4000"
std::string how_far(const Importer& importer, std::int64_t skipped) {
    if (importer.last_row() == 0) {
        return skipped == 0 ? "nothing was imported"
                            : fmt::format("nothing more was imported; continue with --skip-rows {}", skipped);
    }
    return fmt::format("{} documents of earlier batches are in the store; continue with --skip-rows {}",
                       importer.totals().documents(), importer.last_row());
}

bool is_system_field(std::string_view path) {
    return path == "_version" || path == "_created" || path == "_updated" || path == "_archived";
}

[[noreturn]] void fail(const std::string& rows, const Error& error, const Importer& importer, const Options& o) {
    const std::string far = how_far(importer, o.skip_rows);
    if (error.code() == Code::cancelled) throw Failure("interrupted at " + rows + "; " + far, exit_interrupted);
    if (rows.empty()) throw error;
    std::string text = fmt::format("{}: {}; {}", rows, error.what(), far);
    if (error.code() == Code::duplicate_key && !o.upsert && !o.keep_system) {
        text += "\n--upsert replaces documents that exist";
    } else if (error.code() == Code::invalid_document && is_system_field(error.details().path)) {
        text += "\n--keep-system reads what export --system has written";
    }
    throw Failure(text, info(error.code()).exit_code);
}

void read_all(Rows& rows, const Input& input, Importer& importer, const Options& o) {
    Progress progress("import", input.size());
    std::uint64_t row = 1;
    try {
        for (; rows.next(); ++row) {
            if (row > static_cast<std::uint64_t>(o.skip_rows)) importer.add(rows.document(), row);
            progress.update(row, input.offset());
        }
        importer.finish();
    } catch (const BatchError& refused) {
        progress.clear();
        fail(refused.rows(), refused.error(), importer, o);
    } catch (const Error& error) {
        progress.clear();
        fail(fmt::format("row {}", row), error, importer, o);
    }
}

std::string summary(const ImportTotals& totals, bool upsert) {
    if (!upsert) return fmt::format(R"({{"acknowledged":true,"insertedCount":{}}})", totals.inserted);
    return fmt::format(
        R"({{"acknowledged":true,"insertedCount":{},"matchedCount":{},"modifiedCount":{},"upsertedCount":{}}})",
        totals.inserted, totals.matched, totals.modified, totals.upserted);
}

int run_import(Context& context, const Options& o) {
    const Interrupt interrupt;
    Input input(o.file, interrupt.token());
    const std::unique_ptr<Rows> rows = open_rows(o, input);
    ImportOptions options;
    if (o.upsert) options.mode = ImportMode::upsert;
    if (o.keep_system) options.mode = ImportMode::keep_system;
    options.id_field = o.id;
    options.batch = static_cast<std::size_t>(o.batch);
    Control control;
    control.stop = interrupt.token();
    Importer importer(o.target.store, o.target.collection, options, control);
    read_all(*rows, input, importer, o);
    context.out.line(summary(importer.totals(), o.upsert));
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf import app.db users users.jsonl
  sheaf import app.db countries iso_3166-1.json --pointer /3166-1 --id alpha_2
  curl -s https://example.org/rows.csv | sheaf import app.db rows - --format csv

JSON is an array of documents, or documents one after another; with --pointer what it names
inside one big JSON: the elements of an array, or an object as one document. CSV has a header
line; a cell without quotes that is true, false or a plain decimal number (an int64, or at most
15 digits with a point, no leading zeros, plus or exponent) is that value, an empty one is left
out, all others are strings. A batch that is refused leaves nothing behind; the message names the
row and how to go on with --skip-rows. A batch ends early at 32 MB.)";

}  // namespace

void add_import(Cli& cli) {
    const auto o = std::make_shared<Options>();
    Verb verb = cli.verb("import", "Puts the documents of a file into a collection", examples);
    add_target(verb, o->target);
    verb.required("FILE", o->file, "the file, or - for standard input");
    verb.choice("--format", o->format, {"auto", "json", "jsonl", "csv"}, "auto goes by the file's name, else JSON");
    verb.text("--pointer", "/A/B", o->pointer, "JSON Pointer (RFC 6901) to the documents inside one big JSON");
    verb.text("--id", "FIELD", o->id, "this field's value becomes the _id; the field stays too");
    verb.flag("--upsert", o->upsert, "replace documents whose _id exists");
    verb.flag("--keep-system", o->keep_system, "take versions and times from the file (see export --system)");
    verb.flag("--strings", o->strings, "CSV: every cell that is not empty is a string");
    verb.number("--batch", o->batch, 1, static_cast<std::int64_t>(Limits{}.batch_documents),
                "documents per transaction, all or nothing; 1000 if not given");
    verb.number("--skip-rows", o->skip_rows, 0, std::numeric_limits<std::int64_t>::max(),
                "pass over the first N rows, to go on after a failure");
    verb.exclude("--upsert", "--keep-system");
    verb.run([o](Context& context) { return run_import(context, *o); });
}

}  // namespace sheaf::cli
