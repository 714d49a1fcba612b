// Indexes by their effects: what they hold after writes, what unique ones refuse, how they live and go.
#include <gtest/gtest.h>

#include <random>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include "engine/index_entries.hpp"
#include "support/open_store.hpp"

namespace sheaf {
namespace {

using testing::error_of;
using testing::expect_good;
using testing::open_memory_store;

TEST(Index, NamesItselfByItsKeys) {
    Database database = open_memory_store();
    Collection a = database.collection("a");
    EXPECT_EQ(a.create_index(R"({"x": 1})"_json), "x_1");
    EXPECT_EQ(a.create_index(R"({"b.c": -1, "d": 1})"_json), "b.c_-1_d_1");
    EXPECT_EQ(a.create_index(R"({"y": 1})"_json, {.name = "mine"}), "mine");
    const auto indexes = a.list_indexes();
    ASSERT_EQ(indexes.size(), 3U);
    EXPECT_EQ(indexes[0].name, "b.c_-1_d_1");
    EXPECT_EQ(indexes[1].name, "mine");
    EXPECT_EQ(indexes[2].to_document(), R"({"v": 2, "key": {"x": 1}, "name": "x_1"})"_json);
    EXPECT_EQ(database.list_collections(), std::vector<std::string>{"a"}) << "tables of indexes are no collections";
}

TEST(Index, ThatOfIdIsAlwaysThere) {
    Collection a = open_memory_store().collection("a");
    EXPECT_EQ(a.create_index(R"({"_id": 1})"_json), "_id_");
    EXPECT_TRUE(a.list_indexes().empty());
    EXPECT_EQ(error_of([&] { a.drop_index("_id_"); }).mongo_code(), 72);
    EXPECT_EQ(error_of([&] { a.create_index(R"({"_id": -1})"_json); }).mongo_code(), 2);
    EXPECT_EQ(error_of([&] { a.create_index(R"({"a": 1})"_json, {.name = "_id_"}); }).mongo_code(), 2);
    EXPECT_EQ(
        error_of([&] { a.create_index(R"({"_id": 1})"_json, {.expire_after = std::chrono::seconds(1)}); }).mongo_code(),
        197);
}

TEST(Index, RefusesWhatItCannotBe) {
    Collection a = open_memory_store().collection("a");
    const auto number = [&](const Document& keys, const IndexOptions& options) {
        return error_of([&] { a.create_index(keys, options); }).mongo_code();
    };
    const Document x = R"({"x": 1})"_json;
    EXPECT_EQ(number({}, {}), 67);
    EXPECT_EQ(number(x, {.name = std::string(256, 'n')}), 67);
    EXPECT_EQ(number(x, {.name = "*"}), 2);
    EXPECT_EQ(number(x, {.name = "\xFF"}), 2);
    EXPECT_EQ(number(x, {.nulls_distinct = true}), 67);
    EXPECT_EQ(number(x, {.sparse = true, .partial = R"({"x": 1})"_json}), 67);
    EXPECT_EQ(number(R"({"x": 1, "y": 1})"_json, {.expire_after = std::chrono::seconds(1)}), 67);
    EXPECT_EQ(number(x, {.expire_after = std::chrono::seconds(-1)}), 67);
    EXPECT_EQ(number(x, {.expire_after = std::chrono::seconds(std::int64_t{1} << 31)}), 67);
    EXPECT_EQ(number(x, {.partial = R"({"x": {"$ne": 1}})"_json}), 67);
    EXPECT_EQ(number(x, {.partial = R"({"$nor": [{"x": 1}]})"_json}), 67);
    EXPECT_EQ(number(x, {.partial = R"({"x": {"$exists": false}})"_json}), 67);
    EXPECT_EQ(number(x, {.partial = R"({"_archived": true})"_json}), 67);
    EXPECT_EQ(number(x, {.partial = R"({"$expr": {"$gt": ["$x", 5]}})"_json}), 224);
    const Document large({{"x", std::string(70'000, 'x')}});
    EXPECT_EQ(error_of([&] { a.create_index(x, {.partial = large}); }).code(), Code::limit_exceeded);
    EXPECT_TRUE(a.list_indexes().empty());
    for (int i = 0; i < 63; ++i) a.create_index(Document({{"f" + std::to_string(i), 1}}));
    EXPECT_EQ(number(x, {}), 67) << "63 and that of _id are the most";
    EXPECT_EQ(a.create_index(R"({"f7": 1})"_json), "f7_1");
}

TEST(Index, EqualOnesAreFineAndOthersConflict) {
    Collection a = open_memory_store().collection("a");
    const Document keys = R"({"x": 1})"_json;
    const IndexOptions hour{.expire_after = std::chrono::hours(1)};
    a.create_index(keys, hour);
    EXPECT_EQ(a.create_index(R"({"x": 1.0})"_json, {.name = "x_1", .expire_after = std::chrono::hours(1)}), "x_1");
    EXPECT_EQ(error_of([&] { a.create_index(keys); }).mongo_code(), 85);
    EXPECT_EQ(
        error_of([&] { a.create_index(keys, {.name = "other", .expire_after = hour.expire_after}); }).mongo_code(), 85);
    EXPECT_EQ(error_of([&] { a.create_index(keys, {.unique = true}); }).mongo_code(), 86);
    EXPECT_EQ(error_of([&] { a.create_index(R"({"y": 1})"_json, {.name = "x_1"}); }).code(), Code::conflict);
    EXPECT_EQ(a.create_index(keys, {.name = "sparse", .sparse = true}), "sparse") << "another signature";
    EXPECT_EQ(a.list_indexes().size(), 2U);
}

TEST(Index, EnsureBuildsAnewWhatIsDefinedOtherwise) {
    Collection a = open_memory_store().collection("a");
    a.insert_one(R"({"_id": 1, "x": 1, "y": 2})"_json);
    const IndexDefinition x{R"({"x": 1})"_json, {.name = "i"}};
    const IndexDefinition y{R"({"y": 1})"_json, {.name = "i", .unique = true}};
    EXPECT_EQ(a.ensure_index(x), IndexChange::created);
    EXPECT_EQ(a.ensure_index(x), IndexChange::none);
    EXPECT_EQ(a.ensure_index({R"({"x": 1})"_json, {.name = "another name"}}), IndexChange::none);
    EXPECT_EQ(a.ensure_index(y), IndexChange::rebuilt);
    EXPECT_TRUE(a.list_indexes().at(0).definition.same_as(y));
    EXPECT_EQ(a.ensure_index({R"({"_id": 1})"_json, {}}), IndexChange::none);
    expect_good(a);
}

TEST(Index, StaleOnesAreFoundByDefinition) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json);
    a.create_index(R"({"y": 1})"_json, {.name = "old"});
    a.create_index(R"({"z": 1})"_json, {.sparse = true});
    const std::vector<IndexDefinition> wanted{{R"({"y": 1})"_json, {.name = "new"}}, {R"({"z": 1})"_json, {}}};
    const StaleIndexes said = a.drop_stale_indexes(wanted, DryRun::yes);
    EXPECT_EQ(said.dropped, (std::vector<std::string>{"x_1", "z_1"}));
    EXPECT_EQ(said.kept, std::vector<std::string>{"old"});
    EXPECT_EQ(a.list_indexes().size(), 3U);
    EXPECT_EQ(a.drop_stale_indexes(wanted).dropped, said.dropped);
    EXPECT_EQ(a.list_indexes().size(), 1U);
}

TEST(Index, GoesWithItsCollection) {
    Database database = open_memory_store();
    Collection a = database.collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true});
    a.insert_one(R"({"_id": 1, "x": 1})"_json);
    a.rename("b");
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": 2, "x": 1})"_json); }).code(), Code::duplicate_key);
    EXPECT_TRUE(database.collection("a").list_indexes().empty());
    expect_good(a);
    EXPECT_EQ(error_of([&] { database.rename("none", "c"); }).message(), "there is no collection \"none\"");
    a.drop();
    EXPECT_TRUE(a.list_indexes().empty());
    EXPECT_FALSE(a.drop_index("x_1"));
    a.insert_one(R"({"_id": 2, "x": 1})"_json);
    a.insert_one(R"({"_id": 3, "x": 1})"_json);
}

