// Sessions: catalogs that others have changed, locks of names, connections that break, commits without an answer.
#include "storage/postgres/session.hpp"

#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "storage/postgres/test_store.hpp"

namespace sheaf::postgres {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr Isolation isolations[] = {Isolation::operation, Isolation::serializable};

void change(Backend& backend, const std::function<void(Transaction&)>& change) {
    const auto transaction = backend.begin({.mode = Mode::write});
    change(*transaction);
    transaction->commit();
}

// Two programs, of which the first has just looked at the catalog.
class CatalogTest : public StoreTest {
protected:
    CatalogTest() {
        make_table(*one_, "t");
        put_one(*one_, "t", id("k"), "old");
        EXPECT_EQ(body(*one_, "t", id("k")), "old");
    }
    void describe(BytesView description) {
        change(*two_, [&](Transaction& transaction) { transaction.describe_table("t", description); });
    }
    std::string write_error(Isolation isolation, std::string_view table = "t") {
        return error_of([&] {
            const auto transaction = write(*one_, isolation);
            EXPECT_NE(transaction->catalog_stamp(), 0U);
            put(*transaction, table, id("k"), "new");
            transaction->commit();
        });
    }

    const std::unique_ptr<Backend> one_ = open();
    const std::unique_ptr<Backend> two_ = open();
};

TEST_F(CatalogTest, AWriteUnderAnOldDescriptionIsRefusedOnce) {
    for (const Isolation isolation : isolations) {
        describe("by two, " + std::to_string(static_cast<int>(isolation)));
        EXPECT_EQ(write_error(isolation), "serialization");
        EXPECT_EQ(write_error(isolation), "nothing");
    }
}

TEST_F(CatalogTest, AWriteToATableThatIsGoneIsRefusedOnce) {
    for (const Isolation isolation : isolations) {
        change(*two_, [](Transaction& transaction) { transaction.rename_table("t", "u"); });
        EXPECT_EQ(write_error(isolation), "serialization");
        EXPECT_EQ(write_error(isolation), "not_found");
        change(*two_, [](Transaction& transaction) { transaction.rename_table("u", "t"); });
        EXPECT_EQ(write_error(isolation), "serialization") << "a missing table is looked for again";
        EXPECT_EQ(write_error(isolation), "nothing");
    }
}

TEST_F(CatalogTest, ATableOfAnotherKindIsNoticed) {
    for (const Isolation isolation : isolations) {
        for (const TableKind kind : {TableKind::ordered, TableKind::unique_index, TableKind::documents}) {
            change(*two_, [&](Transaction& transaction) {
                transaction.drop_table("t");
                transaction.ensure_table("t", kind);
            });
            const auto transaction = write(*one_, isolation);
            EXPECT_EQ(error_of([&] {
                          transaction->catalog_stamp();
                          transaction->scan("t", {.order = driver::Order::key});
                          transaction->get("t", id("k"));
                          transaction->commit();
                      }),
                      "serialization");
            EXPECT_EQ(body(*one_, "t", id("k")), "(none)");
        }
    }
}

TEST_F(CatalogTest, WithoutWritesTheCommitNotices) {
    for (const Isolation isolation : isolations) {
        describe("by two, " + std::to_string(static_cast<int>(isolation)));
        const auto transaction = write(*one_, isolation);
        transaction->catalog_stamp();
        EXPECT_EQ(error_of([&] { transaction->commit(); }), "serialization");
        EXPECT_EQ(write(*one_, isolation)->find_table("t"), read(*two_)->find_table("t"));
    }
}

TEST_F(CatalogTest, OperationsFindTablesThatOthersHaveMade) {
    make_table(*two_, "new");
    put_one(*two_, "new", id("k"), "x");
    EXPECT_EQ(body(*read(*one_, Isolation::operation), "new", id("k")), "x");
    make_table(*two_, "newer");
    EXPECT_EQ(error_of([&] {
                  const auto transaction = read(*one_, Isolation::operation);
                  transaction->catalog_stamp();
                  transaction->find_table("newer");
              }),
              "serialization")
        << "the stamp was told, and stands for something else";
    EXPECT_TRUE(read(*one_, Isolation::operation)->find_table("newer"));
    EXPECT_FALSE(read(*one_, Isolation::operation)->find_table("newest"));
}

TEST_F(CatalogTest, ATableThatIsMadeAgainDoesNotShowThroughASnapshotAsEmpty) {
    for (const Mode mode : {Mode::read, Mode::write}) {
        const auto snapshot = one_->begin({.mode = mode});
        EXPECT_EQ(snapshot->tables().size(), 1U);
        change(*two_, [](Transaction& transaction) {
            transaction.drop_table("t");
            transaction.ensure_table("t", TableKind::documents);
            put(transaction, "t", id("k"), "old");
        });
        EXPECT_EQ(error_of([&] { snapshot->get("t", id("k")); }, "again"), "serialization");
        EXPECT_EQ(body(*one_, "t", id("k")), "old");
    }
}

TEST_F(CatalogTest, OneOfTwoDescriptionsIsRefused) {
    for (const Isolation isolation : isolations) {
        const auto first = write(*one_, isolation);
        const auto second = write(*two_, isolation);
        EXPECT_EQ(first->find_table("t"), second->find_table("t"));
        first->describe_table("t", "first " + std::to_string(static_cast<int>(isolation)));
        auto waiting = std::async(std::launch::async, [&] {
            return error_of([&] {
                second->describe_table("t", "second");
                second->commit();
            });
        });
        EXPECT_EQ(waiting.wait_for(300ms), std::future_status::timeout);
        first->commit();
        EXPECT_EQ(waiting.get(), "serialization");
        EXPECT_EQ(read(*two_)->find_table("t")->description, "first " + std::to_string(static_cast<int>(isolation)));
    }
}

TEST_F(CatalogTest, OneOfTwoMakersOfATableIsRefused) {
    for (const Isolation isolation : isolations) {
        const std::string name = "made" + std::to_string(static_cast<int>(isolation));
        const auto first = write(*one_, isolation);
        const auto second = write(*two_, isolation);
        EXPECT_TRUE(first->ensure_table(name, TableKind::documents));
        auto waiting = std::async(std::launch::async,
                                  [&] { return error_of([&] { second->ensure_table(name, TableKind::documents); }); });
        EXPECT_EQ(waiting.wait_for(300ms), std::future_status::timeout);
        first->commit();
        EXPECT_EQ(waiting.get(), "serialization");
        EXPECT_FALSE(write(*two_, isolation)->ensure_table(name, TableKind::documents));
    }
}

TEST_F(CatalogTest, ExcludedWritersCannotDescribeEither) {
    const auto alone = write(*one_);
    alone->exclude_writers("t");
    auto waiting = std::async(std::launch::async, [&] { return error_of([&] { describe("by two"); }); });
    EXPECT_EQ(waiting.wait_for(300ms), std::future_status::timeout);
    alone->commit();
    EXPECT_EQ(waiting.get(), "nothing");
}

TEST_F(CatalogTest, WritersOfOwnTablesNeedNotBeExcluded) {
    const auto transaction = write(*one_);
    transaction->ensure_table("mine", TableKind::index);
    transaction->exclude_writers("mine");
    transaction->rename_table("mine", "still_mine");
    transaction->exclude_writers("still_mine");
    EXPECT_EQ(error_of([&] { transaction->exclude_writers("mine"); }), "unsupported");
    EXPECT_EQ(error_of([&] { transaction->exclude_writers("t"); }), "unsupported");
    transaction->commit();
}

// They are not excluded from a table that was missing then, and so what it holds cannot be relied on.
TEST_F(CatalogTest, WritersOfAMissingTableAreNotExcludedFromTheOneThatIsMadeMeanwhile) {
    const auto late = write(*one_);
    late->exclude_writers("new");
    make_table(*two_, "new");
    EXPECT_EQ(error_of([&] { late->ensure_table("new", TableKind::documents); }), "serialization");
    const auto again = write(*one_);
    again->exclude_writers("new");
    EXPECT_FALSE(again->ensure_table("new", TableKind::documents));
}

TEST_F(CatalogTest, OwnChangesAreForgottenWithTheirTransaction) {
    {
        const auto transaction = write(*one_);
        transaction->describe_table("t", "never");
        transaction->ensure_table("never", TableKind::ordered);
        put(*transaction, "never", "k", "v");
        EXPECT_EQ(transaction->catalog_stamp(), 0U);
        EXPECT_EQ(transaction->tables().size(), 2U);
    }
    EXPECT_EQ(read(*one_)->tables(), read(*two_)->tables());
    EXPECT_EQ(write_error(Isolation::operation), "nothing");
}

// Connections that break.

class BreakingTest : public StoreTest {
protected:
    BreakingTest() { make_table(*backend_, "t"); }
    // All but that of the test.
    void terminate_all() {
        run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
    }
    void wait_until(const std::string& condition) {
        while (number("SELECT (" + condition + ")::integer") == 0) std::this_thread::sleep_for(5ms);
    }

