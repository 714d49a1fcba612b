// apply() on a server: how many statements it takes, what concurrent writers do to it, and what it stores.
#include "storage/postgres/batch_write.hpp"

#include <algorithm>
#include <thread>

#include <sheaf/json.hpp>

#include "storage/postgres/copy_rows.hpp"
#include "storage/postgres/postgres_backend.hpp"
#include "storage/postgres/test_server.hpp"

namespace sheaf::postgres {
namespace {

using driver::BeginOptions;
using driver::Expect;
using driver::IndexEntry;
using driver::Isolation;
using driver::Mode;
using driver::Outcome;
using driver::TableKind;
using driver::Write;

const BeginOptions operation{.mode = Mode::write, .isolation = Isolation::operation};
const BeginOptions serializable{.mode = Mode::write};

Bytes key_of(std::size_t number) {
    const Bytes text = std::to_string(number);
    return Bytes(6 - text.size(), '0') + text;
}

// Writes of `size` rows, and what they borrow.
struct Rows {
    Rows(std::size_t first, std::size_t size, Expect expect, const Bytes& body = json_to_cbor("{}")) : body_(body) {
        for (std::size_t i = first; i < first + size; ++i) keys_.push_back(key_of(i));
        for (const Bytes& key : keys_) {
            writes.push_back(
                {.key = key, .body = body_, .meta = {.version = {expect.version.value + 1}}, .expect = expect});
        }
    }
    // Each with a name of its own, and with its key as its mail.
    void add_entries() {
        for (const Bytes& key : keys_) {
            names_.push_back("name " + key);
            entries_.push_back({.index = "names", .key = {}});
            entries_.push_back({.index = "mails", .key = key});
        }
        for (std::size_t i = 0; i < writes.size(); ++i) {
            entries_[2 * i].key = names_[i];
            writes[i].entries = std::span(entries_).subspan(2 * i, 2);
        }
    }

    std::vector<Write> writes;

private:
    const Bytes body_;
    std::vector<Bytes> keys_;
    std::vector<Bytes> names_;
    std::vector<IndexEntry> entries_;
};

class BatchWriteTest : public test::ServerTest {
protected:
    void SetUp() override {
        open();
        const auto tx = backend_->begin(serializable);
        tx->ensure_table("docs", TableKind::documents);
        tx->ensure_table("names", TableKind::index);
        tx->ensure_table("mails", TableKind::unique_index);
        tx->ensure_table("ordered", TableKind::ordered);
        tx->commit();
    }

    void open() { backend_ = open_postgres(driver::StoreUrl::parse(test::server_url() + "&schema=" + schema_)); }

    // In a transaction of its own; expects all to be done.
    std::uint64_t statements_of(const Rows& rows) {
        backend_->begin(operation)->commit();
        const std::uint64_t before = statements_sent(*backend_);
        const auto tx = backend_->begin(operation);
        EXPECT_EQ(tx->apply("docs", rows.writes), std::vector<Outcome>(rows.writes.size(), Outcome::done));
        tx->commit();
        return statements_sent(*backend_) - before;
    }

    std::int64_t count(const std::string& table) { return number("SELECT count(*) FROM " + table); }

