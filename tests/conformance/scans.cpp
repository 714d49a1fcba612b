// Scans: three orders, half-open ranges, resuming by place, and what a cursor may be used for.
#include <algorithm>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

using Names = std::vector<Bytes>;

// Ordered keys b, d, f, h.
void fill_index(Backend& backend) {
    for (const std::string_view key : {"f", "b", "h", "d"}) commit_one(backend, index, put(key, key));
}

Names in_range(Backend& backend, KeyRange range, Order order = Order::key) {
    return keys(backend, index, {.order = order, .range = std::move(range)});
}

}  // namespace

TEST_P(Scans, EmptyTablesHaveNoRows) {
    make_tables();
    for (const Order order : {Order::insertion, Order::key, Order::key_descending}) {
        EXPECT_TRUE(keys(backend(), docs, {.order = order, .range = {}}).empty());
    }
    EXPECT_TRUE(in_range(backend(), {}).empty());
    EXPECT_TRUE(in_range(backend(), {}, Order::key_descending).empty());
}

TEST_P(Scans, RangesIncludeTheLowerAndExcludeTheUpperBound) {
    make_tables();
    fill_index(backend());
    EXPECT_EQ(in_range(backend(), {}), (Names{"b", "d", "f", "h"}));
    EXPECT_EQ(in_range(backend(), {"d", "h"}), (Names{"d", "f"}));
    EXPECT_EQ(in_range(backend(), {"c", "g"}), (Names{"d", "f"}));
    EXPECT_EQ(in_range(backend(), {"d", std::nullopt}), (Names{"d", "f", "h"}));
    EXPECT_EQ(in_range(backend(), {std::nullopt, "d"}), (Names{"b"}));
    EXPECT_EQ(in_range(backend(), {std::nullopt, "b"}), Names{});
    EXPECT_EQ(in_range(backend(), {"i", std::nullopt}), Names{});
    EXPECT_EQ(in_range(backend(), {"", std::nullopt}), (Names{"b", "d", "f", "h"}));
    EXPECT_EQ(in_range(backend(), {std::nullopt, ""}), Names{});
    EXPECT_EQ(in_range(backend(), {"d", std::string("d\0", 2)}), (Names{"d"})) << "just one key";
}

TEST_P(Scans, DescendingRangesHaveTheSameBounds) {
    make_tables();
    fill_index(backend());
    const Order down = Order::key_descending;
    EXPECT_EQ(in_range(backend(), {}, down), (Names{"h", "f", "d", "b"}));
    EXPECT_EQ(in_range(backend(), {"d", "h"}, down), (Names{"f", "d"}));
    EXPECT_EQ(in_range(backend(), {"c", "g"}, down), (Names{"f", "d"}));
    EXPECT_EQ(in_range(backend(), {"d", std::nullopt}, down), (Names{"h", "f", "d"}));
    EXPECT_EQ(in_range(backend(), {std::nullopt, "h"}, down), (Names{"f", "d", "b"}));
    EXPECT_EQ(in_range(backend(), {std::nullopt, "b"}, down), Names{});
}

TEST_P(Scans, EmptyAndReversedRangesHaveNoRows) {
    make_tables();
    fill_index(backend());
    for (const Order order : {Order::key, Order::key_descending}) {
        EXPECT_EQ(in_range(backend(), {"d", "d"}, order), Names{});
        EXPECT_EQ(in_range(backend(), {"h", "b"}, order), Names{});
        EXPECT_EQ(in_range(backend(), {"e", "e"}, order), Names{});
    }
}

TEST_P(Scans, InsertionOrderResumesByPlace) {
    make_tables();
    for (int i = 0; i < 10; ++i) commit_one(backend(), docs, put(id(100 - i), std::to_string(i)));
    const auto transaction = read();
    const auto all = rows(*transaction, docs);
    ASSERT_EQ(all.size(), 10U);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Scan rest{.order = Order::insertion, .range = {}, .after_rid = all[i].meta.rid};
        EXPECT_EQ(rows(*transaction, docs, rest),
                  std::vector<Seen>(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end()));
    }
}

TEST_P(Scans, ResumeAfterARowThatIsGone) {
    make_tables();
    for (int i = 0; i < 3; ++i) commit_one(backend(), docs, put(id(i), "x"));
    const std::int64_t middle = read()->get(docs, id(1))->meta.rid;
    commit_one(backend(), docs, remove(id(1)));
    EXPECT_EQ(keys(backend(), docs, {.order = Order::insertion, .range = {}, .after_rid = middle}), Names{id(2)});
}

TEST_P(Scans, InsertionOrderIsForDocumentsOnly) {
    make_tables();
    fill_index(backend());
    EXPECT_NE(error_of([&] { keys(backend(), index, {.order = Order::insertion, .range = {}}); }), "nothing");
}

TEST_P(Scans, RowsCarryTheirMetadata) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "one", 1));
    commit_one(backend(), docs, put(id(2), "two", 2));
    const auto transaction = read();
    for (const Order order : {Order::insertion, Order::key, Order::key_descending}) {
        for (const Seen& seen : rows(*transaction, docs, {.order = order, .range = {}})) {
            const auto row = transaction->get(docs, seen.key);
            ASSERT_TRUE(row.has_value());
            EXPECT_EQ(seen.body, row->body);
            EXPECT_EQ(seen.meta, row->meta);
        }
    }
}

TEST_P(Scans, ArchivedRowsAreRowsLikeOthers) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "live", 1));
    commit_one(backend(), docs, put(id(2), "archived", 2));
    EXPECT_EQ(keys(backend(), docs).size(), 2U);
    EXPECT_EQ(keys(backend(), docs, {.order = Order::key, .range = {}}).size(), 2U);
}

