#include "query/update/finished.hpp"

#include "document/encoder.hpp"
#include "query/operand.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

namespace {

constexpr std::string_view context = "the updated document: ";

void check_computed_key(std::string_view key, bool inserting) {
    if (system_field(key) != SystemField::none) {
        fail(Code::invalid_update, "the pipeline makes the system field " + std::string(key), key);
    }
    if (!inserting && is_operator(key)) {
        fail(Code::invalid_update, 52, "the pipeline makes the key \"" + std::string(key) + "\", which begins with $",
             key);
    }
}

}  // namespace

Document finished(const Value& root, Bytes bytes, const Limits& limits) {
    try {
        check_value(root, limits);
    } catch (const Error& error) {
        throw error.with_context(context);
    }
    if (bytes.size() > limits.document_bytes) {
        fail(Code::limit_exceeded,
             "the updated document of " + std::to_string(bytes.size()) + " bytes is over the limit of " +
                 std::to_string(limits.document_bytes),
             {});
    }
    return Document::from_trusted(std::move(bytes));
}

void keep_id(Object& document, View before, const Modification& modification) {
    const Value* after = document.find("_id");
    const Bytes bytes = after == nullptr ? Bytes() : encode(*after);
    if (after != nullptr && compare(before, View(bytes)) == 0) {
        document.set("_id", before.to_value());
        return;
    }
    refuse(Code::immutable_field, 0, modification.target(),
           "_id cannot be changed from " + describe(before) + (after == nullptr ? "" : " to " + describe(View(bytes))));
}

Object with_id_first(Object object) {
    const Value* id = object.find("_id");
    if (id == nullptr || object.begin()->key == "_id") return object;
    Object result;
    result.append("_id", *id);
    for (Member& member : object) {
        if (member.key != "_id") result.append(std::move(member.key), std::move(member.value));
    }
    return result;
}

Document finished_pipeline(View computed, View before, bool inserting, const Limits& limits) {
    View id = computed["_id"];
    if (const View old = before["_id"]) {
        if (id && compare(id, old) != 0) {
            fail(Code::immutable_field, "the pipeline cannot change _id from " + describe(old) + " to " + describe(id),
                 "_id");
        }
        id = old;
    }
    Bytes bytes;
    Encoder encoder(bytes);
    encoder.begin_object(computed.size() + (id ? 1U : 0U) - (computed["_id"] ? 1U : 0U));
    if (id) {
        encoder.key("_id");
        encoder.raw(id.encoded());
    }
    for (const auto& [key, value] : computed.members()) {
        if (key == "_id") continue;
        check_computed_key(key, inserting);
        encoder.key(key);
        encoder.raw(value.encoded());
    }
    try {
        return Document::from_cbor(bytes, limits);  // expressions make values that a document cannot hold
    } catch (const Error& error) {
        throw error.with_context(context);
    }
}

}  // namespace sheaf::query
