// What the recorded cases (tests/mongo_cases) cannot say: cursors over several commands, time, limits, replies of
// errors.
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "commands/command.hpp"
#include "commands/reply.hpp"
#include "engine/store.hpp"
#include "storage/memory/memory_backend.hpp"

namespace sheaf {
namespace {

class SetClock final : public Clock {
public:
    DateTime now() override { return {time.ms += step}; }
    DateTime time{1000};
    std::int64_t step = 0;  // that the time goes on with each look
};

class Commands : public testing::Test {
protected:
    explicit Commands(const Limits& limits = {})
        : store_(std::make_shared<engine::Store>(memory::open_memory(), limits, clock_, system_random())),
          database_(make_database(store_)) {}

    Document run(const Document& command, const Control& control = {}) {
        return database_.run_command(command, control);
    }
    Document run(std::string_view json) { return run(Document::from_json(json)); }
    std::int64_t code_of(std::string_view json) {
        const Document reply = run(json);
        return reply["ok"].number() == 1 ? 0 : reply["code"].integer();
    }

    void insert(int count) {
        std::vector<Document> documents;
        for (int i = 0; i < count; ++i) documents.push_back(Document({{"_id", i}, {"n", i % 10}}));
        database_.collection("things").insert_many(documents);
    }

    Document more(std::int64_t id, const std::string& collection = "things", std::int64_t batch = 3) {
        return run(Document({{"getMore", Value::long_integer(id)}, {"collection", collection}, {"batchSize", batch}}));
    }
    std::int64_t open_cursor() {
        const Document reply = run(R"({"find": "things", "batchSize": 2})");
        return reply.at("cursor.id").integer();
    }
    std::size_t open_cursors() const { return store_->cursors().size(); }

    std::shared_ptr<SetClock> clock_ = std::make_shared<SetClock>();
    std::shared_ptr<engine::Store> store_;
    Database database_;
};

TEST_F(Commands, HaveOneTimeForAllTheirStatements) {
    clock_->step = 7;
    run(R"({"insert": "c", "documents": [{"_id": 1}, {"_id": 2}]})");
    const std::string_view updates = R"([{"q": {"_id": 1}, "u": [{"$set": {"at": "$$NOW"}}]},
                                         {"q": {"_id": 2}, "u": [{"$set": {"at": "$$NOW"}}]}])";
    run(std::string(R"({"update": "c", "updates": )").append(updates) + "}");
    const auto times = database_.collection("c").distinct("at");
    EXPECT_EQ(times.size(), 1U);
}

TEST_F(Commands, RefuseWhatTheyDoNotKnow) {
    const Document reply = run(R"({"frobnicate": 1})");
    EXPECT_EQ(reply["ok"].number(), 0);
    EXPECT_EQ(reply["code"].integer(), 59);
    EXPECT_EQ(reply["codeName"].string(), "CommandNotFound");
    EXPECT_NE(reply["errmsg"].string().find("frobnicate"), std::string_view::npos);
    EXPECT_EQ(code_of("{}"), 59);
    EXPECT_EQ(code_of(R"({"find": "things", "frobnicate": 1})"), 40415);
    EXPECT_EQ(code_of(R"({"update": "things", "updates": [{"q": {}, "u": {}, "frobnicate": 1}]})"), 40415);
    EXPECT_EQ(code_of(R"({"insert": "things"})"), 40414);
    EXPECT_EQ(code_of(R"({"find": "things", "filter": 1})"), 14);
    EXPECT_EQ(code_of(R"({"find": 1})"), 73);
    EXPECT_EQ(code_of(R"({"find": "things", "txnNumber": 1})"), 20);
    EXPECT_EQ(code_of(R"({"find": "things", "collation": {"locale": "en"}})"), 115);
    EXPECT_EQ(code_of(R"({"find": "things", "returnKey": true})"), 115);
}

TEST_F(Commands, HaveUniqueNames) {
    std::set<std::string_view> names;
    for (const auto& command : commands::all_commands()) EXPECT_TRUE(names.insert(command.name).second) << command.name;
}