TEST(Index, LeavesNoTableBehind) {
    testing::OpenStore open;
    Collection a = open.database.collection("a");
    a.create_index(R"({"x": 1})"_json);
    a.create_index(R"({"y": 1})"_json);
    EXPECT_EQ(open.tables().size(), 3U);
    EXPECT_TRUE(a.drop_index("x_1"));
    EXPECT_FALSE(a.drop_index("x_1"));
    EXPECT_EQ(open.tables().size(), 2U);
    a.drop();
    EXPECT_TRUE(open.tables().empty());
}

TEST(UniqueIndex, NamesIndexKeyAndBothDocuments) {
    Collection users = open_memory_store().collection("users");
    users.create_index(R"({"email": 1, "tags": -1})"_json, {.unique = true});
    users.insert_one(R"({"_id": 3, "email": "a@b", "tags": ["x", "y"]})"_json);
    const Error error = error_of([&] { users.insert_one(R"({"_id": 7, "email": "a@b", "tags": ["z", "y"]})"_json); });
    EXPECT_EQ(error.code(), Code::duplicate_key);
    EXPECT_EQ(
        error.message(),
        "document 7 breaks the unique index \"email_1_tags_-1\" of \"users\": {\"email\":\"a@b\",\"tags\":\"y\"} is "
        "taken by document 3");
    EXPECT_EQ(error.details().index, "email_1_tags_-1");
    EXPECT_EQ(error.details().key_pattern, R"({"email":1,"tags":-1})");
    EXPECT_EQ(error.details().key_value, R"({"email":"a@b","tags":"y"})");
    EXPECT_EQ(error.details().id, "7");
    const Error by_id = error_of([&] { users.insert_one(R"({"_id": 3})"_json); });
    EXPECT_EQ(by_id.details().index, "_id_");
    EXPECT_EQ(by_id.details().key_value, R"({"_id":3})");
}

