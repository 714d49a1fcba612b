// Many at once through the public interface: no lost update, no torn read, one winner. Runs under ThreadSanitizer.
#include <atomic>
#include <charconv>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

#include "concurrency/cas.hpp"
#include "concurrency/together.hpp"
#include "support/backends.hpp"
#include "support/empty_store.hpp"
#include "support/process.hpp"

namespace sheaf {

namespace {

using concurrency::CasCounts;
using concurrency::patient;
using concurrency::run_together;
using testing_support::chosen_backends;
using testing_support::EmptyStore;

Document with_id(const Value& id) {
    return Document({{"_id", id}});
}

Document add(std::int64_t amount) {
    return Document({{"$inc", Value::object({{"balance", amount}})}});
}

class Concurrency : public testing::TestWithParam<std::string> {
protected:
    Concurrency() : place_(GetParam()), database_(open(place_.patient_url())) {}

    // Ten accounts of 100 each, and a count of the transfers in another collection.
    void open_accounts() {
        std::vector<Document> accounts;
        for (int i = 0; i < 10; ++i) accounts.push_back(Document({{"_id", i}, {"balance", 100}}));
        database_.collection("accounts").insert_many(accounts);
        database_.collection("transfers").insert_one(Document({{"_id", 0}, {"balance", 0}}));
    }

    void transfer(int from, int to, bool fails) {
        TransactionOptions options;
        options.control = patient();
        database_.run_in_transaction(
            [&](Transaction& tx) {
                tx.collection("accounts").update_one(with_id(from), add(-7));
                tx.collection("transfers").update_one(with_id(0), add(1));
                tx.collection("accounts").update_one(with_id(to), add(7));
                if (fails) throw Error(Code::invalid_argument, "the test rolls back");
            },
            options);
    }

    std::int64_t transfers() { return sum(database_.collection("transfers").find()); }

    static std::int64_t sum(Cursor cursor) {
        std::int64_t total = 0;
        while (auto record = cursor.next()) total += (*record)["balance"].integer();
        return total;
    }

    EmptyStore place_;  // before the database, which closes first
    Database database_;
};

TEST_P(Concurrency, SixteenThreadsUpdateOneDocumentWithExpectedVersion) {
    database_.collection("counters").insert_one(R"({"_id": "n", "value": 0})"_json);
    std::atomic<std::int64_t> successes = 0;
    std::atomic<std::int64_t> mismatches = 0;
    std::atomic<std::int64_t> gave_up = 0;
    run_together(16, [&](int) {
        const CasCounts counts = concurrency::increment(database_.collection("counters"), 25, 200);
        successes += counts.successes;
        mismatches += counts.mismatches;
        gave_up += counts.gave_up;
    });
    const auto record = database_.collection("counters").find_one(R"({"_id": "n"})"_json);
    EXPECT_EQ(record->version.value - 1, successes) << "every success, and nothing else, has made a version";
    EXPECT_EQ((*record)["value"].integer(), successes) << "no update is lost";
    EXPECT_EQ(successes + gave_up, 16 * 25);
    EXPECT_GT(successes, 0);
    RecordProperty("mismatches", std::to_string(mismatches));
}

TEST_P(Concurrency, SixteenThreadsIncrementWithoutExpectedVersion) {
    database_.collection("counters").insert_one(R"({"_id": "n", "value": 0})"_json);
    run_together(16, [&](int) {
        for (int i = 0; i < 20; ++i) {
            UpdateOptions options;
            options.control = patient();
            database_.collection("counters")
                .update_one(R"({"_id": "n"})"_json, R"({"$inc": {"value": 1}})"_json, options);
        }
    });
    const auto record = database_.collection("counters").find_one(R"({"_id": "n"})"_json);
    EXPECT_EQ((*record)["value"].integer(), 16 * 20);
    EXPECT_EQ(record->version.value, 16 * 20 + 1);
}

TEST_P(Concurrency, InsertsOfOneIdHaveOneWinner) {
    std::atomic<int> won = 0;
    std::atomic<int> lost = 0;
    run_together(16, [&](int thread) {
        for (int i = 0; i < 10; ++i) {
            InsertOptions options;
            options.control = patient();
            try {
                database_.collection("races").insert_one(Document({{"_id", i}, {"winner", thread}}), options);
                ++won;
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), Code::duplicate_key) << error.what();
                ++lost;
            }
        }
    });
    EXPECT_EQ(won, 10);
    EXPECT_EQ(lost, 150);
    EXPECT_EQ(database_.collection("races").count_documents(), 10);
}

