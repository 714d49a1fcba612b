#include "storage/postgres/connection.hpp"

#include <signal.h>

#include <chrono>
#include <stop_token>
#include <thread>

#include "storage/postgres/test_server.hpp"

namespace sheaf::postgres {
namespace {

using namespace std::chrono_literals;
using Clock = Control::Clock;

class ConnectionTest : public test::ServerTest {
protected:
    std::int64_t prepared() { return number("SELECT count(*) FROM pg_prepared_statements"); }
};

using test::error_of;

TEST_F(ConnectionTest, SetsTheSessionUp) {
    EXPECT_EQ(run("SHOW search_path").bytes(0, 0), "\"" + schema_ + "\"");
    EXPECT_EQ(run("SHOW synchronous_commit").bytes(0, 0), "on");
    EXPECT_EQ(run("SHOW lock_timeout").bytes(0, 0), "5s");
    EXPECT_EQ(run("SHOW application_name").bytes(0, 0), "sheaf");
    EXPECT_GT(connection_.server_started(), 1'000'000'000'000'000);
    const Options process = test::options_of("durability=process&pool_timeout=70&application_name=mine");
    Connection other(process.conninfo, process, {});
    EXPECT_EQ(run(other, "SHOW synchronous_commit").bytes(0, 0), "off");
    EXPECT_EQ(run(other, "SHOW lock_timeout").bytes(0, 0), "70ms");
    EXPECT_EQ(run(other, "SHOW application_name").bytes(0, 0), "mine");
    EXPECT_EQ(other.server_started(), connection_.server_started());
}

TEST_F(ConnectionTest, GivesOneResultForEachStatement) {
    connection_.send("SELECT $1 + 1", Params().integer(1));
    connection_.send("CREATE TABLE numbers (n bigint)");
    connection_.send("INSERT INTO numbers SELECT generate_series(1, $1)", Params().integer(5));
    connection_.send("SELECT n FROM numbers WHERE n > $1 ORDER BY n", Params().integer(2));
    const std::vector<Result> results = connection_.run({});
    ASSERT_EQ(results.size(), 4U);
    EXPECT_EQ(results[0].integer(0, 0), 2);
    EXPECT_EQ(results[2].affected(), 5);
    ASSERT_EQ(results[3].rows(), 3U);
    EXPECT_EQ(results[3].integer(2, 0), 5);
    EXPECT_TRUE(connection_.run({}).empty());
}

TEST_F(ConnectionTest, PreparesEachTextOnceForItsTypes) {
    const std::uint64_t before = connection_.statements();
    for (int i = 0; i < 10; ++i) {
        connection_.send("SELECT $1", Params().integer(i));
        connection_.send("SELECT $1", Params().integer(i));
        EXPECT_EQ(connection_.run({}).at(1).integer(0, 0), i);
    }
    EXPECT_EQ(connection_.query("SELECT $1", Params().text("abc"), {}).bytes(0, 0), "abc");
    EXPECT_EQ(connection_.statements(), before + 21);
    EXPECT_EQ(prepared(), 2);
}

TEST_F(ConnectionTest, KeepsAtMost512PreparedStatements) {
    for (int flight = 0; flight < 12; ++flight) {
        for (int i = 0; i < 100; ++i) connection_.send("SELECT " + std::to_string(flight * 100 + i));
        EXPECT_EQ(connection_.run({}).at(99).integer(0, 0), flight * 100 + 99);
        EXPECT_LE(prepared(), 612);  // those that are too many go before the next flight
    }
    connection_.query("SELECT 1", {}, {});
    EXPECT_EQ(prepared(), 512);
    // Nothing is removed where it could fail: after a failed transaction.
    connection_.send("BEGIN");
    connection_.send("SELECT 1 / 0");
    EXPECT_EQ(error_of([&] { connection_.run({}); }), "internal");
    for (int i = 0; i < 50; ++i) connection_.send(i == 0 ? "ROLLBACK" : "SELECT 5000 + " + std::to_string(i));
    EXPECT_EQ(connection_.run({}).size(), 50U);
    connection_.query("SELECT 1", {}, {});
    EXPECT_EQ(prepared(), 512);
}

TEST_F(ConnectionTest, AFlightMayHaveMoreDifferentStatementsThanAreKept) {
    for (int flight = 0; flight < 2; ++flight) {
        connection_.send("BEGIN");
        for (int i = 0; i < 3'000; ++i) connection_.send("SELECT " + std::to_string(i % 1'500));
        connection_.send_once("SELECT count(*) FROM pg_prepared_statements");
        connection_.send("COMMIT");
        const std::vector<Result> results = connection_.run({});
        ASSERT_EQ(results.size(), 3'003U);
        for (std::size_t i = 0; i < 3'000; ++i) {
            ASSERT_EQ(results[i + 1].integer(0, 0), static_cast<std::int64_t>(i % 1'500));
        }
        EXPECT_EQ(results[3'001].integer(0, 0), 640);
        EXPECT_EQ(prepared(), 512);
    }
}

// The server has forgotten what it is told to remove: that is nobody's failure.
TEST_F(ConnectionTest, AStatementThatCannotBeRemovedDoesNotDisturbTheFlight) {
    run("CREATE TABLE numbers (n bigint)");
    for (int i = 0; i < 515; ++i) connection_.send("SELECT " + std::to_string(i));
    connection_.run({});
    run("SELECT 1");  // three are removed
    for (int i = 1'000; i < 1'003; ++i) connection_.send("SELECT " + std::to_string(i));
    connection_.run({});
    connection_.send_once("DEALLOCATE ALL");  // removes three in front, and then all
    connection_.run({});
    for (int i = 2'000; i < 2'004; ++i) connection_.send("SELECT " + std::to_string(i));
    connection_.run({});
    for (int i = 0; i < 5; ++i) {  // one of the four is found to be missing each time
        connection_.send_once("INSERT INTO numbers VALUES (1)");
        EXPECT_EQ(connection_.run({}).at(0).affected(), 1);
    }
    EXPECT_EQ(number("SELECT count(*) FROM numbers"), 5);
    EXPECT_EQ(prepared(), 4);
}

TEST_F(ConnectionTest, AFailureInTheMiddleSkipsTheRest) {
    run("CREATE TABLE numbers (n bigint PRIMARY KEY)");
    connection_.send("BEGIN");
    connection_.send("INSERT INTO numbers VALUES ($1)", Params().integer(1));
    connection_.send("INSERT INTO numbers VALUES ($1)", Params().integer(1));
    connection_.send("INSERT INTO numbers VALUES ($1), ($1 + 1)", Params().integer(7));
    connection_.send("COMMIT");
    try {
        connection_.run({});
        FAIL();
    } catch (const PostgresError& error) {
        EXPECT_TRUE(error.is(sqlstate::unique_violation));
        EXPECT_FALSE(error.lost_connection());
        EXPECT_NE(error.message().find("Key (n)=(1) already exists"), std::string_view::npos) << error.what();
    }
    EXPECT_EQ(connection_.failed_statement(), 2U);
    EXPECT_TRUE(connection_.in_transaction());
    EXPECT_FALSE(connection_.is_broken());
    EXPECT_FALSE(connection_.has_queued());
    run("ROLLBACK");
    EXPECT_FALSE(connection_.in_transaction());
    // Prepared before the failure, never reached, and new.
    connection_.send("INSERT INTO numbers VALUES ($1)", Params().integer(2));
    connection_.send("INSERT INTO numbers VALUES ($1), ($1 + 1)", Params().integer(7));
    connection_.send("SELECT count(*) FROM numbers");
    EXPECT_EQ(connection_.run({}).at(2).integer(0, 0), 3);
}

TEST_F(ConnectionTest, AStatementThatCannotBePreparedIsPreparedAnewWhenItCan) {
    const std::string_view sql = "SELECT count(*) FROM later";
    connection_.send("SELECT 1");
    connection_.send(sql);
    connection_.send(sql);
    EXPECT_EQ(error_of([&] { connection_.run({}); }, "relation \"later\" does not exist"), "serialization");
    EXPECT_EQ(connection_.failed_statement(), 1U);
    EXPECT_EQ(error_of([&] { connection_.query(sql, {}, {}); }), "serialization");
    run("CREATE TABLE later (n bigint)");
    EXPECT_EQ(connection_.query(sql, {}, {}).integer(0, 0), 0);
}

TEST_F(ConnectionTest, AStatementWhoseTableHasChangedIsPreparedAnew) {
    run("CREATE TABLE shape (a bigint)");
    const std::string_view sql = "SELECT * FROM shape";
    EXPECT_EQ(connection_.query(sql, {}, {}).rows(), 0U);
    run("ALTER TABLE shape ADD b bigint");
    EXPECT_EQ(error_of([&] { connection_.query(sql, {}, {}); }), "unsupported");
    EXPECT_EQ(connection_.query(sql, {}, {}).rows(), 0U);
}

// Both sides would wait for each other if answers were not read while statements are sent.
TEST_F(ConnectionTest, ALargeFlightIsReadWhileItIsWritten) {
    constexpr std::int64_t count = 100'000;
    for (std::int64_t i = 0; i < count; ++i) {
        connection_.send("SELECT $1, repeat('x', 200)", Params().integer(i));
    }
    const std::vector<Result> results = connection_.run({});
    ASSERT_EQ(results.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(results.back().integer(0, 0), count - 1);
    EXPECT_EQ(results.back().bytes(0, 1).size(), 200U);
}

TEST_F(ConnectionTest, LargeParametersAndResultsTravel) {
    const std::string large(20'000'000, 'x');
    connection_.send("SELECT $1", Params().bytes(large));
    connection_.send("SELECT $1", Params().bytes(large));
    EXPECT_EQ(connection_.run({}).at(1).bytes(0, 0), large);
}

TEST_F(ConnectionTest, TheDeadlineCancelsOnTheServer) {
    const auto begin = Clock::now();
    connection_.send("BEGIN");
    connection_.send("SELECT pg_sleep(60)");
    connection_.send("COMMIT");
    EXPECT_EQ(error_of([&] { connection_.run({.deadline = Control::within(100ms), .stop = {}}); }),
              "deadline_exceeded");
    EXPECT_GE(Clock::now() - begin, 100ms);
    EXPECT_LT(Clock::now() - begin, 3s);
    EXPECT_EQ(connection_.failed_statement(), 1U);
    EXPECT_TRUE(connection_.in_transaction());
    run("ROLLBACK");
    EXPECT_EQ(number("SELECT 1::bigint"), 1);
    EXPECT_FALSE(connection_.is_broken());
}

// A cancel request between two statements is not heard: it has to be repeated.
TEST_F(ConnectionTest, TheDeadlineEndsAFlightOfManyShortStatements) {
    const auto begin = Clock::now();
    connection_.send("BEGIN");
    for (int i = 0; i < 1'000; ++i) connection_.send("SELECT pg_sleep(0.01)");
    EXPECT_EQ(error_of([&] { connection_.run({.deadline = Control::within(100ms), .stop = {}}); }),
              "deadline_exceeded");
    EXPECT_LT(Clock::now() - begin, 5s);
    run("ROLLBACK");
}

TEST_F(ConnectionTest, WhatWasDoneBeforeTheCancellingIsNotReportedAsCancelled) {
    const Control over{.deadline = Clock::now() - 1s, .stop = {}};
    int done = 0;
    for (int i = 0; i < 50; ++i) {
        connection_.send("SELECT 1::bigint");
        try {
            EXPECT_EQ(connection_.run(over).at(0).integer(0, 0), 1);
            ++done;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::deadline_exceeded);
        }
        EXPECT_EQ(number("SELECT 2::bigint"), 2);  // never hit by a request of the statement before
    }
    EXPECT_FALSE(connection_.is_broken());
}

TEST_F(ConnectionTest, AStopCancelsOnTheServer) {
    std::stop_source stop;
    const auto begin = Clock::now();
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const Control control{.deadline = {}, .stop = stop.get_token()};
    EXPECT_EQ(error_of([&] { connection_.query("SELECT pg_sleep(60)", {}, control); }), "cancelled");
    EXPECT_LT(Clock::now() - begin, 3s);
    EXPECT_EQ(error_of([&] { connection_.query("SELECT pg_sleep(60)", {}, control); }), "cancelled");
    EXPECT_EQ(number("SELECT 1::bigint"), 1);
}

TEST_F(ConnectionTest, AStatementTimeoutOfTheServerIsADeadline) {
    run("SET statement_timeout = 50");
    EXPECT_EQ(error_of([&] { run("SELECT pg_sleep(60)"); }, "statement_timeout"), "deadline_exceeded");
}

// Not forever: after its time it is hung up on.
TEST_F(ConnectionTest, AServerThatDoesNotAnswerToTheCancellingIsHungUpOn) {
    Options hasty = options_;
    hasty.patience = 200ms;
    const auto other = std::make_unique<Connection>(hasty.conninfo, hasty, Control{});
    const auto process = static_cast<pid_t>(pid(*other));
    ASSERT_EQ(::kill(process, SIGSTOP), 0);
    const auto begin = Clock::now();
    EXPECT_EQ(error_of([&] { other->query("SELECT 1", {}, {.deadline = Control::within(50ms), .stop = {}}); }),
              "deadline_exceeded");
    EXPECT_GE(Clock::now() - begin, 250ms);
    EXPECT_LT(Clock::now() - begin, 8s);
    EXPECT_TRUE(other->is_broken());
    EXPECT_EQ(::kill(process, SIGCONT), 0);
}

TEST_F(ConnectionTest, AServerThatEndsTheConnectionIsUnavailable) {
    const auto other = connect();
    terminate(pid(*other));
    other->send("SELECT 1");
    EXPECT_EQ(error_of([&] { other->run({}); }, "terminating connection"), "unavailable");
    EXPECT_TRUE(other->is_broken());
    other->send("SELECT 1");
    EXPECT_EQ(error_of([&] { other->run({}); }), "unavailable");
    EXPECT_FALSE(other->has_queued());
}

TEST_F(ConnectionTest, AServerThatEndsTheConnectionInAStatementIsUnavailable) {
    const auto other = connect();
    const std::int64_t process = pid(*other);
    const std::jthread killer([&] {
        std::this_thread::sleep_for(100ms);
        terminate(process);
    });
    other->send("BEGIN");
    other->send("SELECT pg_sleep(60)");
    other->send("COMMIT");
    EXPECT_EQ(error_of([&] { other->run({}); }, "terminating connection"), "unavailable");
    EXPECT_EQ(other->failed_statement(), 1U);
    EXPECT_TRUE(other->is_broken());
}

TEST_F(ConnectionTest, SeesWithoutWaitingThatItWasClosed) {
    const auto other = connect();
    EXPECT_TRUE(other->is_alive());
    terminate(pid(*other));
    EXPECT_FALSE(other->is_alive());
    EXPECT_TRUE(other->is_broken());
}

TEST_F(ConnectionTest, WaitsForNotifications) {
    const auto other = connect();
    run(*other, "LISTEN news");
    const auto begin = Clock::now();
    EXPECT_EQ(error_of([&] { other->wait_for_notification({.deadline = Control::within(50ms), .stop = {}}); }),
              "deadline_exceeded");
    EXPECT_GE(Clock::now() - begin, 50ms);
    run("NOTIFY news");
    run("NOTIFY news, 'again'");
    other->wait_for_notification({.deadline = Control::within(10s), .stop = {}});
    const std::jthread sender([&] {
        std::this_thread::sleep_for(50ms);
        run("NOTIFY news");
    });
    other->wait_for_notification({.deadline = Control::within(10s), .stop = {}});
    EXPECT_EQ(run(*other, "SELECT 3::bigint").integer(0, 0), 3);
}

TEST_F(ConnectionTest, AnEndedConnectionDoesNotWaitForNotifications) {
    const auto other = connect();
    terminate(pid(*other));
    EXPECT_EQ(error_of([&] { other->wait_for_notification({}); }), "unavailable");
}

TEST_F(ConnectionTest, StatementsOfAFailedPreparationLeaveNoTraces) {
    for (int i = 0; i < 20; ++i) {
        connection_.send("SELECT " + std::to_string(i) + " FROM nothing");
        EXPECT_EQ(error_of([&] { connection_.run({}); }), "serialization");
    }
    EXPECT_EQ(prepared(), 0);
}

}  // namespace
}  // namespace sheaf::postgres
