#include "engine/catalog.hpp"

#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"

namespace sheaf::engine {

namespace {

constexpr std::int64_t description_format = 1;

[[noreturn]] void fail_corrupt(const std::string& why) {
    throw Error(Code::corrupt, "the description of a collection is damaged: " + why);
}

[[noreturn]] void fail_newer(std::string_view what) {
    throw Error(Code::unsupported, "the description of a collection has " + std::string(what) +
                                       ", which a newer sheaf has written; open the store with that one");
}

// One member of the description of an index: how it is read, and how it is written where it is not the default.
struct Member {
    std::string_view name;
    void (*read)(IndexRecord& index, View value);
    bool (*is_set)(const IndexRecord& index);
    void (*write)(Encoder& out, const IndexRecord& index);
};

bool always(const IndexRecord&) {
    return true;
}

IndexState state_of(std::string_view name) {
    if (name == "ready") return IndexState::ready;
    if (name == "building") return IndexState::building;
    fail_corrupt("an index is in the state \"" + std::string(name) + "\"");
}

Document document_of(View value) {
    if (!value.is_object()) fail_corrupt("keys or a filter of an index are not an object");
    return Document::from_trusted(Bytes(value.encoded()));
}

constexpr Member index_members[] = {
    {"name", [](IndexRecord& i, View v) { i.name = i.definition.options.name = v.string(); }, always,
     [](Encoder& out, const IndexRecord& i) { out.string(i.name); }},
    {"table", [](IndexRecord& i, View v) { i.table = v.string(); }, always,
     [](Encoder& out, const IndexRecord& i) { out.string(i.table); }},
    {"key", [](IndexRecord& i, View v) { i.definition.keys = document_of(v); }, always,
     [](Encoder& out, const IndexRecord& i) { out.raw(i.definition.keys.cbor()); }},
    {"unique", [](IndexRecord& i, View v) { i.definition.options.unique = v.boolean(); },
     [](const IndexRecord& i) { return i.definition.options.unique; },
     [](Encoder& out, const IndexRecord&) { out.boolean(true); }},
    {"nullsDistinct", [](IndexRecord& i, View v) { i.definition.options.nulls_distinct = v.boolean(); },
     [](const IndexRecord& i) { return i.definition.options.nulls_distinct; },
     [](Encoder& out, const IndexRecord&) { out.boolean(true); }},
    {"sparse", [](IndexRecord& i, View v) { i.definition.options.sparse = v.boolean(); },
     [](const IndexRecord& i) { return i.definition.options.sparse; },
     [](Encoder& out, const IndexRecord&) { out.boolean(true); }},
    {"partialFilterExpression", [](IndexRecord& i, View v) { i.definition.options.partial = document_of(v); },
     [](const IndexRecord& i) { return i.definition.options.partial.has_value(); },
     [](Encoder& out, const IndexRecord& i) { out.raw(i.definition.options.partial->cbor()); }},
    {"expireAfterSeconds",
     [](IndexRecord& i, View v) { i.definition.options.expire_after = std::chrono::seconds(v.integer()); },
     [](const IndexRecord& i) { return i.definition.options.expire_after.has_value(); },
     [](Encoder& out, const IndexRecord& i) { out.integer(i.definition.options.expire_after->count()); }},
    {"state", [](IndexRecord& i, View v) { i.state = state_of(v.string()); },
     [](const IndexRecord& i) { return i.state == IndexState::building; },
     [](Encoder& out, const IndexRecord&) { out.string("building"); }},
    {"builtTo", [](IndexRecord& i, View v) { i.built_to = v.integer(); },
     [](const IndexRecord& i) { return i.built_to != 0; },
     [](Encoder& out, const IndexRecord& i) { out.integer(i.built_to); }},
    {"multikey",
     [](IndexRecord& i, View v) {
         if (v.integer() < 0 || v.integer() > UINT32_MAX) fail_corrupt("the multikey fields of an index");
         i.multikey = static_cast<std::uint32_t>(v.integer());
     },
     [](const IndexRecord& i) { return i.multikey != 0; },
     [](Encoder& out, const IndexRecord& i) { out.integer(static_cast<std::int64_t>(i.multikey)); }},
    {"cut", [](IndexRecord& i, View v) { i.cut = v.boolean(); }, [](const IndexRecord& i) { return i.cut; },
     [](Encoder& out, const IndexRecord&) { out.boolean(true); }},
};

IndexRecord parse_index(View description) {
    IndexRecord index;
    for (const auto& [key, value] : description.members()) {
        const std::string_view name = key;
        const auto* const member = std::find_if(std::begin(index_members), std::end(index_members),
                                                [&](const Member& known) { return known.name == name; });
        if (member == std::end(index_members)) fail_newer("an index with \"" + std::string(name) + "\"");
        member->read(index, value);
    }
    if (index.name.empty() || index.table.empty()) fail_corrupt("an index has no name or no table");
    return index;
}

void encode_index(Encoder& out, const IndexRecord& index) {
    const auto is_set = [&](const Member& member) { return member.is_set(index); };
    out.begin_object(
        static_cast<std::uint64_t>(std::count_if(std::begin(index_members), std::end(index_members), is_set)));
    for (const Member& member : index_members) {
        if (!is_set(member)) continue;
        out.key(member.name);
        member.write(out, index);
    }
}

// {"$or": [{"a": {"$exists": true}}, ...]}
Document has_a_field(const query::IndexKeys& keys) {
    Array branches;
    for (const query::IndexField& field : keys.fields()) {
        branches.push_back(Value::object({{field.text, Value::object({{"$exists", true}})}}));
    }
    return Document({{"$or", Value(std::move(branches))}});
}

CollectionRecord parse_trusting(View description) {
    const View format = description["v"];
    if (!format) fail_corrupt("it has no version");
    if (format.integer() != description_format) fail_newer("version " + std::to_string(format.integer()));
    CollectionRecord record;
    for (const auto& [key, value] : description.members()) {
        if (key == "hasArchived") {
            record.has_archived = value.boolean();
        } else if (key == "indexes") {
            for (const View index : value.elements()) record.indexes.push_back(parse_index(index));
        } else if (key != "v") {
            fail_newer("\"" + std::string(key) + "\"");
        }
    }
    return record;
}

// What is damaged shows itself as a value of another type or a filter that cannot be understood.
template <typename Parse>
auto corrupt_unless_parsed(const Parse& parse) {
    try {
        return parse();
    } catch (const Error& error) {
        const Code code = error.code();
        if (code == Code::corrupt || code == Code::unsupported || code == Code::limit_exceeded) throw;
        fail_corrupt(std::string(error.message()));
    }
}

}  // namespace

Index::Index(IndexRecord record, const Limits& limits)
    : IndexRecord(std::move(record)), keys(query::IndexKeys::parse(definition.keys.view(), limits)) {
    if (definition.options.partial) partial = query::Filter::parse(*definition.options.partial, limits);
    if (definition.options.sparse) partial = query::Filter::parse(has_a_field(keys), limits);
}

IndexInfo IndexRecord::info() const {
    return {.name = name, .definition = definition, .state = state, .multikey = multikey != 0};
}

IndexRecord* CollectionRecord::find(std::string_view name) {
    const auto found =
        std::find_if(indexes.begin(), indexes.end(), [&](const IndexRecord& index) { return index.name == name; });
    return found == indexes.end() ? nullptr : &*found;
}

void CollectionRecord::add(IndexRecord index) {
    const auto place =
        std::find_if(indexes.begin(), indexes.end(), [&](const IndexRecord& i) { return index.name < i.name; });
    indexes.insert(place, std::move(index));
}

void CollectionRecord::remove(std::string_view name) {
    std::erase_if(indexes, [&](const IndexRecord& index) { return index.name == name; });
}

const Index* CollectionInfo::find(std::string_view name) const {
    const auto found =
        std::find_if(indexes.begin(), indexes.end(), [&](const auto& index) { return index->name == name; });
    return found == indexes.end() ? nullptr : found->get();
}

CollectionRecord CollectionInfo::record() const {
    CollectionRecord record{.has_archived = has_archived};
    for (const auto& index : indexes) record.indexes.push_back(*index);
    return record;
}

CollectionRecord parse_record(BytesView description) {
    if (description.empty()) return {.has_archived = true};  // a sheaf without descriptions has made it
    return corrupt_unless_parsed([&] { return parse_trusting(View(description)); });
}

CollectionInfo parse_description(BytesView description, const Limits& limits) {
    CollectionRecord record = parse_record(description);
    CollectionInfo info{.has_archived = record.has_archived};
    for (IndexRecord& index : record.indexes) {
        info.indexes.push_back(
            corrupt_unless_parsed([&] { return std::make_shared<const Index>(std::move(index), limits); }));
    }
    return info;
}

Bytes encode_description(const CollectionRecord& record) {
    Bytes bytes;
    Encoder out(bytes);
    out.begin_object(3);
    out.key("v");
    out.integer(description_format);
    out.key("hasArchived");
    out.boolean(record.has_archived);
    out.key("indexes");
    out.begin_array(record.indexes.size());
    for (const IndexRecord& index : record.indexes) encode_index(out, index);
    return bytes;
}

std::shared_ptr<const CollectionInfo> read_collection_info(driver::Transaction& tx, std::string_view collection,
                                                           const Limits& limits) {
    const std::optional<driver::TableInfo> table = tx.find_table(collection);
    if (!table || table->kind != driver::TableKind::documents) return nullptr;
    return std::make_shared<const CollectionInfo>(parse_description(table->description, limits));
}

Catalog::Shelf& Catalog::own_shelf() {
    return shelves_[std::hash<std::thread::id>()(std::this_thread::get_id()) % shelves];
}

std::shared_ptr<const CollectionInfo> Catalog::find(driver::Transaction& tx, std::string_view collection) {
    const std::uint64_t stamp = tx.catalog_stamp();
    if (stamp == 0) return read_collection_info(tx, collection, limits_);
    Shelf& shelf = own_shelf();
    {
        const std::scoped_lock lock(shelf.mutex);
        if (shelf.stamp == stamp) {
            const auto found = shelf.known.find(collection);
            if (found != shelf.known.end()) return found->second;
        }
    }
    auto info = read_collection_info(tx, collection, limits_);  // without the lock: it may read the medium
    if (info == nullptr) return info;                           // names that nobody has are without number
    const std::scoped_lock lock(shelf.mutex);
    if (shelf.stamp != stamp) {
        shelf.known.clear();
        shelf.stamp = stamp;
    }
    shelf.known.insert_or_assign(std::string(collection), info);
    return info;
}

}  // namespace sheaf::engine