TEST_P(Concurrency, UpsertsOfOneIdInsertOnceAndLoseNothing) {
    run_together(8, [&](int) {
        for (int i = 0; i < 10; ++i) {
            UpdateOptions options;
            options.upsert = Upsert::yes;
            options.control = patient();
            database_.collection("counters")
                .update_one(R"({"_id": "n"})"_json, R"({"$inc": {"value": 1}})"_json, options);
        }
    });
    const auto record = database_.collection("counters").find_one(R"({"_id": "n"})"_json);
    EXPECT_EQ((*record)["value"].integer(), 80);
    EXPECT_EQ(record->version.value, 80);
}

TEST_P(Concurrency, ReadersSeeOneMomentWhileMoneyMoves) {
    open_accounts();
    std::atomic<bool> finished = false;
    std::atomic<int> looks = 0;
    const auto write = [&] {
        for (int i = 0; i < 120; ++i) {
            if (i % 4 == 3) {
                EXPECT_THROW(transfer(i % 10, (i * 3 + 1) % 10, true), Error);
            } else {
                transfer(i % 10, (i * 3 + 1) % 10, false);
            }
        }
        finished = true;
    };
    const auto read = [&](const FindOptions& options) {
        do {
            Cursor cursor = database_.collection("accounts").find({}, options);
            const auto first = cursor.next();
            std::this_thread::yield();
            ASSERT_TRUE(first.has_value());
            EXPECT_EQ((*first)["balance"].integer() + sum(std::move(cursor)), 1'000) << "a cursor saw half a transfer";
            ++looks;
        } while (!finished);
    };
    run_together(4, [&](int thread) {
        FindOptions options;
        if (thread == 1) options.sort = R"({"balance": -1})"_json;
        if (thread == 0) {
            write();
        } else {
            read(options);
        }
    });
    EXPECT_GT(looks, 0);
    EXPECT_EQ(transfers(), 90);
}

TEST_P(Concurrency, TransactionsReadOneMomentOfSeveralCollections) {
    open_accounts();
    run_together(4, [&](int thread) {
        for (int i = 0; i < 15; ++i) {
            if (thread < 2) {
                transfer(i % 10, (i + thread + 1) % 10, false);
                continue;
            }
            Transaction tx = database_.begin({.access = Access::read, .control = patient()});
            const std::int64_t before = sum(tx.collection("transfers").find());
            EXPECT_EQ(sum(tx.collection("accounts").find()), 1'000);
            EXPECT_EQ(sum(tx.collection("transfers").find()), before);
        }
    });
    EXPECT_EQ(transfers(), 30);
}

TEST_P(Concurrency, AHeldCursorKeepsItsSnapshot) {
    open_accounts();
    Cursor cursor = database_.collection("accounts").find();
    const auto first = cursor.next();
    ASSERT_TRUE(first.has_value());
    run_together(4, [&](int thread) {
        for (int i = 0; i < 10; ++i) transfer((thread * 3 + i) % 10, (i * 7 + 1) % 10, false);
    });
    EXPECT_EQ((*first)["balance"].integer(), 100);
    for (int seen = 1; auto record = cursor.next(); ++seen) EXPECT_EQ((*record)["balance"].integer(), 100) << seen;
    EXPECT_EQ(sum(database_.collection("accounts").find()), 1'000);
    EXPECT_EQ(transfers(), 40);
}

TEST_P(Concurrency, CollectionsComeAndGoUnderReaders) {
    std::atomic<bool> finished = false;
    run_together(4, [&](int thread) {
        if (thread == 0) {
            for (int i = 0; i < 30; ++i) {
                std::vector<Document> two = {Document({{"_id", 1}, {"balance", 1}}),
                                             Document({{"_id", 2}, {"balance", -1}})};
                database_.collection("t").insert_many(two);
                if (i % 2 == 0) database_.rename("t", "u");
                database_.drop_collection(i % 2 == 0 ? "u" : "t");
            }
            finished = true;
            return;
        }
        do {
            EXPECT_EQ(sum(database_.collection("t").find()), 0);
            EXPECT_EQ(database_.collection("u").count_documents() % 2, 0);
        } while (!finished);
    });
}

INSTANTIATE_TEST_SUITE_P(Backends, Concurrency, testing::ValuesIn(chosen_backends({"memory", "sqlite", "postgres"})),
                         [](const auto& subject) { return subject.param; });

// Attempts are made once: who has lost a race goes on with the next.
TEST(PostgresConcurrency, SixteenConnectionsFightForOneVersion) {
    if (!testing_support::is_chosen("postgres")) GTEST_SKIP() << "TEST_DB leaves postgres out";
    constexpr int attempts = 2'000;
    const EmptyStore place("postgres");
    const Database database = open(place.patient_url());
    database.collection("counters").insert_one(R"({"_id": "n", "value": 0})"_json);
    std::atomic<std::int64_t> successes = 0;
    std::atomic<std::int64_t> gave_up = 0;
    run_together(16, [&](int) {
        const CasCounts counts = concurrency::increment(database.collection("counters"), attempts, 1);
        successes += counts.successes;
        gave_up += counts.gave_up;
    });
    const auto record = database.collection("counters").find_one(R"({"_id": "n"})"_json);
    EXPECT_EQ(record->version.value - 1, successes);
    EXPECT_EQ((*record)["value"].integer(), successes);
    EXPECT_EQ(successes + gave_up, 16 * attempts);
    EXPECT_GE(successes, attempts) << "in each round somebody wins";
    EXPECT_GT(gave_up, 0) << "nobody met anybody";
}

TEST(PostgresConcurrency, EightConnectionsIncrementAndLoseNothing) {
    if (!testing_support::is_chosen("postgres")) GTEST_SKIP() << "TEST_DB leaves postgres out";
    constexpr int increments = 250;
    const EmptyStore place("postgres");
    const Database database = open(place.patient_url());
    database.collection("counters").insert_one(R"({"_id": "n", "value": 0})"_json);
    run_together(8, [&](int) {
        for (int i = 0; i < increments; ++i) {
            UpdateOptions options;
            options.control = patient();
            database.collection("counters")
                .update_one(R"({"_id": "n"})"_json, R"({"$inc": {"value": 1}})"_json, options);
        }
    });
    const auto record = database.collection("counters").find_one(R"({"_id": "n"})"_json);
    EXPECT_EQ((*record)["value"].integer(), 8 * increments);
    EXPECT_EQ(record->version.value, 8 * increments + 1);
}

class Processes : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Backends, Processes, testing::ValuesIn(chosen_backends({"sqlite", "postgres"})),
                         [](const auto& subject) { return subject.param; });

TEST_P(Processes, FourUpdateOneDocumentWithExpectedVersion) {
    const EmptyStore place(GetParam());
    const std::string url = place.patient_url();
    Database database = open(url);
    database.collection("counters").insert_one(R"({"_id": "n", "value": 0})"_json);
    std::atomic<std::int64_t> successes = 0;
    run_together(4, [&](int) {
        const auto ran = testing_support::run({SHEAF_CAS_WORKER, url, "50"});
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        std::int64_t count = 0;
        std::from_chars(ran.out.data(), ran.out.data() + ran.out.size(), count);
        successes += count;
    });
    const auto record = database.collection("counters").find_one(R"({"_id": "n"})"_json);
    EXPECT_EQ(successes, 200);
    EXPECT_EQ(record->version.value - 1, successes);
    EXPECT_EQ((*record)["value"].integer(), successes);
}

}  // namespace

}  // namespace sheaf