TEST(UniqueIndex, FindsTheCulpritInTheSameBatch) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true});
    const std::vector<Document> documents{R"({"_id": 1, "x": 5})"_json, R"({"_id": 2, "x": 6})"_json,
                                          R"({"_id": 3, "x": 5.0})"_json};
    const Error error = error_of([&] { a.insert_many(documents); });
    EXPECT_TRUE(error.message().ends_with("{\"x\":5.0} is taken by document 1")) << error.what();
    EXPECT_EQ(a.count_documents(), 0);
    expect_good(a);
}

TEST(UniqueIndex, RefusedUpdatesLeaveNothing) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true});
    a.create_index(R"({"y": 1})"_json);
    for (int i = 0; i < 3; ++i) a.insert_one(Document({{"_id", i}, {"x", i}, {"y", i}}));
    EXPECT_EQ(error_of([&] { a.update_one(R"({"_id": 1})"_json, R"({"$set": {"x": 2, "y": 9}})"_json); }).code(),
              Code::duplicate_key);
    EXPECT_EQ(error_of([&] { a.update_many({}, R"({"$set": {"x": 7}})"_json); }).code(), Code::duplicate_key);
    EXPECT_EQ(error_of([&] { a.replace_one(R"({"_id": 1})"_json, R"({"x": 0})"_json); }).code(), Code::duplicate_key);
    EXPECT_EQ(a.get(1)->at("y").integer(), 1);
    EXPECT_EQ(a.get(1)->version, Version{1});
    a.update_one(R"({"_id": 1})"_json, R"({"$set": {"x": 1, "y": 9}})"_json);  // its own key
    expect_good(a);
}

TEST(UniqueIndex, TakesNullAndMissingForOneValue) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true});
    a.insert_one(R"({"_id": 1})"_json);
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": 2, "x": null})"_json); }).details().key_value, R"({"x":null})");
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": 3})"_json); }).code(), Code::duplicate_key);
    expect_good(a);
}

TEST(UniqueIndex, MayTakeNullsForDistinct) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1, "y": 1})"_json, {.unique = true, .nulls_distinct = true});
    a.insert_many(std::vector{R"({"_id": 1})"_json, R"({"_id": 2, "x": null})"_json, R"({"_id": 3, "x": 1})"_json,
                              R"({"_id": 4, "x": 1})"_json, R"({"_id": 5, "x": 1, "y": 1})"_json});
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": 6, "x": 1, "y": 1})"_json); }).code(), Code::duplicate_key);
    a.update_one(R"({"_id": 3})"_json, R"({"$set": {"y": 2}})"_json);
    EXPECT_EQ(error_of([&] { a.update_one(R"({"_id": 4})"_json, R"({"$set": {"y": 2}})"_json); }).code(),
              Code::duplicate_key);
    EXPECT_EQ(a.count_documents(R"({"x": 1, "y": null})"_json, {.hint = "x_1_y_1"}), 1);
    EXPECT_EQ(a.count_documents(R"({"x": null})"_json, {.hint = "x_1_y_1"}), 2);
    a.delete_one(R"({"_id": 1})"_json);
    expect_good(a);
}

