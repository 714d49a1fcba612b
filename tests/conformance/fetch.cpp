// fetch(): documents in the order of an index.
#include <algorithm>
#include <stdexcept>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

Bytes number(int value) {
    Bytes text = std::to_string(value);
    return Bytes(4 - text.size(), '0') + text;
}

// Documents 0 to count-1 with the body "b<number>"; in by_name under the number modulo ten and under the number itself,
// in by_mail under count - number.
void fill(Backend& backend, int count) {
    const auto writer = backend.begin({.mode = Mode::write});
    for (int i = 0; i < count; ++i) {
        const Bytes key = id(i);
        const Bytes body = "b" + std::to_string(i);
        const Bytes rest = "mod" + std::to_string(i % 10);
        const Bytes own = number(i);
        const Bytes mail = number(count - i);
        ASSERT_EQ(apply(*writer, docs,
                        {with(put(key, body, i, Expect::absent()),
                              {adds(by_name, rest), adds(by_name, own), adds(by_mail, mail)})}),
                  Outcomes{Outcome::done});
    }
    writer->commit();
}

std::vector<std::pair<Bytes, Bytes>> bodies(Transaction& transaction, const IndexScan& scan) {
    std::vector<std::pair<Bytes, Bytes>> found;
    for (const Seen& seen : fetched(transaction, docs, scan)) found.emplace_back(seen.key, seen.body);
    return found;
}

class EvenNumbers final : public driver::RowFilter {
public:
    explicit EvenNumbers(Bytes hated = "none") : hated_(std::move(hated)) {}
    bool wants(BytesView body) override {
        asked.emplace_back(body);
        if (body == hated_) throw std::runtime_error("the filter's own");
        return body.back() % 2 == 0;  // even numbers
    }
    std::vector<Bytes> asked;

private:
    Bytes hated_;
};

using Found = std::vector<std::pair<Bytes, Bytes>>;

}  // namespace

TEST_P(Fetching, GivesRowsInTheOrderOfPairs) {
    make_index_tables();
    fill(backend(), 30);
    const auto reader = read();
    const std::vector<KeyRange> mod3 = {{"mod3", "mod4"}};
    EXPECT_EQ(bodies(*reader, {.index = by_name, .ranges = mod3}),
              (Found{{"mod3", "b3"}, {"mod3", "b13"}, {"mod3", "b23"}}));
    EXPECT_EQ(bodies(*reader, {.index = by_name, .ranges = mod3, .order = Order::key_descending}),
              (Found{{"mod3", "b23"}, {"mod3", "b13"}, {"mod3", "b3"}}));
    const std::vector<KeyRange> mails = {{"0003", "0006"}};
    EXPECT_EQ(bodies(*reader, {.index = by_mail, .ranges = mails}),
              (Found{{"0003", "b27"}, {"0004", "b26"}, {"0005", "b25"}}));
    EXPECT_EQ(bodies(*reader, {.index = by_mail, .ranges = mails, .order = Order::key_descending}),
              (Found{{"0005", "b25"}, {"0004", "b26"}, {"0003", "b27"}}));
}

TEST_P(Fetching, LendsWholeRows) {
    make_index_tables();
    fill(backend(), 12);
    const auto reader = read();
    const std::vector<KeyRange> ranges = {{"0007", "0009"}};
    for (const Order order : {Order::key, Order::key_descending}) {
        const auto found = fetched(*reader, docs, {.index = by_name, .ranges = ranges, .order = order});
        ASSERT_EQ(found.size(), 2U);
        for (const int i : {7, 8}) {
            const auto row = reader->get(docs, id(i));
            const Seen& seen = found[(i == 7) == (order == Order::key) ? 0 : 1];
            EXPECT_EQ(seen, (Seen{number(i), row->body, row->meta}));
        }
    }
}

TEST_P(Fetching, GoesThroughSeveralRanges) {
    make_index_tables();
    fill(backend(), 20);
    const auto reader = read();
    const std::vector<KeyRange> ranges = {{std::nullopt, "0002"}, {"0005", "0005"}, {"0006", "0007"},
                                          {"0007", "0008"},       {"x", "mod9"},    {"mod9", std::nullopt}};
    Found expected = {{"0000", "b0"}, {"0001", "b1"}, {"0006", "b6"}, {"0007", "b7"}, {"mod9", "b9"}, {"mod9", "b19"}};
    EXPECT_EQ(bodies(*reader, {.index = by_name, .ranges = ranges}), expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(bodies(*reader, {.index = by_name, .ranges = ranges, .order = Order::key_descending}), expected);
    const std::vector<KeyRange> nothing = {{"y", "z"}, {"zz", std::nullopt}};
    EXPECT_TRUE(bodies(*reader, {.index = by_name, .ranges = nothing}).empty());
}

TEST_P(Fetching, WithoutRangesGivesARowForEachPair) {
    make_index_tables();
    EXPECT_TRUE(fetched(*read(), docs, {.index = by_name}).empty());
    fill(backend(), 25);
    const auto reader = read();
    for (const Order order : {Order::key, Order::key_descending}) {
        const auto found = bodies(*reader, {.index = by_name, .order = order});
        const auto all = pairs(*reader, by_name, {.order = order});
        ASSERT_EQ(found.size(), 50U);
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].first, all[i].first);
        EXPECT_EQ(bodies(*reader, {.index = by_mail, .order = order}).size(), 25U);
    }
}

