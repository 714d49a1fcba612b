#include "commands/write_errors.hpp"

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

// All at once, which is much faster; false when one is refused, and then none is there.
bool insert_together(Collection& collection, const Arguments& arguments) {
    try {
        collection.insert_many(arguments.documents, {.control = arguments.control});
        return true;
    } catch (const Error& error) {
        if (!is_of_statement(error)) throw;
        return false;
    }
}

}  // namespace

Document insert(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    const std::vector<Document>& documents = arguments.documents;
    check_statements("documents", documents.size());
    Collection collection = invocation.collection(arguments.collection);
    std::size_t inserted = 0;
    WriteErrors errors(arguments.ordered);
    if (documents.size() > 1 && insert_together(collection, arguments)) {
        inserted = documents.size();
    } else {
        const auto insert_at = [&](std::size_t i) {
            collection.insert_one(documents[i], {.control = arguments.control});
            ++inserted;
        };
        for (std::size_t i = 0; i < documents.size(); ++i) {
            if (!errors.run(i, [&] { insert_at(i); })) break;
        }
    }
    ObjectBuilder reply;
    reply.add("n", inserted);
    errors.add_to(reply);
    return reply.reply();
}

}  // namespace sheaf::commands