    std::unique_ptr<driver::Backend> backend_;
};

TEST_F(BatchWriteTest, TakesAsManyStatementsForManyRowsAsForFew) {
    Rows few(0, 10, Expect::absent());
    few.add_entries();
    EXPECT_LE(statements_of(few), 10U);
    Rows many(1'000, 5'000, Expect::absent());
    many.add_entries();
    EXPECT_LE(statements_of(many), 16U) << "COPY waits in between";
    const std::uint64_t changes = statements_of(Rows(0, 10, Expect::exactly({1})));
    EXPECT_EQ(statements_of(Rows(1'000, 5'000, Expect::exactly({1}))), changes);
    EXPECT_EQ(statements_of(Rows(1, 1, Expect::exactly({2}))), 4U) << "BEGIN, UPDATE, a check, COMMIT";
    EXPECT_EQ(count("docs"), 5'010);
    EXPECT_EQ(count("names"), 5'010);
    EXPECT_EQ(count("mails"), 5'010);
}

// The three ways of new rows into a table.
TEST_F(BatchWriteTest, StoresTheSameInEveryWay) {
    const std::vector<Bytes> bodies = {json_to_cbor(R"({"a":[1,"x",null],"b":2.5})"),
                                       json_to_cbor(R"({"a":{"$numberDouble":"NaN"}})"), "\xFF no document", ""};
    std::size_t first = 0;
    for (const std::size_t size : {std::size_t{1}, rows_worth_copying - 1, rows_worth_copying}) {
        for (const Bytes& body : bodies) {
            Rows rows(first, size, Expect::absent(), body);
            for (Write& write : rows.writes) write.meta = {0, {7}, true, {-5}, {1LL << 40}};
            statements_of(rows);
            first += size;
        }
    }
    EXPECT_EQ(number("SELECT count(DISTINCT (body, doc, version, archived, created, updated)) FROM docs"), 4);
    EXPECT_EQ(number("SELECT count(*) FROM docs WHERE version = 7 AND archived AND created = -5 AND "
                     "updated = 1::bigint << 40"),
              static_cast<std::int64_t>(first));
    EXPECT_EQ(run("SELECT DISTINCT doc::text FROM docs WHERE doc IS NOT NULL").bytes(0, 0),
              R"({"a": [1, "x", null], "b": 2.5})");
    EXPECT_EQ(number("SELECT count(*) FROM docs WHERE doc IS NULL") * 4, static_cast<std::int64_t>(first) * 3);
    EXPECT_EQ(number("SELECT count(*) FROM (SELECT rid < lag(rid) OVER (ORDER BY key) x FROM docs) y WHERE x"), 0)
        << "in the order of the writes";
}

TEST_F(BatchWriteTest, ACopyWhoseEntriesAreRefusedLeavesNothing) {
    Rows taken(500, 1, Expect::absent());
    taken.add_entries();
    statements_of(taken);
    Rows rows(1'000, 1'200, Expect::absent());
    rows.add_entries();
    std::vector<IndexEntry> clash = {{.index = "names", .key = "n"}, {.index = "mails", .key = taken.writes[0].key}};
    rows.writes[800].entries = clash;
    const auto tx = backend_->begin(operation);
    const auto outcomes = tx->apply("docs", rows.writes);
    EXPECT_EQ(std::find_if(outcomes.begin(), outcomes.end(), [](Outcome o) { return o != Outcome::done; }),
              outcomes.begin() + 800);
    EXPECT_EQ(outcomes[800], Outcome::duplicate_entry);
    EXPECT_EQ(tx->count("docs", {}, 0), 1);
    EXPECT_EQ(tx->count("names", {}, 0), 1);
    rows.writes[800].entries = {};
    EXPECT_EQ(tx->apply("docs", rows.writes), std::vector<Outcome>(1'200, Outcome::done));
    tx->commit();
    EXPECT_EQ(count("mails"), 1'200);
}

TEST_F(BatchWriteTest, SeveralFlightsAreOneBatch) {
    const Bytes body(3U << 20U, 'x');
    statements_of(Rows(0, 10, Expect::absent()));
    Rows rows(0, 10, Expect::exactly({1}), body);
    rows.writes.back().expect = Expect::exactly({2});
    const auto tx = backend_->begin(operation);
    const auto outcomes = tx->apply("docs", rows.writes);
    EXPECT_EQ(outcomes.back(), Outcome::mismatch);
    EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), Outcome::done), 9);
    EXPECT_EQ(tx->get("docs", key_of(0))->meta.version, Version{1});
    rows.writes.back().expect = Expect::exactly({1});
    EXPECT_EQ(tx->apply("docs", rows.writes), std::vector<Outcome>(10, Outcome::done));
    tx->commit();
    EXPECT_EQ(number("SELECT sum(length(body)) FROM docs"), 30LL << 20U);
}

TEST_F(BatchWriteTest, ARowThatTheSnapshotDoesNotSeeIsAConflict) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, rows_worth_copying}) {
        const auto tx = backend_->begin(serializable);
        EXPECT_FALSE(tx->get("docs", "other"));
        const Rows rows(1'000 * size, size, Expect::absent());
        statements_of(rows);
        EXPECT_EQ(test::error_of([&] { tx->apply("docs", rows.writes); }), "serialization") << size;
    }
    const Rows rows(0, 1, Expect::absent());
    const auto tx = backend_->begin(operation);
    EXPECT_FALSE(tx->get("docs", rows.writes[0].key));
    statements_of(rows);
    EXPECT_EQ(tx->apply("docs", rows.writes), std::vector<Outcome>{Outcome::duplicate})
        << "each call sees what is there";
}

// Changes that one transaction has made while another waits for its rows.
TEST_F(BatchWriteTest, WaitsForAnotherWriterAndSeesWhatItDid) {
    statements_of(Rows(0, 2, Expect::absent()));
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}}) {
        const Expect expect = Expect::exactly({static_cast<std::int64_t>(size)});
        const Rows rows(0, size, expect);
        const auto first = backend_->begin(operation);
        ASSERT_EQ(first->apply("docs", rows.writes), std::vector<Outcome>(size, Outcome::done));
        std::vector<Outcome> outcomes;
        std::thread second([&] {
            const auto tx = backend_->begin(operation);
            outcomes = tx->apply("docs", rows.writes);
        });
        while (number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) std::this_thread::yield();
        first->commit();
        second.join();
        EXPECT_EQ(outcomes.front(), Outcome::mismatch);
        statements_of(Rows(size, 2 - size, Expect::exactly({1})));
    }
}