TEST(UniqueIndex, SparseAndPartialOnesLeaveOut) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true, .sparse = true});
    a.create_index(R"({"y": 1})"_json, {.unique = true, .partial = R"({"y": {"$gt": 5}})"_json});
    a.insert_many(
        std::vector{R"({"_id": 1, "y": 1})"_json, R"({"_id": 2, "y": 1})"_json, R"({"_id": 3, "y": 9})"_json});
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": 4, "y": 9})"_json); }).details().index, "y_1");
    EXPECT_EQ(error_of([&] { a.update_one(R"({"_id": 1})"_json, R"({"$set": {"y": 9}})"_json); }).code(),
              Code::duplicate_key);
    a.insert_one(R"({"_id": 5, "x": null})"_json);
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": 6, "x": null})"_json); }).details().index, "x_1");
    a.update_one(R"({"_id": 3})"_json, R"({"$set": {"y": 2}})"_json);  // leaves the index
    a.update_one(R"({"_id": 1})"_json, R"({"$set": {"y": 9}})"_json);
    expect_good(a);
}

TEST(UniqueIndex, KeepsTheKeysOfArchivedDocuments) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true});
    a.insert_one(R"({"_id": 1, "x": 1})"_json);
    EXPECT_FALSE(a.describe().has_archived);
    a.delete_one(R"({"_id": 1})"_json, {.mode = Delete::soft});
    EXPECT_TRUE(a.describe().has_archived);
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": 2, "x": 1})"_json); }).code(), Code::duplicate_key);
    expect_good(a);
    a.purge({});
    a.insert_one(R"({"_id": 2, "x": 1})"_json);
    expect_good(a);
}

TEST(Index, CannotHoldParallelArrays) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1, "y": 1})"_json);
    const Error error = error_of([&] { a.insert_one(R"({"_id": 1, "x": [1], "y": [2]})"_json); });
    EXPECT_EQ(error.code(), Code::invalid_document);
    EXPECT_EQ(error.mongo_code(), 171);
    EXPECT_NE(error.message().find("x_1_y_1"), std::string_view::npos) << error.what();
    a.insert_one(R"({"_id": 1, "x": [1, 2], "y": 2})"_json);
    EXPECT_EQ(error_of([&] { a.update_one({}, R"({"$set": {"y": [1]}})"_json); }).mongo_code(), 171);
    expect_good(a);
}

TEST(Index, RaisesItsFlagsWithTheFirstDocumentThatNeedsThem) {
    Database database = open_memory_store();
    Collection a = database.collection("a");
    a.create_index(R"({"x": 1})"_json);
    a.insert_one(R"({"_id": 1, "x": 1})"_json);
    EXPECT_FALSE(a.list_indexes().at(0).multikey);
    Transaction tx = database.begin();
    tx.collection("a").insert_one(R"({"_id": 2, "x": [1, 2]})"_json);
    EXPECT_TRUE(tx.collection("a").list_indexes().at(0).multikey);
    EXPECT_FALSE(a.list_indexes().at(0).multikey);
    tx.rollback();
    EXPECT_FALSE(a.list_indexes().at(0).multikey);
    a.update_one({}, R"({"$set": {"x": [3, 4]}})"_json);
    EXPECT_TRUE(a.list_indexes().at(0).multikey);
    EXPECT_EQ(a.count_documents(R"({"x": 4})"_json), 1);
    a.update_one({}, R"({"$set": {"x": 1}})"_json);
    EXPECT_TRUE(a.list_indexes().at(0).multikey) << "never lowered";
}

// Random writes, and after each of them every index holds what the documents call for.
class RandomWrites {
public:
    explicit RandomWrites(unsigned seed) : random_(seed) {}

    Document document() {
        Object object{{"_id", number(40)}};
        for (const char* field : {"x", "y"}) {
            switch (number(6)) {
                case 0:
                    break;
                case 1:
                    object.set(field, nullptr);
                    break;
                case 2:
                    object.set(field, Value::array({number(4), number(4), std::string(2000, 'k')}));
                    break;
                case 3:
                    object.set(field, Value::object({{"z", number(9)}}));
                    break;
                default:
                    object.set(field, number(9));
            }
        }
        return Document(object);
    }

