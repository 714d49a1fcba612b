// A store with indexes on a disk that fails at its n-th write, truncation or sync, also in the middle of building an
// index: afterwards each index holds what the documents call for, and nothing is left of those that are not there.
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sheaf/error.hpp>

#include "crash/fault_cases.hpp"
#include "crash/indexed_things.hpp"
#include "storage/sqlite/sqlite_backend.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::crash {
namespace {

using driver::Durability;

constexpr std::int64_t transactions = 9;

Database open_on(const sqlite::StoreOptions& options) {
    return open(sqlite::open_sqlite(options));
}

// One transaction, and now and then an index that is made over what is there, or dropped.
void make_step(Database& database, std::int64_t number) {
    if (number == 0) ensure_thing_indexes(database.collection("things"));
    database.run_in_transaction([&](Transaction& tx) { change_things(tx.collection("things"), number); });
    using namespace literals;
    Collection things = database.collection("things");
    if (number == 3) things.create_index(R"({"size": 1, "tags": 1})"_json);
    if (number == 5) things.drop_index("tags_1");
    if (number == 6) things.create_index(R"({"tags": 1})"_json);
    if (number == 7) database.rename("things", "renamed");
    if (number == 7) database.rename("renamed", "things");
}

struct Result {
    std::int64_t done = 0;  // steps that were acknowledged
    bool failed = false;
};

// Makes the steps until the disk fails.
Result run(const sqlite::StoreOptions& options) {
    Result result;
    try {
        Database database = open_on(options);
        while (result.done < transactions) {
            make_step(database, result.done);
            ++result.done;
        }
        database.close();
    } catch (const Error& error) {
        EXPECT_TRUE(error.code() == Code::io || error.code() == Code::commit_unknown) << error.what();
        result.failed = true;
    }
    return result;
}

std::size_t index_tables(const sqlite::StoreOptions& options) {
    const auto backend = sqlite::open_sqlite(options);
    const auto transaction = backend->begin({.mode = driver::Mode::read, .control = {}});
    std::size_t count = 0;
    for (const driver::TableInfo& table : transaction->tables()) count += driver::is_index(table.kind) ? 1 : 0;
    return count;
}

class IndexFaults : public ::testing::TestWithParam<Case> {
protected:
    // One run with a fault; false when the run did not get as far as the fault.
    bool run_with_fault_at(std::int64_t n) {
        FaultDisk disk;
        sqlite::StoreOptions options = options_for(disk, GetParam(), dir_.path("store-" + std::to_string(n) + ".db"));
        disk.arm({GetParam().kind, n});
        const Result result = run(options);
        const bool fired = disk.fired();
        EXPECT_TRUE(fired || !result.failed) << "something failed without a fault";
        cut_power(disk, GetParam(), n);
        disk.disarm();
        options.durability = Durability::durable;
        check(options, n % 2 == 0 ? Unfinished::finish : Unfinished::drop);
        std::filesystem::remove(options.path);
        return fired;
    }

    void check(const sqlite::StoreOptions& options, Unfinished unfinished) {
        std::size_t indexes = 0;
        {
            Database database = open_on(options);
            if (database.has_collection("renamed")) database.rename("renamed", "things");
            ASSERT_EQ(faults_of_indexes(database, "things", unfinished), "");
            indexes = database.collection("things").list_indexes().size();
        }
        ASSERT_EQ(index_tables(options), indexes) << "an index table that belongs to no index, or none for one";
        // The store goes on from where it is.
        Database database = open_on(options);
        ensure_thing_indexes(database.collection("things"));
        database.run_in_transaction([&](Transaction& tx) { change_things(tx.collection("things"), 100); });
        ASSERT_EQ(faults_of_indexes(database, "things", unfinished), "");
        ASSERT_GE(database.collection("things").list_indexes().size(), thing_indexes().size());
    }

    testing_support::TempDir dir_{testing_support::TempDir::fast_parent()};
};

TEST_P(IndexFaults, IndexesHoldWhatTheDocumentsCallFor) {
    std::int64_t n = 1;
    while (run_with_fault_at(n)) {
        ASSERT_FALSE(HasFailure()) << "with the fault at operation " << n;
        ++n;
    }
    EXPECT_GT(n, 60) << "so few operations: is the layer in use?";
}

INSTANTIATE_TEST_SUITE_P(Disk, IndexFaults,
                         ::testing::Values(Case{"FailsOnce", Fault::Kind::once, After::restart},
                                           Case{"IsFullOnce", Fault::Kind::full, After::restart},
                                           Case{"DiesInTheMiddleOfAWrite", Fault::Kind::torn, After::restart},
                                           Case{"LosesWhatIsNotSynced", Fault::Kind::dead, After::power_cut},
                                           Case{"KeepsAnyPartOfWhatIsNotSynced", Fault::Kind::torn,
                                                After::power_cut_with_parts},
                                           Case{"ProcessModeLosesPower", Fault::Kind::dead, After::power_cut_with_parts,
                                                Durability::process}),
                         [](const ::testing::TestParamInfo<Case>& test) { return test.param.name; });

}  // namespace
}  // namespace sheaf::crash
