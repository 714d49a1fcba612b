#include <sheaf/error.hpp>

#include "commands/cursor_reply.hpp"
#include "commands/explain.hpp"
#include "commands/options.hpp"
#include "commands/update_statement.hpp"
#include "engine/aggregate_cursor.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

struct Arguments : CommonArguments {
    Pipeline pipeline{};
    Batch batch{first_batch_size};
    bool has_cursor = false;
    bool explain = false;
    Hint hint{};
};

void take_target(Arguments& arguments, View value) {
    if (!value.is_number()) {
        arguments.collection = collection_name(value);
        return;
    }
    if (value.number() != 1) {
        query::fail(Code::invalid_argument, 2,
                    "aggregate must name a collection or be 1, not " + query::describe(value), "aggregate");
    }
}

void take_cursor_field(Arguments& arguments, View value) {
    arguments.has_cursor = true;
    take_cursor("aggregate.cursor", value, arguments.batch);
}

constexpr Field<Arguments> fields[] = {
    {"aggregate", Types::any, take_target, Need::not_null},
    {"pipeline", Types::array, [](Arguments& a, View v) { a.pipeline = pipeline_of("pipeline", v); },
     Need::required_not_null},
    {"cursor", Types::object, take_cursor_field, Need::not_null},
    {"let", Types::object, [](Arguments& a, View v) { a.let = document_of(v); }},
    {"hint", Types::any, [](Arguments& a, View v) { a.hint = Hint(v); }, Need::not_null},
    {"collation", Types::object, [](Arguments&, View v) { check_collation(v); }},
    {"allowDiskUse", Types::boolean},
    {"bypassDocumentValidation", Types::boolean_or_number},
    {"explain", Types::boolean, [](Arguments& a, View v) { a.explain = v.boolean(); }, Need::not_null},
};

void check_explain(const Invocation& invocation, const Arguments& arguments) {
    if (arguments.has_write_concern) {
        query::fail(Code::invalid_argument, 9, "explain does not take a write concern", "writeConcern");
    }
    const View strict = invocation.command["apiStrict"];
    if (strict && strict.type() == Type::boolean && strict.boolean()) {
        query::fail(Code::invalid_argument, 323, "explain is not in the stable API", "apiStrict");
    }
}

std::unique_ptr<engine::AggregateCursor> open(const Invocation& invocation, const Arguments& arguments) {
    const bool alone = arguments.collection.empty();
    const engine::Target target{invocation.store, nullptr, arguments.collection};
    const query::Bindings bindings = target.bindings(arguments.let);
    AggregateOptions options{.control = arguments.control};
    if (!alone) options.hint = arguments.hint.resolved(invocation.database, arguments.collection, arguments.control);
    return std::make_unique<engine::AggregateCursor>(alone ? nullptr : &target, arguments.pipeline, options,
                                                     query::Settings(invocation.limits(), &bindings));
}

// A $match at the front is what the plan is made for.
ExplainedQuery query_of(const Invocation& invocation, const Arguments& arguments) {
    open(invocation, arguments);  // refuses what is wrong
    ExplainedQuery query{.collection = arguments.collection, .options = {.let = arguments.let}};
    if (!query.collection.empty()) {
        query.options.hint = arguments.hint.resolved(invocation.database, query.collection, arguments.control);
    }
    query.options.control = arguments.control;
    for (const View stage : arguments.pipeline.view().elements()) query.stages.push_back(document_of(stage));
    const View match = query.stages.empty() ? View() : query.stages.front()["$match"];
    if (match && !query.collection.empty()) {
        query.filter = document_of(match);
        query.stages.erase(query.stages.begin());
    }
    return query;
}

}  // namespace

Document aggregate(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    if (arguments.explain) {
        check_explain(invocation, arguments);
        return explained(invocation, query_of(invocation, arguments), Verbosity::plan);
    }
    if (!arguments.has_cursor) {
        query::fail(Code::invalid_argument, 9, "aggregate needs cursor: {}, or a batch size in it", "cursor");
    }
    const std::string name = arguments.collection.empty() ? "$cmd.aggregate" : arguments.collection;
    return first_batch(invocation, open_cursor(name, open(invocation, arguments)), arguments.batch, arguments.control);
}

ExplainedQuery aggregate_query(const Invocation& invocation) {
    return query_of(invocation, parse<Arguments>(invocation, fields));
}

}  // namespace sheaf::commands
