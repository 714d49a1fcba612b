// Cursors and counts on a server: pages, ranges, bodies of any size, and that indexes are used, whatever the tables
// look like when statements are planned.
#include "storage/postgres/cursor.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "storage/postgres/pages.hpp"
#include "storage/postgres/postgres_backend.hpp"
#include "storage/postgres/test_server.hpp"
#include "support/seed.hpp"

namespace sheaf::postgres {
namespace {

using driver::Expect;
using driver::IndexEntry;
using driver::KeyRange;
using driver::Mode;
using driver::Order;
using driver::TableKind;
using driver::Write;
using Pairs = std::vector<std::pair<Bytes, Bytes>>;  // key of a pair, body of the row

Bytes key_of(std::size_t number) {
    const Bytes text = std::to_string(number);
    return Bytes(6 - text.size(), '0') + text;
}

class CursorTest : public test::ServerTest {
protected:
    void SetUp() override {
        open();
        const auto tx = backend_->begin({.mode = Mode::write});
        tx->ensure_table("docs", TableKind::documents);
        tx->ensure_table("names", TableKind::index);
        tx->ensure_table("mails", TableKind::unique_index);
        tx->commit();
    }

    void open() { backend_ = open_postgres(driver::StoreUrl::parse(test::server_url() + "&schema=" + schema_)); }

    // Rows `first` to `end`, whose bodies are their numbers; names come `times` each, mails once.
    void fill(driver::Transaction& tx, std::size_t first, std::size_t end, std::size_t times) {
        std::vector<Bytes> owned;
        owned.reserve(2 * (end - first));
        std::vector<IndexEntry> entries;
        std::vector<Write> writes;
        for (std::size_t i = first; i < end; ++i) {
            owned.push_back(key_of(i));
            owned.push_back(key_of(i / times));
        }
        for (std::size_t i = 0; i < owned.size(); i += 2) {
            entries.push_back({.index = "mails", .key = owned[i]});
            entries.push_back({.index = "names", .key = owned[i + 1]});
        }
        for (std::size_t i = 0; i < owned.size(); i += 2) {
            writes.push_back({.key = owned[i],
                              .body = owned[i],
                              .expect = Expect::absent(),
                              .entries = std::span(entries).subspan(i, 2)});
        }
        tx.apply("docs", writes);
    }

    void fill(std::size_t rows, std::size_t times) {
        const auto tx = backend_->begin({.mode = Mode::write});
        fill(*tx, 0, rows, times);
        tx->commit();
    }

    static Pairs all(driver::Cursor& cursor) {
        Pairs found;
        for (driver::RowView row; cursor.next(row);) found.emplace_back(cursor.key(), row.body);
        return found;
    }

