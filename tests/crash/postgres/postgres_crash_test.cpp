// Programs that write while their PostgreSQL server crashes, restarts, or is replaced by its standby: what was
// acknowledged is there, every other transaction is there as a whole or not at all, and the programs go on by
// themselves. SHEAF_SERVER_CRASHES=N is the long form.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sheaf/open.hpp>

#include "crash/postgres/cutting_proxy.hpp"
#include "crash/postgres/postgres_server.hpp"
#include "support/seed.hpp"

namespace sheaf::crash {

namespace {

using namespace std::chrono_literals;

enum class Fate : std::uint8_t { acknowledged, unknown, failed };

// Threads that each run one transaction after the other: number k of a thread puts the document "thread/k" into two
// collections and counts it in a third.
class Writers {
public:
    Writers(const std::string& url, int threads) : database_(open(url)), fates_(static_cast<std::size_t>(threads)) {
        for (const char* name : {"left", "right", "counters"}) database_.create_collection(name);
        for (std::size_t thread = 0; thread < fates_.size(); ++thread) {
            threads_.emplace_back([this, thread](const std::stop_token& stop) { write(thread, stop); });
        }
    }

    std::int64_t acknowledged() const { return acknowledged_; }
    // Returns when so many transactions more have been acknowledged; a failure when that takes too long.
    void await_progress(std::int64_t transactions) const {
        const std::int64_t goal = acknowledged_ + transactions;
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (acknowledged_ < goal && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
        EXPECT_GE(acknowledged_, goal) << "the writers do not go on; the last error: " << last_error();
    }
    void stop() { threads_.clear(); }

    std::string last_error() const {
        const std::scoped_lock lock(mutex_);
        return last_error_;
    }

    // What is in the store, against what the writers were told.
    void check() {
        std::array<std::int64_t, 3> count{};
        for (std::size_t thread = 0; thread < fates_.size(); ++thread) {
            std::int64_t present = 0;
            for (std::size_t k = 0; k < fates_[thread].size(); ++k) {
                const Fate fate = fates_[thread][k];
                ++count[static_cast<std::size_t>(fate)];
                const bool left = is_there("left", thread, k);
                ASSERT_EQ(left, is_there("right", thread, k)) << "half of transaction " << id(thread, k) << " is there";
                ASSERT_TRUE(left || fate != Fate::acknowledged) << "acknowledged " << id(thread, k) << " is lost";
                ASSERT_FALSE(left && fate == Fate::failed) << id(thread, k) << " failed, and is there";
                present += left ? 1 : 0;
            }
            const auto counter = database_.collection("counters").get(static_cast<std::int64_t>(thread));
            ASSERT_EQ(counter ? (*counter)["count"].integer() : 0, present);
        }
        std::cout << count[0] << " transactions acknowledged, " << count[1] << " of unknown fate, " << count[2]
                  << " failed\n";
    }

private:
    static std::string id(std::size_t thread, std::size_t k) {
        return std::to_string(thread) + "/" + std::to_string(k);
    }

    bool is_there(const char* collection, std::size_t thread, std::size_t k) const {
        return database_.collection(collection).get(id(thread, k)).has_value();
    }

    void write(std::size_t thread, const std::stop_token& stop) {
        for (std::size_t k = 0; !stop.stop_requested(); ++k) {
            const Fate fate = write_one(thread, k);
            fates_[thread].push_back(fate);
            if (fate == Fate::acknowledged) ++acknowledged_;
        }
    }

    Fate write_one(std::size_t thread, std::size_t k) {
        try {
            database_.run_in_transaction([&](Transaction& tx) {
                tx.collection("left").insert_one(Document({{"_id", id(thread, k)}}));
                tx.collection("counters")
                    .update_one(Document({{"_id", static_cast<std::int64_t>(thread)}}),
                                R"({"$inc": {"count": 1}})"_json, {.upsert = Upsert::yes});
                tx.collection("right").insert_one(Document({{"_id", id(thread, k)}}));
            });
            return Fate::acknowledged;
        } catch (const Error& error) {
            const std::scoped_lock lock(mutex_);
            last_error_ = error.what();
            return error.code() == Code::commit_unknown ? Fate::unknown : Fate::failed;
        }
    }

    Database database_;
    std::vector<std::vector<Fate>> fates_;  // by thread
    std::atomic<std::int64_t> acknowledged_ = 0;
    mutable std::mutex mutex_;
    std::string last_error_;
    std::vector<std::jthread> threads_;  // last, so that they end first
};

// A transaction with one document, ready to be committed, on a server behind a proxy.
class LostCommit : public testing::Test {
protected:
    LostCommit() {
        server_.start();
        proxy_.emplace(server_);
        database_.emplace(open(proxy_->url()));
        database_->create_collection("docs");
        transaction_.emplace(database_->begin());
        transaction_->collection("docs").insert_one(Document({{"_id", 1}}));
    }

    // "": it did not throw.
    std::string commit() {
        try {
            transaction_->commit();
            return "";
        } catch (const Error& error) {
            return std::string(info(error.code()).name);
        }
    }
    bool is_there() { return database_->collection("docs").get(1).has_value(); }

    PostgresServer server_;
    std::optional<CuttingProxy> proxy_;
    std::optional<Database> database_;
    std::optional<Transaction> transaction_;
};

}  // namespace

TEST_F(LostCommit, WhoseReplyIsLostIsFoundOutFromTheServer) {
    proxy_->cut_next(CuttingProxy::Cut::reply);
    EXPECT_EQ(commit(), "");
    EXPECT_TRUE(is_there());
}

TEST_F(LostCommit, ThatNeverReachesTheServerHasNotHappened) {
    proxy_->cut_next(CuttingProxy::Cut::request);
    EXPECT_EQ(commit(), "unavailable");
    EXPECT_FALSE(is_there());
}

TEST_F(LostCommit, IsUnknownWhenTheServerHasRestarted) {
    proxy_->cut_next(CuttingProxy::Cut::reply, true);
    std::jthread restarting([&] {
        proxy_->wait_until_cut();
        server_.crash();
        server_.start();
        proxy_->reopen();
    });
    EXPECT_EQ(commit(), "commit_unknown");
    EXPECT_TRUE(is_there()) << "the server had committed before it crashed";
}

TEST(PostgresCrash, WhatWasAcknowledgedSurvivesAServerThatCrashes) {
    const auto crashes = testing_support::environment_number("SHEAF_SERVER_CRASHES", 4);
    PostgresServer server;
    server.start();
    Writers writers(url_of({&server}), 4);
    for (std::uint64_t round = 0; round < crashes; ++round) {
        writers.await_progress(40);
        server.crash();
        std::this_thread::sleep_for(50ms * (round % 5));
        server.start();
    }
    writers.await_progress(40);
    writers.stop();
    writers.check();
}

TEST(PostgresCrash, WritesGoOnAfterThePromotionOfASynchronousStandby) {
    PostgresServer primary;
    primary.start();
    PostgresServer standby(primary);
    standby.start({"synchronous_standby_names="});
    primary.wait_for_standby();
    Writers writers(url_of({&primary, &standby}), 4);
    writers.await_progress(40);
    primary.crash();
    std::this_thread::sleep_for(300ms);
    standby.promote();
    writers.await_progress(40);
    writers.stop();
    writers.check();
}

}  // namespace sheaf::crash
