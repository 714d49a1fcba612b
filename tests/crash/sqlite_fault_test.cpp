// A store on a disk that fails at its n-th write, truncation or sync, for every n until none is reached: whatever was
// acknowledged is there afterwards, what was refused is not, and nothing is half-done.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>

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

constexpr int transactions = 21;  // number 0 makes the tables

// What a table holds after each number of transactions.
using Content = std::map<Bytes, Bytes>;

Bytes key_of(int number) { return encode_string_key("row " + std::to_string(number)); }

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
    if (transaction % 3 == 2) steps.push_back({key_of(transaction * 10 - 10), "replaced by " + std::to_string(transaction)});
    if (transaction % 4 == 3) steps.push_back({key_of(transaction * 10 - 20), ""});
    return steps;
}

Content content_after(int done) {
    Content content;
    for (int transaction = 1; transaction < done; ++transaction) {
        for (const Step& step : steps_of(transaction)) {
            content.erase(step.key);
            if (!step.body.empty()) content[step.key] = step.body;
        }
    }
    return content;
}

void make_transaction(driver::Backend& backend, int number) {
    const auto transaction = backend.begin({.mode = Mode::write, .control = {}});
    if (number == 0) {
        transaction->ensure_table("Documents", TableKind::documents);
        transaction->ensure_table("ordered", TableKind::ordered);
    }
    const std::vector<Step> steps = number == 0 ? std::vector<Step>() : steps_of(number);
    std::vector<Write> writes;
    for (const Step& step : steps) {
        Write& write = writes.emplace_back();
        write.kind = step.body.empty() ? Write::Kind::remove : Write::Kind::put;
        write.key = step.key;
        write.body = step.body;
        write.meta.version = Version{number};
    }
    if (number != 0) transaction->apply("Documents", writes);
    for (const Write& write : writes) transaction->apply("ordered", {&write, 1});
    transaction->commit();
}

struct Result {
    int acknowledged = 0;  // transactions 0 .. acknowledged - 1
    bool unknown = false;  // the next one ended in commit_unknown
    bool failed = false;   // some transaction was refused
};

// Opens the store, goes on with the transactions, closes it. What fails is left out; after a failed write nothing more may
// be acknowledged by the same handle.
void run_part(const sqlite::StoreOptions& options, int until, Result& result) {
    std::unique_ptr<driver::Backend> backend;
    try {
        backend = sqlite::open_sqlite(options);
    } catch (const Error&) {
        result.failed = true;
        return;
    }
    for (int number = result.acknowledged; number < until; ++number) {
        try {
            make_transaction(*backend, number);
            EXPECT_FALSE(result.failed) << "a write was accepted after one had failed";
            if (!result.failed) ++result.acknowledged;
        } catch (const Error& error) {
            EXPECT_TRUE(error.code() == Code::io || error.code() == Code::commit_unknown) << error.what();
            if (!result.failed) result.unknown = error.code() == Code::commit_unknown;
            result.failed = true;
        }
        if (number == 7) {
            // A second handle comes and goes: its close moves the log into the file while the first stays open, so that
            // the first one's next write starts the log again.
            try {
                sqlite::open_sqlite(options)->close();
            } catch (const Error&) {
                continue;
            }
        }
    }
    try {
        backend->close();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::io) << error.what();
    }
}

Result run(const sqlite::StoreOptions& options) {
    Result result;
    run_part(options, transactions * 2 / 3, result);
    if (!result.failed) run_part(options, transactions, result);
    return result;
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

// The number of transactions that the store holds in full; -1, and a failed test, when it is not such a number.
int recovered(const sqlite::StoreOptions& options, int most) {
    EXPECT_EQ(integrity(options), "ok");
    const auto backend = sqlite::open_sqlite(options);
    const auto transaction = backend->begin({.mode = Mode::read, .control = {}});
    if (transaction->tables().empty()) return 0;
    const Content documents = read_table(*transaction, "Documents");
    EXPECT_EQ(documents, read_table(*transaction, "ordered")) << "one table has what the other has not";
    for (int done = most; done >= 1; --done) {
        if (documents == content_after(done)) return done;
    }
    ADD_FAILURE() << "the store holds part of a transaction";
    return -1;
}

enum class After : std::uint8_t { restart, power_cut, power_cut_with_parts };

struct Case {
    const char* name;
    Fault::Kind kind;
    After after;
    Durability durability = Durability::durable;
};

void PrintTo(const Case& which, std::ostream* out) { *out << which.name; }

class SqliteFaults : public ::testing::TestWithParam<Case> {
protected:
    // One run with a fault; false when the run did not get as far as the fault.
    bool run_with_fault_at(std::int64_t n) {
        const std::string path = dir_.path("store-" + std::to_string(n) + ".db");
        FaultDisk disk;
        disk.arm({GetParam().kind, n});
        const Result result = run({.path = path,
                                   .durability = GetParam().durability,
                                   .busy_timeout = std::chrono::milliseconds(0),
                                   .vfs = disk.name()});
        const bool fired = disk.fired();
        EXPECT_TRUE(fired || result.acknowledged == transactions) << "something failed without a fault";
        if (GetParam().after != After::restart) {
            disk.cut_power(GetParam().after == After::power_cut ? FaultDisk::Unsynced::lost : FaultDisk::Unsynced::any_part,
                           static_cast<std::uint64_t>(n));
        }
        disk.disarm();
        check({.path = path, .durability = Durability::durable, .busy_timeout = std::chrono::seconds(5), .vfs = disk.name()},
              result);
        return fired;
    }

    void check(const sqlite::StoreOptions& options, const Result& result) {
        const bool may_lose = GetParam().durability == Durability::process && GetParam().after != After::restart;
        const int most = result.acknowledged + (result.unknown ? 1 : 0);
        const int found = recovered(options, most);
        EXPECT_GE(found, may_lose ? 0 : result.acknowledged);
        EXPECT_LE(found, most);
        if (found < 0 || HasFailure()) return;
        // The store goes on from where it is.
        Result rest{.acknowledged = found, .unknown = false, .failed = false};
        run_part(options, transactions, rest);
        EXPECT_EQ(rest.acknowledged, transactions);
        EXPECT_EQ(recovered(options, transactions), transactions);
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
    EXPECT_GT(n, 100) << "so few operations: is the layer in use?";
}

INSTANTIATE_TEST_SUITE_P(
    Disk, SqliteFaults,
    ::testing::Values(Case{"FailsOnce", Fault::Kind::once, After::restart},
                      Case{"FailsOnceThenPowerCut", Fault::Kind::once, After::power_cut_with_parts},
                      Case{"Dies", Fault::Kind::dead, After::restart},
                      Case{"DiesInTheMiddleOfAWrite", Fault::Kind::torn, After::restart},
                      Case{"LosesWhatIsNotSynced", Fault::Kind::dead, After::power_cut},
                      Case{"KeepsAnyPartOfWhatIsNotSynced", Fault::Kind::torn, After::power_cut_with_parts},
                      Case{"ProcessModeDies", Fault::Kind::torn, After::restart, Durability::process},
                      Case{"ProcessModeLosesPower", Fault::Kind::dead, After::power_cut_with_parts, Durability::process}),
    [](const ::testing::TestParamInfo<Case>& test) { return test.param.name; });

}  // namespace
}  // namespace sheaf::crash