TEST_F(Commands, NameTheirErrors) {
    EXPECT_EQ(commands::code_name(11000), "DuplicateKey");
    EXPECT_EQ(commands::code_name(2), "BadValue");
    EXPECT_EQ(commands::code_name(40415), "Location40415");
    EXPECT_EQ(commands::code_name(0), "Location0");
    EXPECT_EQ(commands::code_name(999999), "Location999999");
    for (const CodeInfo& code : error_codes()) {
        EXPECT_FALSE(commands::code_name(code.mongo).empty()) << code.name;
    }
}

TEST_F(Commands, GiveACursorBatchByBatch) {
    insert(8);
    Document reply = run(R"({"find": "things", "sort": {"_id": -1}, "batchSize": 3})");
    EXPECT_EQ(reply.at("cursor.firstBatch").size(), 3U);
    EXPECT_EQ(reply.at("cursor.ns").string(), "sheaf.things");
    const std::int64_t id = reply.at("cursor.id").integer();
    ASSERT_NE(id, 0);
    EXPECT_EQ(open_cursors(), 1U);
    reply = more(id);
    EXPECT_EQ(reply.at("cursor.nextBatch").size(), 3U);
    EXPECT_EQ(reply.at("cursor.nextBatch.0._id").integer(), 4);
    EXPECT_EQ(reply.at("cursor.id").integer(), id);
    reply = more(id);
    EXPECT_EQ(reply.at("cursor.nextBatch").size(), 2U);
    EXPECT_EQ(reply.at("cursor.id").integer(), 0);
    EXPECT_EQ(open_cursors(), 0U);
    EXPECT_EQ(more(id)["code"].integer(), 43);
}

TEST_F(Commands, CloseACursorWithItsLastDocument) {
    insert(4);
    EXPECT_EQ(run(R"({"find": "things", "batchSize": 4})").at("cursor.id").integer(), 0);
    EXPECT_EQ(run(R"({"find": "things", "batchSize": 2, "limit": 2})").at("cursor.id").integer(), 0);
    EXPECT_EQ(run(R"({"find": "things", "batchSize": 2, "singleBatch": true})").at("cursor.id").integer(), 0);
    EXPECT_EQ(open_cursors(), 0U);
    const Document empty = run(R"({"find": "things", "batchSize": 0})");
    EXPECT_EQ(empty.at("cursor.firstBatch").size(), 0U);
    const Document rest = more(empty.at("cursor.id").integer(), "things", 100);
    EXPECT_EQ(rest.at("cursor.nextBatch").size(), 4U);
    EXPECT_EQ(rest.at("cursor.id").integer(), 0);
}

TEST_F(Commands, GiveAHundredAndOneDocumentsFirst) {
    insert(300);
    const Document reply = run(R"({"find": "things"})");
    EXPECT_EQ(reply.at("cursor.firstBatch").size(), 101U);
    const Document rest =
        run(Document({{"getMore", Value::long_integer(reply.at("cursor.id").integer())}, {"collection", "things"}}));
    EXPECT_EQ(rest.at("cursor.nextBatch").size(), 199U);
}

TEST_F(Commands, BoundABatchByItsBytes) {
    const std::string large(6'000'000, 'x');
    for (int i = 0; i < 4; ++i) database_.collection("things").insert_one(Document({{"_id", i}, {"text", large}}));
    Document reply = run(R"({"find": "things"})");
    EXPECT_EQ(reply.at("cursor.firstBatch").size(), 2U);
    reply = more(reply.at("cursor.id").integer(), "things", 100);
    EXPECT_EQ(reply.at("cursor.nextBatch").size(), 2U);
    EXPECT_EQ(reply.at("cursor.nextBatch.0._id").integer(), 2);
    EXPECT_EQ(reply.at("cursor.id").integer(), 0);
}

TEST_F(Commands, ShowOneSnapshotThroughACursor) {
    insert(6);
    const std::int64_t id = open_cursor();
    EXPECT_EQ(code_of(R"({"delete": "things", "deletes": [{"q": {}, "limit": 0}]})"), 0);
    EXPECT_EQ(more(id, "things", 100).at("cursor.nextBatch").size(), 4U);
}

