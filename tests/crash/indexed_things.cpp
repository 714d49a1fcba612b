#include "crash/indexed_things.hpp"

#include <algorithm>
#include <utility>

namespace sheaf::crash {

namespace {

Document with_id(std::int64_t id) {
    return Document({{"_id", id}});
}

Document thing(std::int64_t id, std::int64_t number) {
    Array tags;
    for (std::int64_t tag = 0; tag < 1 + id % 4; ++tag) tags.emplace_back("tag " + std::to_string((number + tag) % 7));
    const auto padding = static_cast<std::size_t>(id % 9 == 0 ? 3'000 : 30);
    return Document({{"_id", id},
                     {"serial", "serial " + std::to_string(id)},
                     {"tags", Value(std::move(tags))},
                     {"group", id % 5},
                     {"size", number * 10 + id % 3},
                     {"padding", std::string(padding, 'p')}});
}

constexpr std::int64_t per_transaction = 4;

std::vector<Value> ids(Cursor cursor) {
    std::vector<Value> found;
    while (auto record = cursor.next()) found.push_back(record->id().to_value());
    std::sort(found.begin(), found.end(),
              [](const Value& a, const Value& b) { return a.as_integer().value < b.as_integer().value; });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::string faults_of(const Collection& collection, const IndexInfo& index) {
    const std::string name = "index " + index.name + ": ";
    if (index.state != IndexState::ready) return name + "not ready\n";
    const IndexCheck check = collection.verify_index(index.name);
    if (!check.good()) {
        return name + std::to_string(check.missing) + " missing, " + std::to_string(check.orphaned) + " orphaned\n";
    }
    FindOptions scan;
    scan.hint = "$natural";
    FindOptions by_index;
    by_index.hint = index.name;
    by_index.archived = scan.archived = Archived::include;
    if (ids(collection.find({}, scan)) != ids(collection.find({}, by_index))) return name + "finds other documents\n";
    return "";
}

}  // namespace

const std::vector<IndexDefinition>& thing_indexes() {
    using namespace literals;
    static const std::vector<IndexDefinition> made = {
        {.keys = R"({"serial": 1})"_json, .options = {.unique = true}},
        {.keys = R"({"tags": 1})"_json},
        {.keys = R"({"group": 1, "size": -1})"_json},
    };
    return made;
}

void ensure_thing_indexes(Collection things) {
    for (const IndexDefinition& index : thing_indexes()) things.ensure_index(index);
}

void change_things(Collection things, std::int64_t number) {
    const std::int64_t first = number * per_transaction;
    std::vector<Document> fresh;
    for (std::int64_t id = first; id < first + per_transaction; ++id) fresh.push_back(thing(id, number));
    things.insert_many(fresh);
    things.update_one(with_id(first + 1), Document({{"$push", Value::object({{"tags", "pushed"}})}}));
    if (number < 3) return;
    things.replace_one(with_id(first - 2 * per_transaction + 2), thing(first - 2 * per_transaction + 2, number));
    things.delete_one(with_id(first - 3 * per_transaction));
    // The serial of the one that has gone is free again; the same transaction takes it.
    const Document serial(
        {{"$set", Value::object({{"serial", "serial " + std::to_string(first - 3 * per_transaction)}})}});
    things.update_one(with_id(first + 3), serial);
    DeleteOptions soft;
    soft.mode = Delete::soft;
    if (number % 2 == 0) things.delete_one(with_id(first - per_transaction + 1), soft);
}

std::string faults_of_indexes(Database& database, const std::string& name, Unfinished unfinished) {
    Collection collection = database.collection(name);
    for (const IndexInfo& index : collection.list_indexes()) {
        if (index.state == IndexState::ready) continue;
        if (unfinished == Unfinished::finish) {
            collection.create_index(index.definition.keys, index.definition.options);
        } else if (!collection.drop_index(index.name)) {
            return "index " + index.name + " cannot be dropped\n";
        }
    }
    std::string faults;
    for (const IndexInfo& index : collection.list_indexes()) faults += faults_of(collection, index);
    return faults;
}

}  // namespace sheaf::crash