    std::unique_ptr<driver::Backend> backend_;
};

TEST_F(CursorTest, PagesOfAnySizeHaveNoSeams) {
    fill(3'000, 700);
    const auto tx = backend_->begin({});
    Pairs expected;
    for (std::size_t i = 0; i < 3'000; ++i) expected.emplace_back(key_of(i), key_of(i));
    Pairs named;
    for (std::size_t i = 0; i < 3'000; ++i) named.emplace_back(key_of(i / 700), key_of(i));
    for (const bool down : {false, true}) {
        const Order order = down ? Order::key_descending : Order::key;
        for (const std::int64_t limit : {0, 1, 7, 699, 700, 701, 3'000, 5'000}) {
            EXPECT_EQ(all(*tx->scan("docs", {.order = order, .limit = limit})), expected) << limit;
            EXPECT_EQ(all(*tx->fetch("docs", {.index = "mails", .order = order, .limit = limit})), expected) << limit;
            EXPECT_EQ(all(*tx->fetch("docs", {.index = "names", .order = order, .limit = limit})), named) << limit;
            if (!down) {
                EXPECT_EQ(all(*tx->scan("docs", {.limit = limit})), expected) << limit;
            }
        }
        std::reverse(expected.begin(), expected.end());
        std::reverse(named.begin(), named.end());
    }
}

// Ascending and disjoint; some are empty, some touch.
std::vector<KeyRange> random_ranges(std::mt19937_64& random, std::size_t bounds) {
    std::vector<Bytes> keys;
    for (std::size_t i = 0; i < 2 * bounds; ++i) keys.push_back(key_of(random() % 1'100) + Bytes(random() % 2, '!'));
    std::sort(keys.begin(), keys.end());
    std::vector<KeyRange> ranges;
    for (std::size_t i = 0; i < keys.size(); i += 2) ranges.push_back({keys[i], keys[i + 1]});
    if (random() % 2 == 0) ranges.front().lower.reset();
    if (random() % 2 == 0) ranges.back().upper.reset();
    return ranges;
}

TEST_F(CursorTest, ManyRangesAreReadInTheirOrder) {
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    fill(3'000, 3);
    const auto tx = backend_->begin({});
    for (int round = 0; round < 30; ++round) {
        const std::vector<KeyRange> ranges = random_ranges(random, round % 3 == 0 ? 1'500 : 1 + random() % 20);
        Pairs expected;
        for (std::size_t i = 0; i < 3'000; ++i) {
            const Bytes key = key_of(i / 3);
            const bool inside = std::any_of(ranges.begin(), ranges.end(), [&](const KeyRange& range) {
                return (!range.lower || *range.lower <= key) && (!range.upper || key < *range.upper);
            });
            if (inside) expected.emplace_back(key, key_of(i));
        }
        const auto limit = static_cast<std::int64_t>(random() % 400);
        EXPECT_EQ(tx->count("names", ranges, 0), static_cast<std::int64_t>(expected.size()));
        EXPECT_EQ(all(*tx->fetch("docs", {.index = "names", .ranges = ranges, .limit = limit})), expected);
        std::reverse(expected.begin(), expected.end());
        const driver::IndexScan down{
            .index = "names", .ranges = ranges, .order = Order::key_descending, .limit = limit};
        EXPECT_EQ(all(*tx->fetch("docs", down)), expected);
    }
}

class EveryOther final : public driver::RowFilter {
public:
    bool wants(BytesView body) override {
        sizes.push_back(body.size());
        return sizes.size() % 2 == 1;
    }
    std::vector<std::size_t> sizes;
};

TEST_F(CursorTest, LargeBodiesComeOneByOne) {
    const auto tx = backend_->begin({.mode = Mode::write});
    tx->ensure_table("ordered", TableKind::ordered);
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < 60; ++i) {
        sizes.push_back(i % 4 == 0 ? (64U << 10U) + i % 3 : i);
        const Bytes key = key_of(i);
        const Bytes body(sizes.back(), 'x');
        const Write write{.key = key, .body = body};
        tx->apply("docs", {&write, 1});
        tx->apply("ordered", {&write, 1});
    }
    for (const std::string_view table : {"docs", "ordered"}) {
        EveryOther filter;
        const auto cursor = tx->scan(table, {.order = Order::key, .filter = &filter});
        std::size_t i = 0;
        for (driver::RowView row; cursor->next(row); i += 2) {
            EXPECT_EQ(row.body, Bytes(sizes.at(i), 'x'));
            EXPECT_EQ(cursor->key(), key_of(i));
        }
        EXPECT_EQ(filter.sizes, sizes) << "each asked once";
    }
}

TEST_F(CursorTest, AnEmptySetOfRangesNeedsNoStatement) {
    backend_->begin({})->scan("docs", {});
    const std::uint64_t before = statements_sent(*backend_);
    const std::vector<KeyRange> nothing = {{"b", "a"}, {"c", "c"}};
    {
        const auto tx = backend_->begin({.isolation = driver::Isolation::operation});
        EXPECT_TRUE(all(*tx->fetch("docs", {.index = "names", .ranges = nothing})).empty());
    }
    EXPECT_EQ(statements_sent(*backend_), before);
}

// One connection, whose statements are planned when the tables are still small, and used when they have grown.
TEST_F(CursorTest, IndexesAreUsedWhenTablesHaveGrown) {
    fill(20, 1);
    for (const std::string_view table : {"docs", "names", "mails"}) run("ANALYZE " + std::string(table));
    const std::string scans =
        "SELECT coalesce(sum(seq_scan), 0)::bigint FROM pg_stat_user_tables WHERE schemaname = '" + schema_ +
        "' AND relname IN ('docs', 'names', 'mails')";
    const std::string reads =
        "SELECT coalesce(sum(idx_tup_read), 0)::bigint FROM pg_stat_user_indexes WHERE "
        "schemaname = '" +
        schema_ + "' AND relname IN ('docs', 'names', 'mails')";
    backend_->close();
    open();
    {
        const auto tx = backend_->begin({.mode = Mode::write});
        const auto use = [&](std::size_t rows) {
            const std::vector<KeyRange> ranges = {{key_of(0), key_of(5)}, {key_of(10), key_of(15)}};
            const std::vector<Bytes> owned = {key_of(1), key_of(2)};
            const std::vector<BytesView> keys(owned.begin(), owned.end());
            EXPECT_TRUE(tx->get("docs", keys[0]) && tx->get("names", keys[0]) && tx->get("mails", keys[0]));
            EXPECT_EQ(tx->get_many("docs", keys).size(), 2U);
            EXPECT_EQ(all(*tx->scan("docs", {})).size(), rows);
            EXPECT_EQ(all(*tx->scan("docs", {.order = Order::key_descending})).size(), rows);
            for (const std::string_view index : {"names", "mails"}) {
                EXPECT_EQ(all(*tx->fetch("docs", {.index = index})).size(), rows);
                EXPECT_EQ(all(*tx->fetch("docs", {.index = index, .ranges = ranges})).size(), 10U);
                EXPECT_EQ(tx->count(index, ranges, 0), 10);
            }
        };
        use(20);
        for (std::size_t i = 1; i <= 10; ++i) fill(*tx, i * 20, i * 20 + 20, 1);
        fill(*tx, 220, 20'000, 1);
        use(20'000);
        tx->commit();
    }
    backend_->close();
    // The server counts what a connection has done when that has ended.
    const auto deadline = Control::Clock::now() + std::chrono::seconds(20);
    while (number(reads) < 100'000 && Control::Clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        run("SELECT pg_stat_clear_snapshot()");
    }
    EXPECT_GE(number(reads), 100'000);
    EXPECT_LT(number(reads), 200'000) << "pages begin where the page before has ended";
    EXPECT_EQ(number(scans), 4) << "those that have made the four indexes";
}

}  // namespace
}  // namespace sheaf::postgres
