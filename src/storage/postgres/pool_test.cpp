#include "storage/postgres/pool.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/test_server.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::postgres {
namespace {

using namespace std::chrono_literals;
using Clock = Control::Clock;
using test::error_of;

// Takes connections and says nothing.
class SilentServer {
public:
    SilentServer() : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string file = dir_.path(".s.PGSQL.5432");
        std::copy(file.begin(), file.end(), address.sun_path);
        const bool listens = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                             ::listen(socket_, 100) == 0;
        EXPECT_TRUE(listens);
    }
    ~SilentServer() { ::close(socket_); }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;

    std::string folder() const { return dir_.path(""); }

private:
    testing_support::TempDir dir_;
    int socket_;
};

class PoolTest : public test::ServerTest {
protected:
    PoolTest() {
        small_.pool = 2;
        small_.pool_timeout = 80ms;
        small_.reconnect = 0ms;
    }
    static std::int64_t pid_of(const Lease& lease) { return pid(*lease); }
    // Of the server's unix socket.
    static std::string server_folder() {
        return std::string(value_of(parse_conninfo(test::options_of().conninfo), "host"));
    }

    Options small_ = options_;
    Pool pool_{small_.conninfo, small_};
};

TEST_F(PoolTest, AConnectionIsUsedAgain) {
    const std::int64_t first = pid_of(pool_.lease({}));
    EXPECT_EQ(pid_of(pool_.lease({})), first);
    EXPECT_EQ(pool_.statements(), 2U);
    const Lease one = pool_.lease({});
    const Lease two = pool_.lease({});
    EXPECT_NE(pid_of(one), pid_of(two));
}

TEST_F(PoolTest, ALeaseCanBeMoved) {
    Lease one = pool_.lease({});
    const Lease two(std::move(one));
    EXPECT_GT(pid_of(two), 0);
}

TEST_F(PoolTest, MoreThanItsLimitWaitAndGiveUp) {
    std::optional<Lease> one(pool_.lease({}));
    const Lease two = pool_.lease({});
    const auto begin = Clock::now();
    EXPECT_EQ(error_of([&] { pool_.lease({}); }, "all 2 connections"), "busy");
    EXPECT_GE(Clock::now() - begin, 80ms);
    EXPECT_EQ(error_of([&] { pool_.lease({.deadline = Control::within(10ms), .stop = {}}); }), "deadline_exceeded");
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(error_of([&] { pool_.lease({.deadline = {}, .stop = stop.get_token()}); }), "cancelled");
    const std::int64_t first = pid_of(*one);
    const std::jthread leaver([&] {
        std::this_thread::sleep_for(20ms);
        one.reset();
    });
    EXPECT_EQ(pid_of(pool_.lease({})), first);
}

TEST_F(PoolTest, ATransactionThatWasNotEndedIsRolledBack) {
    run("CREATE TABLE numbers (n bigint)");
    std::int64_t first = 0;
    {
        const Lease lease = pool_.lease({});
        first = pid_of(lease);
        lease->send("BEGIN");
        lease->send("INSERT INTO numbers VALUES (1)");
        lease->run({});
    }
    EXPECT_EQ(number("SELECT count(*) FROM numbers"), 0);
    EXPECT_EQ(pid_of(pool_.lease({})), first);
    {
        const Lease lease = pool_.lease({});
        lease->send("BEGIN");
        lease->send("SELECT 1 / 0");
        EXPECT_THROW(lease->run({}), Error);
    }
    const Lease lease = pool_.lease({});
    EXPECT_EQ(pid_of(lease), first);
    EXPECT_FALSE(lease->in_transaction());
}

TEST_F(PoolTest, AConnectionWithSomethingQueuedIsNotUsedAgain) {
    std::int64_t first = 0;
    {
        const Lease lease = pool_.lease({});
        first = pid_of(lease);
        lease->send("SELECT 1");
    }
    EXPECT_NE(pid_of(pool_.lease({})), first);
}

