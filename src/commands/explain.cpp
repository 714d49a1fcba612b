#include "commands/explain.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "commands/reply.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

using Kind = AccessPath::Kind;

// {"age": ["[18, Infinity)"], "name": ["[MinKey, MaxKey]"]}: a bound is known by the field that it begins with.
Object index_bounds(const AccessPath& path) {
    Object bounds;
    for (const auto [field, direction] : path.keys.view().members()) {
        const std::string before = std::string(field) + ": ";
        Array of_field;
        for (const std::string& bound : path.bounds) {
            if (bound.starts_with(before)) of_field.emplace_back(bound.substr(before.size()));
        }
        if (of_field.empty()) of_field.emplace_back("[MinKey, MaxKey]");
        bounds.append(std::string(field), std::move(of_field));
    }
    return bounds;
}

Object stage_over(std::string_view name, Object input) {
    return Object{{"stage", name}, {"inputStage", std::move(input)}};
}

// One way into the documents, without fetching them.
Object access_stage(const AccessPath& path, const Document& filter) {
    if (path.kind == Kind::ids) return Object{{"stage", "IDHACK"}};
    if (path.kind == Kind::scan) {
        return Object{{"stage", "COLLSCAN"}, {"filter", filter.to_object()}, {"direction", path.direction}};
    }
    return Object{{"stage", "IXSCAN"},
                  {"keyPattern", path.keys.to_object()},
                  {"indexName", path.index},
                  {"direction", path.direction},
                  {"indexBounds", index_bounds(path)}};
}

// All ways into the documents, and the filter where they do not decide alone.
Object fetch_stage(const Explanation& how, const Document& filter) {
    const auto& paths = how.paths;
    if (paths.empty()) return Object{{"stage", "EOF"}};
    Object stage = access_stage(paths.front(), filter);
    if (paths.size() > 1) {
        Array inputs;
        for (const AccessPath& path : paths) inputs.emplace_back(access_stage(path, filter));
        stage = Object{{"stage", "OR"}, {"inputStages", std::move(inputs)}};
    }
    const auto is_of_index = [](const AccessPath& path) { return path.kind == Kind::index; };
    if (std::none_of(paths.begin(), paths.end(), is_of_index)) return stage;
    stage = stage_over("FETCH", std::move(stage));
    const auto is_exact = [](const AccessPath& path) { return path.exact; };
    if (!std::all_of(paths.begin(), paths.end(), is_exact)) stage.set("filter", filter.to_object());
    return stage;
}

Object winning_plan(const Explanation& how, const ExplainedQuery& query) {
    const ExplainOptions& options = query.options;
    Object plan = fetch_stage(how, query.filter);
    const bool sorts = how.sort != "none" && !how.sort.starts_with("index");
    if (sorts) {
        plan = stage_over("SORT", std::move(plan));
        plan.set("sortPattern", options.sort.to_object());
    }
    if (options.skip > 0) {
        plan = stage_over("SKIP", std::move(plan));
        plan.set("skipAmount", options.skip);
    }
    if (options.limit > 0) {
        plan = stage_over("LIMIT", std::move(plan));
        plan.set("limitAmount", options.limit);
    }
    return query.stage.empty() ? plan : stage_over(query.stage, std::move(plan));
}

// The parts of the reply that are about the query.
Object parts_of(const Invocation& invocation, const ExplainedQuery& query, Verbosity verbosity) {
    const Explanation how = invocation.collection(query.collection).explain(query.filter, query.options);
    Object parts{{"queryPlanner", Value::object({{"namespace", invocation.namespace_of(query.collection)},
                                                 {"parsedQuery", query.filter.to_object()},
                                                 {"winningPlan", winning_plan(how, query)},
                                                 {"rejectedPlans", Array()}})}};
    if (verbosity == Verbosity::statistics) {
        const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(how.time);
        parts.set("executionStats", Value::object({{"executionSuccess", true},
                                                   {"nReturned", how.returned},
                                                   {"executionTimeMillis", static_cast<std::int64_t>(time.count())},
                                                   {"totalKeysExamined", how.keys_examined},
                                                   {"totalDocsExamined", how.documents_examined}}));
    }
    parts.set("sheaf", how.to_document().to_object());
    return parts;
}

struct Arguments : CommonArguments {
    View command{};
    Verbosity verbosity = Verbosity::statistics;
};

void take_verbosity(Arguments& arguments, View value) {
    check_one_of("verbosity", value, {"queryPlanner", "executionStats", "allPlansExecution"});
    arguments.verbosity = value.string() == "queryPlanner" ? Verbosity::plan : Verbosity::statistics;
}

constexpr Field<Arguments> fields[] = {
    {"explain", Types::object, [](Arguments& a, View v) { a.command = v; }, Need::required_not_null},
    {"verbosity", Types::string, take_verbosity},
};

}  // namespace

Document explained(const Invocation& invocation, const ExplainedQuery& query, Verbosity verbosity) {
    Object parts;
    if (!query.collection.empty()) parts = parts_of(invocation, query, verbosity);
    ObjectBuilder reply;
    reply.add("explainVersion", "1");
    if (query.stages.empty() && !query.collection.empty()) {
        for (auto& [name, part] : parts) reply.add(name, part);
    } else {
        Array stages;
        if (!query.collection.empty()) stages.emplace_back(Value::object({{"$cursor", std::move(parts)}}));
        for (const Document& stage : query.stages) stages.emplace_back(stage.to_object());
        reply.add("stages", std::move(stages));
    }
    return reply.add_encoded("command", invocation.command.encoded()).reply();
}

Document explain(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    if (arguments.command.size() == 0) query::fail(Code::invalid_argument, 9, "explain needs a command", "explain");
    const Command& definition = command_named((*arguments.command.members().begin()).key);
    if (definition.query == nullptr) {
        query::fail(Code::invalid_argument, 20, std::string(definition.name) + " cannot be explained", "explain");
    }
    const Invocation inner{invocation.store, invocation.database, definition, arguments.command, arguments.control};
    return explained(inner, definition.query(inner), arguments.verbosity);
}

}  // namespace sheaf::commands