TEST_F(Commands, KillCursors) {
    insert(6);
    const std::int64_t id = open_cursor();
    const Document reply = run(Document(
        {{"killCursors", "things"}, {"cursors", Value::array({Value::long_integer(id), Value::long_integer(7)})}}));
    EXPECT_EQ(reply.at("cursorsKilled.0").integer(), id);
    EXPECT_EQ(reply.at("cursorsNotFound.0").integer(), 7);
    EXPECT_EQ(open_cursors(), 0U);
    const Document gone = more(id);
    EXPECT_EQ(gone["ok"].number(), 0);
    EXPECT_EQ(gone["codeName"].string(), "CursorNotFound");
}

TEST_F(Commands, KeepACursorToItsCollection) {
    insert(6);
    const std::int64_t id = open_cursor();
    EXPECT_EQ(more(id, "others")["code"].integer(), 13);
    EXPECT_EQ(more(id)["ok"].number(), 1);
    const std::int64_t dropped = open_cursor();
    EXPECT_EQ(code_of(R"({"drop": "things"})"), 0);
    EXPECT_EQ(more(dropped)["code"].integer(), 43);
}

TEST_F(Commands, CloseCursorsThatAreIdle) {
    insert(20);
    const std::int64_t idle = open_cursor();
    const std::int64_t kept =
        run(R"({"find": "things", "batchSize": 2, "noCursorTimeout": true})").at("cursor.id").integer();
    clock_->time.ms += engine::CursorRegistry::idle_ms - 1;
    EXPECT_EQ(more(idle)["ok"].number(), 1);
    clock_->time.ms += engine::CursorRegistry::idle_ms - 1;
    EXPECT_EQ(more(idle)["ok"].number(), 1);
    clock_->time.ms += engine::CursorRegistry::idle_ms;
    EXPECT_EQ(more(idle)["code"].integer(), 43);
    EXPECT_EQ(more(kept)["ok"].number(), 1);
}

TEST_F(Commands, ReportAFailureInTheBatchThatHasIt) {
    insert(20);
    const Document reply = run(R"({"aggregate": "things", "cursor": {"batchSize": 5},
                                   "pipeline": [{"$project": {"q": {"$divide": [10, {"$subtract": ["$n", 5]}]}}}]})");
    EXPECT_EQ(reply.at("cursor.firstBatch").size(), 5U);
    const Document failed = more(reply.at("cursor.id").integer());
    EXPECT_EQ(failed["ok"].number(), 0);
    EXPECT_EQ(open_cursors(), 0U);
}

TEST_F(Commands, CloseIdleCursorsWhateverTheyDo) {
    insert(6);
    open_cursor();
    clock_->time.ms += engine::CursorRegistry::idle_ms;
    run(R"({"ping": 1})");
    EXPECT_EQ(open_cursors(), 0U);
}

TEST_F(Commands, ReadOnWithoutACollection) {
    const Document reply = run(R"({"aggregate": 1, "pipeline": [{"$documents": [{"a": 1}, {"a": 2}, {"a": 3}]}],
                                   "cursor": {"batchSize": 1}})");
    const std::int64_t id = reply.at("cursor.id").integer();
    EXPECT_NE(id, 0);
    const Document rest = more(id, "$cmd.aggregate");
    EXPECT_EQ(rest.at("cursor.nextBatch").size(), 2U);
    EXPECT_EQ(rest.at("cursor.id").integer(), 0);
}

TEST_F(Commands, AnswerInUtf8) {
    const Document reply = run(Document({{std::string(99, 'a') + "\u00e9", 1}}));
    EXPECT_EQ(reply["code"].integer(), 59);
    EXPECT_EQ(Document::from_cbor(reply.cbor()), reply);
}

TEST_F(Commands, TakeConstantsOfUpdatesAsTheyAre) {
    run(R"({"insert": "things", "documents": [{"_id": 1}]})");
    run(R"({"update": "things", "updates": [{"q": {"_id": 1}, "u": [{"$set": {"a": "$$x"}}], "c": {"x": "$text"}}]})");
    EXPECT_EQ(database_.collection("things").get(1)->document["a"].string(), "$text");
}

