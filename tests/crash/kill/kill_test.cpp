// Kills a writer with SIGKILL at random moments, again and again on one store, and looks at what is there: every
// transaction that was acknowledged, none by half, and indexes that hold what the documents call for. SHEAF_KILLS=1000
// is the long form (tools/crash_loop).
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "crash/indexed_things.hpp"
#include "crash/kill/ledger.hpp"
#include "support/process.hpp"
#include "support/seed.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::crash {

namespace {

using testing_support::Child;
using testing_support::environment_number;

// The last number that the writer has acknowledged, or 0; the numbers must follow each other.
std::int64_t last_acknowledged(std::string_view output) {
    std::int64_t last = 0;
    while (!output.empty()) {
        const std::size_t end = output.find('\n');
        if (end == std::string_view::npos) {
            ADD_FAILURE() << "half a line: " << output;
            return last;
        }
        std::int64_t number = 0;
        std::from_chars(output.data(), output.data() + end, number);
        EXPECT_TRUE(last == 0 || number == last + 1) << number << " follows " << last;
        last = number;
        output.remove_prefix(end + 1);
    }
    return last;
}

// The whole store against what `transactions` whole transactions leave.
void check_ledger(Collection ledger, std::int64_t transactions) {
    std::int64_t next = 1;
    std::int64_t balance = 0;
    Cursor cursor = ledger.find(R"({"_id": {"$ne": "total"}})"_json);
    while (auto record = cursor.next()) {
        ASSERT_EQ(record->id().integer(), next) << "the numbers must be whole and in order";
        balance += (*record)["balance"].integer();
        ++next;
    }
    ASSERT_EQ(next - 1, transactions);
    if (transactions > 0) {
        ASSERT_EQ((*ledger.get("total"))["balance"].integer(), balance);
        ASSERT_EQ(ledger.get("total")->version.value, transactions);
    }
}

void check_items(Collection items, std::int64_t transactions) {
    std::int64_t balance = 0;
    std::map<std::string, std::size_t> sizes;
    for (std::int64_t number = 1; number <= transactions; ++number) {
        balance += amount_of(number);
        if (number <= transactions - kept_transactions) continue;
        for (int item = 0; item < items_of(number); ++item) sizes[item_id(number, item)] = size_of(number, item);
    }
    Cursor cursor = items.find(R"({"_id": {"$ne": "total"}})"_json);
    while (auto record = cursor.next()) {
        const auto size = sizes.find(std::string(record->id().string()));
        ASSERT_NE(size, sizes.end()) << "item " << record->id().string() << " of a transaction that is not there";
        ASSERT_EQ((*record)["body"].string().size(), size->second);
        sizes.erase(size);
    }
    ASSERT_TRUE(sizes.empty()) << "item " << sizes.begin()->first << " is missing";
    if (transactions > 0) {
        ASSERT_EQ((*items.get("total"))["balance"].integer(), balance);
    }
}

class KillTest : public testing::Test {
protected:
    std::string url(std::uint64_t round) const {
        return "sqlite:" + dir_.path("ledger.db") + (round % 2 == 0 ? "" : "?durability=process");
    }

    // Runs a writer and kills it: so long after it has begun to write, or after its start, that is, while it opens the
    // store and recovers. Returns the last number that it has acknowledged.
    std::int64_t run_and_kill(std::uint64_t round, bool among_commits, std::chrono::microseconds life) const {
        Child writer({SHEAF_KILL_WRITER, url(round)});
        if (among_commits) {
            EXPECT_TRUE(writer.has_output(std::chrono::seconds(60))) << "the writer does not write";
        }
        std::this_thread::sleep_for(life);
        writer.kill_hard();
        const std::int64_t last = last_acknowledged(writer.read_output());
        EXPECT_EQ(writer.wait(), 128 + SIGKILL) << "the writer must end by the kill, not by itself";
        return last;
    }