TEST_P(Scans, EndIsTheEndAgain) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "x"));
    const auto transaction = read();
    for (const Order order : {Order::insertion, Order::key, Order::key_descending}) {
        const auto cursor = transaction->scan(docs, {.order = order, .range = {}});
        RowView row;
        EXPECT_TRUE(cursor->next(row));
        EXPECT_FALSE(cursor->next(row));
        EXPECT_FALSE(cursor->next(row));
    }
}

TEST_P(Scans, CursorsOfOneTransactionAreIndependent) {
    make_tables();
    fill_index(backend());
    for (int i = 0; i < 4; ++i) commit_one(backend(), docs, put(id(i), std::to_string(i)));
    const auto transaction = read();
    const auto up = transaction->scan(index, {.order = Order::key, .range = {}});
    const auto down = transaction->scan(index, {.order = Order::key_descending, .range = {}});
    const auto places = transaction->scan(docs, {});
    const auto again = transaction->scan(docs, {});
    Names seen;
    RowView row;
    for (int i = 0; i < 4; ++i) {
        for (const auto* cursor : {&up, &down, &places, &again}) {
            ASSERT_TRUE((*cursor)->next(row));
            seen.emplace_back(row.body);
        }
        EXPECT_EQ(body(*transaction, index, "b"), "b");
    }
    EXPECT_EQ(seen, (Names{"b", "h", "0", "0", "d", "f", "1", "1", "f", "d", "2", "2", "h", "b", "3", "3"}));
}

TEST_P(Scans, SeeTheTransactionsOwnWrites) {
    make_tables();
    fill_index(backend());
    commit_one(backend(), docs, put(id(1), "old"));
    const auto transaction = write();
    must(*transaction, index, put("e", "new"));
    must(*transaction, index, remove("b"));
    must(*transaction, docs, put(id(1), "new", 2));
    must(*transaction, docs, put(id(0), "newer"));
    EXPECT_EQ(keys(*transaction, index, {.order = Order::key, .range = {}}), (Names{"d", "e", "f", "h"}));
    EXPECT_EQ(keys(*transaction, index, {.order = Order::key_descending, .range = {"d", "f"}}), (Names{"e", "d"}));
    EXPECT_EQ(keys(*transaction, docs), (Names{id(1), id(0)}));
    EXPECT_EQ(body(*transaction, docs, id(1)), "new");
}

// Whether the cursor sees the writes is the backend's; that it sees each untouched row once, and lives, is not.
TEST_P(Scans, WritingUnderAnOpenCursorHarmsNothing) {
    make_tables();
    constexpr int count = 1'000;
    {
        const auto transaction = write();
        for (int i = 0; i < count; ++i) must(*transaction, docs, put(id(i), "old"));
        transaction->commit();
    }
    for (const Order order : {Order::insertion, Order::key, Order::key_descending}) {
        const auto transaction = write();
        const auto cursor = transaction->scan(docs, {.order = order, .range = {}});
        std::vector<int> times(count, 0);
        RowView row;
        for (int step = 0; cursor->next(row); ++step) {
            const Bytes key(cursor->key());
            for (int i = 1; i < count; i += 2) times[static_cast<std::size_t>(i)] += key == id(i) ? 1 : 0;
            if (step >= count) continue;
            const int even = (step * 2) % count;
            if (step % 3 == 0) must(*transaction, docs, remove(id(even)));
            if (step % 3 == 1) must(*transaction, docs, put(id(even), "changed"));
            if (step % 3 == 2) must(*transaction, docs, put(id(count + step), "added"));
            ASSERT_LT(step, 3 * count) << "a scan must end";
        }
        for (int i = 1; i < count; i += 2) ASSERT_EQ(times[static_cast<std::size_t>(i)], 1) << "row " << i;
    }
    EXPECT_EQ(keys(backend(), docs).size(), static_cast<std::size_t>(count)) << "all of it was rolled back";
}

TEST_P(Scans, CursorsMayBeDroppedBeforeTheirEnd) {
    make_tables();
    fill_index(backend());
    const auto transaction = write();
    for (int i = 0; i < 100; ++i) {
        const auto cursor = transaction->scan(index, {.order = Order::key, .range = {}});
        RowView row;
        ASSERT_TRUE(cursor->next(row));
    }
    must(*transaction, index, put("z", "z"));
    transaction->commit();
    EXPECT_EQ(body(backend(), index, "z"), "z");
}

TEST_P(Scans, RangesOverManyRowsAgreeWithASortedList) {
    make_tables();
    Names all;
    {
        const auto transaction = write();
        for (int i = 0; i < 5'000; ++i) {
            all.push_back(std::to_string((i * 7'919) % 100'000));
            must(*transaction, index, put(all.back(), "x"));
        }
        transaction->commit();
    }
    std::sort(all.begin(), all.end());
    const auto transaction = read();
    for (std::size_t i = 0; i + 1 < all.size(); i += 41) {
        const std::size_t j = std::min(all.size() - 1, i + i % 500);
        Names expected(all.begin() + static_cast<std::ptrdiff_t>(i), all.begin() + static_cast<std::ptrdiff_t>(j));
        EXPECT_EQ(keys(*transaction, index, {.order = Order::key, .range = {all[i], all[j]}}), expected);
        std::reverse(expected.begin(), expected.end());
        EXPECT_EQ(keys(*transaction, index, {.order = Order::key_descending, .range = {all[i], all[j]}}), expected);
    }
}

}  // namespace sheaf::conformance