TEST_F(Commands, InsertAllButTheCulprits) {
    insert(3);
    const Document reply = run(R"({"insert": "things", "ordered": false,
        "documents": [{"_id": 7}, {"_id": 1}, {"_id": 8}, {"_id": 2}, {"_id": 9}]})");
    EXPECT_EQ(reply["n"].integer(), 3);
    EXPECT_EQ(to_json(reply.at("writeErrors").size() == 2 ? reply.at("writeErrors.1.index") : View()), "3");
    const Document ordered = run(R"({"insert": "things", "documents": [{"_id": 20}, {"_id": 1}, {"_id": 21}]})");
    EXPECT_EQ(ordered["n"].integer(), 1);
    EXPECT_EQ(ordered.at("writeErrors.0.index").integer(), 1);
}

TEST_F(Commands, CloseTheStoreWithItsLastHandle) {
    insert(6);
    open_cursor();
    const std::weak_ptr<engine::Store> store = store_;
    store_ = nullptr;
    database_ =
        make_database(std::make_shared<engine::Store>(memory::open_memory(), Limits{}, clock_, system_random()));
    EXPECT_TRUE(store.expired());
}

TEST_F(Commands, LetCursorsGoWhenTheStoreIsClosed) {
    insert(6);
    open_cursor();
    database_.close();
    EXPECT_EQ(open_cursors(), 0U);
}

class FewCursors : public Commands {
protected:
    FewCursors() : Commands({.open_cursors = 2}) {}
};

TEST_F(FewCursors, AreBounded) {
    insert(6);
    open_cursor();
    const std::int64_t second = open_cursor();
    EXPECT_EQ(code_of(R"({"find": "things", "batchSize": 2})"), 96);
    // What has been written is told all the same.
    const Document written = run(R"({"bulkWrite": 1, "nsInfo": [{"ns": "db.things"}], "cursor": {"batchSize": 1},
        "ops": [{"insert": 0, "document": {"_id": 10}}, {"insert": 0, "document": {"_id": 11}}]})");
    EXPECT_EQ(written["ok"].number(), 1);
    EXPECT_EQ(written.at("cursor.firstBatch").size(), 2U);
    run(Document({{"killCursors", "things"}, {"cursors", Value::array({Value::long_integer(second)})}}));
    EXPECT_EQ(code_of(R"({"find": "things", "batchSize": 2})"), 0);
}

TEST_F(Commands, EndAtTheirDeadline) {
    insert(3);
    const Control over{.deadline = Control::Clock::now() - std::chrono::seconds(1)};
    const Document reply = run(R"({"find": "things"})"_json, over);
    EXPECT_EQ(reply["code"].integer(), 50);
    EXPECT_EQ(reply["codeName"].string(), "MaxTimeMSExpired");
    EXPECT_EQ(code_of(R"({"find": "things", "maxTimeMS": 60000})"), 0);
    EXPECT_EQ(code_of(R"({"find": "things", "maxTimeMS": 0})"), 0);
    EXPECT_EQ(code_of(R"({"find": "things", "maxTimeMS": -1})"), 2);
    EXPECT_EQ(code_of(R"({"find": "things", "maxTimeMS": 2147483648})"), 2);
    EXPECT_EQ(code_of(R"({"find": "things", "maxTimeMS": 1.5})"), 9);
}