    const std::unique_ptr<Backend> backend_ = open();
};

TEST_F(BreakingTest, TheTransactionIsOverAndTheNextOneWorks) {
    for (const Mode mode : {Mode::read, Mode::write}) {
        const auto transaction = backend_->begin({.mode = mode});
        EXPECT_EQ(body(*transaction, "t", id("k")), "(none)");
        const auto cursor = transaction->scan("t", {});
        terminate_all();
        EXPECT_EQ(error_of([&] { transaction->get("t", id("k")); }), "unavailable");
        EXPECT_EQ(error_of([&] { transaction->get("t", id("k")); }), "transaction_aborted");
        EXPECT_EQ(error_of([&] { transaction->commit(); }), "transaction_aborted");
        put_one(*backend_, "t", id("another"), "x");
    }
    terminate_all();
    backend_->ping();
}

TEST_F(BreakingTest, BeforeTheCommitNothingIsThere) {
    const auto transaction = write(*backend_);
    put(*transaction, "t", id("k"), "x");
    terminate_all();
    EXPECT_EQ(error_of([&] { transaction->commit(); }), "unavailable");
    EXPECT_EQ(body(*backend_, "t", id("k")), "(none)");
}

TEST_F(BreakingTest, WithinTheCommitTheServerIsAsked) {
    run("CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END'");
    run("CREATE CONSTRAINT TRIGGER leaving AFTER INSERT ON t INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave()");
    const auto transaction = write(*backend_);
    put(*transaction, "t", id("k"), "x");
    EXPECT_EQ(error_of([&] { transaction->commit(); }), "unavailable") << "it knows that it was rolled back";
    EXPECT_EQ(body(*backend_, "t", id("k")), "(none)");
}

// A server that waits for a standby which does not exist.
class StandbyTest : public BreakingTest {
protected:
    StandbyTest() {
        run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        reload("nobody");
    }
    ~StandbyTest() override {
        run("ALTER SYSTEM RESET synchronous_standby_names");
        reload("");
    }
    void reload(const std::string& expected) {
        run("SET synchronous_commit = local");  // the test's own connection must not wait
        run("SELECT pg_reload_conf()");
        wait_until("current_setting('synchronous_standby_names') = '" + expected + "'");
    }
};

TEST_F(StandbyTest, ACommitThatOnlyThisServerHasIsUnknown) {
    auto waiting = std::async(std::launch::async, [&] {
        const auto transaction = write(*backend_);
        put(*transaction, "t", id("k"), "x");
        return error_of([&] { transaction->commit(); }, "Look whether it is");
    });
    wait_until("EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')");
    terminate_all();
    EXPECT_EQ(waiting.get(), "commit_unknown");
}

TEST_F(StandbyTest, ACommitThatIsCancelledWhileItWaitsIsUnknown) {
    const auto transaction = write(*backend_, Isolation::serializable, {.deadline = Control::within(300ms)});
    put(*transaction, "t", id("k"), "x");
    EXPECT_EQ(error_of([&] { transaction->commit(); }), "commit_unknown");
}

// The transaction itself makes the question about the standbys fail.
TEST_F(StandbyTest, WhatFailsBehindTheCommitDoesNotTakeItBack) {
    run("CREATE FUNCTION current_setting(text) RETURNS text LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION USING ERRCODE = ''57014''; END'");
    run("CREATE FUNCTION hide() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM set_config(''search_path'', ''" +
        schema_ + ", pg_catalog'', false); RETURN NULL; END'");
    run("CREATE CONSTRAINT TRIGGER hiding AFTER INSERT ON t INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hide()");
    const auto transaction = write(*backend_, Isolation::serializable, {.deadline = Control::within(300ms)});
    put(*transaction, "t", id("k"), "x");
    EXPECT_EQ(error_of([&] { transaction->commit(); }), "commit_unknown");
    EXPECT_EQ(error_of([&] { transaction->commit(); }), "transaction_aborted");
    EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
}

// What became of a transaction.

class FateTest : public StoreTest {
protected:
    TransactionMark begin() {
        run("BEGIN");
        const Result result = run("SELECT " + std::string(mark_columns));
        return {std::string(result.bytes(0, 0)), std::string(result.bytes(0, 1)), connection_.server_started()};
    }
    Fate fate(const TransactionMark& mark) { return fate_of(pool_, mark, 2s); }

