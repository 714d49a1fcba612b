#include "model/player.hpp"

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "model/model.hpp"

namespace sheaf::model {

namespace {

using Kind = Operation::Kind;

std::string text(const UpdateResult& result) {
    return "matched " + std::to_string(result.matched_count) + " modified " + std::to_string(result.modified_count) +
           (result.upserted_id ? " upserted " + to_json(*result.upserted_id) : "");
}

std::string changed(std::int64_t count) {
    return "changed " + std::to_string(count);
}

std::string text(Cursor cursor) {
    std::string shown;
    while (auto record = cursor.next()) {
        shown += "\n    " + show(record->document.to_object(), record->version.value, record->archived);
    }
    return shown;
}

std::string write(Collection collection, const Operation& operation) {
    const Document filter(operation.selector.object());
    UpdateOptions update_options;
    update_options.expected_version = operation.expected;
    update_options.upsert = operation.upsert ? Upsert::yes : Upsert::no;
    DeleteOptions delete_options;
    delete_options.expected_version = operation.expected;
    delete_options.mode = operation.soft ? Delete::soft : Delete::hard;
    ArchiveOptions archive_options;
    archive_options.expected_version = operation.expected;
    switch (operation.kind) {
        case Kind::update_one:
            return text(collection.update_one(filter, Document(operation.change.object()), update_options));
        case Kind::update_many:
            return text(collection.update_many(filter, Document(operation.change.object()), update_options));
        case Kind::replace_one:
            return text(collection.replace_one(filter, Document(operation.documents.front()), update_options));
        case Kind::delete_one:
            return changed(collection.delete_one(filter, delete_options).deleted_count);
        case Kind::delete_many:
            return changed(collection.delete_many(filter, delete_options).deleted_count);
        case Kind::restore:
            return changed(collection.restore(filter, archive_options).restored_count);
        default:
            return changed(collection.purge(filter, archive_options).purged_count);
    }
}

std::string insert(Collection collection, const Operation& operation) {
    std::vector<Document> documents;
    for (const Object& one : operation.documents) documents.emplace_back(one);
    InsertOptions options;
    options.expected_version = operation.expected;
    return "inserted " + std::to_string(collection.insert_many(documents, options).inserted_count());
}

std::string read(const Collection& collection, const Operation& operation) {
    const Document filter(operation.selector.object());
    const Archived archived = operation.include_archived ? Archived::include : Archived::exclude;
    if (operation.kind == Kind::count) {
        CountOptions options;
        options.archived = archived;
        return "counted " + std::to_string(collection.count_documents(filter, options));
    }
    FindOptions options;
    options.archived = archived;
    return "found" + text(collection.find(filter, options));
}

void rename(Database& database, const Operation& operation) {
    database.rename(operation.collection, operation.new_name);
}

void rename(Transaction& transaction, const Operation& operation) {
    transaction.rename_collection(operation.collection, operation.new_name);
}

template <typename Place>
std::string play_on(Place& place, const Operation& operation) {
    try {
        switch (operation.kind) {
            case Kind::insert_many:
                return insert(place.collection(operation.collection), operation);
            case Kind::find:
            case Kind::count:
                return read(place.collection(operation.collection), operation);
            case Kind::create:
                place.create_collection(operation.collection);
                return "created";
            case Kind::drop:
                return place.drop_collection(operation.collection) ? "dropped 1" : "dropped 0";
            case Kind::rename:
                rename(place, operation);
                return "renamed";
            default:
                return write(place.collection(operation.collection), operation);
        }
    } catch (const Error& error) {
        return "error " + std::string(info(error.code()).name);
    }
}

}  // namespace

std::string play(Database& database, const Operation& operation) {
    return play_on(database, operation);
}

std::string play(Transaction& transaction, const Operation& operation) {
    return play_on(transaction, operation);
}

std::string contents(const Database& database) {
    std::string shown;
    FindOptions options;
    options.archived = Archived::include;
    for (const std::string& name : database.list_collections()) {
        shown += name + ":" + text(database.collection(name).find({}, options)) + "\n";
    }
    return shown;
}

}  // namespace sheaf::model