TEST_P(Fetching, ManyRowsComeInBothOrders) {
    make_index_tables();
    fill(backend(), 3'000);
    const auto reader = read();
    const std::vector<KeyRange> ranges = {{"0100", "0150"}, {"0200", "2900"}};
    Found expected;
    for (int i = 100; i < 150; ++i) expected.emplace_back(number(i), "b" + std::to_string(3'000 - i));
    for (int i = 200; i < 2'900; ++i) expected.emplace_back(number(i), "b" + std::to_string(3'000 - i));
    EXPECT_EQ(bodies(*reader, {.index = by_mail, .ranges = ranges}), expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(bodies(*reader, {.index = by_mail, .ranges = ranges, .order = Order::key_descending}), expected);
}

TEST_P(Fetching, PassesOverPairsThatLeadNowhere) {
    make_index_tables();
    fill(backend(), 5);
    const auto writer = write();
    for (const std::int64_t rid : {0, 777, 1'000'000'000}) must(*writer, by_name, add_pair("0002", rid));
    const std::vector<KeyRange> ranges = {{"0002", "0004"}};
    EXPECT_EQ(bodies(*writer, {.index = by_name, .ranges = ranges}), (Found{{"0002", "b2"}, {"0003", "b3"}}));
    const std::vector<KeyRange> missing = {{"only", "onlz"}};
    must(*writer, by_name, add_pair("only", 999));
    EXPECT_TRUE(bodies(*writer, {.index = by_name, .ranges = missing}).empty());
}

TEST_P(Fetching, HandsOverOnlyWhatTheFilterWants) {
    make_index_tables();
    fill(backend(), 20);
    const auto reader = read();
    const std::vector<KeyRange> ranges = {{"0004", "0008"}, {"0017", "0019"}};
    EvenNumbers filter;
    EXPECT_EQ(bodies(*reader, {.index = by_name, .ranges = ranges, .filter = &filter}),
              (Found{{"0004", "b4"}, {"0006", "b6"}, {"0018", "b18"}}));
    EXPECT_EQ(filter.asked, (std::vector<Bytes>{"b4", "b5", "b6", "b7", "b17", "b18"}));
    EvenNumbers down;
    EXPECT_EQ(
        bodies(*reader, {.index = by_name, .ranges = ranges, .order = Order::key_descending, .filter = &down}).size(),
        3U);
    std::reverse(filter.asked.begin(), filter.asked.end());
    EXPECT_EQ(down.asked, filter.asked);
}

TEST_P(Fetching, LetsTheFiltersExceptionsThrough) {
    make_index_tables();
    fill(backend(), 10);
    for (const Mode mode : {Mode::read, Mode::write}) {
        const auto transaction = backend().begin({.mode = mode});
        for (const std::string_view hated : {"b0", "b5"}) {
            EvenNumbers filter((Bytes(hated)));
            EXPECT_THROW(bodies(*transaction, {.index = by_name, .filter = &filter}), std::runtime_error);
        }
        EXPECT_TRUE(transaction->get(docs, id(1))) << "the transaction goes on";
        EXPECT_EQ(bodies(*transaction, {.index = by_name}).size(), 20U);
    }
}

TEST_P(Fetching, KeepsToItsSnapshot) {
    make_index_tables();
    fill(backend(), 400);
    const auto reader = read();
    const auto expected = bodies(*reader, {.index = by_name});
    const auto cursor = reader->fetch(docs, {.index = by_name});
    RowView row;
    ASSERT_TRUE(cursor->next(row));
    {
        const auto writer = write();
        for (int i = 0; i < 400; ++i) {
            const Bytes key = id(i);
            const Bytes own = number(i);
            const std::int64_t rid = rid_of(*writer, key);
            if (i % 3 == 0) {
                apply(*writer, docs, {with(remove(key, version(i)), rid, {removes(by_name, own)})});
            } else {
                apply(*writer, docs,
                      {with(put(key, "new", i + 1, version(i)), rid, {removes(by_name, own), adds(by_name, "z")})});
            }
        }
        writer->commit();
    }
    Found rest = {{Bytes(cursor->key()), Bytes(row.body)}};
    while (cursor->next(row)) rest.emplace_back(cursor->key(), row.body);
    EXPECT_EQ(rest, expected);
    EXPECT_EQ(bodies(*reader, {.index = by_name}), expected);
    const std::vector<KeyRange> moved = {{"z", std::nullopt}};
    EXPECT_EQ(bodies(*read(), {.index = by_name, .ranges = moved}).size(), 266U);
}

TEST_P(Fetching, SeesTheTransactionsOwnWrites) {
    make_index_tables();
    fill(backend(), 3);
    const auto writer = write();
    apply(*writer, docs, {with(put(id(9), "own", 1, Expect::absent()), {adds(by_name, "0001")})});
    apply(*writer, docs, {put(id(1), "changed", 2)});
    const std::vector<KeyRange> ranges = {{"0001", "0002"}};
    EXPECT_EQ(bodies(*writer, {.index = by_name, .ranges = ranges}), (Found{{"0001", "changed"}, {"0001", "own"}}));
}

// What it sees of them is its own affair; what it gives has to be whole.
TEST_P(Fetching, LivesBesideWritesOfItsTransaction) {
    make_index_tables();
    fill(backend(), 300);
    const auto writer = write();
    const auto cursor = writer->fetch(docs, {.index = by_name, .order = Order::key});
    const auto down = writer->fetch(docs, {.index = by_mail, .order = Order::key_descending});
    RowView row;
    for (int i = 299; i >= 0; --i) {
        if (i % 3 == 0 && cursor->next(row)) {
            EXPECT_TRUE(row.body.starts_with("b") || row.body == "new") << row.body;
        }
        if (i % 2 == 0) down->next(row);
        const Bytes key = id(i);
        const Bytes own = number(i);
        const Bytes mail = number(300 - i);
        const std::int64_t rid = rid_of(*writer, key);
        if (i % 2 == 0) {
            apply(*writer, docs, {with(remove(key, version(i)), rid, {removes(by_name, own), removes(by_mail, mail)})});
        } else {
            apply(*writer, docs, {with(put(key, "new", i + 1, version(i)), rid, {adds(by_name, "0000")})});
        }
    }
    int left = 0;
    while (left < 10'000 && cursor->next(row)) ++left;
    EXPECT_LT(left, 10'000) << "it comes to an end";
    while (left < 20'000 && down->next(row)) ++left;
    EXPECT_LT(left, 20'000) << "it comes to an end";
}

TEST_P(Fetching, IsClosedWhenItsTransactionHasEnded) {
    make_index_tables();
    fill(backend(), 3);
    for (const auto mode : {Mode::read, Mode::write}) {
        const auto transaction = backend().begin({.mode = mode});
        const auto cursor = transaction->fetch(docs, {.index = by_name});
        RowView row;
        ASSERT_TRUE(cursor->next(row));
        transaction->commit();
        EXPECT_EQ(error_of([&] { cursor->next(row); }), "closed");
        EXPECT_EQ(error_of([&] { transaction->fetch(docs, {.index = by_name}); }), "closed");
    }
}

TEST_P(Fetching, NeedsADocumentsTableAndAnIndex) {
    make_index_tables();
    {
        const auto writer = write();
        writer->ensure_table("ordered", TableKind::ordered);
        writer->commit();
    }
    const auto reader = read();
    EXPECT_EQ(error_of([&] { reader->fetch("nowhere", {.index = by_name}); }), "not_found");
    EXPECT_EQ(error_of([&] { reader->fetch(docs, {.index = "nowhere"}); }), "not_found");
    EXPECT_NE(error_of([&] { fetched(*reader, docs, {.index = "ordered"}); }), "nothing");
    EXPECT_NE(error_of([&] { fetched(*reader, docs, {.index = docs}); }), "nothing");
    EXPECT_NE(error_of([&] { fetched(*reader, "ordered", {.index = by_name}); }), "nothing");
    EXPECT_NE(error_of([&] { fetched(*reader, by_mail, {.index = by_name}); }), "nothing");
    EXPECT_NE(error_of([&] { fetched(*reader, docs, {.index = by_name, .order = Order::insertion}); }), "nothing");
    EXPECT_TRUE(fetched(*reader, docs, {.index = by_name}).empty());
}

TEST_P(Fetching, FollowsRenamesAndNewIndexes) {
    make_index_tables();
    fill(backend(), 5);
    EXPECT_EQ(bodies(*read(), {.index = by_mail}).size(), 5U);
    {
        const auto writer = write();
        writer->rename_table(by_mail, "other");
        writer->ensure_table(by_mail, TableKind::unique_index);
        must(*writer, by_mail, add_pair("k", rid_of(*writer, id(3))));
        EXPECT_EQ(bodies(*writer, {.index = by_mail}), (Found{{"k", "b3"}}));
        EXPECT_EQ(bodies(*writer, {.index = "other"}).size(), 5U);
        writer->commit();
    }
    EXPECT_EQ(bodies(*read(), {.index = by_mail}), (Found{{"k", "b3"}}));
    EXPECT_EQ(bodies(*read(), {.index = "other"}).size(), 5U);
    {
        const auto writer = write();
        writer->drop_table("other");
        EXPECT_EQ(error_of([&] { fetched(*writer, docs, {.index = "other"}); }), "not_found");
    }
    EXPECT_EQ(bodies(*read(), {.index = "other"}).size(), 5U);
}

}  // namespace sheaf::conformance
