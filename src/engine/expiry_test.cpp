// Documents whose time is over.
#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <utility>

#include "support/open_store.hpp"

namespace sheaf {
namespace {

using testing::error_of;
using testing::expect_good;
using testing::OpenStore;

const IndexOptions& an_hour() {
    static const IndexOptions options{.expire_after = std::chrono::hours(1)};
    return options;
}

Value hours_from(DateTime start, int hours) {
    return Value(DateTime{start.ms + hours * 3'600'000});
}

std::vector<std::int64_t> ids_of(const Collection& collection) {
    std::vector<std::int64_t> ids;
    Cursor cursor = collection.find({}, {.sort = R"({"_id": 1})"_json, .archived = Archived::include});
    while (const auto record = cursor.next()) ids.push_back(record->id().integer());
    return ids;
}

TEST(Expire, RemovesWhatIsOlder) {
    for (const int direction : {1, -1}) {
        OpenStore open;
        const DateTime start = open.clock->time();
        Collection a = open.database.collection("a");
        a.create_index(Document({{"at", direction}}), an_hour());
        a.insert_many(std::vector{
            Document({{"_id", 1}, {"at", hours_from(start, -2)}}), Document({{"_id", 2}, {"at", hours_from(start, 0)}}),
            Document({{"_id", 3}, {"at", "no date"}}), Document({{"_id", 4}}), Document({{"_id", 5}, {"at", 12}}),
            Document({{"_id", 6}, {"at", Value::array({hours_from(start, 5), hours_from(start, -3)})}}),
            Document({{"_id", 7}, {"at", Value::array({hours_from(start, -1), hours_from(start, -4)})}}),
            Document({{"_id", 8}, {"at", nullptr}})});
        EXPECT_EQ(a.expire(), 3);
        EXPECT_EQ(ids_of(a), (std::vector<std::int64_t>{2, 3, 4, 5, 8}));
        EXPECT_EQ(a.expire(), 0);
        open.clock->advance(3'600'001);
        EXPECT_EQ(open.database.expire(), 1);
        expect_good(a);
    }
}

TEST(Expire, TakesBatchesAndPassesArchivedOnes) {
    OpenStore open;
    Collection a = open.database.collection("a");
    a.create_index(R"({"at": 1})"_json, an_hour());
    const Value old = hours_from(open.clock->time(), -2);
    std::vector<Document> documents;
    for (int i = 0; i < 21'000; ++i) documents.push_back(Document({{"_id", i}, {"at", old}}));
    a.insert_many(documents);
    a.delete_many(R"({"_id": {"$lt": 500}})"_json, {.mode = Delete::soft});
    EXPECT_EQ(a.expire(), 20'500);
    EXPECT_EQ(a.count_documents({}, {.archived = Archived::only}), 500);
    expect_good(a);
}

TEST(Expire, HeedsPartialIndexesAndTransactions) {
    OpenStore open;
    Collection a = open.database.collection("a");
    IndexOptions options = an_hour();
    options.partial = R"({"temporary": true})"_json;
    a.create_index(R"({"at": 1})"_json, options);
    const Value old = hours_from(open.clock->time(), -2);
    a.insert_one(Document({{"_id", 1}, {"at", old}}));
    a.insert_one(Document({{"_id", 2}, {"at", old}, {"temporary", true}}));
    Transaction tx = open.database.begin();
    EXPECT_EQ(tx.collection("a").expire(), 1);
    tx.rollback();
    EXPECT_EQ(ids_of(a), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(a.expire(), 1);
    EXPECT_EQ(ids_of(a), std::vector<std::int64_t>{1});
    EXPECT_EQ(open.database.collection("none").expire(), 0);
}

// A clock that does something once when it is read: expire() reads it first when it looks for victims.
class EventfulClock final : public Clock {
public:
    DateTime now() override {
        if (const auto event = std::exchange(event_, nullptr)) event();
        return time;
    }
    void at_next_reading(std::function<void()> event) { event_ = std::move(event); }
    const DateTime time{1'000'000'000};

private:
    std::function<void()> event_{};
};

TEST(Expire, DecidesAnewWhenItRemoves) {
    const Document fresh = Document({{"_id", 1}, {"at", hours_from({1'000'000'000}, 0)}});
    const Document old = Document({{"_id", 1}, {"at", hours_from({1'000'000'000}, -2)}});
    const std::vector<std::function<void(Collection&)>> events{
        [&](Collection& a) {  // another document of the same _id and version
            a.delete_one({});
            a.insert_one(fresh);
        },
        [&](Collection& a) {  // of another collection of the same name, with the same index
            a.drop();
            a.create_index(R"({"at": 1})"_json, an_hour());
            a.insert_one(old);
        },
        [&](Collection& a) { a.replace_one({}, fresh); },
        [](Collection& a) { a.drop_index("at_1"); },
        [](Collection& a) {
            a.ensure_index({R"({"at": 1})"_json, {.expire_after = std::chrono::hours(3)}});
        },
        [](Collection& a) { a.delete_one({}, {.mode = Delete::soft}); },
    };
    for (std::size_t i = 0; i <= events.size(); ++i) {
        const auto clock = std::make_shared<EventfulClock>();
        Database database =
            make_database(std::make_shared<engine::Store>(memory::open_memory(), Limits{}, clock, system_random()));
        Collection a = database.collection("a");
        a.create_index(R"({"at": 1})"_json, an_hour());
        a.insert_one(old);
        bool happened = false;
        clock->at_next_reading([&] {
            happened = true;
            if (i < events.size()) events[i](a);
        });
        const bool stays = i < events.size();
        EXPECT_EQ(a.expire(), stays ? 0 : 1) << "event " << i;
        EXPECT_TRUE(happened);
        EXPECT_EQ(a.count_documents({}, {.archived = Archived::include}), stays ? 1 : 0) << "event " << i;
    }
}

TEST(Expire, OneBadCollectionDoesNotKeepTheOthers) {
    OpenStore open;
    Collection b = open.database.collection("b");
    for (const char* name : {"a", "b", "c"})
        open.database.collection(name).create_index(R"({"at": 1})"_json, an_hour());
    b.insert_one(Document({{"_id", 1}, {"at", hours_from(open.clock->time(), -2)}}));
    for (const char* name : {"a", "c"}) {
        const auto tx = open.store->backend().begin({.mode = driver::Mode::write});
        tx->describe_table(name, "no description");
        tx->commit();
    }
    EXPECT_EQ(error_of([&] { open.database.expire(); }).code(), Code::corrupt);
    EXPECT_EQ(b.count_documents(), 0);
}

TEST(Expire, CanBeStopped) {
    OpenStore open;
    Collection a = open.database.collection("a");
    a.create_index(R"({"at": 1})"_json, an_hour());
    a.insert_one(Document({{"_id", 1}, {"at", hours_from(open.clock->time(), -2)}}));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(error_of([&] { a.expire({.stop = stop.get_token()}); }).code(), Code::cancelled);
    EXPECT_EQ(a.count_documents(), 1);
}

// Waits for what another thread does.
template <typename Condition>
bool comes_true(const Condition& condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return condition();
}

TEST(Expirer, WorksUntilTheStoreCloses) {
    OpenStore open;
    Collection a = open.database.collection("a");
    a.create_index(R"({"at": 1})"_json, an_hour());
    const Value old = hours_from(open.clock->time(), -2);
    a.insert_one(Document({{"_id", 1}, {"at", old}}));
    open.store->start_expiring(std::chrono::milliseconds(1));
    EXPECT_TRUE(comes_true([&] { return a.count_documents() == 0; }));
    a.insert_one(Document({{"_id", 2}, {"at", old}}));
    EXPECT_TRUE(comes_true([&] { return a.count_documents() == 0; }));
    open.database.close();
    EXPECT_EQ(open.store->expiry_error(), "");
}

TEST(Expirer, EndsAtOnceWithItsStore) {
    const auto start = Control::Clock::now();
    {
        OpenStore open;
        open.store->start_expiring(std::chrono::hours(24 * 365 * 1000));
    }
    EXPECT_LT(Control::Clock::now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace sheaf
