// What the behaviour cases (tests/cases) cannot say: transactions, cursors, handles, limits, time.
#include <gtest/gtest.h>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include "engine/store.hpp"
#include "storage/memory/memory_backend.hpp"
#include "support/open_store.hpp"

namespace sheaf {
namespace {

using testing::code_of;

class StepClock final : public Clock {
public:
    DateTime now() override { return {time.ms++}; }
    DateTime time{1000};
};

Database open_store(const Limits& limits = {}) {
    return make_database(
        std::make_shared<engine::Store>(memory::open_memory(), limits, std::make_shared<StepClock>(), system_random()));
}

Document with_id(int id) {
    return Document({{"_id", id}, {"n", id}});
}

std::vector<std::int64_t> ids(Cursor cursor) {
    std::vector<std::int64_t> found;
    while (const auto record = cursor.next()) found.push_back(record->id().integer());
    return found;
}

TEST(Transaction, CommitsAcrossCollectionsOrNotAtAll) {
    Database database = open_store();
    database.run_in_transaction([](Transaction& tx) {
        tx.collection("a").insert_one(with_id(1));
        tx.collection("b").insert_one(with_id(2));
        EXPECT_TRUE(tx.collection("a").get(1));
    });
    EXPECT_THROW(database.run_in_transaction([](Transaction& tx) {
        tx.collection("a").insert_one(with_id(3));
        tx.create_collection("c");
        tx.rename_collection("b", "d");
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(database.list_collections(), (std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(database.collection("a").get(3));
    EXPECT_TRUE(database.collection("b").get(2));
}

TEST(Transaction, IsNotSeenByOthersBeforeItCommits) {
    Database database = open_store();
    Transaction tx = database.begin();
    Collection inside = tx.collection("a");
    inside.insert_one(with_id(1));
    EXPECT_FALSE(database.collection("a").get(1));
    tx.commit();
    EXPECT_TRUE(database.collection("a").get(1));
    EXPECT_EQ(code_of([&] { inside.insert_one(with_id(2)); }), Code::closed);
}

TEST(Transaction, SurvivesARefusedOperationThatWroteNothing) {
    Database database = open_store();
    database.collection("a").insert_one(with_id(1));
    Transaction tx = database.begin();
    Collection inside = tx.collection("a");
    EXPECT_EQ(code_of([&] { inside.insert_one(with_id(1)); }), Code::duplicate_key);
    EXPECT_EQ(code_of([&] { inside.insert_many(std::vector{with_id(5), with_id(1)}); }), Code::duplicate_key);
    EXPECT_FALSE(inside.get(5));
    inside.insert_one(with_id(2));
    tx.commit();
    EXPECT_EQ(database.collection("a").count_documents(), 2);
}

TEST(Transaction, IsAbortedByAnOperationThatFailsHalfWay) {
    Database database = open_store();
    Collection a = database.collection("a");
    std::vector<Document> documents;
    for (int i = 0; i < 1200; ++i) documents.push_back(with_id(i));
    documents.push_back(Document({{"_id", 1200}, {"n", "not a number"}}));
    a.insert_many(documents);
    const Document increment({{"$inc", Value::object({{"n", 1}})}});
    EXPECT_EQ(code_of([&] { a.update_many({}, increment); }), Code::type_mismatch);
    EXPECT_EQ(a.get(0)->at("n").integer(), 0) << "the first batch must not be left changed";
    Transaction tx = database.begin();
    Collection inside = tx.collection("a");
    EXPECT_EQ(code_of([&] { inside.update_many({}, increment); }), Code::type_mismatch);
    EXPECT_EQ(code_of([&] { inside.get(0); }), Code::transaction_aborted);
    EXPECT_EQ(code_of([&] { tx.commit(); }), Code::transaction_aborted);
    tx.rollback();
    EXPECT_EQ(a.get(0)->version, Version{1});
}

TEST(Transaction, ReadAccessIsASnapshotThatRefusesWrites) {
    Database database = open_store();
    Collection a = database.collection("a");
    a.insert_one(with_id(1));
    Transaction snapshot = database.begin({.access = Access::read});
    a.insert_one(with_id(2));
    EXPECT_EQ(snapshot.collection("a").count_documents(), 1);
    EXPECT_EQ(code_of([&] { snapshot.collection("a").insert_one(with_id(3)); }), Code::unsupported);
}

TEST(Transaction, ASecondWriterOfTheSameThreadIsRefusedAtOnce) {
    Database database = open_store();
    Transaction tx = database.begin();
    EXPECT_EQ(code_of([&] { database.collection("a").insert_one(with_id(1)); }), Code::locked);
}

TEST(Transaction, ARetryIsOnlyForConflicts) {
    Database database = open_store();
    int runs = 0;
    database.run_in_transaction([&](Transaction&) {
        if (++runs < 3) throw Error(Code::serialization, "try again");
    });
    EXPECT_EQ(runs, 3);
    runs = 0;
    EXPECT_EQ(code_of([&] {
                  database.run_in_transaction([&](Transaction&) {
                      ++runs;
                      throw Error(Code::duplicate_key, "no");
                  });
              }),
              Code::duplicate_key);
    EXPECT_EQ(runs, 1);
    runs = 0;
    const auto always = [&](Transaction&) {
        ++runs;
        throw Error(Code::serialization, "never");
    };
    EXPECT_EQ(code_of([&] { database.run_in_transaction(always, {.retries = 2}); }), Code::conflict);
    EXPECT_EQ(runs, 3);
}

TEST(Cursor, KeepsItsSnapshotWhileOthersWrite) {
    Database database = open_store();
    Collection a = database.collection("a");
    for (int i = 0; i < 10; ++i) a.insert_one(with_id(i));
    Cursor cursor = a.find();
    EXPECT_EQ(cursor.next()->id().integer(), 0);
    a.delete_many({});
    a.insert_one(with_id(50));
    EXPECT_EQ(ids(std::move(cursor)), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Cursor, EndsWithItsTransaction) {
    Database database = open_store();
    database.collection("a").insert_many(std::vector{with_id(1), with_id(2)});
    std::optional<Transaction> tx(database.begin());
    Cursor cursor = tx->collection("a").find();
    Cursor sorted = tx->collection("a").find({}, {.sort = Document({{"_id", -1}})});
    EXPECT_TRUE(cursor.next());
    EXPECT_EQ(sorted.next()->id().integer(), 2);
    tx.reset();
    EXPECT_EQ(code_of([&] { cursor.next(); }), Code::closed);
    EXPECT_EQ(sorted.next()->id().integer(), 1) << "what is sorted is held already";
}

TEST(Cursor, ReleasesTheStoreAtItsEnd) {
    Database database = open_store();
    database.collection("a").insert_one(with_id(1));
    Cursor cursor = database.collection("a").find();
    EXPECT_EQ(code_of([&] { database.close(); }), Code::busy);
    while (cursor.next()) continue;
    EXPECT_NO_THROW(database.close());
    EXPECT_FALSE(cursor.next());
    EXPECT_EQ(code_of([&] { database.collection("a").get(1); }), Code::closed);
}

TEST(Cursor, SortsWithABoundedHeapAsWithout) {
    Database database = open_store();
    Collection a = database.collection("a");
    for (int i = 0; i < 500; ++i) a.insert_one(Document({{"_id", i}, {"k", i * 7919 % 101}}));
    const Document sort({{"k", -1}});
    const std::vector<std::int64_t> all = ids(a.find({}, {.sort = sort}));
    ASSERT_EQ(all.size(), 500U);
    for (const auto& [limit, skip] : {std::pair{1, 0}, {10, 0}, {10, 95}, {1000, 490}, {5, 600}}) {
        const auto from = std::min<std::size_t>(static_cast<std::size_t>(skip), all.size());
        const auto to = std::min<std::size_t>(from + static_cast<std::size_t>(limit), all.size());
        const std::vector<std::int64_t> expected(all.begin() + static_cast<std::ptrdiff_t>(from),
                                                 all.begin() + static_cast<std::ptrdiff_t>(to));
        EXPECT_EQ(ids(a.find({}, {.sort = sort, .limit = limit, .skip = skip})), expected) << limit << " " << skip;
    }
}

TEST(Cursor, IsOverOnceItHasFailed) {
    Database database = open_store({});
    Collection a = database.collection("a");
    for (int i = 0; i < 100; ++i) a.insert_one(with_id(i));
    a.insert_one(R"({"_id": "two arrays", "n": [1], "m": [2]})"_json);
    Cursor sorted = a.find({}, {.sort = Document({{"n", -1}, {"m", 1}})});
    EXPECT_EQ(code_of([&] { sorted.next(); }), Code::invalid_sort);
    EXPECT_EQ(code_of([&] { sorted.next(); }), Code::closed) << "not the rows that happened to be left";
    for (int i = 100; i < 600; ++i) a.insert_one(with_id(i));
    std::stop_source stop;
    Cursor streamed = a.find({}, {.control = {.stop = stop.get_token()}});
    EXPECT_TRUE(streamed.next());
    stop.request_stop();
    const auto drain = [&] {
        while (streamed.next()) continue;
    };
    EXPECT_EQ(code_of(drain), Code::cancelled);
    EXPECT_EQ(code_of(drain), Code::closed);
}

TEST(Cursor, DoesNotShowWhatAnAbortedTransactionLeft) {
    Database database = open_store();
    Collection a = database.collection("a");
    std::vector<Document> documents;
    for (int i = 0; i < 1200; ++i) documents.push_back(with_id(i));
    documents.push_back(Document({{"_id", 1200}, {"n", "not a number"}}));
    a.insert_many(documents);
    Transaction tx = database.begin();
    Cursor cursor = tx.collection("a").find();
    EXPECT_TRUE(cursor.next());
    const Document increment({{"$inc", Value::object({{"n", 1}})}});
    EXPECT_EQ(code_of([&] { tx.collection("a").update_many({}, increment); }), Code::type_mismatch);
    EXPECT_EQ(code_of([&] { cursor.next(); }), Code::closed);
}

TEST(Control, BoundsEveryCallInsideATransaction) {
    Database database = open_store();
    std::stop_source stop;
    Transaction tx = database.begin({.control = {.stop = stop.get_token()}});
    Collection inside = tx.collection("a");
    inside.insert_one(with_id(1));
    stop.request_stop();
    EXPECT_EQ(code_of([&] { inside.insert_one(with_id(2)); }), Code::cancelled);
    EXPECT_EQ(code_of([&] { inside.get(1); }), Code::cancelled);
    EXPECT_EQ(code_of([&] { tx.list_collections(); }), Code::cancelled);
    EXPECT_EQ(code_of([&] { inside.drop(); }), Code::cancelled);
    EXPECT_EQ(code_of([&] { tx.commit(); }), Code::cancelled);
}

TEST(Documents, AnUpsertWithTwoIdsIsRefused) {
    Database database = open_store();
    Collection a = database.collection("a");
    const Document two_ids({{"$and", Value::array({Value::object({{"_id", 1}}), Value::object({{"_id", 2}})})}});
    const UpdateOptions upsert{.upsert = Upsert::yes};
    EXPECT_EQ(code_of([&] { a.replace_one(two_ids, Document({{"b", 1}}), upsert); }), Code::conflicting_paths);
    EXPECT_EQ(a.count_documents(), 0);
}

TEST(Documents, ManyLargeOnesAreChangedInSeveralBatches) {
    Database database = open_store();
    Collection a = database.collection("a");
    const std::string large(5'000'000, 'x');
    for (int i = 0; i < 9; ++i) a.insert_one(Document({{"_id", i}, {"text", large}}));
    EXPECT_EQ(a.update_many({}, Document({{"$set", Value::object({{"n", 1}})}})).modified_count, 9);
    EXPECT_EQ(a.count_documents(Document({{"n", 1}, {"_version", 2}})), 9);
    Array ids;
    for (int i = 0; i < 9; ++i) ids.push_back(i);
    EXPECT_EQ(a.count_documents(Document({{"_id", Value::object({{"$in", ids}})}})), 9);
    EXPECT_EQ(a.delete_many({}).deleted_count, 9);
}

TEST(Documents, VersionsOfRecordsLeaveRoomToRise) {
    Database database = open_store();
    const Record record{.document = with_id(1), .version = {INT64_MAX}};
    EXPECT_EQ(code_of([&] { database.collection("a").insert_records({&record, 1}); }), Code::invalid_document);
}

TEST(Documents, AVersionMismatchOfManyNamesTheOneThatWasFound) {
    Database database = open_store();
    Collection a = database.collection("a");
    a.insert_one(with_id(1));
    a.delete_one({}, {.mode = Delete::soft});
    try {
        a.restore(Document({{"_id", 1}}), {.expected_version = ExpectedVersion::exactly(7)});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.details().actual_version, 2);
        EXPECT_EQ(error.details().id, "1");
    }
}

TEST(Limits, HoldForSortsBatchesAndGrowingDocuments) {
    Database database = open_store({.document_bytes = 200, .sort_bytes = 2000, .batch_documents = 50});
    Collection a = database.collection("a");
    for (int i = 0; i < 40; ++i) a.insert_one(with_id(i));
    const Document sort({{"n", -1}});
    EXPECT_EQ(a.find({}, {.sort = sort}).next()->id().integer(), 39) << "by way of a temporary file";
    EXPECT_EQ(a.find({}, {.sort = sort, .limit = 3}).next()->id().integer(), 39);
    EXPECT_EQ(code_of([&] { a.insert_many(std::vector<Document>(51)); }), Code::limit_exceeded);
    const Document grow({{"$push", Value::object({{"log", std::string(70, 'x')}})}});
    a.update_one(Document({{"_id", 1}}), grow);
    a.update_one(Document({{"_id", 1}}), grow);
    EXPECT_EQ(code_of([&] { a.update_one(Document({{"_id", 1}}), grow); }), Code::limit_exceeded);
    EXPECT_EQ(a.get(1)->at("log").size(), 2U);
    EXPECT_EQ(code_of([&] { a.insert_one(Document({{"big", std::string(300, 'x')}})); }), Code::limit_exceeded);
}

TEST(Documents, GetAnIdAndSystemFieldsOfTheirOwn) {
    Database database = open_store();
    Collection a = database.collection("a");
    const auto result = a.insert_one(Document({{"x", 1}}));
    ASSERT_EQ(result.inserted_id.type(), Type::string);
    EXPECT_EQ(result.inserted_id.as_string().size(), 36U);
    Record record = *a.get(result.inserted_id);
    EXPECT_EQ((*record.document.view().members().begin()).key, "_id");
    EXPECT_EQ(record.version, Version{1});
    EXPECT_EQ(record.created, record.updated);
    a.update_one({}, Document({{"$set", Value::object({{"x", 2}})}}));
    const Record changed = *a.get(result.inserted_id);
    EXPECT_EQ(changed.version, Version{2});
    EXPECT_EQ(changed.created, record.created);
    EXPECT_GT(changed.updated, record.updated);
    EXPECT_EQ(a.count_documents(Document({{"_version", 2}})), 1);
    EXPECT_EQ(code_of([&] { a.insert_one(Document({{"_version", 1}})); }), Code::invalid_document);
    EXPECT_EQ(a.replace_one({}, changed.with_system_fields()).modified_count, 0) << "equal system fields are left out";
    EXPECT_EQ(code_of([&] { a.replace_one({}, record.with_system_fields()); }), Code::invalid_document);
}

TEST(Documents, RecordsComeBackAsTheyWere) {
    Database database = open_store();
    Collection a = database.collection("a");
    a.insert_many(std::vector{with_id(1), with_id(2)});
    a.update_one(with_id(1), Document({{"$inc", Value::object({{"n", 5}})}}));
    a.delete_one(with_id(2), {.mode = Delete::soft});
    std::vector<Record> records;
    for (Cursor cursor = a.find({}, {.archived = Archived::include}); auto record = cursor.next();) {
        records.push_back(std::move(*record));
    }
    Collection b = database.collection("b");
    b.insert_records(records);
    for (Cursor cursor = b.find({}, {.archived = Archived::include}); auto record = cursor.next();) {
        const Record& original = records.at(static_cast<std::size_t>(record->id().integer() - 1));
        EXPECT_EQ(record->with_system_fields(), original.with_system_fields());
    }
    EXPECT_EQ(b.restore({}).restored_count, 1);
    EXPECT_EQ(code_of([&] { b.insert_records(records); }), Code::duplicate_key);
}

TEST(Collections, HaveCheckedNames) {
    const Database database = open_store();
    for (const std::string& name : {std::string(""), std::string("a b"), std::string("a/b"), std::string("_sheaf_x"),
                                    std::string(129, 'a'), std::string("a\0b", 3), std::string("\xC3\xBC")}) {
        EXPECT_EQ(code_of([&] { database.collection(name); }), Code::invalid_name) << name;
    }
    EXPECT_NO_THROW(database.collection("A-1_b.c"));
    EXPECT_NO_THROW(database.collection(std::string(128, 'a')));
}

TEST(Collections, AreRenamedWithTheirHandle) {
    Database database = open_store();
    Collection a = database.collection("a");
    a.insert_one(with_id(1));
    a.rename("b");
    EXPECT_EQ(a.name(), "b");
    EXPECT_TRUE(a.get(1));
    EXPECT_FALSE(database.has_collection("a"));
    database.collection("c").insert_one(with_id(1));
    EXPECT_EQ(code_of([&] { a.rename("c"); }), Code::already_exists);
    EXPECT_EQ(code_of([&] { database.collection("none").rename("d"); }), Code::not_found);
    a.drop();
    EXPECT_EQ(a.count_documents(), 0);
    EXPECT_FALSE(database.drop_collection("b"));
}

TEST(Control, EndsLongOperations) {
    Database database = open_store();
    Collection a = database.collection("a");
    std::vector<Document> documents;
    for (int i = 0; i < 1000; ++i) documents.push_back(with_id(i));
    a.insert_many(documents);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(code_of([&] { a.count_documents({}, {.control = {.stop = stop.get_token()}}); }), Code::cancelled);
    const Control late{.deadline = Control::Clock::now() - std::chrono::seconds(1)};
    EXPECT_EQ(code_of([&] {
                  a.update_many({}, Document({{"$set", Value::object({{"x", 1}})}}), {.control = late});
              }),
              Code::deadline_exceeded);
    EXPECT_EQ(a.count_documents(Document({{"x", 1}})), 0);
}

}  // namespace
}  // namespace sheaf
