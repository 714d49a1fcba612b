// The commands about databases. A store is one database, under the name by which a command addresses it ($db).
#include "commands/command.hpp"
#include "commands/reply.hpp"
#include "query/filter/filter.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

void check_is_one(CommonArguments&, View value) {
    if (truncated_number("dropDatabase", value, INT64_MIN) == 1) return;
    query::fail(Code::invalid_argument, 5255100, "dropDatabase must be 1, not " + query::describe(value),
                "dropDatabase");
}

constexpr Field<CommonArguments> drop_fields[] = {
    {"dropDatabase", Types::number, check_is_one, Need::required},
};

struct ListArguments : CommonArguments {
    Document filter{};
    bool name_only = false;
};

constexpr Field<ListArguments> list_fields[] = {
    {"listDatabases", Types::any},
    {"filter", Types::object, [](ListArguments& a, View v) { a.filter = document_of(v); }},
    {"nameOnly", Types::boolean, [](ListArguments& a, View v) { a.name_only = v.boolean(); }},
    {"authorizedDatabases", Types::boolean},
};

}  // namespace

Document drop_database(const Invocation& invocation) {
    const auto arguments = parse<CommonArguments>(invocation, drop_fields);
    const std::string name = invocation.database_name();
    if (name == "admin" || name == "config" || name == "local") {
        query::fail(Code::invalid_argument, 20, "the database " + name + " cannot be dropped", "$db");
    }
    const auto drop_all = [](Transaction& tx) {
        for (const std::string& each : tx.list_collections()) tx.drop_collection(each);
    };
    invocation.database.run_in_transaction(drop_all, {.control = arguments.control});
    invocation.store->cursors().clear();
    return ObjectBuilder().reply();
}

Document list_databases(const Invocation& invocation) {
    const auto arguments = parse<ListArguments>(invocation, list_fields);
    const auto filter = query::Filter::parse(arguments.filter, invocation.limits());
    const auto collections = invocation.database.list_collections(arguments.control);
    const auto bytes = static_cast<std::int64_t>(invocation.store->backend().statistics().bytes);
    Object info{{"name", "sheaf"}};
    if (!arguments.name_only) {
        info.set("sizeOnDisk", Value::long_integer(bytes));
        info.set("empty", collections.empty());
    }
    const Document database(info);
    ArrayBuilder found;
    if (filter.matches({database.view(), {}})) found.add(database.cbor());
    ObjectBuilder reply;
    reply.add_encoded("databases", found.finish());
    if (!arguments.name_only) reply.add("totalSize", Value::long_integer(bytes));
    return reply.reply();
}

}  // namespace sheaf::commands
