// Keys: every kind of _id in documents tables, any bytes in ordered ones, handed out as they came and in bytewise
// order.
#include <algorithm>
#include <cmath>
#include <limits>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

std::vector<Value> ids() {
    ObjectId object_id;
    for (std::size_t i = 0; i < object_id.bytes.size(); ++i) object_id.bytes[i] = static_cast<unsigned char>(i * 23);
    std::vector<Value> all = {Value(nullptr),
                              false,
                              true,
                              "",
                              "a",
                              "A",
                              "ab",
                              "a b",
                              "\xC3\xA9",
                              "\xF0\x9F\x8D\x82",
                              "5",
                              "null",
                              "\x7F",
                              "a'b\"c;--",
                              Value(std::string("\0", 1)),
                              Value(std::string("a\0", 2)),
                              Value(std::string("a\0b", 3)),
                              Value(std::string("\0\0\0", 3)),
                              Value(std::string("a\xEF\xBF\xBF")),
                              Value(std::string(900, 'l')),
                              0,
                              1,
                              -1,
                              255,
                              256,
                              2.5,
                              -2.5,
                              1e300,
                              -1e300,
                              1e-300,
                              Value(Binary{""}),
                              Value(Binary{std::string("\0", 1)}),
                              Value(Binary{"bytes"}),
                              Value(DateTime{0}),
                              Value(DateTime{-1}),
                              Value(DateTime{1'700'000'000'000}),
                              Value(ObjectId{}),
                              Value(object_id)};
    all.emplace_back(std::numeric_limits<std::int64_t>::max());
    all.emplace_back(std::numeric_limits<std::int64_t>::min());
    all.emplace_back((std::int64_t{1} << 53) + 1);
    all.emplace_back(std::numeric_limits<double>::infinity());
    all.emplace_back(-std::numeric_limits<double>::infinity());
    all.emplace_back(std::nan(""));
    return all;
}

}  // namespace

TEST_P(Keys, EveryKindOfIdComesBackAsItWasInOrder) {
    make_tables();
    std::vector<Bytes> inserted;
    {
        const auto transaction = write();
        for (const Value& value : ids()) {
            inserted.push_back(id(value));
            must(*transaction, docs, put(inserted.back(), inserted.back(), 1, Expect::absent()));
        }
        transaction->commit();
    }
    EXPECT_EQ(keys(backend(), docs), inserted);
    const auto transaction = read();
    for (const Bytes& key : inserted) EXPECT_EQ(body(*transaction, docs, key), key);

    std::vector<Bytes> sorted = inserted;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(keys(*transaction, docs, {.order = Order::key, .range = {}}), sorted);
    std::reverse(sorted.begin(), sorted.end());
    EXPECT_EQ(keys(*transaction, docs, {.order = Order::key_descending, .range = {}}), sorted);
}

TEST_P(Keys, EveryPairOfIdsBoundsARange) {
    make_tables();
    std::vector<Bytes> sorted;
    {
        const auto transaction = write();
        for (const Value& value : ids()) {
            sorted.push_back(id(value));
            must(*transaction, docs, put(sorted.back(), "x"));
        }
        transaction->commit();
    }
    std::sort(sorted.begin(), sorted.end());
    const auto transaction = read();
    for (std::size_t low = 0; low < sorted.size(); ++low) {
        for (std::size_t high = 0; high < sorted.size(); ++high) {
            std::vector<Bytes> expected;
            if (low < high)
                expected.assign(sorted.begin() + static_cast<std::ptrdiff_t>(low),
                                sorted.begin() + static_cast<std::ptrdiff_t>(high));
            const KeyRange range{sorted[low], sorted[high]};
            ASSERT_EQ(keys(*transaction, docs, {.order = Order::key, .range = range}), expected) << low << ".." << high;
            std::reverse(expected.begin(), expected.end());
            ASSERT_EQ(keys(*transaction, docs, {.order = Order::key_descending, .range = range}), expected)
                << low << ".." << high;
        }
    }
}

