// A store on a disk that fails at its n-th write, truncation or sync, for every n until none is reached: whatever was
// acknowledged is there afterwards, what was refused is not, and nothing is half-done.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>

#include "crash/fault_cases.hpp"
#include "crash/fault_vfs.hpp"
#include "document/key.hpp"
#include "storage/sqlite/sqlite_backend.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::crash {
namespace {

using driver::Durability;
using driver::Mode;
using driver::TableKind;
using driver::Write;

constexpr int transactions = 20;

using Content = std::map<Bytes, Bytes>;
using Numbers = std::vector<int>;  // of transactions

Bytes key_of(int number) {
    return encode_string_key("row " + std::to_string(number));
}

struct Step {
    Bytes key;
    Bytes body;  // empty: the row is removed
};

// New rows, rows that are replaced, rows that are removed, small ones and some that fill several pages.
std::vector<Step> steps_of(int transaction) {
    std::vector<Step> steps;
    for (int row = 0; row < 1 + transaction % 4; ++row) {
        const std::size_t size = transaction % 6 == 5 ? 20'000 : 40;
        steps.push_back({key_of(transaction * 10 + row), Bytes(size, static_cast<char>('a' + transaction))});
    }
    if (transaction % 3 == 2)
        steps.push_back({key_of(transaction * 10 - 10), "replaced by " + std::to_string(transaction)});
    if (transaction % 4 == 3) steps.push_back({key_of(transaction * 10 - 20), ""});
    return steps;
}

// What each of the two tables holds after these transactions.
Content content_after(const Numbers& done) {
    Content content;
    for (const int transaction : done) {
        for (const Step& step : steps_of(transaction)) {
            content.erase(step.key);
            if (!step.body.empty()) content[step.key] = step.body;
        }
    }
    return content;
}

void make_transaction(driver::Backend& backend, int number) {
    const auto transaction = backend.begin({.mode = Mode::write, .control = {}});
    transaction->ensure_table("Documents", TableKind::documents);
    transaction->ensure_table("ordered", TableKind::ordered);
    const std::vector<Step> steps = steps_of(number);
    std::vector<Write> writes;
    for (const Step& step : steps) {
        Write& write = writes.emplace_back();
        write.kind = step.body.empty() ? Write::Kind::remove : Write::Kind::put;
        write.key = step.key;
        write.body = step.body;
        write.meta.version = Version{number};
    }
    transaction->apply("Documents", writes);
    for (const Write& write : writes) transaction->apply("ordered", {&write, 1});
    transaction->commit();
}

struct Result {
    Numbers acknowledged;
    std::optional<int> unknown;  // this one ended in commit_unknown
    int refused = 0;             // and these were refused
    bool opened = true;
};

// Opens the store, makes the transactions, closes it; what fails is left out. Unless the disk was merely full, nothing
// may be acknowledged by a handle on which a write has failed.
void run_part(const sqlite::StoreOptions& options, int from, int until, bool full_only, Result& result) {
    std::unique_ptr<driver::Backend> backend;
    try {
        backend = sqlite::open_sqlite(options);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::io) << error.what();
        result.opened = false;
        return;
    }
    for (int number = from; number < until; ++number) {
        try {
            make_transaction(*backend, number);
            EXPECT_TRUE(full_only || result.refused == 0) << "a write was accepted after one had failed";
            result.acknowledged.push_back(number);
        } catch (const Error& error) {
            EXPECT_TRUE(error.code() == Code::io || error.code() == Code::commit_unknown) << error.what();
            if (error.code() == Code::commit_unknown) {
                EXPECT_TRUE(result.refused == 0 && !full_only);
                result.unknown = number;
            }
            ++result.refused;
        }
        if (number != 7) continue;
        // A second handle comes and goes: its close moves the log into the file while the first stays open, so that the
        // first one's next write starts the log again.
        try {
            sqlite::open_sqlite(options)->close();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::io) << error.what();
        }
    }
    try {
        backend->close();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::io) << error.what();
    }
}

Content read_table(driver::Transaction& transaction, std::string_view table) {
    Content content;
    const auto cursor = transaction.scan(table, {.order = driver::Order::key, .range = {}});
    for (driver::RowView row; cursor->next(row);) content[Bytes(cursor->key())] = row.body;
    return content;
}

