// Waiting for the writer: deadlines, stop tokens, busy, and a thread that would wait for itself.
#include <future>
#include <thread>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

using Clock = Control::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds short_time{150};
constexpr seconds far_too_long{20};

std::string begin_writer(Backend& backend, Control control) {
    return error_of([&] { backend.begin({.mode = Mode::write, .control = std::move(control)}); });
}

#define SKIP_UNLESS_WRITERS_ARE_SERIALISED() \
    if (capabilities().concurrent_writers) GTEST_SKIP() << "write transactions run side by side"

}  // namespace

TEST_P(Waiting, ASecondWriterOfTheSameThreadIsLocked) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    make_tables();
    {
        const auto writer = write();
        const auto begun = Clock::now();
        EXPECT_EQ(begin_writer(backend(), {}), "locked");
        EXPECT_EQ(begin_writer(backend(), {.deadline = Control::within(far_too_long), .stop = {}}), "locked");
        EXPECT_LT(Clock::now() - begun, seconds(5)) << "it must not wait for itself";
        must(*writer, docs, put(id(1), "still usable"));
        writer->commit();
    }
    EXPECT_EQ(body(backend(), docs, id(1)), "still usable");
    commit_one(backend(), docs, put(id(2), "not locked any more"));
}

TEST_P(Waiting, NotLockedOnceTheFirstIsCommittedThoughItsObjectLives) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    make_tables();
    const auto first = write();
    must(*first, docs, put(id(1), "x"));
    first->commit();
    commit_one(backend(), docs, put(id(2), "y"));
    in_thread([&] { commit_one(backend(), docs, put(id(3), "z")); });
    EXPECT_EQ(rows(*read(), docs).size(), 3U);
}

TEST_P(Waiting, AReaderIsNotAWriter) {
    make_tables();
    const auto reader = read();
    commit_one(backend(), docs, put(id(1), "x"));
    EXPECT_TRUE(rows(*reader, docs).empty());
}

TEST_P(Waiting, EndsAtTheDeadline) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    make_tables();
    const auto writer = write();
    const auto begun = Clock::now();
    const std::string error =
        in_thread([&] { return begin_writer(backend(), {.deadline = Control::within(short_time), .stop = {}}); });
    EXPECT_EQ(error, "deadline_exceeded");
    EXPECT_GE(Clock::now() - begun, short_time);
    EXPECT_LT(Clock::now() - begun, far_too_long);
    must(*writer, docs, put(id(1), "x"));
    writer->commit();
    commit_one(backend(), docs, put(id(2), "nothing was left behind"));
}

TEST_P(Waiting, EndsWhenItIsStopped) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    make_tables();
    const auto writer = write();
    std::stop_source stop;
    const auto begun = Clock::now();
    auto waiting = std::async(std::launch::async, [&] {
        return begin_writer(backend(), {.deadline = Control::within(far_too_long), .stop = stop.get_token()});
    });
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout) << "the writer is held, so it has to wait";
    stop.request_stop();
    EXPECT_EQ(waiting.get(), "cancelled");
    EXPECT_LT(Clock::now() - begun, far_too_long);
    writer->commit();
    commit_one(backend(), docs, put(id(1), "nothing was left behind"));
}

TEST_P(Waiting, AControlThatHasEndedDoesNotWait) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    make_tables();
    std::stop_source stop;
    stop.request_stop();
    const Control stopped{.deadline = {}, .stop = stop.get_token()};
    const Control late{.deadline = Clock::now() - seconds(1), .stop = {}};
    const auto writer = write();
    EXPECT_EQ(in_thread([&] { return begin_writer(backend(), stopped); }), "cancelled");
    EXPECT_EQ(in_thread([&] { return begin_writer(backend(), late); }), "deadline_exceeded");
}

TEST_P(Waiting, GetsTheWriterWhenItBecomesFree) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    make_tables();
    auto first = write();
    must(*first, docs, put(id(1), "1", 1));
    auto second = std::async(std::launch::async, [&] {
        const auto writer =
            backend().begin({.mode = Mode::write, .control = {.deadline = Control::within(far_too_long), .stop = {}}});
        const auto seen = body(*writer, docs, id(1));
        must(*writer, docs, put(id(1), seen + "2", 2, Expect::exactly(Version{1})));
        writer->commit();
        return seen;
    });
    EXPECT_EQ(second.wait_for(short_time), std::future_status::timeout) << "two writers at once";
    first->commit();
    EXPECT_EQ(second.get(), "1");
    EXPECT_EQ(body(backend(), docs, id(1)), "12");
}

TEST_P(Waiting, GetsTheWriterAfterARollback) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    make_tables();
    auto first = write();
    must(*first, docs, put(id(1), "x"));
    auto second = std::async(std::launch::async, [&] { commit_one(backend(), docs, put(id(2), "y")); });
    EXPECT_EQ(second.wait_for(short_time), std::future_status::timeout);
    first.reset();
    second.get();
    EXPECT_EQ(keys(backend(), docs), std::vector<Bytes>{id(2)});
}

TEST_P(Waiting, WithoutADeadlineEndsInBusy) {
    SKIP_UNLESS_WRITERS_ARE_SERIALISED();
    if (!harness().busy_after()) GTEST_SKIP() << "the harness names no waiting time";
    const auto writer = write();
    const auto begun = Clock::now();
    EXPECT_EQ(in_thread([&] { return begin_writer(backend(), {}); }), "busy");
    EXPECT_GE(Clock::now() - begun, *harness().busy_after() / 2);
    EXPECT_LT(Clock::now() - begun, *harness().busy_after() + far_too_long);
}

TEST_P(Waiting, ReadersDoNotWaitForTheWriter) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "old"));
    const auto writer = write();
    must(*writer, docs, put(id(1), "new", 2));
    const auto begun = Clock::now();
    EXPECT_EQ(in_thread([&] { return body(backend(), docs, id(1)); }), "old");
    EXPECT_LT(Clock::now() - begun, seconds(5));
}

}  // namespace sheaf::conformance
