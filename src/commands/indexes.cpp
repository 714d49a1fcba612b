// The commands about indexes: createIndexes, dropIndexes, listIndexes.
#include <sheaf/error.hpp>

#include <algorithm>
#include <set>
#include <span>

#include "commands/cursor_reply.hpp"
#include "commands/index_spec.hpp"
#include "commands/options.hpp"
#include "commands/reply.hpp"
#include "engine/index_definition.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

[[noreturn]] void fail_without_collection(const std::string& name) {
    throw Error(Code::not_found, "there is no collection " + name, {.collection = name});
}

struct CreateArguments : CommonArguments {
    View indexes{};
};

constexpr Field<CreateArguments> create_fields[] = {
    {"createIndexes", Types::any, [](CreateArguments& a, View v) { a.collection = collection_name(v); }},
    {"indexes", Types::array, [](CreateArguments& a, View v) { a.indexes = v; }, Need::required_not_null},
    refused<CreateArguments>("commitQuorum", Types::any),
    refused<CreateArguments>("ignoreUnknownIndexOptions", Types::boolean),
};

std::set<std::string> names_of(const Collection& collection, const Control& control) {
    std::set<std::string> names;
    for (IndexInfo& index : collection.list_indexes(control)) names.insert(std::move(index.name));
    return names;
}

// All or none: what has been made is dropped when one cannot be made.
void make(Collection& collection, const std::vector<IndexDefinition>& wanted, const std::set<std::string>& there,
          const Control& control) {
    std::set<std::string> made;
    try {
        for (const IndexDefinition& each : wanted) {
            std::string name = collection.create_index(each.keys, each.options, {.control = control});
            if (name != engine::id_index && !there.contains(name)) made.insert(std::move(name));
        }
    } catch (const Error&) {
        for (const std::string& name : made) collection.drop_index(name);
        throw;
    }
}

}  // namespace

Document create_indexes(const Invocation& invocation) {
    const auto arguments = parse<CreateArguments>(invocation, create_fields);
    const std::vector<Document> specs = documents_of("indexes", arguments.indexes);
    if (specs.empty()) query::fail(Code::invalid_argument, 2, "indexes must name at least one index", "indexes");
    if (arguments.collection.starts_with("system.")) {
        throw Error(Code::invalid_name, arguments.collection + " is a system collection, which has no indexes");
    }
    std::vector<IndexDefinition> wanted;
    for (const Document& spec : specs) wanted.push_back(parse_index_spec(spec.view(), invocation.limits()));
    Collection collection = invocation.collection(arguments.collection);
    const bool was_there = invocation.database.has_collection(arguments.collection, arguments.control);
    const std::set<std::string> before = names_of(collection, arguments.control);
    make(collection, wanted, before, arguments.control);
    const std::set<std::string> after = names_of(collection, arguments.control);
    ObjectBuilder reply;
    reply.add("numIndexesBefore", before.size() + 1).add("numIndexesAfter", after.size() + 1);
    reply.add("createdCollectionAutomatically", !was_there);
    if (after == before) reply.add("note", "all indexes already exist");
    return reply.reply();
}

