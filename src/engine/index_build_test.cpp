// Building an index over documents that are there, beside others who write, and what is left when it is interrupted.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <thread>

#include "engine/index_build.hpp"
#include "support/open_store.hpp"

namespace sheaf {
namespace {

using engine::Existing;
using engine::IndexBuild;
using testing::error_of;
using testing::expect_good;
using testing::OpenStore;

constexpr int many = 25'000;  // some batches

void fill(Collection collection, int from, int to) {
    std::vector<Document> documents;
    for (int i = from; i < to; ++i) documents.push_back(Document({{"_id", i}, {"x", i}, {"y", i % 100}}));
    collection.insert_many(documents);
}

// The steps of a building, taken one by one.
struct Steps {
    explicit Steps(OpenStore& open, const IndexDefinition& wanted, Existing existing = Existing::refuse)
        : target{open.store, none, name}, build(target, wanted, existing, options) {}
    const std::shared_ptr<engine::Session> none;
    const std::string name = "a";
    BuildOptions options{};
    engine::Target target;
    IndexBuild build;
};

const IndexDefinition& on_x() {
    static const IndexDefinition definition{R"({"x": 1})"_json, {.unique = true}};
    return definition;
}

TEST(IndexBuild, TellsItsProgress) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    std::vector<BuildProgress> seen;
    a.create_index(R"({"x": 1})"_json, {}, {.progress = [&](const BuildProgress& p) { seen.push_back(p); }});
    ASSERT_GE(seen.size(), 3U);
    EXPECT_EQ(seen.back().done, many);
    EXPECT_GE(seen.front().total, many);
    EXPECT_LT(seen.front().done, many);
    EXPECT_EQ(a.verify_index("x_1").entries, many);
    expect_good(a);
}

TEST(IndexBuild, HoldsWhatIsWrittenMeanwhile) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    std::atomic<bool> stop = false;
    std::atomic<int> writes = 0;
    std::thread writer([&] {
        for (int i = 0; !stop; ++i, ++writes) {
            const Document id({{"_id", i * 7919 % many}});
            if (i % 3 == 0) a.update_one(id, R"({"$inc": {"x": 1000000}})"_json);
            if (i % 3 == 1) a.delete_one(id);
            if (i % 3 == 2) a.insert_one(Document({{"_id", many + i}, {"x", many + i}}));
        }
    });
    a.create_index(R"({"x": 1, "y": -1})"_json);
    a.create_index(R"({"y": 1})"_json);
    stop = true;
    writer.join();
    EXPECT_GT(writes, 3);
    expect_good(a);
}

TEST(IndexBuild, IsNotUsedBeforeItIsReady) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    Steps steps(open, on_x());
    steps.build.begin();
    ASSERT_FALSE(steps.build.is_ready());
    EXPECT_EQ(a.list_indexes().at(0).state, IndexState::building);
    EXPECT_EQ(a.list_indexes().at(0).to_document()["building"].boolean(), true);
    steps.build.step();
    EXPECT_EQ(a.count_documents(Document({{"x", many - 1}})), 1);
    EXPECT_EQ(error_of([&] { a.verify_index("x_1"); }).code(), Code::conflict);
    EXPECT_EQ(error_of([&] { a.insert_one(R"({"_id": -1, "x": 5})"_json); }).code(), Code::duplicate_key)
        << "of a document that is in it already";
    while (!steps.build.is_ready()) steps.build.step();
    expect_good(a);
}

TEST(IndexBuild, GoesOnWhereAnotherWasInterrupted) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    {
        Steps interrupted(open, on_x());
        interrupted.build.begin();
        interrupted.build.step();
    }
    a.delete_one(R"({"_id": 3})"_json);                                          // in the index
    a.update_one(Document({{"_id", many - 1}}), R"({"$set": {"x": -1}})"_json);  // not yet
    std::int64_t done = 0;
    const BuildOptions counted{.progress = [&](const BuildProgress& p) { done = p.done; }};
    EXPECT_EQ(a.ensure_index(on_x(), counted), IndexChange::resumed);
    EXPECT_LT(done, many);
    expect_good(a);
    EXPECT_EQ(a.verify_index("x_1").entries, many - 1);
}

TEST(IndexBuild, AnotherDefinitionReplacesOrConflicts) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    {
        Steps interrupted(open, on_x());
        interrupted.build.begin();
        interrupted.build.step();
    }
    EXPECT_EQ(error_of([&] { a.create_index(R"({"x": 1})"_json); }).mongo_code(), 86);
    EXPECT_EQ(a.ensure_index({R"({"y": 1})"_json, {.name = "x_1"}}), IndexChange::rebuilt);
    expect_good(a);
    EXPECT_EQ(open.tables().size(), 2U);
}

TEST(IndexBuild, TwoAtOnceTakeTurns) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    Steps one(open, on_x());
    Steps two(open, on_x());
    one.build.begin();
    two.build.begin();
    EXPECT_EQ(two.build.result().change, IndexChange::resumed);
    while (!one.build.is_ready() || !two.build.is_ready()) {
        if (!one.build.is_ready()) one.build.step();
        if (!two.build.is_ready()) two.build.step();
    }
    expect_good(a);
    std::thread other([&] { a.create_index(R"({"y": 1})"_json); });
    a.create_index(R"({"y": 1})"_json);
    other.join();
    expect_good(a);
    EXPECT_EQ(a.verify_index("y_1").entries, many);
}

TEST(IndexBuild, SaysThatItWasDroppedMeanwhile) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    Steps steps(open, on_x());
    steps.build.begin();
    EXPECT_TRUE(a.drop_index("x_1"));
    EXPECT_EQ(error_of([&] { steps.build.step(); }).code(), Code::conflict);
    a.drop();
    EXPECT_EQ(error_of([&] { steps.build.step(); }).code(), Code::conflict);
}

