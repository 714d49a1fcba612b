#include "storage/postgres/change_signal.hpp"

#include <future>

#include "storage/postgres/test_store.hpp"

namespace sheaf::postgres {
namespace {

using namespace test;
using namespace std::chrono_literals;

using ChangeSignalTest = StoreTest;

TEST_F(ChangeSignalTest, IsOfferedWhereCommitsTell) {
    EXPECT_EQ(open()->changes(), nullptr);
    EXPECT_NE(open("notify=on")->changes(), nullptr);
}

TEST_F(ChangeSignalTest, WakesUpWhenItsConnectionBreaksAndListensAgain) {
    const auto backend = open("notify=on");
    make_table(*backend, "t");
    const auto signal = backend->changes();
    const auto wait = [&] { return error_of([&] { signal->wait({.deadline = Control::within(10s)}); }); };
    auto waiting = std::async(std::launch::async, wait);
    EXPECT_EQ(waiting.wait_for(100ms), std::future_status::timeout);
    const std::string listening = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    EXPECT_EQ(number("SELECT count(*) " + listening), 1);
    run("SELECT pg_terminate_backend(pid, 5000) " + listening);
    EXPECT_EQ(waiting.get(), "nothing") << "something may have been missed";
    put_one(*backend, "t", id("k"), "x");
    EXPECT_EQ(wait(), "nothing");
    EXPECT_EQ(error_of([&] { signal->wait({.deadline = Control::within(100ms)}); }), "deadline_exceeded");
}

TEST_F(ChangeSignalTest, ReadersAndRefusedCommitsTellNothing) {
    const auto backend = open("notify=on");
    make_table(*backend, "t");
    const auto signal = backend->changes();
    read(*backend)->commit();
    write(*backend)->commit();
    const auto writer = write(*backend);
    writer->get("t", id("k"));
    writer->commit();
    EXPECT_EQ(error_of([&] { signal->wait({.deadline = Control::within(100ms)}); }), "deadline_exceeded");
}

}  // namespace
}  // namespace sheaf::postgres