    void check(std::uint64_t round, std::int64_t acknowledged) {
        Database database = open(url(round));
        const std::int64_t transactions = transactions_in(database.collection("ledger"));
        ASSERT_GE(transactions, acknowledged) << "an acknowledged transaction is lost";
        ASSERT_GE(transactions, before_) << "an older transaction is lost";
        if (acknowledged > 0) {
            ASSERT_LE(transactions, acknowledged + 1) << "more than the one that was under way";
        }
        check_ledger(database.collection("ledger"), transactions);
        check_items(database.collection("items"), transactions);
        ASSERT_EQ(faults_of_indexes(database, "things", round % 2 == 0 ? Unfinished::finish : Unfinished::drop), "");
        database.close();
        before_ = transactions;
    }

    testing_support::TempDir dir_;
    std::int64_t before_ = 0;
};

void show_progress(std::uint64_t done, std::uint64_t all, std::int64_t transactions) {
    if (::isatty(STDERR_FILENO) == 0) return;
    std::cerr << '\r' << done << " of " << all << " kills, " << transactions << " transactions"
              << (done == all ? "\n" : "") << std::flush;
}

TEST_F(KillTest, AcknowledgedTransactionsAreThereAndNoneByHalf) {
    const std::uint64_t seed = testing_support::random_seed();
    const std::uint64_t kills = environment_number("SHEAF_KILLS", 25);
    std::cout << "SHEAF_SEED=" << seed << '\n';
    std::mt19937_64 random(seed);
    std::uint64_t effective = 0;  // kills that found the writer at work
    std::uint64_t unacknowledged = 0;
    for (std::uint64_t round = 0; round < kills; ++round) {
        SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed) + ", kill " + std::to_string(round));
        const bool among_commits = round % 5 != 4;
        const std::chrono::microseconds life(random() % (among_commits ? 30'000 : 15'000));
        const std::int64_t acknowledged = run_and_kill(round, among_commits, life);
        check(round, acknowledged);
        if (HasFailure()) break;
        if (acknowledged > 0) ++effective;
        if (acknowledged > 0 && before_ > acknowledged) ++unacknowledged;
        show_progress(round + 1, kills, before_);
    }
    std::cout << kills << " kills, " << effective << " of them among commits, " << before_ << " transactions, "
              << unacknowledged << " committed but not acknowledged\n";
    EXPECT_GE(effective, kills * 4 / 5);
}

// Kills that fall into the building of an index over what is there.
TEST_F(KillTest, AnIndexWhoseBuildingWasKilledCanBeFinishedOrDropped) {
    constexpr std::int64_t changes = 500;
    const std::uint64_t seed = testing_support::random_seed();
    std::cout << "SHEAF_SEED=" << seed << '\n';
    std::mt19937_64 random(seed);
    {
        Database database = open(url(1));
        database.run_in_transaction([&](Transaction& tx) {
            for (std::int64_t number = 0; number < changes; ++number) change_things(tx.collection("things"), number);
        });
    }
    int unfinished = 0;
    for (std::uint64_t round = 0; round < environment_number("SHEAF_KILLS", 25); ++round) {
        SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed) + ", kill " + std::to_string(round));
        Child writer({SHEAF_KILL_WRITER, url(1), "build"});
        ASSERT_TRUE(writer.has_output(std::chrono::seconds(60)));
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
        writer.kill_hard();
        writer.wait();
        Database database = open(url(1));
        Collection things = database.collection("things");
        for (const IndexInfo& index : things.list_indexes()) unfinished += index.state == IndexState::ready ? 0 : 1;
        const bool finishes = round % 2 == 0;
        ASSERT_EQ(faults_of_indexes(database, "things", finishes ? Unfinished::finish : Unfinished::drop), "");
        for (const IndexInfo& index : things.list_indexes()) ASSERT_TRUE(things.drop_index(index.name));
        ASSERT_EQ(things.list_indexes().size(), 0U);
    }
    std::cout << unfinished << " indexes were found unfinished\n";
    EXPECT_GT(unfinished, 0) << "no kill has met the building of an index";
}

}  // namespace

}  // namespace sheaf::crash