// What is left of a building that has failed: nothing.
void expect_gone(const OpenStore& open) {
    EXPECT_TRUE(open.database.collection("a").list_indexes().empty());
    EXPECT_EQ(open.tables(), std::vector<std::string>{"a"});
}

TEST(IndexBuild, IsTakenBackForDocumentsThatBreakIt) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    const Error near = error_of([&] { a.create_index(R"({"y": 1})"_json, {.unique = true}); });
    EXPECT_EQ(near.code(), Code::duplicate_key);
    EXPECT_NE(near.message().find("is taken by document"), std::string_view::npos) << near.what();
    expect_gone(open);
    a.insert_one(Document({{"_id", "far"}, {"x", 5}}));
    const Error far = error_of([&] { a.create_index(R"({"x": 1})"_json, {.unique = true}); });
    EXPECT_EQ(far.message(),
              "document \"far\" breaks the unique index \"x_1\" of \"a\": {\"x\":5} is taken by document 5");
    expect_gone(open);
    a.insert_one(R"({"_id": "both", "x": [1], "y": [1]})"_json);
    const Error parallel = error_of([&] { a.create_index(R"({"x": 1, "y": 1})"_json); });
    EXPECT_EQ(parallel.mongo_code(), 171);
    EXPECT_TRUE(parallel.message().starts_with("document \"both\" cannot be indexed: ")) << parallel.what();
    expect_gone(open);
}

TEST(IndexBuild, OldDocumentsThatItCannotHoldMayStillBeChanged) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    a.insert_many(
        std::vector{R"({"_id": "one", "x": [1], "y": [1]})"_json, R"({"_id": "two", "x": [1], "y": [1]})"_json});
    Steps steps(open, {R"({"x": 1, "y": 1})"_json, {}});
    steps.build.begin();
    a.update_one(R"({"_id": "one"})"_json, R"({"$set": {"y": 1}})"_json);
    a.delete_one(R"({"_id": "two"})"_json);
    while (!steps.build.is_ready()) steps.build.step();
    expect_good(a);
}

TEST(IndexBuild, IsTakenBackWhenItsControlEnds) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    std::stop_source stop;
    const auto cancel = [&](const BuildProgress&) { stop.request_stop(); };
    EXPECT_EQ(error_of([&] {
                  a.create_index(R"({"x": 1})"_json, {}, {.control = {.stop = stop.get_token()}, .progress = cancel});
              }).code(),
              Code::cancelled);
    expect_gone(open);
    const Control late{.deadline = Control::Clock::now()};
    EXPECT_EQ(error_of([&] { a.create_index(R"({"x": 1})"_json, {}, {.control = late}); }).code(),
              Code::deadline_exceeded);
    expect_gone(open);
    const auto fail = [](const BuildProgress&) { throw std::runtime_error("enough"); };
    EXPECT_THROW(a.create_index(R"({"x": 1})"_json, {}, {.progress = fail}), std::runtime_error);
    expect_gone(open);
}

TEST(IndexBuild, OfAnotherIsNotTakenBack) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    Steps other(open, on_x());
    other.build.begin();
    const auto resume = [&](const BuildOptions& options) { a.create_index(on_x().keys, on_x().options, options); };
    const auto expect_building = [&] {
        ASSERT_EQ(a.list_indexes().size(), 1U);
        EXPECT_EQ(a.list_indexes().at(0).state, IndexState::building);
    };
    std::stop_source stop;
    const auto cancel = [&](const BuildProgress&) { stop.request_stop(); };
    EXPECT_EQ(error_of([&] { resume({.control = {.stop = stop.get_token()}, .progress = cancel}); }).code(),
              Code::cancelled);
    expect_building();
    const auto fail = [](const BuildProgress&) { throw std::runtime_error("enough"); };
    EXPECT_THROW(resume({.progress = fail}), std::runtime_error);
    expect_building();
    while (!other.build.is_ready()) other.build.step();
    expect_good(a);
    EXPECT_EQ(a.verify_index("x_1").entries, many);
}

TEST(IndexBuild, OfAnotherIsTakenBackWhenItIsHopeless) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    Steps other(open, on_x());
    other.build.begin();
    a.insert_one(Document({{"_id", "early"}, {"x", many - 1}}));  // before the building meets the other one
    EXPECT_EQ(error_of([&] { a.ensure_index(on_x()); }).code(), Code::duplicate_key);
    expect_gone(open);
    EXPECT_EQ(error_of([&] { other.build.step(); }).code(), Code::conflict);
}

TEST(IndexBuild, KeepsItsCollectionFromBeingRenamed) {
    OpenStore open;
    Collection a = open.database.collection("a");
    fill(a, 0, many);
    Steps steps(open, on_x());
    steps.build.begin();
    const Error refused = error_of([&] { open.database.rename("a", "b"); });
    EXPECT_EQ(refused.code(), Code::conflict);
    EXPECT_EQ(refused.message(),
              "\"a\" cannot be renamed while its index \"x_1\" is being built: finish that with the same "
              "create_index(), or drop the index");
    while (!steps.build.is_ready()) steps.build.step();
    open.database.rename("a", "b");
    expect_good(open.database.collection("b"));
}

TEST(IndexBuild, OfAnEmptyCollectionIsOneTransaction) {
    OpenStore open;
    Steps steps(open, on_x());
    steps.build.begin();
    EXPECT_TRUE(steps.build.is_ready());
    EXPECT_EQ(open.database.list_collections(), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace sheaf