TEST_F(PoolTest, ABrokenConnectionIsReplacedAndTheOthersAreDoubted) {
    std::optional<Lease> one(pool_.lease({}));
    std::optional<Lease> two(pool_.lease({}));
    const std::int64_t second = pid_of(*two);
    two.reset();
    terminate(pid_of(*one));
    EXPECT_EQ(error_of([&] { pid_of(*one); }), "unavailable");
    one.reset();
    EXPECT_NE(pid_of(pool_.lease({})), second);
}

TEST_F(PoolTest, AnIdleConnectionThatWasClosedIsNotHandedOut) {
    const std::int64_t first = pid_of(pool_.lease({}));
    terminate(first);
    std::this_thread::sleep_for(1'050ms);
    EXPECT_NE(pid_of(pool_.lease({})), first);
}

TEST_F(PoolTest, DistrustClosesIdleConnectionsAndThoseThatComeBack) {
    std::optional<Lease> one(pool_.lease({}));
    std::optional<Lease> two(pool_.lease({}));
    const std::int64_t first = pid_of(*one);
    const std::int64_t second = pid_of(*two);
    one.reset();
    pool_.distrust();
    EXPECT_EQ(pid_of(*two), second);
    two.reset();
    const std::int64_t third = pid_of(pool_.lease({}));
    EXPECT_NE(third, first);
    EXPECT_NE(third, second);
    EXPECT_EQ(pid_of(pool_.lease({})), third);
}

TEST_F(PoolTest, ClosesWhenNoLeaseIsOut) {
    {
        const Lease lease = pool_.lease({});
        EXPECT_EQ(error_of([&] { pool_.close(); }, "still open"), "busy");
    }
    EXPECT_FALSE(pool_.closed());
    pool_.close();
    EXPECT_TRUE(pool_.closed());
    EXPECT_EQ(error_of([&] { pool_.lease({}); }), "closed");
}

TEST_F(PoolTest, TriesAgainUntilItsTimeIsOver) {
    Options nowhere = parse_options(driver::StoreUrl::parse("postgres:///db?host=/nowhere&reconnect=300"));
    Pool pool(nowhere.conninfo, nowhere);
    const auto begin = Clock::now();
    EXPECT_EQ(error_of([&] { pool.lease({}); }, "/nowhere"), "unavailable");
    EXPECT_GE(Clock::now() - begin, 100ms);
    EXPECT_LT(Clock::now() - begin, 3s);
    EXPECT_EQ(error_of([&] { pool.lease({.deadline = Control::within(50ms), .stop = {}}); }, "/nowhere"),
              "deadline_exceeded");
    std::stop_source stop;
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(30ms);
        stop.request_stop();
    });
    EXPECT_EQ(error_of([&] { pool.lease({.deadline = {}, .stop = stop.get_token()}); }, "/nowhere"), "cancelled");
    pool.close();  // nothing is out
}

TEST_F(PoolTest, WhatDoesNotGetBetterIsThrownAtOnce) {
    const auto refused = [](const std::string& url, std::string_view says) {
        const Options options = parse_options(driver::StoreUrl::parse(url));
        Pool pool(options.conninfo, options);
        const auto begin = Clock::now();
        const std::string code = error_of([&] { pool.lease({}); }, says);
        EXPECT_LT(Clock::now() - begin, 5s) << "of the 30 s of reconnect";
        return code;
    };
    const std::string url = test::server_url();
    const std::string query = url.substr(url.find('?'));
    EXPECT_EQ(refused("postgres://nobody@/postgres" + query, "nobody"), "unauthorized");
    EXPECT_EQ(refused("postgres://sheaf@/missing" + query, "create the database"), "invalid_url");
    EXPECT_EQ(refused(url + "&options=-cnonsense%3D1", "nonsense"), "invalid_url");
    EXPECT_EQ(refused(url + "&target_session_attrs=nonsense", "nonsense"), "invalid_url");
    EXPECT_EQ(refused(url + "&sslmode=nonsense", "nonsense"), "invalid_url");
    EXPECT_EQ(refused(url + "&port=0", "invalid port"), "invalid_url");
}

