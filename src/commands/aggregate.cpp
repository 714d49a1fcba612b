#include <sheaf/error.hpp>

#include "commands/cursor_reply.hpp"
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
};

void take_target(Arguments& arguments, View value) {
    if (!value.is_number()) {
        arguments.collection = collection_name(value);
        return;
    }
    if (value.number() != 1) {
        query::fail(Code::invalid_argument, 2, "aggregate must name a collection or be 1, not " + query::describe(value),
                    "aggregate");
    }
}

constexpr Field<Batch> cursor_fields[] = {
    {"batchSize", Types::number, [](Batch& b, View v) { b.size = truncated_number("batchSize", v); }},
};

void take_cursor(Arguments& arguments, View value) {
    arguments.has_cursor = true;
    parse_fields<Batch>(value, "aggregate.cursor", cursor_fields, arguments.batch);
}

constexpr Field<Arguments> fields[] = {
    {"aggregate", Types::any, take_target, Need::not_null},
    {"pipeline", Types::array, [](Arguments& a, View v) { a.pipeline = pipeline_of("pipeline", v); }, Need::required},
    {"cursor", Types::object, take_cursor, Need::not_null},
    {"let", Types::object, [](Arguments& a, View v) { a.let = document_of(v); }},
    {"hint", Types::any, [](Arguments&, View v) { check_hint(v); }, Need::not_null},
    {"collation", Types::object, [](Arguments&, View v) { check_collation(v); }},
    {"allowDiskUse", Types::boolean},
    {"bypassDocumentValidation", Types::boolean_or_number},
    {"explain", Types::boolean, [](Arguments&, View v) { if (v.boolean()) refuse_option("explain"); }, Need::not_null},
};

}  // namespace

Document aggregate(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation.command, "aggregate", fields, invocation.control);
    if (!arguments.has_cursor) {
        query::fail(Code::invalid_argument, 9, "aggregate needs cursor: {}, or a batch size in it", "cursor");
    }
    const bool alone = arguments.collection.empty();
    const engine::Target target{invocation.store, nullptr, arguments.collection};
    const query::Bindings bindings = target.bindings(arguments.let);
    auto results = std::make_unique<engine::AggregateCursor>(
        alone ? nullptr : target.reading(arguments.control), arguments.collection, arguments.pipeline,
        AggregateOptions{.control = arguments.control}, query::Settings(invocation.limits(), &bindings));
    const std::string name = alone ? "$cmd.aggregate" : arguments.collection;
    return first_batch(invocation, open_cursor(name, std::move(results)), arguments.batch, arguments.control);
}

}  // namespace sheaf::commands
