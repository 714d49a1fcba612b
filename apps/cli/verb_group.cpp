// sheaf group STORE COLLECTION FIELDS AGGS [FILTER]
#include <algorithm>
#include <limits>
#include <memory>
#include <sheaf/json.hpp>

#include "arguments.hpp"
#include "documents.hpp"
#include "store.hpp"
#include "targets.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

struct Options {
    Target target;
    std::string fields;
    std::string aggregates;
    std::optional<std::string> filter;
    std::optional<std::string> sort;
    std::int64_t limit = 0;
    std::int64_t skip = 0;
    bool include_archived = false;
    std::optional<std::string> hint;
    std::string format = "jsonl";
};

// What is asked for, and what the columns are called: the keys, then the aggregates.
struct Columns {
    std::vector<std::string> fields{};
    std::vector<FieldAggregate> aggregates{};
    std::vector<std::string> names{};
};

std::vector<std::string> fields_argument(const std::string& text) {
    constexpr const char* wanted = "FIELDS is an array of paths, such as [\"status\", \"address.city\"]";
    std::vector<std::string> fields;
    try {
        const Value given = value_from_json(text);
        for (const Value& field : given.as_array()) fields.push_back(field.as_string());
    } catch (const Error& error) {
        if (error.code() != Code::type_mismatch) throw error.with_context("in FIELDS: ");
        throw Error(Code::invalid_argument, wanted);
    }
    return fields;
}

void add_aggregate_of(Columns& columns, const Document& given) {
    for (const MemberView member : given.view().members()) {
        if (member.key != "op" && member.key != "field" && member.key != "as") {
            throw Error(Code::invalid_argument, "an aggregate has no \"" + std::string(member.key) +
                                                    R"("; it is such as {"op": "avg", "field": "age", "as": "mean"})");
        }
        if (member.value.type() != Type::string) {
            throw Error(Code::invalid_argument, "\"" + std::string(member.key) + "\" of an aggregate is a string");
        }
    }
    if (!given["op"]) throw Error(Code::invalid_argument, R"(an aggregate needs "op": count, sum, avg, min or max)");
    FieldAggregate aggregate;
    aggregate.op = aggregate_named(given["op"].string());
    if (given["field"]) aggregate.field = given["field"].string();
    if (given["as"]) aggregate.as = given["as"].string();
    columns.names.push_back(name(aggregate));
    columns.aggregates.push_back(std::move(aggregate));
}

Columns columns_argument(const Options& o) {
    Columns columns;
    columns.fields = columns.names = fields_argument(o.fields);
    try {
        for (const Document& given : documents_argument("AGGS", o.aggregates)) add_aggregate_of(columns, given);
    } catch (const Error& error) {
        if (error.code() != Code::invalid_argument) throw;
        throw error.with_context("in AGGS: ");
    }
    for (auto column = columns.names.begin(); column != columns.names.end(); ++column) {
        if (std::find(columns.names.begin(), column, *column) == column) continue;
        throw Error(Code::invalid_argument,
                    "two columns are called \"" + *column + R"("; "as" gives an aggregate another name)");
    }
    return columns;
}

std::vector<GroupSort> sort_argument(const std::string& text, const std::vector<std::string>& columns) {
    std::vector<GroupSort> sort;
    const Document given = document_argument("--sort", text);
    for (const MemberView member : given.view().members()) {
        const auto column = std::find(columns.begin(), columns.end(), member.key);
        if (column == columns.end()) {
            std::string known;
            for (const std::string& one : columns) known.append(known.empty() ? "" : ", ").append(one);
            throw Error(Code::invalid_sort,
                        "in --sort: there is no column \"" + std::string(member.key) + "\"; there are: " + known);
        }
        const double direction = member.value.is_number() ? member.value.number() : 0;
        if (direction != 1 && direction != -1) {
            throw Error(Code::invalid_sort, "in --sort: the direction of \"" + *column + "\" is 1 or -1");
        }
        sort.push_back({static_cast<std::size_t>(column - columns.begin()), direction < 0});
    }
    return sort;
}

int run_group(Context& context, const Options& o) {
    const Columns columns = columns_argument(o);
    const Document filter = optional_filter(o.filter);
    GroupOptions options;
    if (o.sort) options.sort = sort_argument(*o.sort, columns.names);
    options.limit = o.limit;
    options.skip = o.skip;
    options.archived = o.include_archived ? Archived::include : Archived::exclude;
    options.hint = o.hint.value_or("");
    const Database database = open_existing(o.target.store);
    const Collection collection = collection_or_note(database, o.target.collection);
    const std::vector<Group> groups = collection.group_by(columns.fields, columns.aggregates, filter, options);
    auto group = groups.begin();
    const auto next = [&]() -> std::optional<Document> {
        if (group == groups.end()) return std::nullopt;
        return to_document(*group++, columns.fields, columns.aggregates);
    };
    print_documents(next, o.format, context.out);
    return exit_done;
}

constexpr const char* examples =
    R"(  sheaf group app.db people '["status"]' '[{"op": "avg", "field": "age"}]'
  sheaf group app.db orders '["city", "status"]' '[{"op": "count"}, {"op": "sum", "field": "total"}]' \
      '{"year": 2024}' --sort '{"sum_total": -1}' --limit 10
  sheaf group app.db orders '[]' '[{"op": "max", "field": "total", "as": "largest"}]'

Aggregates: count, sum, avg, min, max. Their columns are called count, avg_age ... unless "as" says
otherwise. A field that is missing makes a group of its own, which has no such column; null is another
one. For more than that see aggregate.)";

}  // namespace

void add_group(Cli& cli) {
    const auto o = std::make_shared<Options>();
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    Verb verb = cli.verb("group", "Prints counts, sums, averages ... of groups of documents", examples);
    add_target(verb, o->target);
    verb.required("FIELDS", o->fields, R"(paths that make the groups: ["status"]; []: one group of all)");
    verb.required("AGGS", o->aggregates, R"(such as [{"op": "avg", "field": "age"}, {"op": "count"}])");
    add_optional_filter(verb, o->filter);
    verb.text("--sort", "JSON", o->sort, R"(by columns, such as {"avg_age": -1}; by FIELDS if not given)");
    verb.number("--limit", o->limit, 0, max, "at most N groups; 0: all");
    verb.number("--skip", o->skip, 0, max, "leave out the first N");
    verb.flag("--include-archived", o->include_archived, "soft-deleted documents too");
    add_hint(verb, o->hint);
    verb.choice("--format", o->format, {"jsonl", "json", "table"}, "jsonl if not given; json is one array");
    verb.run([o](Context& context) { return run_group(context, *o); });
}

}  // namespace sheaf::cli