TEST_F(BatchWriteTest, BatchesOfTheSameRowsInOtherOrdersDoNotWaitForEachOther) {
    constexpr std::size_t rows_each = 50;
    statements_of(Rows(0, rows_each, Expect::absent()));
    const auto rewrite = [&](bool reversed, std::string& error) {
        Rows rows(0, rows_each, Expect::exactly({1}));
        for (Write& write : rows.writes) write.meta.version = {1};
        if (reversed) std::reverse(rows.writes.begin(), rows.writes.end());
        error = test::error_of([&] {
            for (int round = 0; round < 100; ++round) {
                const auto tx = backend_->begin(operation);
                ASSERT_EQ(tx->apply("docs", rows.writes), std::vector<Outcome>(rows_each, Outcome::done));
                tx->commit();
            }
        });
    };
    std::string up;
    std::string down;
    std::thread other([&] { rewrite(true, down); });
    rewrite(false, up);
    other.join();
    EXPECT_EQ(up, "nothing");
    EXPECT_EQ(down, "nothing");
}

TEST_F(BatchWriteTest, OrderedRowsGoTheSameWays) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{5}, rows_worth_copying}) {
        const Rows rows(100 * size, size, Expect::absent(), "value");
        const auto tx = backend_->begin(serializable);
        EXPECT_EQ(tx->apply("ordered", rows.writes), std::vector<Outcome>(size, Outcome::done));
        EXPECT_EQ(tx->apply("ordered", rows.writes).front(), Outcome::duplicate);
        const Rows changed(100 * size, size, Expect::any(), "other");
        EXPECT_EQ(tx->apply("ordered", changed.writes), std::vector<Outcome>(size, Outcome::done));
        std::vector<Write> missing = rows.writes;
        for (Write& write : missing) write.kind = Write::Kind::remove;
        EXPECT_EQ(tx->apply("ordered", missing).front(), Outcome::duplicate);
        for (Write& write : missing) write.expect = Expect::any();
        EXPECT_EQ(tx->get("ordered", rows.writes[0].key)->body, "other");
        EXPECT_EQ(tx->apply("ordered", missing), std::vector<Outcome>(size, Outcome::done));
        for (Write& write : missing) write.expect = Expect::absent();
        EXPECT_EQ(tx->apply("ordered", missing), std::vector<Outcome>(size, Outcome::done));
        EXPECT_EQ(tx->count("ordered", {}, 0), 0);
    }
}

}  // namespace
}  // namespace sheaf::postgres