TEST_F(PoolTest, AServerWithoutAConnectionLeftIsTriedAgainAndThenBusy) {
    const std::string role = schema_ + "_one";
    run("CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 1");
    Options options = test::options_of("user=" + role + "&reconnect=300");
    Pool pool(options.conninfo, options);
    {
        const Lease lease = pool.lease({});
        const auto begin = Clock::now();
        EXPECT_EQ(error_of([&] { pool.lease({}); }, "max_connections"), "busy");
        EXPECT_GE(Clock::now() - begin, 100ms);
    }
    EXPECT_GT(pid_of(pool.lease({})), 0);
    pool.close();
    run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '" + role + "'");
    run("DROP ROLE " + role);
}

// A server that is down and comes back: its socket appears.
TEST_F(PoolTest, AServerThatComesBackIsFound) {
    const testing_support::TempDir dir;
    const std::string folder = dir.path("");
    const Options options =
        parse_options(driver::StoreUrl::parse("postgres://sheaf@/postgres?reconnect=20000&host=" + folder));
    Pool pool(options.conninfo, options);
    const std::jthread starter([&] {
        std::this_thread::sleep_for(200ms);
        std::filesystem::create_symlink(server_folder() + "/.s.PGSQL.5432", folder + ".s.PGSQL.5432");
    });
    const auto begin = Clock::now();
    EXPECT_GT(pid_of(pool.lease({})), 0);
    EXPECT_GE(Clock::now() - begin, 200ms);
}

// While no new connection can be made, those that come back serve both who tries to make one and who waits for a place.
TEST_F(PoolTest, AConnectionThatComesBackServesAllWhoWait) {
    const testing_support::TempDir dir;
    const std::string socket = dir.path("") + ".s.PGSQL.5432";
    std::filesystem::create_symlink(server_folder() + "/.s.PGSQL.5432", socket);
    const Options options = parse_options(driver::StoreUrl::parse(
        "postgres://sheaf@/postgres?pool=2&pool_timeout=20000&reconnect=20000&host=" + dir.path("")));
    Pool pool(options.conninfo, options);
    std::optional<Lease> lease(pool.lease({}));
    const std::int64_t first = pid_of(*lease);
    std::filesystem::remove(socket);
    Clock::time_point begin;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&] { EXPECT_EQ(pid_of(pool.lease({})), first); });
        }
        std::this_thread::sleep_for(700ms);  // until a pause is long
        begin = Clock::now();
        lease.reset();
    }
    EXPECT_LT(Clock::now() - begin, 5s);
    pool.close();
}

TEST_F(PoolTest, ServesManyThreads) {
    std::mutex mutex;
    std::set<std::int64_t> pids;
    Options options = small_;
    options.pool_timeout = 60s;
    Pool pool(options.conninfo, options);
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 6; ++thread) {
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) {
                    const std::int64_t pid = pid_of(pool.lease({}));
                    if (i % 20 == 7) pool.distrust();
                    const std::lock_guard lock(mutex);
                    pids.insert(pid);
                }
            });
        }
    }
    EXPECT_LE(pids.size(), 2U + 2U * 18U);  // two, and at most two more after each distrust()
    EXPECT_EQ(pool.statements(), 300U);
    pool.close();
}

// A connection that libpq never gets an answer on: a server that accepts and is silent.
TEST_F(PoolTest, ASilentHostIsPassedOver) {
    const SilentServer silent;
    const Options options =
        parse_options(driver::StoreUrl::parse("postgres://sheaf@/postgres?host=" + silent.folder() + "," +
                                              server_folder() + "&connect_timeout=1&reconnect=0"));
    Pool pool(options.conninfo, options);
    const auto begin = Clock::now();
    EXPECT_GT(pid_of(pool.lease({})), 0);
    EXPECT_GE(Clock::now() - begin, 1s);
    const Options only = parse_options(driver::StoreUrl::parse("postgres://sheaf@/postgres?host=" + silent.folder() +
                                                               "&connect_timeout=1&reconnect=0"));
    Pool never(only.conninfo, only);
    EXPECT_EQ(error_of([&] { never.lease({}); }, "connect_timeout"), "unavailable");
    EXPECT_EQ(error_of([&] { never.lease({.deadline = Control::within(50ms), .stop = {}}); }), "deadline_exceeded");
}

}  // namespace
}  // namespace sheaf::postgres
