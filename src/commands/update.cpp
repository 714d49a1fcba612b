#include "commands/explain.hpp"
#include "commands/update_statement.hpp"
#include "commands/write_errors.hpp"

namespace sheaf::commands {

namespace {

using Statement = UpdateStatement;

constexpr Field<Statement> statement_fields[] = {
    {"q", Types::object, [](Statement& s, View v) { s.filter = document_of(v); }, Need::required},
    {"u", Types::any, [](Statement& s, View v) { s.take_update(v); }, Need::required},
    {"c", Types::object, [](Statement& s, View v) { s.constants = document_of(v); }},
    {"multi", Types::boolean, [](Statement& s, View v) { s.multi = v.boolean(); }},
    {"upsert", Types::boolean, [](Statement& s, View v) { s.options.upsert = Upsert{v.boolean()}; }},
    {"sort", Types::object, [](Statement& s, View v) { s.options.sort = document_of(v); }},
    {"arrayFilters", Types::array,
     [](Statement& s, View v) { s.options.array_filters = documents_of("arrayFilters", v); }},
    {"hint", Types::any, [](Statement& s, View v) { s.hint = Hint(v); }},
    {"collation", Types::object, [](Statement&, View v) { check_collation(v); }},
};

struct Arguments : WriteArguments {
    std::vector<Statement> statements{};
};

void take_statements(Arguments& arguments, View updates) {
    for (const Document& update : documents_of("updates", updates)) {
        Statement statement;
        parse_fields<Statement>(update.view(), "update.updates", statement_fields, statement);
        arguments.statements.push_back(std::move(statement));
    }
}

constexpr Field<Arguments> fields[] = {
    {"update", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }},
    {"updates", Types::array, take_statements, Need::required},
    {"ordered", Types::boolean, [](Arguments& a, View v) { a.ordered = v.boolean(); }},
    {"let", Types::object, [](Arguments& a, View v) { a.let = document_of(v); }},
    {"bypassDocumentValidation", Types::boolean_or_number},  // there are no validators
};

}  // namespace

Document update(const Invocation& invocation) {
    auto arguments = parse<Arguments>(invocation, fields);
    check_statements("updates", arguments.statements.size());
    Collection collection = invocation.collection(arguments.collection);
    std::int64_t matched = 0;
    std::int64_t modified = 0;
    const DateTime now = invocation.store->now();
    ArrayBuilder upserted;
    const auto run = [&](std::size_t index) {
        Statement& statement = arguments.statements[index];
        statement.prepare(invocation.database, arguments.collection, arguments.let, arguments.control);
        statement.options.now = now;
        const UpdateResult result = statement.run(collection);
        matched += result.matched_count + (result.upserted_id ? 1 : 0);
        modified += result.modified_count;
        if (!result.upserted_id) return;
        upserted.add(ObjectBuilder().add("index", index).add("_id", *result.upserted_id).finish());
    };
    WriteErrors errors(arguments.ordered);
    for (std::size_t i = 0; i < arguments.statements.size(); ++i) {
        if (!errors.run(i, [&] { run(i); })) break;
    }
    ObjectBuilder reply;
    reply.add("n", matched).add("nModified", modified);
    if (upserted.size() > 0) reply.add_encoded("upserted", upserted.finish());
    errors.add_to(reply);
    return reply.reply();
}

ExplainedQuery update_query(const Invocation& invocation) {
    auto arguments = parse<Arguments>(invocation, fields);
    check_is_single("updates", arguments.statements.size());
    Statement& statement = arguments.statements.front();
    statement.prepare(invocation.database, arguments.collection, arguments.let, arguments.control);
    return {.collection = arguments.collection,
            .filter = statement.filter,
            .options = {.sort = statement.options.sort,
                        .limit = statement.multi ? 0 : 1,
                        .hint = statement.options.hint,
                        .let = arguments.let,
                        .control = arguments.control},
            .stage = "UPDATE"};
}

}  // namespace sheaf::commands
