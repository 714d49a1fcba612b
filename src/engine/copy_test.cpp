// copy() and compare() in memory: what is copied, what is refused, how an unfinished copy goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <stop_token>
#include <utility>

#include <sheaf/copy.hpp>
#include <sheaf/json.hpp>

#include "base/hash.hpp"
#include "document/key.hpp"
#include "support/open_store.hpp"

namespace sheaf {
namespace {

using testing::code_of;
using testing::error_of;
using testing::expect_good;
using testing::OpenStore;
using Kind = DocumentDifference::Kind;

constexpr int many = 12'000;  // three batches
constexpr const char* marks = "_sheaf_copy";

void fill(Collection collection, int from, int to) {
    std::vector<Document> documents;
    for (int i = from; i < to; ++i) documents.push_back(Document({{"_id", i}, {"x", i % 100}}));
    collection.insert_many(documents);
}

bool has_marks(const OpenStore& open) {
    const std::vector<std::string> tables = open.tables();
    return std::find(tables.begin(), tables.end(), marks) != tables.end();
}

// Ends a copy after some batches, as a kill would.
struct Killed : std::runtime_error {
    Killed() : std::runtime_error("killed") {}
};

void copy_and_kill(OpenStore& from, OpenStore& to, int batches, const CopyOptions& given = {}) {
    CopyOptions options = given;
    options.progress = [&](const CopyProgress& progress) {
        if (progress.step == CopyStep::copying && --batches == 0) throw Killed();
    };
    EXPECT_THROW(copy(from.database, to.database, options), Killed);
}

void expect_equal(const OpenStore& a, const OpenStore& b) {
    const CompareResult result = compare(a.database, b.database);
    EXPECT_TRUE(result.equal());
    EXPECT_EQ(a.database.list_collections(), b.database.list_collections());
    for (const std::string& name : b.database.list_collections()) expect_good(b.database.collection(name));
}

// The rows of a table, written behind the engine's back.
void put_row(const OpenStore& open, const std::string& table, const Bytes& key, const Bytes& body) {
    const auto tx = open.store->backend().begin({.mode = driver::Mode::write});
    const driver::Write write{.key = key, .body = body, .meta = {.version = {1}}};
    ASSERT_EQ(tx->apply(table, {&write, 1}).front(), driver::Outcome::done);
    tx->commit();
}

TEST(Copy, HasEverythingOfTheSource) {
    OpenStore from;
    OpenStore to;
    Collection a = from.database.collection("a");
    fill(a, 0, many);
    a.delete_many(R"({"x": 7})"_json, {.mode = Delete::soft});
    a.delete_many(R"({"x": 8})"_json);
    a.update_many(R"({"x": 9})"_json, R"({"$set": {"tags": ["p", "q"]}})"_json);
    fill(a, many, many + 1);
    a.create_index(R"({"tags": 1})"_json, {.sparse = true});
    a.create_index(R"({"x": -1, "_id": 1})"_json, {.unique = true, .partial = R"({"x": {"$gt": 50}})"_json});
    a.create_index(R"({"seen": 1})"_json, {.expire_after = std::chrono::seconds(60)});
    from.database.create_collection("empty");

    const CopyResult result = copy(from.database, to.database);
    EXPECT_TRUE(result.good());
    ASSERT_EQ(result.collections.size(), 2U);
    EXPECT_EQ(result.collections[0].documents, many - 120 + 1);
    EXPECT_EQ(result.collections[0].resumed, 0);
    EXPECT_EQ(result.collections[0].indexes, (std::vector<std::string>{"seen_1", "tags_1", "x_-1__id_1"}));
    EXPECT_FALSE(has_marks(to));
    expect_equal(from, to);
    Collection copied = to.database.collection("a");
    EXPECT_EQ(copied.count_documents({}), many - 240 + 1) << "the flag of archived documents is there";
    EXPECT_EQ(copied.list_indexes().at(1).multikey, true);
}

TEST(Copy, OfSomeCollections) {
    OpenStore from;
    OpenStore to;
    for (const char* name : {"a", "b", "c"}) fill(from.database.collection(name), 0, 3);
    fill(to.database.collection("b"), 0, 1);
    EXPECT_TRUE(copy(from.database, to.database, {.collections = {"c", "a", "c"}}).good());
    EXPECT_EQ(to.database.collection("c").count_documents({}), 3);
    EXPECT_EQ(to.database.collection("b").count_documents({}), 1);
    EXPECT_EQ(code_of([&] { copy(from.database, to.database, {.collections = {"nosuch"}}); }), Code::not_found);
    EXPECT_EQ(code_of([&] { copy(from.database, to.database, {.collections = {"_sheaf_x"}}); }), Code::invalid_name);
}

TEST(Copy, RefusesADestinationWithDocuments) {
    OpenStore from;
    OpenStore to;
    for (const char* name : {"a", "b", "c"}) fill(from.database.collection(name), 0, 3);
    fill(to.database.collection("a"), 5, 6);
    to.database.collection("b").create_index(R"({"x": 1})"_json);  // no documents: fine
    fill(to.database.collection("c"), 5, 6);
    for (const bool restart : {false, true}) {
        const Error error = error_of([&] { copy(from.database, to.database, {.restart = restart}); });
        EXPECT_EQ(error.code(), Code::already_exists);
        EXPECT_NE(error.message().find("\"a\", \"c\""), std::string::npos) << error.message();
        EXPECT_EQ(to.database.collection("a").count_documents({}), 1);
        EXPECT_FALSE(has_marks(to));
    }
    EXPECT_EQ(code_of([&] { copy(from.database, from.database); }), Code::invalid_argument);
}

TEST(Copy, GoesOnAfterEachBatch) {
    OpenStore from;
    fill(from.database.collection("a"), 0, many);
    fill(from.database.collection("b"), 0, 10);
    from.database.collection("a").create_index(R"({"x": 1})"_json);
    for (int batches = 1; batches <= 4; ++batches) {
        OpenStore to;
        copy_and_kill(from, to, batches);
        EXPECT_TRUE(has_marks(to));
        const std::int64_t copied = to.database.collection("a").count_documents({});
        EXPECT_EQ(copied, std::min(batches * 5000, many));
        bool checked = false;
        const CopyResult result = copy(from.database, to.database, {.progress = [&](const CopyProgress& progress) {
                                           checked = checked || progress.step == CopyStep::checking;
                                       }});
        EXPECT_TRUE(result.good());
        EXPECT_TRUE(checked);
        EXPECT_EQ(result.collections[0].resumed, copied);
        EXPECT_EQ(result.collections[0].documents, many);
        EXPECT_FALSE(has_marks(to));
        expect_equal(from, to);
    }
}

TEST(Copy, StopsBetweenBatches) {
    OpenStore from;
    OpenStore to;
    fill(from.database.collection("a"), 0, many);
    std::stop_source stop;
    CopyOptions options{.progress = [&](const CopyProgress&) { stop.request_stop(); }};
    options.control.stop = stop.get_token();
    EXPECT_EQ(code_of([&] { copy(from.database, to.database, options); }), Code::cancelled);
    EXPECT_EQ(to.database.collection("a").count_documents({}), 5000);
    EXPECT_TRUE(copy(from.database, to.database).good());
    expect_equal(from, to);
}

TEST(Copy, TakesWhatWasAddedBetweenTwoRuns) {
    OpenStore from;
    OpenStore to;
    fill(from.database.collection("a"), 0, many);
    copy_and_kill(from, to, 3);
    fill(from.database.collection("a"), many, many + 10);
    fill(from.database.collection("later"), 0, 5);
    EXPECT_TRUE(copy(from.database, to.database).good());
    expect_equal(from, to);
}

TEST(Copy, OfASourceThatHasChangedBeginsAnew) {
    for (const int id : {3, 4999}) {
        OpenStore from;
        OpenStore to;
        fill(from.database.collection("a"), 0, many);
        copy_and_kill(from, to, 1);
        from.database.collection("a").update_one(Document({{"_id", id}}), R"({"$inc": {"x": 1}})"_json);
        for (const bool verify : {true, false}) {
            const Error error = error_of([&] { copy(from.database, to.database, {.verify = verify}); });
            EXPECT_EQ(error.code(), Code::conflict);
            EXPECT_NE(error.message().find("restart"), std::string::npos) << error.message();
        }
        EXPECT_TRUE(copy(from.database, to.database, {.restart = true}).good());
        expect_equal(from, to);
        EXPECT_FALSE(has_marks(to));
    }
}

TEST(Copy, KnowsWhenTheUnfinishedCopyIsOfAnotherSource) {
    OpenStore from;
    OpenStore other;
    OpenStore to;
    fill(from.database.collection("a"), 0, many);
    fill(other.database.collection("a"), 1, many);
    fill(other.database.collection("b"), 1, 2);
    copy_and_kill(from, to, 1);
    EXPECT_EQ(code_of([&] { copy(other.database, to.database); }), Code::conflict);
    EXPECT_EQ(to.database.collection("a").count_documents({}), 5000);
    from.database.drop_collection("a");
    EXPECT_EQ(code_of([&] { copy(from.database, to.database); }), Code::conflict) << "what it has not";
    EXPECT_TRUE(copy(other.database, to.database, {.collections = {"b"}}).good()) << "and leaves alone what is not its";
    EXPECT_EQ(to.database.collection("a").count_documents({}), 5000);
    EXPECT_TRUE(copy(from.database, to.database, {.restart = true}).good());
    EXPECT_EQ(to.database.list_collections(), std::vector<std::string>{"b"});
    EXPECT_FALSE(has_marks(to));
}

TEST(Copy, KnowsWhenTheUnfinishedCopyWasChanged) {
    for (const bool drop : {false, true}) {
        OpenStore from;
        OpenStore to;
        fill(from.database.collection("a"), 0, many);
        copy_and_kill(from, to, 1);
        if (drop) {
            to.database.drop_collection("a");
        } else {
            to.database.collection("a").delete_one(R"({"_id": 1})"_json);
        }
        EXPECT_EQ(code_of([&] { copy(from.database, to.database); }), Code::conflict);
        if (!drop) {
            const Error error = error_of([&] { copy(from.database, to.database, {.restart = true}); });
            EXPECT_EQ(error.code(), Code::conflict);
            EXPECT_NE(error.message().find("somebody uses"), std::string::npos) << error.message();
            EXPECT_EQ(to.database.collection("a").count_documents({}), 4999);
            EXPECT_TRUE(has_marks(to));
            to.database.drop_collection("a");
        }
        EXPECT_TRUE(copy(from.database, to.database, {.restart = true}).good());
        expect_equal(from, to);
    }
}

TEST(Copy, TwoAtOnceDoNotMix) {
    OpenStore from;
    OpenStore to;
    fill(from.database.collection("a"), 0, many);
    bool other_done = false;
    const CopyOptions options{.progress = [&](const CopyProgress&) {
        if (std::exchange(other_done, true)) return;
        EXPECT_TRUE(copy(from.database, to.database).good());
    }};
    EXPECT_EQ(code_of([&] { copy(from.database, to.database, options); }), Code::conflict);
    expect_equal(from, to);
}

TEST(Copy, SourceMayChangeMeanwhile) {
    OpenStore from;
    OpenStore to;
    fill(from.database.collection("a"), 0, many);
    int id = many;
    const CopyOptions options{.progress = [&](const CopyProgress&) {
        from.database.collection("a").insert_one(Document({{"_id", id++}}));
        from.database.collection("a").delete_one(Document({{"_id", id % 100}}));
    }};
    const CopyResult result = copy(from.database, to.database, options);
    EXPECT_TRUE(result.good());
    EXPECT_EQ(result.collections[0].documents, many);
}

TEST(Copy, LeavesOutIndexesThatAreBeingBuilt) {
    OpenStore from;
    OpenStore to;
    fill(from.database.collection("a"), 0, 30'000);
    EXPECT_THROW(from.database.collection("a").create_index(
                     R"({"x": 1})"_json, {},
                     {.progress =
                          [&](const BuildProgress&) {
                              const CopyResult result = copy(from.database, to.database);
                              EXPECT_TRUE(result.good());
                              EXPECT_EQ(result.collections[0].left_out, std::vector<std::string>{"x_1"});
                              throw Killed();
                          }}),
                 Killed);
    EXPECT_TRUE(to.database.collection("a").list_indexes().empty());
}

TEST(Copy, VerificationFindsWhatWasWrittenIntoTheCopy) {
    OpenStore from;
    OpenStore to;
    fill(from.database.collection("a"), 0, 20);
    const CopyOptions options{.progress = [&](const CopyProgress& progress) {
        if (progress.step != CopyStep::copying) return;
        Collection a = to.database.collection("a");
        a.update_one(R"({"_id": 3})"_json, R"({"$set": {"x": 99}})"_json);
        a.delete_one(R"({"_id": 5})"_json);
        a.insert_one(R"({"_id": "new"})"_json);
    }};
    const CopyResult result = copy(from.database, to.database, options);
    EXPECT_FALSE(result.good());
    const CollectionComparison& a = result.comparison->collections.at(0);
    EXPECT_EQ(a.missing, 1);
    EXPECT_EQ(a.surplus, 1);
    EXPECT_EQ(a.changed, 1);
    ASSERT_EQ(a.differences.size(), 3U);
    EXPECT_EQ(a.differences[0].id, "3");
    EXPECT_EQ(a.differences[0].what, "body, version, updated");
    EXPECT_EQ(a.differences[1].id, "5");
    EXPECT_EQ(a.differences[1].kind, Kind::missing);
    EXPECT_EQ(a.differences[2].id, "\"new\"");
    EXPECT_EQ(a.differences[2].kind, Kind::surplus);
    EXPECT_TRUE(has_marks(to)) << "so that restart knows what to drop";
    EXPECT_TRUE(copy(from.database, to.database, {.restart = true}).good());
    expect_equal(from, to);
}

TEST(Copy, NamesTheDocumentThatTheDestinationCannotHold) {
    OpenStore from;
    Collection a = from.database.collection("a");
    fill(a, 0, 10);
    const auto refusal = [&](const Limits& limits) {
        OpenStore to(limits);
        const Error error = error_of([&] { copy(from.database, to.database); });
        EXPECT_NE(error.message().find("of \"a\""), std::string::npos) << error.message();
        return error;
    };
    a.insert_one(Document({{"_id", "long"}, {"x", std::string(1000, 'x')}}));
    Error error = refusal({.document_bytes = 500});
    EXPECT_EQ(error.code(), Code::limit_exceeded);
    EXPECT_NE(error.message().find("document \"long\""), std::string::npos) << error.message();
    a.delete_one(R"({"_id": "long"})"_json);
    a.insert_one(R"({"_id": "deep", "x": [[[[[[1]]]]]]})"_json);
    EXPECT_NE(refusal({.depth = 5}).message().find("\"deep\""), std::string::npos);
    a.delete_one(R"({"_id": "deep"})"_json);
    a.insert_one(Document({{"_id", std::string(200, 'k')}}));
    error = refusal({.id_bytes = 100});
    EXPECT_EQ(error.code(), Code::invalid_id);
}

TEST(Copy, NamesTheDocumentThatAnIndexOfTheDestinationRefuses) {
    OpenStore from;
    OpenStore to;
    Collection a = from.database.collection("a");
    fill(a, 0, 10);
    a.insert_one(R"({"_id": "arrays", "p": [1], "q": [2]})"_json);
    to.database.collection("a").create_index(R"({"p": 1, "q": 1})"_json);
    const Error error = error_of([&] { copy(from.database, to.database); });
    EXPECT_NE(error.message().find("document \"arrays\" of \"a\""), std::string::npos) << error.message();
    EXPECT_EQ(to.database.collection("a").count_documents({}), 0);
}

TEST(Copy, RefusesDamagedDocuments) {
    const Bytes sound = R"({"_id": "a", "x": 1})"_json.cbor();
    const Bytes key = encode_string_key("a");
    const auto refusal = [&](const Bytes& row_key, const Bytes& body) {
        OpenStore from;
        OpenStore to;
        fill(from.database.collection("a"), 0, 3);
        put_row(from, "a", row_key, body);
        return error_of([&] { copy(from.database, to.database); });
    };
    for (std::size_t length = 0; length < sound.size(); ++length) {
        const Error error = refusal(key, sound.substr(0, length));
        EXPECT_EQ(error.code(), Code::corrupt);
        EXPECT_NE(error.message().find("document \"a\" of \"a\""), std::string::npos) << error.message();
    }
    EXPECT_EQ(refusal(encode_string_key("b"), sound).code(), Code::corrupt) << "another key";
    EXPECT_EQ(refusal(key, R"({"x": 1})"_json.cbor()).code(), Code::corrupt) << "no _id";
    EXPECT_EQ(refusal(key, sound + sound).code(), Code::corrupt) << "more than one";
}

TEST(Copy, RefusesMarksThatItCannotRead) {
    const std::pair<Document, Code> cases[] = {
        {R"({})"_json, Code::corrupt},
        {R"({"v": 2, "new": true})"_json, Code::unsupported},
        {R"({"v": 1, "rid": -1, "documents": 0, "hash": {"$binary": {"base64": "", "subType": "00"}}})"_json,
         Code::corrupt},
        {R"({"v": 1, "rid": "1", "documents": 0, "hash": 1})"_json, Code::corrupt},
    };
    for (const auto& [mark, code] : cases) {
        OpenStore from;
        OpenStore to;
        fill(from.database.collection("a"), 0, many);
        copy_and_kill(from, to, 1);
        put_row(to, marks, "a", mark.cbor());
        EXPECT_EQ(code_of([&] { copy(from.database, to.database); }), code) << mark.to_json();
    }
}

TEST(Compare, FindsEachDifference) {
    OpenStore a;
    fill(a.database.collection("a"), 0, 100);
    a.database.collection("a").create_index(R"({"x": 1})"_json);
    const auto difference = [&](const auto& change) {
        OpenStore b;
        copy(a.database, b.database);
        change(b);
        const CompareResult result = compare(a.database, b.database);
        EXPECT_FALSE(result.equal());
        return result.collections.at(0);
    };
    const auto index = [&](const char* keys, const IndexOptions& options) {
        return difference([&](OpenStore& b) {
            b.database.collection("a").drop_index("x_1");
            if (*keys != '\0') b.database.collection("a").create_index(Document::from_json(keys), options);
        });
    };
    const std::vector<std::string> x_1{"x_1"};
    EXPECT_EQ(index("", {}).indexes, x_1);
    EXPECT_EQ(index(R"({"x": 1})", {.sparse = true}).indexes, x_1);
    EXPECT_EQ(index(R"({"x": 1})", {.name = "other"}).indexes, (std::vector<std::string>{"other", "x_1"}));
    EXPECT_EQ(index(R"({"x": 1})", {.expire_after = std::chrono::seconds(1)}).indexes, x_1);

    EXPECT_FALSE(difference([](OpenStore& b) { b.database.drop_collection("a"); }).second.exists);
    const auto archived = difference(
        [](OpenStore& b) { b.database.collection("a").delete_one(R"({"_id": 1})"_json, {.mode = Delete::soft}); });
    EXPECT_EQ(archived.differences.at(0).what, "version, archived, updated");
    const auto emptied = difference([](OpenStore& b) { b.database.collection("a").delete_many({}); });
    EXPECT_EQ(emptied.missing, 100);
    EXPECT_EQ(emptied.differences.size(), 10U);
    EXPECT_EQ(emptied.differences.back().id, "9");
}

TEST(Compare, FindsAnotherOrderOfInsertion) {
    OpenStore a;
    OpenStore b;
    const Record one{.document = R"({"_id": 1})"_json, .version = {1}};
    const Record two{.document = R"({"_id": 2})"_json, .version = {1}};
    a.database.collection("a").insert_records(std::vector{one, two});
    b.database.collection("a").insert_records(std::vector{two, one});
    const CollectionComparison found = compare(a.database, b.database).collections.at(0);
    EXPECT_FALSE(found.equal());
    EXPECT_FALSE(found.same_order);
    EXPECT_EQ(found.missing + found.surplus + found.changed, 0);
}

TEST(Compare, TakesAllThatEitherHas) {
    OpenStore a;
    OpenStore b;
    for (const char* name : {"a", "b"}) fill(a.database.collection(name), 0, 3);
    copy(a.database, b.database, {.collections = {"b"}});
    fill(b.database.collection("c"), 0, 3);
    const CompareResult all = compare(a.database, b.database);
    ASSERT_EQ(all.collections.size(), 3U);
    EXPECT_FALSE(all.collections[0].second.exists);
    EXPECT_TRUE(all.collections[1].equal());
    EXPECT_FALSE(all.collections[2].first.exists);
    EXPECT_EQ(all.collections[2].surplus, 3);
    EXPECT_TRUE(compare(a.database, b.database, {.collections = {"b"}}).equal());
    EXPECT_EQ(code_of([&] { compare(a.database, b.database, {.collections = {"d"}}); }), Code::not_found);
    EXPECT_TRUE(compare(a.database, a.database).equal());
}

// As docs/guide/copy.md tells it.
TEST(Compare, TheHashIsThatOfTheGuide) {
    OpenStore a;
    const Record record{.document = R"({"_id": "k", "x": 1})"_json, .version = {3}, .created = {256}, .updated = {257}};
    a.database.collection("a").insert_records({&record, 1});
    const auto number = [](int high, int low) {
        return Bytes(6, '\0') + static_cast<char>(high) + static_cast<char>(low);
    };
    const Bytes key = encode_string_key("k");
    const Bytes bytes = Bytes(32, '\0') + number(0, static_cast<int>(key.size())) +
                        number(0, static_cast<int>(record.document.cbor().size())) + number(0, 3) + number(0, 0) +
                        number(1, 0) + number(1, 1) + key + record.document.cbor();
    std::string hex;
    for (const unsigned char byte : sha256(bytes)) {
        constexpr const char* digits = "0123456789abcdef";
        hex += {digits[byte >> 4U], digits[byte & 0xFU]};
    }
    EXPECT_EQ(compare(a.database, a.database).collections.at(0).first.hash, hex);
}

}  // namespace
}  // namespace sheaf
