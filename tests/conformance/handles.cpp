// Two handles on one store, as two processes have them: what one commits the other sees, and one of them writes at a
// time.
#include <thread>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

#define OPEN_SECOND_HANDLE(name)                                                \
    if (!capabilities().multi_process) GTEST_SKIP() << "one process only";      \
    make_tables();                                                              \
    const std::unique_ptr<Backend> owner_of_##name = harness().second_handle(); \
    ASSERT_NE(owner_of_##name, nullptr) << "capabilities say multi_process";    \
    Backend& name = *owner_of_##name

std::unique_ptr<Transaction> begin(Backend& backend, Mode mode) {
    return backend.begin({.mode = mode, .control = {}});
}

}  // namespace

TEST_P(Handles, SeeEachOthersCommits) {
    OPEN_SECOND_HANDLE(other);
    for (int i = 0; i < 20; ++i) {
        commit_one(i % 2 == 0 ? backend() : other, docs, put(id("n"), std::to_string(i), i + 1));
        EXPECT_EQ(body(i % 2 == 0 ? other : backend(), docs, id("n")), std::to_string(i));
    }
}

TEST_P(Handles, SnapshotsStayAcrossThem) {
    OPEN_SECOND_HANDLE(other);
    commit_one(backend(), docs, put(id(1), "old"));
    const auto snapshot = begin(other, Mode::read);
    commit_one(backend(), docs, put(id(1), "new", 2));
    EXPECT_EQ(body(*snapshot, docs, id(1)), "old");
    EXPECT_EQ(body(other, docs, id(1)), "new");
}

TEST_P(Handles, ExpectationsHoldAcrossThem) {
    OPEN_SECOND_HANDLE(other);
    commit_one(backend(), docs, put(id(1), "1", 1, Expect::absent()));
    EXPECT_EQ(apply(*begin(other, Mode::write), docs, {put(id(1), "x", 1, Expect::absent())}),
              Outcomes{Outcome::duplicate});
    commit_one(other, docs, put(id(1), "2", 2, Expect::exactly(Version{1})));
    EXPECT_EQ(apply(*write(), docs, {put(id(1), "x", 2, Expect::exactly(Version{1}))}), Outcomes{Outcome::mismatch});
}

TEST_P(Handles, PlacesRiseAcrossThem) {
    OPEN_SECOND_HANDLE(other);
    std::vector<Bytes> inserted;
    for (int i = 0; i < 20; ++i) {
        inserted.push_back(id(100 - i));
        commit_one(i % 2 == 0 ? backend() : other, docs, put(inserted.back(), "x"));
    }
    EXPECT_EQ(keys(backend(), docs), inserted);
    EXPECT_EQ(keys(other, docs), inserted);
}

TEST_P(Handles, OneWritesAtATime) {
    OPEN_SECOND_HANDLE(other);
    if (capabilities().concurrent_writers) GTEST_SKIP() << "write transactions run side by side";
    const auto writer = write();
    must(*writer, docs, put(id(1), "x"));
    const Control brief{.deadline = Control::within(milliseconds(200)), .stop = {}};
    EXPECT_EQ(in_thread([&] { return error_of([&] { other.begin({.mode = Mode::write, .control = brief}); }); }),
              "deadline_exceeded");
    EXPECT_EQ(in_thread([&] { return body(other, docs, id(1)); }), "(none)");
    writer->commit();
    in_thread([&] { commit_one(other, docs, put(id(2), "y")); });
    EXPECT_EQ(rows(*read(), docs).size(), 2U);
}

TEST_P(Handles, WaitingForTheOtherCanBeStopped) {
    OPEN_SECOND_HANDLE(other);
    if (capabilities().concurrent_writers) GTEST_SKIP() << "write transactions run side by side";
    const auto writer = write();
    must(*writer, docs, put(id(1), "x"));
    std::stop_source stop;
    auto waiting = std::async(std::launch::async, [&] {
        const Control control{.deadline = Control::within(seconds(20)), .stop = stop.get_token()};
        return error_of([&] { other.begin({.mode = Mode::write, .control = control}); });
    });
    EXPECT_EQ(waiting.wait_for(milliseconds(150)), std::future_status::timeout);
    const auto asked = Control::Clock::now();
    stop.request_stop();
    EXPECT_EQ(waiting.get(), "cancelled");
    EXPECT_LT(Control::Clock::now() - asked, seconds(10));
}

