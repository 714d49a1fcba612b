// The key encoding against compare(): for any two values, memcmp of the keys says what compare() says.
#include "document/key.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"

namespace sheaf {
namespace {

Value random_scalar(std::mt19937_64& random) {
    static const double doubles[] = {0.0,
                                     -0.0,
                                     1.5,
                                     -1.5,
                                     5.0,
                                     9007199254740992.0,
                                     9007199254740994.0,
                                     9223372036854775808.0,
                                     -9223372036854775808.0,
                                     1e300,
                                     -1e300,
                                     5e-324,
                                     INFINITY,
                                     -INFINITY,
                                     NAN};
    static const std::int64_t integers[] = {0,
                                            1,
                                            5,
                                            -1,
                                            INT32_MAX,
                                            INT32_MIN,
                                            9007199254740991,
                                            9007199254740992,
                                            9007199254740993,
                                            -9007199254740993,
                                            INT64_MAX,
                                            INT64_MAX - 1,
                                            INT64_MAX - 513,
                                            INT64_MIN,
                                            INT64_MIN + 1};
    static const std::string_view strings[] = {"",
                                               "a",
                                               "ab",
                                               "b",
                                               std::string_view("a\0", 2),
                                               std::string_view("a\0b", 3),
                                               std::string_view("\0", 1),
                                               "\xC3\xBC",
                                               "\xF0\x9F\x98\x80"};
    switch (random() % 9) {
        case 0:
            return {};
        case 1:
            return integers[random() % std::size(integers)];
        case 2:
            return doubles[random() % std::size(doubles)];
        case 3:
            return strings[random() % std::size(strings)];
        case 4:
            return random() % 2 == 0;
        case 5:
            return DateTime{integers[random() % std::size(integers)]};
        case 6:
            return Binary{Bytes(strings[random() % std::size(strings)])};
        case 7:
            return static_cast<std::int64_t>(random() >> (random() % 64));
        default: {
            ObjectId id;
            id.bytes[0] = static_cast<unsigned char>(random() % 3);
            id.bytes[11] = static_cast<unsigned char>(random() % 3);
            return id;
        }
    }
}

Value random_value(std::mt19937_64& random, int depth) {
    if (depth == 0 || random() % 3 != 0) return random_scalar(random);
    const auto count = random() % 3;
    if (random() % 2 == 0) {
        Array array;
        for (unsigned i = 0; i < count; ++i) array.push_back(random_value(random, depth - 1));
        return array;
    }
    static const std::string_view keys[] = {"a", "ab", std::string_view("a\0", 2), std::string_view("a\0b", 3), ""};
    Object object;
    for (unsigned i = 0; i < count; ++i) object.set(keys[random() % std::size(keys)], random_value(random, depth - 1));
    return object;
}

int sign(std::weak_ordering order) {
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

TEST(Key, OrdersAsCompareDoes) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int i = 0; i < 200'000; ++i) {
        const Bytes a = encode(random_value(random, 3));
        const Bytes b = encode(random_value(random, 3));
        ASSERT_EQ(sign(compare(View(a), View(b))), sign(encode_key(View(a)) <=> encode_key(View(b))));
        ASSERT_EQ(sign(compare(View(a), View(b))), -sign(compare(View(b), View(a))));
    }
}

// Sequences of values, each ascending or descending.
TEST(Key, DirectedKeysOrderAsAsked) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int i = 0; i < 100'000; ++i) {
        Bytes left;
        Bytes right;
        int wanted = 0;
        const auto fields = 1 + random() % 3;
        for (unsigned field = 0; field < fields; ++field) {
            const bool descending = random() % 2 == 0;
            const Bytes a = encode(random_value(random, 1));
            const Bytes b = random() % 2 == 0 ? a : encode(random_value(random, 1));
            append_directed_key(left, View(a), descending);
            append_directed_key(right, View(b), descending);
            if (wanted == 0) wanted = sign(compare(View(a), View(b))) * (descending ? -1 : 1);
        }
        ASSERT_EQ(sign(left <=> right), wanted);
    }
}

TEST(Key, DescendingToTheByte) {
    Bytes key;
    append_directed_key(key, View(encode(Value("a"))), true);
    append_directed_key(key, View(encode(Value("a"))), false);
    EXPECT_EQ(key, Bytes("\xCF\x9E\xFF\x01\x30\x61\x00", 7));
}

TEST(Key, OrdersNumbersByValueAcrossTypes) {
    const auto key = [](const Value& value) { return encode_key(View(encode(value))); };
    EXPECT_EQ(key(5), key(5.0));
    EXPECT_EQ(key(0.0), key(-0.0));
    EXPECT_EQ(key(Value::long_integer(5)), key(5));
    EXPECT_LT(key(std::int64_t{9007199254740992}), key(std::int64_t{9007199254740993}));
    EXPECT_EQ(key(std::int64_t{9007199254740992}), key(9007199254740992.0));
    EXPECT_LT(key(INT64_MAX), key(9223372036854775808.0));
    EXPECT_LT(key(std::numeric_limits<double>::quiet_NaN()), key(-INFINITY));
}

TEST(Key, OrdersTypesAsMongoDoes) {
    const Value ascending[] = {{},          1,          "a",   Value::object({}), Value::array({}),
                               Binary{"x"}, ObjectId{}, false, DateTime{}};
    for (std::size_t i = 1; i < std::size(ascending); ++i) {
        EXPECT_LT(encode_key(View(encode(ascending[i - 1]))), encode_key(View(encode(ascending[i])))) << i;
    }
    EXPECT_LT(encode_key(View()), encode_key(View(encode(Value()))));
}

TEST(Key, StringsCanBeReadBack) {
    for (const std::string_view text : {std::string_view(""), std::string_view("abc"), std::string_view("a\0b\0", 4)}) {
        const Bytes key = encode_string_key(text);
        EXPECT_TRUE(is_string_key(key));
        EXPECT_EQ(decode_string_key(key), text);
        EXPECT_EQ(key, encode_key(View(encode(Value(text)))));
    }
    EXPECT_FALSE(is_string_key(encode_key(View(encode(Value(5))))));
}

TEST(Key, IdsAreScalarsOfBoundedSize) {
    const auto id = [](const Value& value) { return encode_id(View(encode(value)), {.id_bytes = 10}); };
    EXPECT_NO_THROW(id("short"));
    EXPECT_THROW(id("longer than ten"), Error);
    EXPECT_THROW(id(Value::array({})), Error);
    EXPECT_THROW(id(Value::object({})), Error);
    EXPECT_THROW(encode_id(View(), {}), Error);
}

}  // namespace
}  // namespace sheaf
