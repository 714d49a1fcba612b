// Indexes under many threads: built while others write, read while others change them, and one winner for each key of a
// unique one. Runs under ThreadSanitizer.
#include <atomic>
#include <charconv>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

#include "concurrency/cas.hpp"
#include "concurrency/claims.hpp"
#include "concurrency/together.hpp"
#include "support/backends.hpp"
#include "support/empty_store.hpp"
#include "support/process.hpp"

namespace sheaf {

namespace {

using concurrency::claim;
using concurrency::patient;
using concurrency::run_together;
using testing_support::chosen_backends;
using testing_support::EmptyStore;

constexpr std::int64_t groups = 20;

Document with_id(std::int64_t id) {
    return Document({{"_id", id}});
}

Document grouped(std::int64_t id) {
    return Document({{"_id", id}, {"group", id % groups}, {"tags", Value::array({id % 3, id % 5})}});
}

class IndexConcurrency : public testing::TestWithParam<std::string> {
protected:
    IndexConcurrency()
        : place_(GetParam()), database_(open(place_.patient_url())), things_(database_.collection("things")) {}

    void fill(std::int64_t count) {
        std::vector<Document> documents;
        for (std::int64_t id = 0; id < count; ++id) documents.push_back(grouped(id));
        things_.insert_many(documents);
    }

    // Inserts, changes and removals in a range of ids of the thread's own.
    void write(int thread, int rounds) {
        Collection things = database_.collection("things");
        for (int round = 0; round < rounds; ++round) {
            const std::int64_t id = 100'000 * (thread + 1) + round;
            InsertOptions insert;
            insert.control = patient();
            things.insert_one(grouped(id), insert);
            UpdateOptions update;
            update.control = patient();
            things.update_one(with_id(round % 50 + thread * 50),
                              Document({{"$inc", Value::object({{"group", 1}})},
                                        {"$addToSet", Value::object({{"tags", 10 + round % 4}})}}),
                              update);
            DeleteOptions remove;
            remove.control = patient();
            if (round % 3 == 0) things.delete_one(with_id(id), remove);
        }
    }

    // Each document comes as it was at one moment: an index and a scan in one snapshot say the same. On PostgreSQL an
    // index may be dropped under a snapshot, which then has to begin again.
    void read() {
        const auto compare = [](Transaction& tx) {
            Collection things = tx.collection("things");
            CountOptions scan;
            scan.hint = "$natural";
            for (std::int64_t group = 0; group < groups; ++group) {
                const Document filter({{"group", group}, {"tags", 1}});
                ASSERT_EQ(things.count_documents(filter), things.count_documents(filter, scan));
            }
        };
        database_.run_in_transaction(compare, {.access = Access::read, .control = patient(), .retries = 100});
    }

    void check_indexes() {
        for (const IndexInfo& index : things_.list_indexes()) {
            EXPECT_EQ(index.state, IndexState::ready) << index.name;
            const IndexCheck check = things_.verify_index(index.name);
            EXPECT_TRUE(check.good()) << index.name << ": " << check.missing << " missing, " << check.orphaned
                                      << " orphaned";
        }
    }