TEST_P(Handles, AWaitingWriterSeesWhatTheOtherCommitted) {
    OPEN_SECOND_HANDLE(other);
    if (capabilities().concurrent_writers) GTEST_SKIP() << "write transactions run side by side";
    const auto writer = write();
    must(*writer, docs, put(id(1), "1", 1));
    auto waiting = std::async(std::launch::async, [&] {
        const Control control{.deadline = Control::within(seconds(20)), .stop = {}};
        const auto second = other.begin({.mode = Mode::write, .control = control});
        const Bytes seen = body(*second, docs, id(1));
        must(*second, docs, put(id(1), "2", 2, Expect::exactly(Version{1})));
        second->commit();
        return seen;
    });
    EXPECT_EQ(waiting.wait_for(milliseconds(150)), std::future_status::timeout);
    writer->commit();
    EXPECT_EQ(waiting.get(), "1");
    EXPECT_EQ(body(backend(), docs, id(1)), "2");
}

// What one handle knows of tables, prepared statements included, must not outlive what the other does to them.
TEST_P(Handles, SeeEachOthersTables) {
    OPEN_SECOND_HANDLE(other);
    commit_one(backend(), docs, put(id(1), "x"));
    EXPECT_EQ(body(other, docs, id(1)), "x");
    {
        const auto writer = write();
        writer->drop_table(docs);
        writer->ensure_table(docs, TableKind::ordered);
        writer->rename_table(index, "moved");
        must(*writer, docs, put("k", "ordered"));
        writer->commit();
    }
    EXPECT_EQ(body(other, docs, "k"), "ordered");
    EXPECT_EQ(error_of([&] { begin(other, Mode::read)->get(index, "k"); }), "not_found");
    EXPECT_EQ(begin(other, Mode::read)->tables(),
              (std::vector<TableInfo>{{"docs", TableKind::ordered}, {"moved", TableKind::ordered}}));
    EXPECT_FALSE(begin(other, Mode::write)->ensure_table(docs, TableKind::ordered));
    EXPECT_EQ(error_of([&] { begin(other, Mode::write)->ensure_table(docs, TableKind::documents); }), "already_exists");
    {
        const auto writer = begin(other, Mode::write);
        EXPECT_TRUE(writer->drop_table(docs));
        EXPECT_TRUE(writer->ensure_table(docs, TableKind::documents));
        must(*writer, docs, put(id(1), "documents again"));
        writer->commit();
    }
    EXPECT_EQ(body(backend(), docs, id(1)), "documents again");
}

TEST_P(Handles, NoUpdateIsLostBetweenThem) {
    OPEN_SECOND_HANDLE(other);
    if (capabilities().concurrent_writers) GTEST_SKIP() << "write transactions run side by side";
    commit_one(backend(), docs, put(id("n"), "0", 1));
    const auto work = [](Backend& handle) {
        for (int round = 0; round < 50; ++round) {
            const Control control{.deadline = Control::within(seconds(60)), .stop = {}};
            const auto writer = handle.begin({.mode = Mode::write, .control = control});
            const std::int64_t version = writer->get(docs, id("n"))->meta.version.value;
            must(*writer, docs, put(id("n"), std::to_string(version), version + 1, Expect::exactly(Version{version})));
            writer->commit();
        }
    };
    {
        const std::jthread first([&] { work(backend()); });
        const std::jthread second([&] { work(other); });
        const std::jthread third([&] { work(other); });
    }
    EXPECT_EQ(body(backend(), docs, id("n")), "150");
}

TEST_P(Handles, OneMayCloseWhileTheOtherGoesOn) {
    OPEN_SECOND_HANDLE(other);
    commit_one(other, docs, put(id(1), "x"));
    other.close();
    commit_one(backend(), docs, put(id(2), "y"));
    EXPECT_EQ(rows(*read(), docs).size(), 2U);
}

}  // namespace sheaf::conformance