    Pool pool_{options_.conninfo, options_};
};

TEST_F(FateTest, IsKnownWhileTheServerLives) {
    const TransactionMark committed = begin();
    run("COMMIT");
    const TransactionMark aborted = begin();
    run("ROLLBACK");
    EXPECT_EQ(fate(committed), Fate::committed);
    EXPECT_EQ(fate(aborted), Fate::aborted);
    TransactionMark elsewhere = committed;
    ++elsewhere.server_started;
    EXPECT_EQ(fate(elsewhere), Fate::unknown);
    TransactionMark recovered = committed;
    recovered.recovered = "0/1234";
    EXPECT_EQ(fate(recovered), Fate::unknown) << "numbers from before a crash may have been given again";
    TransactionMark future = committed;
    future.xid = "4000000000";
    EXPECT_EQ(fate(future), Fate::unknown);
}

TEST_F(FateTest, IsWaitedFor) {
    const TransactionMark mark = begin();
    EXPECT_EQ(fate_of(pool_, mark, 100ms), Fate::unknown);
    auto waiting = std::async(std::launch::async, [&] { return fate(mark); });
    EXPECT_EQ(waiting.wait_for(300ms), std::future_status::timeout);
    run("COMMIT");
    EXPECT_EQ(waiting.get(), Fate::committed);
}

// Locks of names.

TEST_F(BreakingTest, LocksOfNamesDoNotOutliveTheirTransaction) {
    const auto holder = write(*backend_);
    EXPECT_TRUE(holder->lock_name("report", LockWait::wait));
    {
        const auto late = write(*backend_, Isolation::serializable, {.deadline = Control::within(100ms)});
        EXPECT_EQ(error_of([&] { late->lock_name("report", LockWait::wait); }), "deadline_exceeded");
        EXPECT_EQ(error_of([&] { late->get("t", id("k")); }), "transaction_aborted");
    }
    holder->commit();
    EXPECT_EQ(number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
    const auto failing = write(*backend_);
    EXPECT_TRUE(failing->lock_name("report", LockWait::no_wait));
    terminate_all();
    EXPECT_EQ(error_of([&] { failing->get("t", id("k")); }), "unavailable");
    EXPECT_TRUE(write(*backend_)->lock_name("report", LockWait::no_wait));
}

TEST_F(StoreTest, LocksOfNamesAreOfOneStore) {
    const auto backend = open();
    const auto holder = write(*backend);
    EXPECT_TRUE(holder->lock_name("report", LockWait::wait));
    const auto other = open_postgres(driver::StoreUrl::parse(server_url() + "&schema=" + schema_ + "_other"));
    EXPECT_TRUE(write(*other)->lock_name("report", LockWait::no_wait));
    run("DROP SCHEMA " + schema_ + "_other CASCADE");
}

TEST_F(StoreTest, AWaitForALockEndsInBusy) {
    const auto backend = open("pool_timeout=100");
    make_table(*backend, "t");
    put_one(*backend, "t", id("k"), "x");
    const auto holder = write(*backend);
    const Bytes key = id("k");
    const BytesView keys[] = {key};
    put(*holder, "t", key, "changed");
    EXPECT_EQ(error_of([&] { write(*backend)->lock_rows("t", keys, LockWait::wait); }, "pool_timeout"), "busy");
    EXPECT_EQ(error_of([&] { write(*backend, Isolation::operation)->exclude_writers("t"); }), "busy");
}

// The tests' server stands in for its own replica.
TEST_F(StoreTest, ReadsThatAllowStalenessGoToReplicas) {
    const std::string url = server_url();
    std::string host;  // a folder
    for (const char c : url.substr(url.find("host=") + 5)) host += c == '/' ? "%2F" : std::string(1, c);
    const auto backend = open("replicas=" + host);
    make_table(*backend, "t");
    put_one(*backend, "t", id("k"), "x");
    for (const Isolation isolation : isolations) {
        const auto stale =
            backend->begin({.isolation = isolation, .staleness = driver::Staleness::allowed, .control = {}});
        EXPECT_EQ(body(*stale, "t", id("k")), "x");
        EXPECT_EQ(error_of([&] { backend->close(); }), "busy");
    }
    EXPECT_EQ(number("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"), 3)
        << "the test's, and one in each pool";
    backend->close();
    EXPECT_EQ(error_of([&] { backend->close(); }), "closed");
}

}  // namespace
}  // namespace sheaf::postgres
