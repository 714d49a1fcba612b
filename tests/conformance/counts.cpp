// count() and estimate().
#include <algorithm>
#include <random>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

constexpr std::string_view tables[] = {docs, "ordered", by_name, by_mail};

// `count` rows in each of the tables above; in by_name each key has two pairs.
void fill(Backend& backend, int count) {
    const auto writer = backend.begin({.mode = Mode::write});
    writer->ensure_table("ordered", TableKind::ordered);
    for (int i = 0; i < count; ++i) {
        const Bytes key = id(i);
        must(*writer, docs, put(key, "body"));
        must(*writer, "ordered", put(key, "body"));
        must(*writer, by_mail, add_pair(key, i + 1));
        must(*writer, by_name, add_pair(id(i / 2), i + 1));
    }
    writer->commit();
}

std::int64_t count(Transaction& transaction, std::string_view table, const std::vector<KeyRange>& ranges = {},
                   std::int64_t limit = 0) {
    return transaction.count(table, ranges, limit);
}

}  // namespace

TEST_P(Counting, OfAllRows) {
    make_index_tables();
    fill(backend(), 0);
    for (const std::string_view table : tables) EXPECT_EQ(count(*read(), table), 0) << table;
    fill(backend(), 100);
    const auto reader = read();
    for (const std::string_view table : tables) {
        EXPECT_EQ(count(*reader, table), 100) << table;
        EXPECT_EQ(count(*reader, table, {}, 7), 7) << table;
        EXPECT_EQ(count(*reader, table, {}, 100), 100) << table;
        EXPECT_EQ(count(*reader, table, {}, 5'000), 100) << table;
    }
    EXPECT_EQ(error_of([&] { count(*reader, "nowhere"); }), "not_found");
    EXPECT_EQ(error_of([&] { count(*reader, "nowhere", {{"a", "b"}}); }), "not_found");
    EXPECT_EQ(error_of([&] { reader->estimate("nowhere"); }), "not_found");
}

TEST_P(Counting, OfRanges) {
    make_index_tables();
    fill(backend(), 100);
    const auto reader = read();
    for (const std::string_view table : {docs, std::string_view("ordered"), by_mail}) {
        EXPECT_EQ(count(*reader, table, {{id(10), id(20)}}), 10) << table;
        EXPECT_EQ(count(*reader, table, {{id(10), id(20)}}, 3), 3) << table;
        EXPECT_EQ(count(*reader, table, {{id(90), std::nullopt}}), 10) << table;
        EXPECT_EQ(count(*reader, table, {{std::nullopt, id(5)}}), 5) << table;
        EXPECT_EQ(count(*reader, table, {{std::nullopt, std::nullopt}}), 100) << table;
        EXPECT_EQ(count(*reader, table, {{id(10), id(10)}, {id(50), id(40)}}), 0) << table;
        const std::vector<KeyRange> several = {{id(0), id(3)}, {id(3), id(4)}, {id(98), std::nullopt}};
        EXPECT_EQ(count(*reader, table, several), 6) << table;
        EXPECT_EQ(count(*reader, table, several, 4), 4) << table;
        EXPECT_EQ(count(*reader, table, several, 5), 5) << table;
        EXPECT_EQ(count(*reader, table, several, 6), 6) << table;
        EXPECT_EQ(count(*reader, table, several, 7), 6) << table;
    }
    EXPECT_EQ(count(*reader, by_name, {{id(10), id(20)}}), 20);
    EXPECT_EQ(count(*reader, by_name, {{id(10), id(10) + Bytes(1, '\0')}}), 2);
    EXPECT_EQ(count(*reader, by_name, {{id(10) + Bytes(1, '\0'), id(11)}}), 0);
    EXPECT_EQ(count(*reader, by_name, {{id(10), id(20)}, {id(49), std::nullopt}}, 21), 21);
}

TEST_P(Counting, SeesOwnWritesAndKeepsToItsSnapshot) {
    make_index_tables();
    fill(backend(), 20);
    const auto snapshot = read();
    {
        const auto writer = write();
        must(*writer, docs, remove(id(3)));
        must(*writer, by_name, add_pair(id(3), 99));
        must(*writer, by_mail, remove_pair(id(3), 4));
        EXPECT_EQ(count(*writer, docs), 19);
        EXPECT_EQ(count(*writer, by_name), 21);
        EXPECT_EQ(count(*writer, by_name, {{id(3), id(4)}}), 3);
        EXPECT_EQ(count(*writer, by_mail), 19);
        writer->commit();
    }
    for (const std::string_view table : tables) EXPECT_EQ(count(*snapshot, table), 20) << table;
    EXPECT_EQ(count(*read(), by_name), 21);
}

TEST_P(Counting, OfManyRowsAgreesWithScanning) {
    make_index_tables();
    fill(backend(), 4'000);
    const auto reader = read();
    std::mt19937_64 random(5);
    const auto bound = [&]() -> std::optional<Bytes> {
        if (random() % 5 == 0) return std::nullopt;
        return id(static_cast<int>(random() % 4'100) - 50);
    };
    for (int round = 0; round < 40; ++round) {
        const KeyRange range{bound(), bound()};
        const std::int64_t limit = random() % 2 == 0 ? 0 : static_cast<std::int64_t>(1 + random() % 3'000);
        for (const std::string_view table : tables) {
            const auto all =
                static_cast<std::int64_t>(keys(*reader, table, {.order = Order::key, .range = range}).size());
            ASSERT_EQ(count(*reader, table, {range}, limit), limit == 0 ? all : std::min(limit, all)) << table;
        }
    }
}

TEST_P(Counting, EstimatesAreRatherTooHighThanTooLow) {
    make_index_tables();
    fill(backend(), 0);
    for (const std::string_view table : tables) {
        EXPECT_GE(read()->estimate(table), 0) << table;
        EXPECT_LE(read()->estimate(table), 100) << table;
    }
    fill(backend(), 2'000);
    for (const std::string_view table : tables) {
        EXPECT_GE(read()->estimate(table), 2'000) << table;
        EXPECT_LE(read()->estimate(table), table == docs ? 6'000 : 200'000) << table;
    }
}

}  // namespace sheaf::conformance
