// The commands about collections: create, drop, renameCollection, listCollections.
#include <sheaf/error.hpp>

#include <algorithm>

#include "commands/cursor_reply.hpp"
#include "commands/options.hpp"
#include "commands/reply.hpp"
#include "query/filter/filter.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

struct CreateArguments : CommonArguments {
    std::string_view alone{};  // an option that says more about another one, which is not there
};

constexpr Field<CreateArguments> create_fields[] = {
    {"create", Types::any, [](CreateArguments& a, View v) { a.collection = collection_name(v); }},
    {"capped", Types::boolean_or_number,
     [](CreateArguments& a, View v) {
         if (truth(v)) a.refuse("capped");
     }},
    {"size", Types::number, [](CreateArguments& a, View) { a.alone = "size"; }},
    {"max", Types::number, [](CreateArguments& a, View) { a.alone = "max"; }},
    refused<CreateArguments>("viewOn", Types::string),
    {"pipeline", Types::array, [](CreateArguments& a, View) { a.alone = "pipeline"; }},
    refused<CreateArguments>("timeseries", Types::object),
    {"expireAfterSeconds", Types::number, [](CreateArguments& a, View) { a.alone = "expireAfterSeconds"; }},
    {"validator", Types::object,
     [](CreateArguments& a, View v) {
         if (v.size() > 0) a.refuse("validator");
     }},
    {"validationLevel", Types::string,
     [](CreateArguments&, View v) {
         check_one_of("validationLevel", v, {"off", "strict", "moderate"});
     }},
    {"validationAction", Types::string,
     [](CreateArguments&, View v) {
         check_one_of("validationAction", v, {"error", "warn", "errorAndLog"});
     }},
    {"collation", Types::object, [](CreateArguments&, View v) { check_collation(v); }},
    refused<CreateArguments>("clusteredIndex", Types::any),
    refused<CreateArguments>("changeStreamPreAndPostImages", Types::object),
    refused<CreateArguments>("encryptedFields", Types::object),
    refused<CreateArguments>("idIndex", Types::object),
    refused<CreateArguments>("indexOptionDefaults", Types::object),
    refused<CreateArguments>("storageEngine", Types::object),
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
    refused<RenameArguments>("collectionUUID", Types::any),
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
    const auto arguments = parse<CreateArguments>(invocation, create_fields);
    if (!arguments.alone.empty()) {
        query::fail(Code::invalid_argument, 72, std::string(arguments.alone) + " is for another kind of collection",
                    arguments.alone);
    }
    invocation.database.create_collection(arguments.collection, arguments.control);
    return ObjectBuilder().reply();
}

Document drop(const Invocation& invocation) {
    const auto arguments = parse<CommonArguments>(invocation, drop_fields);
    bool dropped = false;
    std::size_t indexes = 0;
    const auto drop_it = [&](Transaction& tx) {
        indexes = tx.collection(arguments.collection).list_indexes().size() + 1;  // and that of _id
        dropped = tx.drop_collection(arguments.collection);
    };
    invocation.database.run_in_transaction(drop_it, {.control = arguments.control});
    if (!dropped) return ObjectBuilder().reply();
    invocation.store->cursors().kill_all_of(arguments.collection);
    return ObjectBuilder().add("nIndexesWas", indexes).add("ns", invocation.namespace_of(arguments.collection)).reply();
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