    void write(Collection& c) {
        const Document id({{"_id", number(40)}});
        const Document change({{"$set", Value::object({{"x", number(9)}})}});
        try {
            switch (number(9)) {
                case 0:
                    c.update_one(id, change);
                    break;
                case 1:
                    c.update_many(R"({"y": {"$gt": 3}})"_json, R"({"$push": {"x": 5}})"_json);
                    break;
                case 2:
                    c.replace_one(id, Document({{"y", number(20)}}), {.upsert = Upsert::yes});
                    break;
                case 3:
                    c.delete_one(id, {.mode = Delete::soft});
                    break;
                case 4:
                    c.restore({});
                    break;
                case 5:
                    c.delete_one(id);
                    break;
                case 6:
                    c.find_one_and_update(id, change, {.sort = R"({"y": 1})"_json, .upsert = Upsert::yes});
                    break;
                default:
                    c.insert_many(std::vector{document(), document()});
            }
        } catch (const Error& error) {
            const bool expected = error.code() == Code::duplicate_key || error.code() == Code::invalid_document ||
                                  error.code() == Code::invalid_update || error.code() == Code::type_mismatch;
            if (!expected) throw;
        }
    }

    int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

private:
    std::mt19937 random_;
};

TEST(Index, HoldsWhatTheDocumentsCallForAfterEveryWrite) {
    for (unsigned seed = 1; seed <= 8; ++seed) {
        Database database = open_memory_store();
        Collection a = database.collection("a");
        RandomWrites random(seed);
        a.create_index(R"({"x": 1})"_json);
        a.create_index(R"({"x": 1, "y": -1})"_json);
        a.create_index(R"({"y": -1})"_json, {.unique = true, .partial = R"({"y": {"$gt": 2}})"_json});
        a.create_index(R"({"x.z": 1})"_json, {.sparse = true});
        a.create_index(R"({"y": 1})"_json, {.name = "nulls", .unique = true, .nulls_distinct = true});
        for (int step = 0; step < 150; ++step) {
            if (random.number(10) == 0) {
                Transaction tx = database.begin();
                Collection inside = tx.collection("a");
                for (int i = 0; i < 3; ++i) {
                    try {
                        random.write(inside);
                    } catch (const Error& error) {
                        ASSERT_EQ(error.code(), Code::transaction_aborted) << error.what();
                    }
                }
                tx.rollback();
            } else {
                random.write(a);
            }
            ASSERT_NO_FATAL_FAILURE(expect_good(a)) << "seed " << seed << " step " << step;
        }
        EXPECT_GT(a.count_documents({}, {.archived = Archived::include}), 3);
    }
}

// An array with so many elements.
Value numbers(int count) {
    std::vector<Value> values;
    for (int i = 0; i < count; ++i) values.emplace_back(i);
    return Value(Array(std::move(values)));
}

TEST(Index, ABatchAddsSoManyEntriesAndNoMore) {
    testing::OpenStore open;
    open.database.collection("a").create_index(R"({"x": 1})"_json);
    const auto info = open.store->catalog().find(*open.store->backend().begin({}), "a");
    const auto body = [](int count) { return Document({{"_id", 1}, {"x", numbers(count)}}); };
    engine::IndexEntries entries(*info, 2000);
    EXPECT_EQ(entries.added(body(5).cbor()).size(), 5U);
    EXPECT_EQ(entries.changed(body(6).cbor(), body(8).cbor()).size(), 2U);
    EXPECT_GT(entries.bytes(), 7 * 100U);
    EXPECT_EQ(entries.removed(body(100).cbor()).size(), 100U) << "may always go";
    const Error error = error_of([&] { entries.added(body(20).cbor()); });
    EXPECT_EQ(error.code(), Code::limit_exceeded);
    EXPECT_NE(error.message().find("write smaller batches"), std::string_view::npos) << error.what();
}