namespace {

struct DropArguments : CommonArguments {
    View index{};
};

constexpr Field<DropArguments> drop_fields[] = {
    {"dropIndexes", Types::any, [](DropArguments& a, View v) { a.collection = collection_name(v); }},
    {"index", Types::any, [](DropArguments& a, View v) { a.index = v; }, Need::required},
};

[[noreturn]] void fail_not_found(View index) {
    query::fail(Code::not_found, 27, "there is no index " + query::describe(index), "index");
}

[[noreturn]] void fail_of_id() {
    query::fail(Code::invalid_argument, 72, "the index of _id cannot be dropped", "index");
}

std::string named(View name, std::span<const IndexInfo> indexes) {
    if (name.type() != Type::string) {
        query::fail(Code::type_mismatch, 14, "index must have names, not " + query::describe(name), "index");
    }
    if (name.string() == engine::id_index) fail_of_id();
    for (const IndexInfo& each : indexes) {
        if (each.name == name.string()) return each.name;
    }
    fail_not_found(name);
}

std::string with_keys(View keys, std::span<const IndexInfo> indexes) {
    if (same_keys(keys, id_index_keys().view())) fail_of_id();
    const IndexInfo* found = nullptr;
    for (const IndexInfo& each : indexes) {
        if (!same_keys(each.definition.keys.view(), keys)) continue;
        if (found != nullptr) {
            query::fail(Code::invalid_argument, 181,
                        found->name + " and " + each.name + " have these keys: drop one by its name", "index");
        }
        found = &each;
    }
    if (found == nullptr) fail_not_found(keys);
    return found->name;
}

// The names of the indexes that are to go: "*" is all but that of _id.
std::vector<std::string> chosen(View index, std::span<const IndexInfo> indexes) {
    std::vector<std::string> names;
    if (index.is_object()) {
        names.push_back(with_keys(index, indexes));
    } else if (index.is_array()) {
        for (const View name : index.elements()) {
            names.push_back(named(name, indexes));
            if (std::count(names.begin(), names.end(), names.back()) > 1) fail_not_found(name);
        }
    } else if (index.type() == Type::string && index.string() == "*") {
        for (const IndexInfo& each : indexes) names.push_back(each.name);
    } else {
        names.push_back(named(index, indexes));
    }
    return names;
}

}  // namespace

Document drop_indexes(const Invocation& invocation) {
    const auto arguments = parse<DropArguments>(invocation, drop_fields);
    if (!invocation.database.has_collection(arguments.collection, arguments.control)) {
        fail_without_collection(arguments.collection);
    }
    std::size_t before = 0;
    const auto drop = [&](Transaction& tx) {
        Collection collection = tx.collection(arguments.collection);
        const std::vector<IndexInfo> indexes = collection.list_indexes();
        before = indexes.size() + 1;
        for (const std::string& name : chosen(arguments.index, indexes)) collection.drop_index(name);
    };
    invocation.database.run_in_transaction(drop, {.control = arguments.control});
    return ObjectBuilder().add("nIndexesWas", before).reply();
}

namespace {

struct ListArguments : CommonArguments {
    Batch batch{};
    bool build_info = false;
    bool build_ids = false;
};

constexpr Field<ListArguments> list_fields[] = {
    {"listIndexes", Types::any, [](ListArguments& a, View v) { a.collection = collection_name(v); }},
    {"cursor", Types::object, [](ListArguments& a, View v) { take_cursor("listIndexes.cursor", v, a.batch); }},
    {"includeBuildUUIDs", Types::boolean_or_number, [](ListArguments& a, View v) { a.build_ids = truth(v); }},
    {"includeIndexBuildInfo", Types::boolean_or_number, [](ListArguments& a, View v) { a.build_info = truth(v); }},
};

}  // namespace

Document list_indexes(const Invocation& invocation) {
    const auto arguments = parse<ListArguments>(invocation, list_fields);
    if (arguments.build_info && arguments.build_ids) {
        query::fail(Code::invalid_argument, 72, "includeBuildUUIDs and includeIndexBuildInfo exclude each other",
                    "includeIndexBuildInfo");
    }
    if (!invocation.database.has_collection(arguments.collection, arguments.control)) {
        fail_without_collection(arguments.collection);
    }
    std::vector<Document> listed{Document{{"v", 2}, {"key", id_index_keys().to_object()}, {"name", engine::id_index}}};
    for (const IndexInfo& index : invocation.collection(arguments.collection).list_indexes(arguments.control)) {
        listed.push_back(index.to_document());
    }
    if (arguments.build_info) {
        for (Document& each : listed) each = Document{{"spec", each.to_object()}};
    }
    return first_batch(invocation, open_cursor(arguments.collection, std::move(listed)), arguments.batch,
                       arguments.control);
}

}  // namespace sheaf::commands
