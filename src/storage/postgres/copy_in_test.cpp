#include "storage/postgres/copy_in.hpp"

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <thread>

#include "storage/postgres/big_endian.hpp"
#include "storage/postgres/test_server.hpp"

namespace sheaf::postgres {
namespace {

using namespace std::chrono_literals;
using test::error_of;

constexpr std::string_view copy = "COPY numbers (n, padding) FROM STDIN (FORMAT binary)";

void append_row(std::string& data, std::int64_t number, std::string_view padding = "") {
    append_big_endian(data, std::uint16_t{2});
    append_big_endian(data, std::uint32_t{8});
    append_big_endian(data, static_cast<std::uint64_t>(number));
    append_big_endian(data, static_cast<std::uint32_t>(padding.size()));
    data.append(padding);
}

class CopyInTest : public test::ServerTest {
protected:
    CopyInTest() { run("CREATE TABLE numbers (n bigint PRIMARY KEY, padding text)"); }

    void copy_numbers(std::int64_t count, std::string_view padding = "", const Control& control = {}) {
        std::int64_t next = 0;
        connection_.copy_in(
            copy,
            [&](std::string& data) {
                if (next < count) append_row(data, next++, padding);
                return next < count;
            },
            control);
    }
    void expect_usable(std::int64_t rows) {
        EXPECT_FALSE(connection_.is_broken());
        EXPECT_FALSE(connection_.in_transaction());
        EXPECT_EQ(connection_.query("SELECT count(*) FROM numbers", {}, {}).integer(0, 0), rows);
    }
};

TEST_F(CopyInTest, CopiesRows) {
    copy_numbers(0);
    connection_.query("SELECT 1", {}, {});
    copy_numbers(50'000, "some padding, so that there are several chunks");
    expect_usable(50'000);
}

TEST_F(CopyInTest, InsideATransaction) {
    connection_.query("BEGIN", {}, {});
    copy_numbers(10);
    EXPECT_TRUE(connection_.in_transaction());
    connection_.query("ROLLBACK", {}, {});
    expect_usable(0);
}

TEST_F(CopyInTest, ADuplicateHalfwayTakesEverythingBack) {
    run("INSERT INTO numbers VALUES (20000)");
    try {
        copy_numbers(50'000, "some padding, so that there are several chunks");
        FAIL();
    } catch (const PostgresError& error) {
        EXPECT_TRUE(error.is(sqlstate::unique_violation));
    }
    expect_usable(1);
}

TEST_F(CopyInTest, WhatTheSourceThrowsComesOutAndNothingIsCopied) {
    for (const std::int64_t good : {std::int64_t{0}, std::int64_t{5}, std::int64_t{50'000}}) {
        std::int64_t next = 0;
        const auto source = [&](std::string& data) {
            if (next == good) throw std::runtime_error("no more");
            append_row(data, next++);
            return true;
        };
        EXPECT_THROW(connection_.copy_in(copy, source, {}), std::runtime_error);
        expect_usable(0);
    }
}

TEST_F(CopyInTest, RowsThatDoNotFitTheTableAreRefused) {
    const auto source = [](std::string& data) {
        data.append("nonsense");
        return false;
    };
    EXPECT_EQ(error_of([&] { connection_.copy_in(copy, source, {}); }), "internal");
    EXPECT_EQ(error_of([&] { connection_.copy_in("COPY nothing FROM STDIN (FORMAT binary)", source, {}); }),
              "serialization");
    expect_usable(0);
}

TEST_F(CopyInTest, NothingMayBeQueued) {
    connection_.send("SELECT 1");
    EXPECT_EQ(error_of([&] { copy_numbers(1); }), "internal");
    connection_.run({});
    expect_usable(0);
}

TEST_F(CopyInTest, ASlowSourceEndsWithTheDeadline) {
    std::int64_t next = 0;
    const auto source = [&](std::string& data) {
        std::this_thread::sleep_for(1ms);
        append_row(data, next++, std::string(300'000, 'x'));
        return true;
    };
    EXPECT_EQ(error_of([&] { connection_.copy_in(copy, source, {.deadline = Control::within(50ms), .stop = {}}); }),
              "deadline_exceeded");
    expect_usable(0);
}

TEST_F(CopyInTest, AServerThatWaitsForALockIsCancelled) {
    const auto other = connect();
    other->send_once("BEGIN");
    other->send_once("LOCK TABLE numbers");
    other->run({});
    EXPECT_EQ(error_of([&] { copy_numbers(100'000, "x", {.deadline = Control::within(50ms), .stop = {}}); }),
              "deadline_exceeded");
    other->send_once("INSERT INTO numbers VALUES (7)");
    other->run({});
    std::stop_source stop;
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    EXPECT_EQ(error_of([&] { copy_numbers(100'000, "x", {.deadline = {}, .stop = stop.get_token()}); }), "cancelled");
    run(*other, "COMMIT");
    expect_usable(1);
}

TEST_F(CopyInTest, AConnectionThatBreaksIsUnavailable) {
    const auto other = connect();
    const std::int64_t process = pid(*other);
    std::int64_t next = 0;
    const auto source = [&](std::string& data) {
        if (next == 10) terminate(process);
        append_row(data, next++, std::string(100'000, 'x'));
        return next < 1'000;
    };
    EXPECT_EQ(error_of([&] { other->copy_in(copy, source, {}); }), "unavailable");
    EXPECT_TRUE(other->is_broken());
    EXPECT_EQ(error_of([&] { other->copy_in(copy, source, {}); }), "unavailable");
    expect_usable(0);
}

}  // namespace
}  // namespace sheaf::postgres