// Bounds need not be keys that an _id could have: a prefix of one, a bare type tag, bytes above all.
TEST_P(Keys, BoundsMayBeAnyBytes) {
    make_tables();
    std::vector<Bytes> sorted;
    {
        const auto transaction = write();
        for (const Value& value : ids()) {
            sorted.push_back(id(value));
            must(*transaction, docs, put(sorted.back(), "x"));
        }
        transaction->commit();
    }
    std::sort(sorted.begin(), sorted.end());
    std::vector<Bytes> bounds = {"", "\xFF", std::string("\0", 1), "\xFF\xFF\xFF"};
    for (int first = 1; first < 256; first += 3) bounds.emplace_back(1, static_cast<char>(first));
    for (const Bytes& key : sorted) {
        for (std::size_t size = 1; size < std::min<std::size_t>(key.size(), 8); ++size) {
            bounds.push_back(key.substr(0, size));
            bounds.push_back(key.substr(0, size) + '\xFF');
        }
        bounds.push_back(key + '\0');
    }
    const auto transaction = read();
    for (const Bytes& bound : bounds) {
        const auto split = std::lower_bound(sorted.begin(), sorted.end(), bound);
        const KeyRange from{bound, std::nullopt};
        const KeyRange to{std::nullopt, bound};
        ASSERT_EQ(keys(*transaction, docs, {.order = Order::key, .range = from}),
                  std::vector<Bytes>(split, sorted.end()))
            << testing::PrintToString(bound);
        ASSERT_EQ(keys(*transaction, docs, {.order = Order::key, .range = to}),
                  std::vector<Bytes>(sorted.begin(), split))
            << testing::PrintToString(bound);
    }
}

TEST_P(Keys, EquivalentNumbersAreOneKey) {
    make_tables();
    commit_one(backend(), docs, put(id(5), "integer"));
    commit_one(backend(), docs, put(id(5.0), "double", 2, Expect::exactly(Version{1})));
    EXPECT_EQ(rows(*read(), docs).size(), 1U);
    EXPECT_EQ(body(backend(), docs, id(5)), "double");
}

TEST_P(Keys, StringsAndBytesOfEqualContentAreDifferentKeys) {
    make_tables();
    commit_one(backend(), docs, put(id("5"), "string", 1, Expect::absent()));
    commit_one(backend(), docs, put(id(Value(Binary{"5"})), "bytes", 1, Expect::absent()));
    commit_one(backend(), docs, put(id(5), "number", 1, Expect::absent()));
    EXPECT_EQ(body(backend(), docs, id("5")), "string");
    EXPECT_EQ(body(backend(), docs, id(Value(Binary{"5"}))), "bytes");
    EXPECT_EQ(body(backend(), docs, id(5)), "number");
}

TEST_P(Keys, OrderedTablesTakeAnyBytesInUnsignedOrder) {
    make_tables();
    std::vector<Bytes> inserted = {"",
                                   "a",
                                   "a b",
                                   "A",
                                   "aa",
                                   std::string("a\0", 2),
                                   std::string("a\0a", 3),
                                   "\x80",
                                   "\x7F",
                                   "\xFF",
                                   "\xFF\xFF",
                                   std::string("\0", 1),
                                   std::string("\0\0", 2),
                                   "\xC3\xA9",
                                   "\xC3\x28",
                                   noise(1'024 + 64),
                                   std::string(1'024 + 64, '\xFF')};
    {
        const auto transaction = write();
        for (const Bytes& key : inserted) must(*transaction, index, put(key, "of " + key, 1, Expect::absent()));
        transaction->commit();
    }
    std::sort(inserted.begin(), inserted.end());
    const auto transaction = read();
    EXPECT_EQ(keys(*transaction, index, {.order = Order::key, .range = {}}), inserted);
    for (const Bytes& key : inserted) EXPECT_EQ(body(*transaction, index, key), "of " + key);
    std::reverse(inserted.begin(), inserted.end());
    EXPECT_EQ(keys(*transaction, index, {.order = Order::key_descending, .range = {}}), inserted);
}

TEST_P(Keys, LongestIdsFit) {
    make_tables();
    // About 1 KiB of encoded key; NULs take two bytes each.
    const Bytes longest = id(Value(std::string(1'020, 'k')));
    const Bytes nuls = id(Value(std::string(510, '\0')));
    commit_one(backend(), docs, put(longest, "long"));
    commit_one(backend(), docs, put(nuls, "nuls"));
    EXPECT_EQ(keys(backend(), docs), (std::vector<Bytes>{longest, nuls}));
    EXPECT_EQ(body(backend(), docs, longest), "long");
}

}  // namespace sheaf::conformance
