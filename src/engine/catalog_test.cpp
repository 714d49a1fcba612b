// The description of a collection, byte by byte and field by field, and what the catalog remembers of it.
#include <gtest/gtest.h>

#include "document/cbor.hpp"
#include "engine/catalog.hpp"
#include "support/open_store.hpp"

namespace sheaf {
namespace {

using engine::CollectionRecord;
using engine::encode_description;
using engine::IndexRecord;
using engine::parse_description;
using testing::error_of;

IndexRecord on_x() {
    IndexRecord index;
    index.name = "x_1";
    index.table = "_sheaf_i.1";
    index.definition = {R"({"x": 1})"_json, {.name = "x_1"}};
    return index;
}

TEST(Description, IsADocumentOfFewFields) {
    CollectionRecord record;
    record.add(on_x());
    EXPECT_EQ(cbor::diagnostic(encode_description(record)),
              R"({"v": 1, "hasArchived": false, "indexes": )"
              R"([{"name": "x_1", "table": "_sheaf_i.1", "key": {"x": 1}}]})");
    EXPECT_EQ(encode_description(record),
              "\xA3\x61v\x01\x6BhasArchived\xF4\x67indexes\x81\xA3\x64name\x63x_1\x65table"
              "\x6A_sheaf_i.1\x63key\xA1\x61x\x01");
    EXPECT_TRUE(parse_description({}, {}).indexes.empty());
    EXPECT_TRUE(parse_description({}, {}).has_archived) << "an older sheaf has not kept count";
}

TEST(Description, KeepsEverything) {
    CollectionRecord record{.has_archived = true};
    IndexRecord second = on_x();
    second.name = second.definition.options.name = "second";
    second.definition.options.partial = R"({"y": {"$gt": 5}})"_json;
    second.definition.options.expire_after = std::chrono::seconds(60);
    second.definition.options.unique = second.definition.options.nulls_distinct = true;
    second.state = IndexState::building;
    second.built_to = 12345;
    second.multikey = 5;
    second.cut = true;
    IndexRecord first = on_x();
    first.name = first.definition.options.name = "first";
    first.definition.options.sparse = true;
    record.add(second);
    record.add(first);
    const auto info = parse_description(encode_description(record), {});
    EXPECT_TRUE(info.has_archived);
    ASSERT_EQ(info.indexes.size(), 2U);
    EXPECT_EQ(info.indexes[0]->name, "first");
    EXPECT_TRUE(info.indexes[0]->definition.options.sparse);
    const engine::Index& read = *info.find("second");
    EXPECT_TRUE(read.definition.same_as(second.definition));
    EXPECT_EQ(read.definition.options.expire_after, std::chrono::seconds(60));
    EXPECT_EQ(read.table, "_sheaf_i.1");
    EXPECT_EQ(read.state, IndexState::building);
    EXPECT_EQ(read.built_to, 12345);
    EXPECT_EQ(read.multikey, 5U);
    EXPECT_TRUE(read.cut);
    EXPECT_EQ(read.keys.fields().size(), 1U);
    EXPECT_TRUE(read.partial.matches({R"({"y": 6})"_json.view(), {}}));
    EXPECT_FALSE(read.partial.matches({R"({"y": 5})"_json.view(), {}}));
    EXPECT_EQ(encode_description(info.record()), encode_description(record));
}

Code code_for(const Document& description) {
    return error_of([&] { parse_description(description.cbor(), {}); }).code();
}

TEST(Description, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(code_for(R"({"v": 2})"_json), Code::unsupported);
    EXPECT_EQ(code_for(R"({"v": 1, "validator": {}})"_json), Code::unsupported);
    EXPECT_EQ(code_for(R"({"v": 1, "indexes": [{"name": "a", "hidden": true}]})"_json), Code::unsupported);
    EXPECT_EQ(code_for({}), Code::corrupt);
    EXPECT_EQ(code_for(R"({"v": "1"})"_json), Code::corrupt);
    EXPECT_EQ(code_for(R"({"v": 1, "indexes": [{"name": "a", "key": {"x": 1}}]})"_json), Code::corrupt);
    EXPECT_EQ(code_for(R"({"v": 1, "indexes": [{"name": "a", "table": "t", "key": {"x": 0}}]})"_json), Code::corrupt);
    EXPECT_EQ(code_for(R"({"v": 1, "indexes": [{"name": "a", "table": "t", "key": 5}]})"_json), Code::corrupt);
    EXPECT_EQ(code_for(R"({"v": 1, "indexes": [{"name": "a", "table": "t", "key": {"x": 1}, "state": "new"}]})"_json),
              Code::corrupt);
    EXPECT_EQ(code_for(R"({"v": 1, "indexes": [{"name": "a", "table": "t", "key": {"x": 1}, "multikey": -1}]})"_json),
              Code::corrupt);
    Bytes cut_short = encode_description({});
    cut_short.pop_back();
    EXPECT_EQ(error_of([&] { parse_description(cut_short, {}); }).code(), Code::corrupt);
}

TEST(Catalog, ReadsWhatBelongsToTheSnapshot) {
    testing::OpenStore open;
    Collection a = open.database.collection("a");
    a.insert_one(R"({"_id": 1})"_json);
    engine::Catalog& catalog = open.store->catalog();
    const auto before = open.store->backend().begin({});
    const auto first = catalog.find(*before, "a");
    EXPECT_EQ(catalog.find(*before, "a"), first) << "read once";
    EXPECT_EQ(catalog.find(*before, "none"), nullptr);
    a.create_index(R"({"x": 1})"_json);
    const auto after = open.store->backend().begin({});
    EXPECT_EQ(catalog.find(*after, "a")->indexes.size(), 1U);
    EXPECT_TRUE(catalog.find(*before, "a")->indexes.empty());
    const auto writing = open.store->backend().begin({.mode = driver::Mode::write});
    writing->rename_table("a", "b");
    EXPECT_EQ(catalog.find(*writing, "b")->indexes.size(), 1U);
    EXPECT_EQ(catalog.find(*writing, "a"), nullptr);
    EXPECT_EQ(catalog.find(*after, "b"), nullptr) << "what a transaction has changed is its own";
}

TEST(Catalog, ACollectionWithADamagedDescriptionCanBeDropped) {
    testing::OpenStore open;
    open.database.create_collection("a");
    const auto tx = open.store->backend().begin({.mode = driver::Mode::write});
    tx->describe_table("a", "\x01");
    tx->commit();
    EXPECT_EQ(error_of([&] { open.database.collection("a").list_indexes(); }).code(), Code::corrupt);
    EXPECT_TRUE(open.database.drop_collection("a"));
}

TEST(Description, OfACollectionShowsItsFields) {
    testing::OpenStore open;
    Collection a = open.database.collection("a");
    a.create_index(R"({"n": 1})"_json);
    a.insert_many(std::vector{R"({"_id": 1, "n": 1, "tags": ["x", {"k": 1}]})"_json,
                              R"({"_id": 2, "n": "one", "at": {"city": "Kyoto"}})"_json, R"({"_id": 3})"_json});
    a.delete_one(R"({"_id": 3})"_json, {.mode = Delete::soft});
    const CollectionDescription description = a.describe();
    EXPECT_EQ(description.to_document(), R"({"name": "a", "documents": 3, "sampled": 2, "hasArchived": true, "fields": [
        {"path": "_id", "types": ["integer"], "documents": 2},
        {"path": "at", "types": ["object"], "documents": 1},
        {"path": "at.city", "types": ["string"], "documents": 1},
        {"path": "n", "types": ["integer", "string"], "documents": 2},
        {"path": "tags", "types": ["array", "object", "string"], "documents": 1},
        {"path": "tags.k", "types": ["integer"], "documents": 1}],
        "indexes": [{"v": 2, "key": {"n": 1}, "name": "n_1"}]})"_json);
    EXPECT_EQ(a.describe({.sample = 1}).sampled, 1);
    EXPECT_TRUE(open.database.collection("none").describe().fields.empty());
}

TEST(Stats, CountEntriesAndLargeScans) {
    testing::OpenStore open;
    Collection a = open.database.collection("a");
    a.create_index(R"({"tags": 1})"_json);
    a.insert_one(R"({"_id": 1, "tags": ["x", "y"]})"_json);
    open.store->note_large_scan("a");
    const DatabaseStats stats = open.database.stats();
    ASSERT_EQ(stats.collections.size(), 1U);
    EXPECT_EQ(stats.collections[0].indexes.at(0).entries, 2);
    EXPECT_TRUE(stats.collections[0].indexes.at(0).multikey);
    EXPECT_EQ(stats.collections[0].large_scans, 1);
}

}  // namespace
}  // namespace sheaf
