#include "base/bell.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include <sheaf/error.hpp>

namespace sheaf {
namespace {

using std::chrono::milliseconds;

TEST(Bell, WakesUpEachTime) {
    constexpr std::uint64_t times = 20'000;
    Bell there;
    Bell back;
    const Control patient{.deadline = Control::within(std::chrono::minutes(5))};
    std::thread other([&] {
        for (std::uint64_t i = 0; i < times; ++i) {
            there.wait(i, patient);
            back.ring();
        }
    });
    for (std::uint64_t i = 0; i < times; ++i) {
        there.ring();
        back.wait(i, patient);
    }
    other.join();
    EXPECT_EQ(there.rings(), times);
    EXPECT_EQ(back.rings(), times);
}

TEST(Bell, EndsWithTheControlOrQuietlyAtTheEnd) {
    Bell bell;
    const auto soon = Control::within(milliseconds(20));
    bell.wait(bell.rings(), {}, soon);
    EXPECT_GE(Control::Clock::now(), soon);
    try {
        bell.wait(bell.rings(), {.deadline = Control::within(milliseconds(20))});
        ADD_FAILURE() << "it has not rung";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::deadline_exceeded);
    }
    bell.ring();
    bell.wait(0, {.deadline = Control::within(std::chrono::minutes(5))});
}

}  // namespace
}  // namespace sheaf
