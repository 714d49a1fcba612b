#include <sheaf/error.hpp>

#include "commands/cursor_reply.hpp"
#include "commands/explain.hpp"
#include "commands/options.hpp"
#include "engine/find_cursor.hpp"

namespace sheaf::commands {

namespace {

struct Arguments : CommonArguments {
    Document filter{};
    FindOptions options{};
    Batch batch{first_batch_size};
    Hint hint{};
    bool tailable = false;
    bool await_data = false;
    bool no_timeout = false;
};

// {"$natural": 1} is the order without a sort.
void take_sort(Arguments& arguments, View value) {
    const View natural = value.size() == 1 ? value["$natural"] : View();
    if (natural && natural.is_number() && natural.number() == 1) return;
    arguments.options.sort = document_of(value);
}

constexpr Field<Arguments> fields[] = {
    {"find", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }},
    {"filter", Types::object, [](Arguments& a, View v) { a.filter = document_of(v); }, Need::not_null},
    {"sort", Types::object, take_sort},
    {"projection", Types::object, [](Arguments& a, View v) { a.options.projection = document_of(v); }},
    {"skip", Types::number, [](Arguments& a, View v) { a.options.skip = truncated_number("skip", v); }},
    {"limit", Types::number, [](Arguments& a, View v) { a.options.limit = truncated_number("limit", v); }},
    {"batchSize", Types::number, [](Arguments& a, View v) { a.batch.size = truncated_number("batchSize", v); }},
    {"singleBatch", Types::boolean_or_number, [](Arguments& a, View v) { a.batch.single = truth(v); }},
    {"let", Types::object, [](Arguments& a, View v) { a.options.let = document_of(v); }},
    {"hint", Types::any, [](Arguments& a, View v) { a.hint = Hint(v); }},
    {"noCursorTimeout", Types::boolean_or_number, [](Arguments& a, View v) { a.no_timeout = truth(v); }},
    {"tailable", Types::boolean_or_number, [](Arguments& a, View v) { a.tailable = truth(v); }},
    {"awaitData", Types::boolean_or_number, [](Arguments& a, View v) { a.await_data = truth(v); }},
    {"allowDiskUse", Types::boolean_or_number},
    {"allowPartialResults", Types::boolean_or_number},
    {"oplogReplay", Types::boolean_or_number},
    {"returnKey", Types::boolean_or_number,
     [](Arguments& a, View v) {
         if (truth(v)) a.refuse("returnKey");
     }},
    {"showRecordId", Types::boolean_or_number,
     [](Arguments& a, View v) {
         if (truth(v)) a.refuse("showRecordId");
     }},
    refused<Arguments>("min", Types::object),
    refused<Arguments>("max", Types::object),
    {"collation", Types::object, [](Arguments&, View v) { check_collation(v); }},
};

Arguments read_arguments(const Invocation& invocation) {
    auto arguments = parse<Arguments>(invocation, fields);
    if (arguments.await_data && !arguments.tailable) {
        throw Error(Code::invalid_argument, "awaitData needs tailable", {.mongo = 9});
    }
    if (arguments.tailable) throw Error(Code::invalid_argument, "a tailable cursor needs a capped collection");
    arguments.options.hint = arguments.hint.resolved(invocation.database, arguments.collection, arguments.control);
    arguments.options.control = arguments.control;
    return arguments;
}

}  // namespace

Document find(const Invocation& invocation) {
    const auto arguments = read_arguments(invocation);
    const engine::Target target{invocation.store, nullptr, arguments.collection};
    const query::Bindings bindings = target.bindings(arguments.options.let);
    auto cursor = open_cursor(arguments.collection, std::make_unique<engine::FindCursor>(target, arguments.filter,
                                                                                         arguments.options, bindings));
    cursor.stays_when_idle = arguments.no_timeout;
    return first_batch(invocation, std::move(cursor), arguments.batch, arguments.control);
}

ExplainedQuery find_query(const Invocation& invocation) {
    const auto arguments = read_arguments(invocation);
    const FindOptions& options = arguments.options;
    return {.collection = arguments.collection,
            .filter = arguments.filter,
            .options = {.sort = options.sort,
                        .limit = options.limit,
                        .skip = options.skip,
                        .hint = options.hint,
                        .let = options.let,
                        .control = options.control}};
}

}  // namespace sheaf::commands
