#include <sheaf/error.hpp>

#include "commands/explain.hpp"
#include "commands/options.hpp"
#include "commands/reply.hpp"
#include "commands/update_statement.hpp"

namespace sheaf::commands {

namespace {

struct Arguments : CommonArguments {
    UpdateStatement statement{};
    Document projection{};
    bool has_update = false;
    bool remove = false;
    bool return_new = false;
};

constexpr Field<Arguments> fields[] = {
    {"findAndModify", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }},
    {"findandmodify", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }},
    {"query", Types::object, [](Arguments& a, View v) { a.statement.filter = document_of(v); }},
    {"sort", Types::object, [](Arguments& a, View v) { a.statement.options.sort = document_of(v); }},
    {"fields", Types::object, [](Arguments& a, View v) { a.projection = document_of(v); }},
    {"remove", Types::boolean_or_number, [](Arguments& a, View v) { a.remove = truth(v); }},
    {"update", Types::any, [](Arguments& a, View v) { a.statement.take_update(v), a.has_update = true; }},
    {"new", Types::boolean_or_number, [](Arguments& a, View v) { a.return_new = truth(v); }},
    {"upsert", Types::boolean_or_number, [](Arguments& a, View v) { a.statement.options.upsert = Upsert{truth(v)}; }},
    {"arrayFilters", Types::array,
     [](Arguments& a, View v) { a.statement.options.array_filters = documents_of("arrayFilters", v); }},
    {"let", Types::object, [](Arguments& a, View v) { a.let = document_of(v); }},
    {"hint", Types::any, [](Arguments& a, View v) { a.statement.hint = Hint(v); }},
    {"collation", Types::object, [](Arguments&, View v) { check_collation(v); }},
    {"bypassDocumentValidation", Types::boolean_or_number},  // there are no validators
};

void check(const Arguments& arguments) {
    const auto refuse = [](std::string_view message) { throw Error(Code::invalid_argument, message, {.mongo = 9}); };
    if (!arguments.remove && !arguments.has_update) refuse("findAndModify needs an update or remove");
    if (!arguments.remove) return arguments.statement.check();
    if (arguments.has_update) refuse("findAndModify cannot both remove and update");
    if (arguments.return_new) refuse("findAndModify cannot return what it has removed as new");
    if (arguments.statement.options.upsert == Upsert::yes) refuse("findAndModify cannot both remove and upsert");
}

FindOneAndResult remove(Collection& collection, const Arguments& arguments) {
    return collection.find_one_and_delete(arguments.statement.filter, {.sort = arguments.statement.options.sort,
                                                                       .projection = arguments.projection,
                                                                       .let = arguments.let,
                                                                       .hint = arguments.statement.options.hint,
                                                                       .control = arguments.control});
}

FindOneAndResult modify(Collection& collection, const Arguments& arguments) {
    const UpdateStatement& statement = arguments.statement;
    const FindOneAndUpdateOptions options{.sort = statement.options.sort,
                                          .projection = arguments.projection,
                                          .image = arguments.return_new ? Return::after : Return::before,
                                          .upsert = statement.options.upsert,
                                          .array_filters = statement.options.array_filters,
                                          .let = arguments.let,
                                          .hint = statement.options.hint,
                                          .control = arguments.control};
    if (const auto* replacement = std::get_if<Replacement>(&statement.update)) {
        return collection.find_one_and_replace(statement.filter, replacement->document, options);
    }
    if (const auto* pipeline = std::get_if<Pipeline>(&statement.update)) {
        return collection.find_one_and_update(statement.filter, *pipeline, options);
    }
    return collection.find_one_and_update(statement.filter, std::get<Document>(statement.update), options);
}

Arguments read_arguments(const Invocation& invocation) {
    auto arguments = parse<Arguments>(invocation, fields);
    check(arguments);
    UpdateStatement& statement = arguments.statement;
    statement.options.hint = statement.hint.resolved(invocation.database, arguments.collection, arguments.control);
    return arguments;
}

}  // namespace

Document find_and_modify(const Invocation& invocation) {
    const auto arguments = read_arguments(invocation);
    Collection collection = invocation.collection(arguments.collection);
    const FindOneAndResult result = arguments.remove ? remove(collection, arguments) : modify(collection, arguments);
    ObjectBuilder last;
    last.add("n", result.matched || result.upserted_id ? 1 : 0);
    if (!arguments.remove) last.add("updatedExisting", result.matched);
    if (result.upserted_id) last.add("upserted", *result.upserted_id);
    ObjectBuilder reply;
    reply.add_encoded("lastErrorObject", last.finish());
    if (result.record) {
        reply.add_encoded("value", result.record->document.cbor());
    } else {
        reply.add("value", nullptr);
    }
    return reply.reply();
}

ExplainedQuery find_and_modify_query(const Invocation& invocation) {
    const auto arguments = read_arguments(invocation);
    const UpdateStatement& statement = arguments.statement;
    return {.collection = arguments.collection,
            .filter = statement.filter,
            .options = {.sort = statement.options.sort,
                        .limit = 1,
                        .hint = statement.options.hint,
                        .let = arguments.let,
                        .control = arguments.control},
            .stage = arguments.remove ? "DELETE" : "UPDATE"};
}

}  // namespace sheaf::commands
