// ChangeSignal: wakes up after commits, whoever makes them, and misses none.
#include <future>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds short_time{150};

std::string wait_error(driver::ChangeSignal& signal, Control::Clock::duration time) {
    return error_of([&] { signal.wait({.deadline = Control::within(time), .stop = {}}); });
}

// It may return for no reason, but not all the time.
void expect_silence(driver::ChangeSignal& signal) {
    std::string error;
    for (int i = 0; i < 10 && error != "deadline_exceeded"; ++i) error = wait_error(signal, short_time);
    EXPECT_EQ(error, "deadline_exceeded");
}

}  // namespace

void Changes::SetUp() {
    Conformance::SetUp();
    if (IsSkipped()) return;
    if (backend().changes() == nullptr) GTEST_SKIP() << "the backend does not tell of changes";
    make_tables();
}

TEST_P(Changes, WakeUpAfterACommit) {
    const auto signal = backend().changes();
    expect_silence(*signal);
    auto waiting = std::async(std::launch::async, [&] { return wait_error(*signal, seconds(20)); });
    std::this_thread::sleep_for(short_time / 3);
    commit_one(backend(), docs, put(id(1), "x"));
    const auto committed = Control::Clock::now();
    EXPECT_EQ(waiting.get(), "nothing");
    EXPECT_LT(Control::Clock::now() - committed, seconds(5));
    expect_silence(*signal);
}

TEST_P(Changes, DoNotMissWhatHappensBetweenTwoWaits) {
    const auto signal = backend().changes();
    commit_one(backend(), docs, put(id(1), "since it was made"));
    EXPECT_EQ(wait_error(*signal, seconds(20)), "nothing");
    commit_one(backend(), docs, put(id(1), "since it last returned", 2));
    EXPECT_EQ(wait_error(*signal, seconds(20)), "nothing");
}

TEST_P(Changes, AreNotThoseOfTransactionsThatRollBack) {
    const auto signal = backend().changes();
    expect_silence(*signal);
    must(*write(), docs, put(id(1), "never there"));
    expect_silence(*signal);
}

TEST_P(Changes, AreToldToEverybody) {
    const auto first = backend().changes();
    const auto second = backend().changes();
    commit_one(backend(), docs, put(id(1), "x"));
    EXPECT_EQ(wait_error(*first, seconds(20)), "nothing");
    EXPECT_EQ(wait_error(*second, seconds(20)), "nothing");
}

TEST_P(Changes, OfOtherHandlesAreTold) {
    if (!capabilities().multi_process) GTEST_SKIP() << "one handle per store";
    const auto signal = backend().changes();
    expect_silence(*signal);
    const auto other = harness().second_handle();
    expect_silence(*signal);
    auto waiting = std::async(std::launch::async, [&] { return wait_error(*signal, seconds(20)); });
    std::this_thread::sleep_for(short_time / 3);
    commit_one(*other, docs, put(id(1), "x"));
    EXPECT_EQ(waiting.get(), "nothing");
}

TEST_P(Changes, TheWaitEndsWithItsControl) {
    const auto signal = backend().changes();
    std::stop_source stop;
    auto waiting = std::async(std::launch::async, [&] {
        std::string error = "nothing";
        while (error == "nothing") error = error_of([&] { signal->wait({.stop = stop.get_token()}); });
        return error;
    });
    EXPECT_EQ(waiting.wait_for(short_time), std::future_status::timeout);
    stop.request_stop();
    EXPECT_EQ(waiting.get(), "cancelled");
}

TEST_P(Changes, EndWithTheStore) {
    const auto signal = backend().changes();
    expect_silence(*signal);
    backend().close();
    EXPECT_EQ(wait_error(*signal, seconds(20)), "closed");
    EXPECT_EQ(error_of([&] { backend().changes(); }), "closed");
}

}  // namespace sheaf::conformance
