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
    {"capped", Types::boolean_or_number,
     [](CommonArguments& a, View v) {
         if (truth(v)) a.refuse("capped");
     }},
    {"collation", Types::object, [](CommonArguments&, View v) { check_collation(v); }},
    {"validationLevel", Types::string,
     [](CommonArguments&, View v) {
         check_one_of("validationLevel", v, {"off", "strict", "moderate"});
     }},
    {"validationAction", Types::string,
     [](CommonArguments&, View v) {
         check_one_of("validationAction", v, {"error", "warn", "errorAndLog"});
     }},
    {"validator", Types::object,
     [](CommonArguments& a, View v) {
         if (v.size() > 0) a.refuse("validator");
     }},
    {"viewOn", Types::string, [](CommonArguments& a, View) { a.refuse("viewOn"); }},
    {"pipeline", Types::array, [](CommonArguments& a, View) { a.refuse("pipeline"); }},
    {"timeseries", Types::object, [](CommonArguments& a, View) { a.refuse("timeseries"); }},
    {"clusteredIndex", Types::any, [](CommonArguments& a, View) { a.refuse("clusteredIndex"); }},
    {"expireAfterSeconds", Types::number, [](CommonArguments& a, View) { a.refuse("expireAfterSeconds"); }},
    {"size", Types::number, [](CommonArguments& a, View) { a.refuse("size"); }},
    {"max", Types::number, [](CommonArguments& a, View) { a.refuse("max"); }},
    {"changeStreamPreAndPostImages", Types::object,
     [](CommonArguments& a, View) { a.refuse("changeStreamPreAndPostImages"); }},
    {"encryptedFields", Types::object, [](CommonArguments& a, View) { a.refuse("encryptedFields"); }},
    {"idIndex", Types::object, [](CommonArguments& a, View) { a.refuse("idIndex"); }},
    {"indexOptionDefaults", Types::object, [](CommonArguments& a, View) { a.refuse("indexOptionDefaults"); }},
    {"storageEngine", Types::object, [](CommonArguments& a, View) { a.refuse("storageEngine"); }},
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
    {"collectionUUID", Types::any, [](RenameArguments& a, View) { a.refuse("collectionUUID"); }},
};

struct ListArguments : CommonArguments {
    Document filter{};
    Batch batch{};
    bool name_only = false;
};

constexpr Field<ListArguments> list_fields[] = {
    {"listCollections", Types::any},
    {"filter", Types::object, [](ListArguments& a, View v) { a.filter = document_of(v); }},
    {"nameOnly", Types::boolean, [](ListArguments& a, View v) { a.name_only = v.boolean(); }},
    {"cursor", Types::object, [](ListArguments& a, View v) { take_cursor("listCollections.cursor", v, a.batch); }},
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
    const auto arguments = parse<CommonArguments>(invocation, create_fields);
    invocation.database.create_collection(arguments.collection, arguments.control);
    return ObjectBuilder().reply();
}

Document drop(const Invocation& invocation) {
    const auto arguments = parse<CommonArguments>(invocation, drop_fields);
    const bool dropped = invocation.database.drop_collection(arguments.collection, arguments.control);
    if (!dropped) return ObjectBuilder().reply();
    invocation.store->cursors().kill_all_of(arguments.collection);
    return ObjectBuilder().add("nIndexesWas", 1).add("ns", invocation.namespace_of(arguments.collection)).reply();
}

Document rename_collection(const Invocation& invocation) {
    const auto arguments = parse<RenameArguments>(invocation, rename_fields);
    for (const std::string& name : {arguments.collection, arguments.to}) {
        if (name.starts_with("system.")) {
            query::fail(Code::invalid_argument, 20, name + " is a system collection, which cannot be renamed", "to");
        }
    }
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
    const auto arguments = parse<ListArguments>(invocation, list_fields);
    const auto filter = query::Filter::parse(arguments.filter, invocation.limits());
    std::vector<Document> found;
    for (const std::string& name : invocation.database.list_collections(arguments.control)) {
        Document info = collection_info(name, arguments.name_only);
        if (filter.matches({info.view(), {}})) found.push_back(std::move(info));
    }
    return first_batch(invocation, open_cursor("$cmd.listCollections", std::move(found)), arguments.batch,
                       arguments.control);
}

}  // namespace sheaf::commands
