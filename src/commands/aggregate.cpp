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

}  // namespace

Document aggregate(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    if (arguments.explain && arguments.has_write_concern) {
        query::fail(Code::invalid_argument, 9, "explain does not take a write concern", "writeConcern");
    }
    if (arguments.explain) refuse_option("explain");
    if (!arguments.has_cursor) {
        query::fail(Code::invalid_argument, 9, "aggregate needs cursor: {}, or a batch size in it", "cursor");
    }
    const bool alone = arguments.collection.empty();
    if (!alone) arguments.hint.check(invocation.database, arguments.collection, arguments.control);
    const engine::Target target{invocation.store, nullptr, arguments.collection};
    const query::Bindings bindings = target.bindings(arguments.let);
    auto results = std::make_unique<engine::AggregateCursor>(
        alone ? nullptr : target.reading(arguments.control), arguments.collection, arguments.pipeline,
        AggregateOptions{.control = arguments.control}, query::Settings(invocation.limits(), &bindings));
    const std::string name = alone ? "$cmd.aggregate" : arguments.collection;
    return first_batch(invocation, open_cursor(name, std::move(results)), arguments.batch, arguments.control);
}

}  // namespace sheaf::commands
