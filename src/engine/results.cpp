#include <sheaf/json.hpp>
#include <sheaf/results.hpp>

#include "document/encoder.hpp"

namespace sheaf {

std::string ExpectedVersion::text() const {
    switch (kind_) {
        case Kind::any:
            return "any version";
        case Kind::exactly:
            return "version " + std::to_string(version_.value);
        case Kind::exists:
            return "the document to exist";
        case Kind::absent:
            return "the document not to exist";
    }
    return "";
}

namespace {

std::string acknowledged(Object rest) {
    Object result({{"acknowledged", true}});
    for (Member& member : rest) result.append(std::move(member.key), std::move(member.value));
    return to_json(Value(std::move(result)));
}

}  // namespace

std::string to_json(const InsertOneResult& result) {
    return acknowledged({{"insertedId", result.inserted_id}});
}

std::string to_json(const InsertManyResult& result) {
    return acknowledged({{"insertedCount", result.inserted_count()}, {"insertedIds", Array(result.inserted_ids)}});
}

std::string to_json(const UpdateResult& result) {
    Object object({{"matchedCount", result.matched_count}, {"modifiedCount", result.modified_count}});
    if (result.upserted_id) object.append("upsertedId", *result.upserted_id);
    return acknowledged(std::move(object));
}

std::string to_json(const DeleteResult& result) {
    return acknowledged({{"deletedCount", result.deleted_count}});
}

std::string to_json(const BulkWriteResult& result) {
    Object ids;
    for (const auto& [index, id] : result.upserted_ids) ids.append(std::to_string(index), id);
    Object object({{"insertedCount", result.inserted_count},
                   {"matchedCount", result.matched_count},
                   {"modifiedCount", result.modified_count},
                   {"deletedCount", result.deleted_count},
                   {"upsertedCount", result.upserted_count},
                   {"upsertedIds", std::move(ids)}});
    Array failures;
    for (const auto& [index, error] : result.failures) {
        failures.push_back(Value::object({{"index", static_cast<std::int64_t>(index)},
                                          {"code", std::string(info(error.code()).name)},
                                          {"message", std::string(error.message())}}));
    }
    if (!failures.empty()) object.append("failures", std::move(failures));
    return acknowledged(std::move(object));
}

std::string to_json(const RestoreResult& result) {
    return acknowledged({{"restoredCount", result.restored_count}});
}
std::string to_json(const PurgeResult& result) {
    return acknowledged({{"purgedCount", result.purged_count}});
}

Document Record::with_system_fields() const {
    const View body = document.view();
    Bytes bytes;
    bytes.reserve(document.cbor().size() + 64);
    Encoder out(bytes);
    out.begin_object(body.size() + (archived ? 4 : 3));
    for (const auto& [key, value] : body.members()) {
        out.key(key);
        out.raw(value.encoded());
    }
    out.key("_version");
    out.integer(version.value);
    out.key("_created");
    out.datetime(created);
    out.key("_updated");
    out.datetime(updated);
    if (archived) {
        out.key("_archived");
        out.boolean(true);
    }
    return Document::from_trusted(std::move(bytes));
}

}  // namespace sheaf
