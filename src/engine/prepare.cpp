#include "engine/prepare.hpp"

#include <algorithm>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/depth.hpp"
#include "document/encoder.hpp"
#include "document/key.hpp"

namespace sheaf::engine {

namespace {

[[noreturn]] void refuse_system_field(std::string_view key, std::string_view why) {
    throw Error(Code::invalid_document,
                std::string(key) + " is a system field, which sheaf keeps itself; " + std::string(why),
                {.path = std::string(key)});
}

// What an insert has to know of a document, in one walk over its members.
struct Inspected {
    View id;
    bool id_is_first = false;
};

Inspected inspect(const Document& document, const Limits& limits) {
    Inspected found;
    std::size_t depth = 0;
    bool first = true;
    for (const auto& [key, value] : document.view().members()) {
        if (key.starts_with('_')) {
            if (query::system_field(key) != query::SystemField::none) refuse_system_field(key, "leave it out");
            if (key == "_id") found = {value, first};
        }
        depth = std::max(depth, depth_of(value));
        first = false;
    }
    require_within(document.cbor().size(), depth + 1, limits);
    return found;
}

// The document with `id` (encoded) first, followed by the other members but the system fields.
Bytes with_id_first(View document, BytesView id) {
    std::uint64_t members = 1;
    for (const auto& [key, value] : document.members()) {
        if (key != "_id" && query::system_field(key) == query::SystemField::none) ++members;
    }
    Bytes body;
    body.reserve(document.encoded().size() + id.size() + 16);
    Encoder out(body);
    out.begin_object(members);
    out.key("_id");
    out.raw(id);
    for (const auto& [key, value] : document.members()) {
        if (key == "_id" || query::system_field(key) != query::SystemField::none) continue;
        out.key(key);
        out.raw(value.encoded());
    }
    return body;
}

bool equals_system_field(query::SystemField field, View value, const driver::RowMeta& meta) {
    const Type type = value.type();
    switch (field) {
        case query::SystemField::version:
            return type == Type::integer && value.integer() == meta.version.value;
        case query::SystemField::created:
            return type == Type::datetime && value.datetime() == meta.created;
        case query::SystemField::updated:
            return type == Type::datetime && value.datetime() == meta.updated;
        case query::SystemField::archived:
            return type == Type::boolean && value.boolean() == meta.archived;
        case query::SystemField::none:
            break;
    }
    return false;
}

}  // namespace

Prepared prepare_insert(const Document& document, Store& store) {
    const auto [id, id_is_first] = inspect(document, store.limits());
    Prepared prepared;
    if (id) {
        prepared.key = encode_id(id, store.limits());
        if (id_is_first) {
            prepared.given = document.cbor();
        } else {
            prepared.changed = with_id_first(document.view(), id.encoded());
        }
    } else {
        const Bytes fresh = encode(Value(store.new_id()));
        prepared.key = encode_key(View(fresh));
        prepared.changed = with_id_first(document.view(), fresh);
        require_within(prepared.changed->size(), 1, store.limits());
    }
    return prepared;
}

Prepared prepare_record(const Record& record, Store& store) {
    if (!record.id()) throw Error(Code::invalid_id, "a record to be put back has no _id", {.path = "_id"});
    constexpr std::int64_t max_version = 9'007'199'254'740'991;  // 2^53 - 1: leaves room to rise, and is exact in JSON
    if (record.version.value < 1 || record.version.value > max_version) {
        throw Error(Code::invalid_document,
                    "_version is " + std::to_string(record.version.value) + "; versions go from 1 to " +
                        std::to_string(max_version),
                    {.path = "_version"});
    }
    Prepared prepared = prepare_insert(record.document, store);
    prepared.meta = {
        .version = record.version, .archived = record.archived, .created = record.created, .updated = record.updated};
    return prepared;
}

void check_replacement(const Document& replacement) {
    const auto first = replacement.view().members().begin();
    if (first == nullptr || !(*first).key.starts_with('$')) return;
    const std::string op((*first).key);
    throw Error(Code::invalid_update,
                "a replacement begins with the operator " + op + "; use update to apply operators",
                {.path = op, .op = op});
}

Bytes prepare_replacement(const Document& replacement, const driver::RowView& row, const Limits& limits) {
    const View old_id = View(row.body)["_id"];
    for (const auto& [key, value] : replacement.view().members()) {
        const query::SystemField field = query::system_field(key);
        if (field != query::SystemField::none && !equals_system_field(field, value, row.meta)) {
            refuse_system_field(key, "it may be left out or have its present value");
        }
        if (key == "_id" && compare(value, old_id) != 0) {
            throw Error(Code::immutable_field,
                        "_id cannot be changed from " + to_json(old_id) + " to " + to_json(value),
                        {.id = to_json(old_id), .path = "_id"});
        }
    }
    Bytes body = with_id_first(replacement.view(), old_id.encoded());
    require_within(body.size(), depth_of(View(body)), limits);
    return body;
}

}  // namespace sheaf::engine
