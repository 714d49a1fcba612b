// The commands about indexes: so far each collection has that of _id, and no other can be made.
#include <sheaf/error.hpp>

#include "commands/cursor_reply.hpp"
#include "commands/options.hpp"

namespace sheaf::commands {

namespace {

struct ListArguments : CommonArguments {
    Batch batch{};
};

constexpr Field<ListArguments> list_fields[] = {
    {"listIndexes", Types::any, [](ListArguments& a, View v) { a.collection = collection_name(v); }},
    {"cursor", Types::object, [](ListArguments& a, View v) { take_cursor("listIndexes.cursor", v, a.batch); }},
    {"includeBuildUUIDs", Types::boolean_or_number},
    {"includeIndexBuildInfo", Types::boolean_or_number},
};

}  // namespace

Document list_indexes(const Invocation& invocation) {
    const auto arguments = parse<ListArguments>(invocation, list_fields);
    if (!invocation.database.has_collection(arguments.collection, arguments.control)) {
        throw Error(Code::not_found, "there is no collection " + arguments.collection,
                    {.collection = arguments.collection});
    }
    std::vector<Document> indexes{Document{{"v", 2}, {"key", Value::object({{"_id", 1}})}, {"name", "_id_"}}};
    return first_batch(invocation, open_cursor(arguments.collection, std::move(indexes)), arguments.batch,
                       arguments.control);
}

Document no_indexes_yet(const Invocation& invocation) {
    refuse_option(invocation.definition.name);
}

}  // namespace sheaf::commands