TEST_F(Commands, EndAtMaxTimeMs) {
    insert(3000);
    const Document reply = run(R"({"count": "things", "maxTimeMS": 1, "query": {"$expr": {"$lt": [{"$reduce":
        {"input": {"$range": [0, 2000]}, "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}}, 0]}}})");
    EXPECT_EQ(reply["code"].integer(), 50);
}

TEST_F(Commands, GiveACursorANewDeadlineWithEachBatch) {
    insert(20);
    const Control soon{.deadline = Control::within(std::chrono::milliseconds(200))};
    const Document reply = run(R"({"find": "things", "batchSize": 2})"_json, soon);
    ASSERT_EQ(reply["ok"].number(), 1);
    while (Control::Clock::now() < *soon.deadline) continue;
    EXPECT_EQ(more(reply.at("cursor.id").integer(), "things", 100).at("cursor.nextBatch").size(), 18U);
}

TEST_F(Commands, ReportWriteErrorsByTheirPlace) {
    insert(1);
    const Document ordered = run(R"({"insert": "things", "documents": [{"_id": 5}, {"_id": 0}, {"_id": 6}]})");
    EXPECT_EQ(ordered["ok"].number(), 1);
    EXPECT_EQ(ordered["n"].integer(), 1);
    ASSERT_EQ(ordered["writeErrors"].size(), 1U);
    EXPECT_EQ(ordered.at("writeErrors.0.index").integer(), 1);
    EXPECT_EQ(ordered.at("writeErrors.0.code").integer(), 11000);
    EXPECT_EQ(ordered.at("writeErrors.0.codeName").string(), "DuplicateKey");
    const Document unordered =
        run(R"({"insert": "things", "ordered": false, "documents": [{"_id": 7}, {"_id": 0}, {"_id": 8}, {"_id": 7}]})");
    EXPECT_EQ(unordered["n"].integer(), 2);
    EXPECT_EQ(unordered["writeErrors"].size(), 2U);
    EXPECT_EQ(unordered.at("writeErrors.1.index").integer(), 3);
}

TEST_F(Commands, WriteInBulkAsSingly) {
    insert(1);
    const Document reply =
        run(R"({"bulkWrite": 1, "nsInfo": [{"ns": "db.things"}, {"ns": "db.others"}], "ordered": false,
        "ops": [{"insert": 1, "document": {"_id": 1}}, {"insert": 1, "document": {"_id": 2}},
                {"insert": 0, "document": {"_id": 9}}, {"insert": 0, "document": {"_id": 0}},
                {"insert": 0, "document": {"_id": 10}},
                {"update": 0, "filter": {"_id": 9}, "updateMods": {"$set": {"a": 1}}},
                {"delete": 1, "filter": {}, "multi": true}]})");
    EXPECT_EQ(reply["nInserted"].integer(), 4);
    EXPECT_EQ(reply["nErrors"].integer(), 1);
    EXPECT_EQ(reply["nMatched"].integer(), 1);
    EXPECT_EQ(reply["nDeleted"].integer(), 2);
    ASSERT_EQ(reply.at("cursor.firstBatch").size(), 7U);
    EXPECT_EQ(reply.at("cursor.firstBatch.3.code").integer(), 11000);
    EXPECT_EQ(reply.at("cursor.firstBatch.3.idx").integer(), 3);
    EXPECT_EQ(reply.at("cursor.firstBatch.4.n").integer(), 1);
    EXPECT_EQ(database_.collection("things").count_documents(), 3);
}

TEST_F(Commands, NeverShowSystemFields) {
    insert(1);
    for (const char* command : {R"({"find": "things"})", R"({"aggregate": "things", "pipeline": [], "cursor": {}})"}) {
        EXPECT_EQ(run(command).at("cursor.firstBatch.0").size(), 2U) << command;
    }
    EXPECT_EQ(run(R"({"findAndModify": "things", "query": {}, "update": {"$inc": {"n": 1}}})")["value"].size(), 2U);
}

TEST_F(Commands, RenameOverAnotherCollection) {
    insert(2);
    EXPECT_EQ(code_of(R"({"create": "others"})"), 0);
    EXPECT_EQ(code_of(R"({"renameCollection": "db.things", "to": "db.others"})"), 48);
    EXPECT_EQ(code_of(R"({"renameCollection": "db.things", "to": "db.others", "dropTarget": true})"), 0);
    EXPECT_EQ(run(R"({"count": "others"})")["n"].integer(), 2);
    EXPECT_EQ(code_of(R"({"renameCollection": "db.things", "to": "db.new"})"), 26);
    EXPECT_EQ(code_of(R"({"renameCollection": "things", "to": "db.new"})"), 73);
}

TEST_F(Commands, SayWhatTheyTalkTo) {
    EXPECT_EQ(run(R"({"ping": 1})"), Document({{"ok", 1.0}}));
    EXPECT_TRUE(run(R"({"hello": 1})")["isWritablePrimary"].boolean());
    EXPECT_EQ(run(R"({"buildInfo": 1})")["ok"].number(), 1);
    EXPECT_EQ(run(R"({"listDatabases": 1})")["databases"].size(), 1U);
}

}  // namespace
}  // namespace sheaf
