#include "commands/write_errors.hpp"
#include "engine/batch_insert.hpp"

namespace sheaf::commands {

namespace {

struct Arguments : WriteArguments {
    std::vector<Document> documents{};
};

constexpr Field<Arguments> fields[] = {
    {"insert", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }},
    {"documents", Types::array, [](Arguments& a, View v) { a.documents = documents_of("documents", v); },
     Need::required},
    {"ordered", Types::boolean, [](Arguments& a, View v) { a.ordered = v.boolean(); }},
    {"bypassDocumentValidation", Types::boolean_or_number},  // there are no validators
};

}  // namespace

Document insert(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    const std::vector<Document>& documents = arguments.documents;
    check_statements("documents", documents.size());
    Collection collection = invocation.collection(arguments.collection);
    std::size_t inserted = 0;
    WriteErrors errors(arguments.ordered);
    engine::insert_in_batches(collection, documents, arguments.ordered ? Order::ordered : Order::unordered,
                              arguments.control, inserted,
                              [&](std::size_t index, const Error& error) { errors.add(index, error); });
    ObjectBuilder reply;
    reply.add("n", inserted);
    errors.add_to(reply);
    return reply.reply();
}

}  // namespace sheaf::commands