    EmptyStore place_;  // before the database, which closes first
    Database database_;
    Collection things_;
};

TEST_P(IndexConcurrency, AnIndexIsBuiltWhileOthersWriteAndRead) {
    fill(3'000);
    std::atomic<bool> built = false;
    run_together(5, [&](int thread) {
        if (thread == 0) {
            BuildOptions options;
            options.control = patient();
            Collection things = database_.collection("things");
            things.create_index(Document({{"group", 1}, {"_id", -1}}), {}, options);
            things.create_index(Document({{"tags", 1}}), {}, options);
            things.create_index(Document({{"_id", 1}, {"group", 1}}), {.unique = true}, options);
            built = true;
        } else if (thread < 3) {
            write(thread, 120);
        } else {
            do read();
            while (!built && !HasFailure());
        }
    });
    EXPECT_EQ(things_.list_indexes().size(), 3U);
    check_indexes();
}

TEST_P(IndexConcurrency, IndexesComeAndGoUnderReadersAndWriters) {
    fill(400);
    std::atomic<bool> finished = false;
    run_together(4, [&](int thread) {
        if (thread == 0) {
            BuildOptions options;
            options.control = patient();
            for (int round = 0; round < 12; ++round) {
                database_.collection("things").create_index(Document({{"group", 1}}), {}, options);
                database_.collection("things").drop_index("group_1", patient());
            }
            finished = true;
        } else if (thread == 1) {
            write(thread, 100);
        } else {
            do read();
            while (!finished && !HasFailure());
        }
    });
    EXPECT_EQ(things_.list_indexes().size(), 0U);
}

TEST_P(IndexConcurrency, EightThreadsMayEnsureTheSameIndex) {
    fill(500);
    std::atomic<int> did_nothing = 0;
    run_together(8, [&](int) {
        BuildOptions options;
        options.control = patient();
        const IndexDefinition wanted{.keys = Document({{"group", 1}})};
        if (database_.collection("things").ensure_index(wanted, options) == IndexChange::none) ++did_nothing;
    });
    EXPECT_LT(did_nothing, 8);
    EXPECT_EQ(things_.list_indexes().size(), 1U);
    check_indexes();
}

TEST_P(IndexConcurrency, EachKeyOfAUniqueIndexHasOneWinner) {
    constexpr int keys = 40;
    database_.collection("claims").create_index(Document({{"key", 1}}), {.unique = true});
    std::atomic<std::int64_t> won = 0;
    run_together(8, [&](int) { won += claim(database_.collection("claims"), keys); });
    EXPECT_EQ(won, keys);
    EXPECT_EQ(database_.collection("claims").count_documents(), keys);
    EXPECT_TRUE(database_.collection("claims").verify_index("key_1").good());
}

TEST_P(IndexConcurrency, AUniqueIndexIsBuiltOrRefusedWhileItsKeysAreFoughtFor) {
    for (int round = 0; round < 6; ++round) {
        const std::string name = "claims" + std::to_string(round);
        database_.create_collection(name);
        std::atomic<std::int64_t> inserted = 0;
        std::atomic<bool> made = false;
        run_together(4, [&](int thread) {
            Collection claims = database_.collection(name);
            if (thread > 0) {
                inserted += claim(claims, 30);
                return;
            }
            BuildOptions options;
            options.control = patient();
            try {
                claims.create_index(Document({{"key", 1}}), {.unique = true}, options);
                made = true;
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), Code::duplicate_key) << error.what();
            }
        });
        Collection claims = database_.collection(name);
        EXPECT_EQ(claims.count_documents(), inserted);
        EXPECT_EQ(claims.list_indexes().size(), made ? 1U : 0U);
        if (!made) continue;
        EXPECT_EQ(inserted, 30);
        EXPECT_TRUE(claims.verify_index("key_1").good());
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, IndexConcurrency,
                         testing::ValuesIn(chosen_backends({"memory", "sqlite", "postgres"})),
                         [](const auto& subject) { return subject.param; });

class IndexProcesses : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Backends, IndexProcesses, testing::ValuesIn(chosen_backends({"sqlite", "postgres"})),
                         [](const auto& subject) { return subject.param; });

TEST_P(IndexProcesses, EachKeyOfAUniqueIndexHasOneWinnerAmongFour) {
    const EmptyStore place(GetParam());
    const std::string url = place.patient_url();
    Database database = open(url);
    database.collection("claims").create_index(Document({{"key", 1}}), {.unique = true});
    std::atomic<std::int64_t> won = 0;
    run_together(4, [&](int) {
        const auto ran = testing_support::run({SHEAF_CAS_WORKER, url, "50", "claim"});
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        std::int64_t count = 0;
        std::from_chars(ran.out.data(), ran.out.data() + ran.out.size(), count);
        won += count;
    });
    EXPECT_EQ(won, 50);
    EXPECT_EQ(database.collection("claims").count_documents(), 50);
    EXPECT_TRUE(database.collection("claims").verify_index("key_1").good());
}

}  // namespace

}  // namespace sheaf