std::string integrity(const sqlite::StoreOptions& options) {
    sqlite3* db = nullptr;
    sqlite3_stmt* statement = nullptr;
    std::string answer = "cannot be opened";
    if (sqlite3_open_v2(options.path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options.vfs.c_str()) ==
            SQLITE_OK &&
        sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        answer = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return answer;
}

// What the store holds, which is the same in both tables.
Content recovered(const sqlite::StoreOptions& options) {
    EXPECT_EQ(integrity(options), "ok");
    const auto backend = sqlite::open_sqlite(options);
    const auto transaction = backend->begin({.mode = Mode::read, .control = {}});
    if (transaction->tables().empty()) return {};
    const Content documents = read_table(*transaction, "Documents");
    EXPECT_EQ(documents, read_table(*transaction, "ordered")) << "one table has what the other has not";
    return documents;
}

TEST(SqliteOnABadDisk, AFailedWriteEndsAllWritesUntilTheStoreIsOpenedAgain) {
    const testing_support::TempDir dir;
    FaultDisk disk;
    const sqlite::StoreOptions options{
        .path = dir.path("store.db"), .durability = Durability::durable, .vfs = disk.name()};
    const auto code_of = [](auto&& function) {
        try {
            function();
        } catch (const Error& error) {
            return std::string(info(error.code()).name);
        }
        return std::string("nothing");
    };
    {
        const auto backend = sqlite::open_sqlite(options);
        make_transaction(*backend, 0);
        disk.arm({Fault::Kind::once, 1});
        EXPECT_EQ(code_of([&] { make_transaction(*backend, 1); }), "commit_unknown");
        EXPECT_EQ(code_of([&] { make_transaction(*backend, 2); }), "io");
        EXPECT_EQ(read_table(*backend->begin({.mode = Mode::read, .control = {}}), "ordered"), content_after({0}));
        EXPECT_EQ(code_of([&] { make_transaction(*backend, 2); }), "io");
    }
    make_transaction(*sqlite::open_sqlite(options), 3);
    EXPECT_EQ(recovered(options), content_after({0, 3}));
}

TEST(SqliteOnABadDisk, AFullDiskRefusesOneTransactionAndTheStoreGoesOn) {
    const testing_support::TempDir dir;
    FaultDisk disk;
    const sqlite::StoreOptions options{
        .path = dir.path("store.db"), .durability = Durability::durable, .vfs = disk.name()};
    const auto backend = sqlite::open_sqlite(options);
    make_transaction(*backend, 0);
    disk.arm({Fault::Kind::full, 2});
    try {
        make_transaction(*backend, 1);
        ADD_FAILURE() << "a full disk was not noticed";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::io);
        EXPECT_NE(error.message().find("full"), std::string_view::npos) << error.what();
    }
    make_transaction(*backend, 2);
    backend->close();
    EXPECT_EQ(recovered(options), content_after({0, 2}));
}

class SqliteFaults : public ::testing::TestWithParam<Case> {
protected:
    // One run with a fault; false when the run did not get as far as the fault.
    bool run_with_fault_at(std::int64_t n) {
        FaultDisk disk;
        sqlite::StoreOptions options = options_for(disk, GetParam(), dir_.path("store-" + std::to_string(n) + ".db"));
        disk.arm({GetParam().kind, n});
        Result result;
        const bool full_only = GetParam().kind == Fault::Kind::full;
        constexpr int middle = transactions * 2 / 3;
        run_part(options, 0, middle, full_only, result);
        if (result.opened && (full_only || result.refused == 0))
            run_part(options, middle, transactions, full_only, result);
        const bool fired = disk.fired();
        EXPECT_TRUE(fired || result.acknowledged.size() == transactions) << "something failed without a fault";
        EXPECT_LE(result.refused, full_only ? 1 : transactions);
        cut_power(disk, GetParam(), n);
        disk.disarm();
        options.durability = Durability::durable;
        check(options, result);
        return fired;
    }

    void check(const sqlite::StoreOptions& options, const Result& result) {
        Numbers done = result.acknowledged;
        if (result.unknown) done.push_back(*result.unknown);
        const bool may_lose = GetParam().durability == Durability::process && GetParam().after != After::restart;
        const std::size_t least = may_lose ? 0 : result.acknowledged.size();
        const Content found = recovered(options);
        while (done.size() > least && found != content_after(done)) done.pop_back();
        ASSERT_EQ(found, content_after(done))
            << "something is lost, or there in part, or there although it was refused";
        // The store goes on from where it is.
        Result rest;
        run_part(options, transactions, transactions + 2, false, rest);
        EXPECT_EQ(rest.acknowledged.size(), 2U);
        done.insert(done.end(), {transactions, transactions + 1});
        EXPECT_EQ(recovered(options), content_after(done));
        std::filesystem::remove(options.path);
    }

    testing_support::TempDir dir_;
};

TEST_P(SqliteFaults, NothingAcknowledgedIsLostAndNothingIsHalfDone) {
    std::int64_t n = 1;
    while (run_with_fault_at(n)) {
        ASSERT_FALSE(HasFailure()) << "with the fault at operation " << n;
        ++n;
    }
    EXPECT_GT(n, 60) << "so few operations: is the layer in use?";
}

INSTANTIATE_TEST_SUITE_P(
    Disk, SqliteFaults,
    ::testing::Values(Case{"FailsOnce", Fault::Kind::once, After::restart},
                      Case{"FailsOnceThenPowerCut", Fault::Kind::once, After::power_cut_with_parts},
                      Case{"IsFullOnce", Fault::Kind::full, After::restart},
                      Case{"IsFullOnceThenPowerCut", Fault::Kind::full, After::power_cut_with_parts},
                      Case{"Dies", Fault::Kind::dead, After::restart},
                      Case{"DiesInTheMiddleOfAWrite", Fault::Kind::torn, After::restart},
                      Case{"LosesWhatIsNotSynced", Fault::Kind::dead, After::power_cut},
                      Case{"KeepsAnyPartOfWhatIsNotSynced", Fault::Kind::torn, After::power_cut_with_parts},
                      Case{"ProcessModeDies", Fault::Kind::torn, After::restart, Durability::process},
                      Case{"ProcessModeLosesPower", Fault::Kind::dead, After::power_cut_with_parts,
                           Durability::process}),
    [](const ::testing::TestParamInfo<Case>& test) { return test.param.name; });

}  // namespace
}  // namespace sheaf::crash
