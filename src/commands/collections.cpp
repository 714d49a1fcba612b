// The commands about collections: create, drop, renameCollection, listCollections, dropDatabase, listDatabases.
#include <sheaf/error.hpp>

#include <algorithm>

#include "commands/cursor_reply.hpp"
#include "commands/options.hpp"
#include "commands/reply.hpp"
#include "query/filter/filter.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

constexpr Field<CommonArguments> create_fields[] = {
    {"create", Types::any, [](CommonArguments& a, View v) { a.collection = collection_name(v); }},
    {"capped", Types::boolean_or_number, [](CommonArguments&, View v) { if (truth(v)) refuse_option("capped"); }},
    {"collation", Types::object, [](CommonArguments&, View v) { check_collation(v); }},
    {"validationLevel", Types::string},
    {"validationAction", Types::string},
    {"validator", Types::object, [](CommonArguments&, View v) { if (v.size() > 0) refuse_option("validator"); }},
    {"viewOn", Types::string, [](CommonArguments&, View) { refuse_option("viewOn"); }},
    {"pipeline", Types::array, [](CommonArguments&, View) { refuse_option("pipeline"); }},
    {"timeseries", Types::object, [](CommonArguments&, View) { refuse_option("timeseries"); }},
    {"clusteredIndex", Types::any, [](CommonArguments&, View) { refuse_option("clusteredIndex"); }},
    {"expireAfterSeconds", Types::number, [](CommonArguments&, View) { refuse_option("expireAfterSeconds"); }},
    {"size", Types::number, [](CommonArguments&, View) { refuse_option("size"); }},
    {"max", Types::number, [](CommonArguments&, View) { refuse_option("max"); }},
    {"changeStreamPreAndPostImages", Types::object,
     [](CommonArguments&, View) { refuse_option("changeStreamPreAndPostImages"); }},
    {"encryptedFields", Types::object, [](CommonArguments&, View) { refuse_option("encryptedFields"); }},
    {"idIndex", Types::object, [](CommonArguments&, View) { refuse_option("idIndex"); }},
    {"indexOptionDefaults", Types::object, [](CommonArguments&, View) { refuse_option("indexOptionDefaults"); }},
    {"storageEngine", Types::object, [](CommonArguments&, View) { refuse_option("storageEngine"); }},
};

constexpr Field<CommonArguments> drop_fields[] = {
    {"drop", Types::any, [](CommonArguments& a, View v) { a.collection = collection_name(v); }, Need::not_null},
};

struct RenameArguments : CommonArguments {
    std::string to{};
    bool drop_target = false;
};

constexpr Field<RenameArguments> rename_fields[] = {
    {"renameCollection", Types::string,
     [](RenameArguments& a, View v) { a.collection = collection_of_namespace(v.string()); }, Need::required},
    {"to", Types::string, [](RenameArguments& a, View v) { a.to = collection_of_namespace(v.string()); },
     Need::required},
    {"dropTarget", Types::boolean, [](RenameArguments& a, View v) { a.drop_target = v.boolean(); }, Need::not_null},
    {"stayTemp", Types::boolean},
    {"collectionUUID", Types::any, [](RenameArguments&, View) { refuse_option("collectionUUID"); }},
};

struct ListArguments : CommonArguments {
    Document filter{};
    Batch batch{};
    bool name_only = false;
};

constexpr Field<Batch> cursor_fields[] = {
    {"batchSize", Types::number, [](Batch& b, View v) { b.size = truncated_number("batchSize", v); }},
};

constexpr Field<ListArguments> list_fields[] = {
    {"listCollections", Types::any},
    {"filter", Types::object, [](ListArguments& a, View v) { a.filter = document_of(v); }},
    {"nameOnly", Types::boolean, [](ListArguments& a, View v) { a.name_only = v.boolean(); }},
    {"cursor", Types::object,
     [](ListArguments& a, View v) { parse_fields<Batch>(v, "listCollections.cursor", cursor_fields, a.batch); }},
    {"authorizedCollections", Types::boolean},
};

Document collection_info(const std::string& name, bool name_only) {
    Object info{{"name", name}, {"type", "collection"}};
    if (!name_only) {
        info.set("options", Object());
        info.set("info", Value::object({{"readOnly", false}}));
        info.set("idIndex", Value::object({{"v", 2}, {"key", Value::object({{"_id", 1}})}, {"name", "_id_"}}));
    }
    return Document(info);
}

}  // namespace

Document create(const Invocation& invocation) {
    const auto arguments =
        parse<CommonArguments>(invocation.command, "create", create_fields, invocation.control);
    invocation.database.create_collection(arguments.collection, arguments.control);
    return ObjectBuilder().reply();
}

Document drop(const Invocation& invocation) {
    const auto arguments = parse<CommonArguments>(invocation.command, "drop", drop_fields, invocation.control);
    const bool dropped = invocation.database.drop_collection(arguments.collection, arguments.control);
    if (!dropped) return ObjectBuilder().reply();
    invocation.store->cursors().kill_all_of(arguments.collection);
    return ObjectBuilder().add("nIndexesWas", 1).add("ns", invocation.namespace_of(arguments.collection)).reply();
}

Document rename_collection(const Invocation& invocation) {
    const auto arguments =
        parse<RenameArguments>(invocation.command, "renameCollection", rename_fields, invocation.control);
    if (arguments.collection == arguments.to) {
        query::fail(Code::invalid_argument, 20, "a collection cannot be renamed to itself", "to");
    }
    const auto rename = [&](Transaction& tx) {
        if (arguments.drop_target) tx.drop_collection(arguments.to);
        tx.rename_collection(arguments.collection, arguments.to);
    };
    invocation.database.run_in_transaction(rename, {.control = arguments.control});
    for (const std::string& name : {arguments.collection, arguments.to}) {
        invocation.store->cursors().kill_all_of(name);
    }
    return ObjectBuilder().reply();
}

Document list_collections(const Invocation& invocation) {
    const auto arguments =
        parse<ListArguments>(invocation.command, "listCollections", list_fields, invocation.control);
    const auto filter = query::Filter::parse(arguments.filter, invocation.limits());
    std::vector<Document> found;
    for (const std::string& name : invocation.database.list_collections(arguments.control)) {
        Document info = collection_info(name, false);
        if (!filter.matches({info.view(), {}})) continue;
        found.push_back(arguments.name_only ? collection_info(name, true) : std::move(info));
    }
    return first_batch(invocation, open_cursor("$cmd.listCollections", std::move(found)), arguments.batch,
                       arguments.control);
}

}  // namespace sheaf::commands
