#include "commands/explain.hpp"
#include "commands/options.hpp"
#include "commands/write_errors.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

struct Statement {
    Document filter{};
    bool one = false;
    Hint hint{};
};

void take_limit(Statement& statement, View value) {
    const bool valid = value.is_number() && (value.number() == 0 || value.number() == 1);
    if (!valid) {
        query::fail(Code::invalid_argument, 9, "limit must be 0 (all) or 1, not " + query::describe(value), "limit");
    }
    statement.one = value.number() == 1;
}

constexpr Field<Statement> statement_fields[] = {
    {"q", Types::object, [](Statement& s, View v) { s.filter = document_of(v); }, Need::required},
    {"limit", Types::any, take_limit, Need::required},
    {"hint", Types::any, [](Statement& s, View v) { s.hint = Hint(v); }},
    {"collation", Types::object, [](Statement&, View v) { check_collation(v); }},
};

struct Arguments : WriteArguments {
    std::vector<Statement> statements{};
};

void take_statements(Arguments& arguments, View deletes) {
    for (const Document& one : documents_of("deletes", deletes)) {
        Statement statement;
        parse_fields<Statement>(one.view(), "delete.deletes", statement_fields, statement);
        arguments.statements.push_back(std::move(statement));
    }
}

constexpr Field<Arguments> fields[] = {
    {"delete", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }},
    {"deletes", Types::array, take_statements, Need::required},
    {"ordered", Types::boolean, [](Arguments& a, View v) { a.ordered = v.boolean(); }},
    {"let", Types::object, [](Arguments& a, View v) { a.let = document_of(v); }},
};

}  // namespace

Document delete_documents(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    check_statements("deletes", arguments.statements.size());
    Collection collection = invocation.collection(arguments.collection);
    std::int64_t deleted = 0;
    const auto run = [&](const Statement& statement) {
        const DeleteOptions options{
            .let = arguments.let,
            .hint = statement.hint.resolved(invocation.database, arguments.collection, arguments.control),
            .control = arguments.control};
        const DeleteResult result = statement.one ? collection.delete_one(statement.filter, options)
                                                  : collection.delete_many(statement.filter, options);
        deleted += result.deleted_count;
    };
    WriteErrors errors(arguments.ordered);
    for (std::size_t i = 0; i < arguments.statements.size(); ++i) {
        if (!errors.run(i, [&] { run(arguments.statements[i]); })) break;
    }
    ObjectBuilder reply;
    reply.add("n", deleted);
    errors.add_to(reply);
    return reply.reply();
}

ExplainedQuery delete_query(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    check_is_single("deletes", arguments.statements.size());
    const Statement& statement = arguments.statements.front();
    return {.collection = arguments.collection,
            .filter = statement.filter,
            .options = {.limit = statement.one ? 1 : 0,
                        .hint = statement.hint.resolved(invocation.database, arguments.collection, arguments.control),
                        .let = arguments.let,
                        .control = arguments.control},
            .stage = "DELETE"};
}

}  // namespace sheaf::commands