TEST(Index, ManyEntriesAreWrittenInParts) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json);
    for (int i = 0; i < 4; ++i) a.insert_one(Document({{"_id", i}, {"x", numbers(85'000)}}));
    EXPECT_EQ(a.update_many({}, R"({"$set": {"x": 1}})"_json).modified_count, 4);
    EXPECT_EQ(a.verify_index("x_1").entries, 4);
    expect_good(a);
}

TEST(UniqueIndex, NamesTheHolderAtTheTimeOfTheWrite) {
    Collection a = open_memory_store().collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true});
    for (int i = 0; i < 3; ++i) a.insert_one(Document({{"_id", i}, {"x", 10 - i}}));
    const auto message = [&](const Document& update) {
        return std::string(error_of([&] { a.update_many({}, update); }).message());
    };
    EXPECT_TRUE(message(R"({"$set": {"x": 7}})"_json).starts_with("document 1 breaks"));
    EXPECT_TRUE(message(R"({"$set": {"x": 7}})"_json).ends_with("taken by document 0")) << "by an earlier write";
    EXPECT_TRUE(message(R"({"$inc": {"x": -1}})"_json).ends_with("taken by document 1")) << "in the store";
    EXPECT_EQ(a.update_many({}, R"({"$inc": {"x": 1}})"_json).modified_count, 3)
        << "each takes what the one before left";
    expect_good(a);
}

TEST(Index, RefusedWritesLeaveTheTransactionUsable) {
    Database database = open_memory_store();
    Collection a = database.collection("a");
    a.create_index(R"({"x": 1})"_json, {.unique = true});
    a.insert_one(R"({"_id": 1, "x": 1})"_json);
    database.run_in_transaction([](Transaction& tx) {
        Collection inside = tx.collection("a");
        EXPECT_EQ(error_of([&] { inside.insert_one(R"({"_id": 1})"_json); }).code(), Code::duplicate_key);
        EXPECT_EQ(error_of([&] { inside.insert_one(R"({"_id": 2, "x": 1})"_json); }).code(), Code::duplicate_key);
        inside.insert_one(R"({"_id": 2, "x": 2})"_json);
    });
    Transaction snapshot = database.begin({.access = Access::read});
    EXPECT_EQ(error_of([&] { snapshot.collection("a").delete_one({}); }).code(), Code::unsupported);
    EXPECT_EQ(snapshot.collection("a").count_documents(), 2);
    expect_good(a);
}

TEST(Index, VerifyFindsWhatIsMissingAndWhatIsOrphaned) {
    testing::OpenStore open;
    Collection a = open.database.collection("a");
    a.create_index(R"({"x": 1})"_json);
    for (int i = 0; i < 5; ++i) a.insert_one(Document({{"_id", i}, {"x", i}}));
    open.damage_index("a", "x_1", 3);  // takes away the pairs of the first three documents, adds two of none
    const IndexCheck check = a.verify_index("x_1");
    EXPECT_EQ(check.documents, 5);
    EXPECT_EQ(check.entries, 4);
    EXPECT_EQ(check.missing, 3);
    EXPECT_EQ(check.orphaned, 2);
    EXPECT_FALSE(check.good());
    EXPECT_EQ(error_of([&] { a.verify_index("none"); }).mongo_code(), 27);
}

TEST(Index, IsMadeAndDroppedInsideATransaction) {
    Database database = open_memory_store();
    Collection a = database.collection("a");
    for (int i = 0; i < 20; ++i) a.insert_one(Document({{"_id", i}, {"x", i}}));
    {
        Transaction tx = database.begin();
        tx.collection("a").create_index(R"({"x": 1})"_json, {.unique = true});
        EXPECT_EQ(error_of([&] { tx.collection("a").insert_one(R"({"_id": 99, "x": 1})"_json); }).code(),
                  Code::duplicate_key);
    }
    EXPECT_TRUE(a.list_indexes().empty());
    database.run_in_transaction([](Transaction& tx) { tx.collection("a").create_index(R"({"x": 1})"_json); });
    EXPECT_EQ(a.list_indexes().at(0).state, IndexState::ready);
    expect_good(a);
    a.insert_one(R"({"_id": 99, "x": 1})"_json);
    Transaction tx = database.begin();
    EXPECT_EQ(error_of([&] { tx.collection("a").create_index(R"({"x": -1})"_json, {.unique = true}); }).code(),
              Code::duplicate_key);
    EXPECT_EQ(error_of([&] { tx.commit(); }).code(), Code::transaction_aborted);
}

}  // namespace
}  // namespace sheaf
