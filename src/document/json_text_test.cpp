#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"
#include "support/seed.hpp"

namespace sheaf {
namespace {

std::string again(std::string_view text, JsonStyle style = {}) {
    const Bytes encoded = json_to_cbor(text);
    return to_json(View(encoded), style);
}

TEST(JsonText, RelaxedTextIsPlainWhereItCanBe) {
    EXPECT_EQ(again("[1, -9223372036854775808, 9223372036854775807, 5.0, -0.0, 0.1, 1e300, 100000.0, 1e16, 1e-7]"),
              "[1,-9223372036854775808,9223372036854775807,5.0,-0.0,0.1,1e+300,100000.0,1e+16,1e-07]");
    EXPECT_EQ(again(R"({"$numberLong": "5"})"), R"({"$numberLong":"5"})");
    EXPECT_EQ(again(R"({"$numberDouble": "NaN"})"), R"({"$numberDouble":"NaN"})");
    EXPECT_EQ(again(R"({"$numberDouble": "-Infinity"})"), R"({"$numberDouble":"-Infinity"})");
    EXPECT_EQ(again(R"({"$date": {"$numberLong": "1704067200123"}})"), R"({"$date":"2024-01-01T00:00:00.123Z"})");
    EXPECT_EQ(again(R"({"$date": "9999-12-31T23:59:59.999Z"})"), R"({"$date":"9999-12-31T23:59:59.999Z"})");
    EXPECT_EQ(again(R"({"$date": {"$numberLong": "253402300800000"}})"),
              R"({"$date":{"$numberLong":"253402300800000"}})");
    EXPECT_EQ(again(R"({"$date": "1969-12-31T23:59:59.999Z"})"), R"({"$date":{"$numberLong":"-1"}})");
    EXPECT_EQ(again(R"({"$oid": "0102030405060708090A0b0c"})"), R"({"$oid":"0102030405060708090a0b0c"})");
    EXPECT_EQ(again(R"({"$binary": "AQI=", "$type": "0"})"), R"({"$binary":{"base64":"AQI=","subType":"00"}})");
}

TEST(JsonText, CanonicalTextNamesEveryType) {
    const JsonStyle canonical{.mode = JsonMode::canonical};
    EXPECT_EQ(again(R"({"a": 1, "b": 2147483648, "c": {"$numberLong": "1"}})", canonical),
              R"({"a":{"$numberInt":"1"},"b":{"$numberLong":"2147483648"},"c":{"$numberLong":"1"}})");
    EXPECT_EQ(again("[1.0, true, null, \"x\"]", canonical), R"([{"$numberDouble":"1.0"},true,null,"x"])");
    EXPECT_EQ(again(R"({"$date": "1970-01-01T00:00:00Z"})", canonical), R"({"$date":{"$numberLong":"0"}})");
}

TEST(JsonText, IndentationKeepsTheValue) {
    const std::string text = R"({"a":[1,{"b":[]},{}],"c":{"$binary":{"base64":"AQI=","subType":"00"}},)"
                             R"("d":{"$date":"2024-01-01T00:00:00Z"}})";
    const std::string indented = again(text, {.indent = 2});
    EXPECT_EQ(indented,
              "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    },\n    {}\n  ],\n"
              "  \"c\": {\"$binary\": {\"base64\": \"AQI=\", \"subType\": \"00\"}},\n"
              "  \"d\": {\"$date\": \"2024-01-01T00:00:00Z\"}\n}");
    EXPECT_EQ(again(indented), text);
    EXPECT_EQ(again(again(text, {.mode = JsonMode::canonical, .indent = 1})), text);
}

TEST(JsonText, StringsAreEscapedNoMoreThanNeeded) {
    std::string out;
    append_json_string(out, "a\"b\\c/\b\f\n\r\t\x01\x1F\x7F\xC3\xA9\xE2\x80\xA8");
    EXPECT_EQ(out, "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\xC3\xA9\xE2\x80\xA8\"");
    out.clear();
    append_json_string(out, "a\xFF\xC3z");
    EXPECT_EQ(out, "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"") << "a message about invalid UTF-8 is valid";
}

TEST(JsonText, EveryControlCharacterSurvivesAtEveryOffset) {
    for (std::size_t before = 0; before < 18; ++before) {
        for (int c = 0; c < 0x80; ++c) {
            const Value value(std::string(before, 'x') + static_cast<char>(c) + std::string(17 - before, 'y'));
            ASSERT_EQ(value_from_json(to_json(value)), value);
        }
    }
}

void append_utf8(std::string& out, unsigned c) {
    const auto byte = [&](unsigned b) { out += static_cast<char>(b); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) return byte(0xC0 | c >> 6), byte(0x80 | (c & 63));
    if (c < 0x10000) return byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63));
    byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 63)), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63));
}

TEST(JsonText, EveryScalarValueOfUnicodeSurvives) {
    std::string all;
    std::string escaped = "\"";
    const auto append_escape = [&](unsigned unit) {
        constexpr std::string_view digits = "0123456789abcdef";
        escaped += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) escaped += digits[unit >> shift & 15];
    };
    for (unsigned c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        append_utf8(all, c);
        if (c >= 0x10000) append_escape(0xD800 + ((c - 0x10000) >> 10));
        append_escape(c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c);
    }
    EXPECT_TRUE(value_from_json(to_json(Value(all))) == Value(all));
    EXPECT_TRUE(value_from_json(escaped + "\"") == Value(all));
    const Document document({{all, 1}});
    EXPECT_TRUE(Document::from_json(document.to_json()) == document) << "as a key";
}

TEST(JsonText, AMillionDoublesSurviveTextAndCbor) {
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int block = 0; block < 1000; ++block) {
        Array numbers;
        for (int i = 0; i < 1000; ++i) numbers.emplace_back(std::bit_cast<double>(random()));
        const Bytes encoded = encode(Value(numbers));
        const Value back = View(encoded).to_value();
        const JsonStyle style{.mode = block % 2 == 0 ? JsonMode::relaxed : JsonMode::canonical};
        const Value read = value_from_json(to_json(View(encoded), style));
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const double number = numbers[i].as_number();
            const std::uint64_t bits =
                std::bit_cast<std::uint64_t>(std::isnan(number) ? std::numeric_limits<double>::quiet_NaN() : number);
            ASSERT_EQ(std::bit_cast<std::uint64_t>(back.as_array()[i].as_number()), bits);
            ASSERT_EQ(std::bit_cast<std::uint64_t>(read.as_array()[i].as_number()), bits);
        }
    }
}

// Random bits are seldom short: decimal fractions, floats and integers take other ways through the code.
TEST(JsonText, ShortDoublesSurviveTextAndCbor) {
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto check = [&](double number) {
        const Value value(number);
        const Bytes encoded = encode(value);
        ASSERT_EQ(View(encoded).to_value(), value) << number;
        ASSERT_EQ(value_from_json(to_json(View(encoded))), value) << number;
    };
    for (int i = 0; i < 50'000; ++i) {
        check(static_cast<double>(static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000) / 1000);
        check(static_cast<double>(std::bit_cast<std::int64_t>(random()) >> random() % 64));
        check(std::ldexp(1.0, static_cast<int>(random() % 2100) - 1075));
        const auto single = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!std::isnan(single)) check(static_cast<double>(single));
    }
    for (const double edge : {0.0, -0.0, 5e-324, 2.2250738585072014e-308, std::numeric_limits<double>::max(), 65504.0,
                              65520.0, 5.960464477539063e-08, 2.98e-08, 9007199254740993.0, 1e16, 9999999999999998.0}) {
        check(edge);
        check(-edge);
    }
}

TEST(JsonText, LargeDocumentsSurvive) {
    Object object;
    object.set("text", std::string(8'000'000, 'a') + "\"\n\xC3\xA9");
    Array numbers;
    for (int i = 0; i < 1'500'000; ++i) numbers.emplace_back(i * 40);
    object.set("numbers", numbers);
    const Document document(object);
    ASSERT_GT(document.cbor().size(), 14'000'000U);
    EXPECT_TRUE(Document::from_json(document.to_json()) == document);
    object.set("more", std::string(4'000'000, 'b'));
    EXPECT_THROW(Document{object}, Error);
    EXPECT_THROW(json_to_cbor(to_json(Value(object))), Error);
}

TEST(JsonText, DocumentsOfExactlyTheLimitPass) {
    const std::size_t limit = Limits{}.document_bytes;
    const std::string rest(limit - 8, 'x');  // head, key of one letter, head of five bytes
    EXPECT_EQ(Document::from_json("{\"a\":\"" + rest + "\"}").cbor().size(), limit);
    EXPECT_THROW(Document::from_json("{\"a\":\"" + rest + "x\"}"), Error);
}

TEST(JsonText, DamagedBytesAreCorruptNotACrash) {
    const Bytes good = json_to_cbor(
        R"({"a":[1,-300,2.5,1e300,"text",true,null],"d":{"$date":5},"o":{"$oid":"0102030405060708090a0b0c"},)"
        R"("l":{"$numberLong":"5"},"b":{"$binary":{"base64":"AQI=","subType":"00"}},"x":{"y":{"z":{}}}})");
    const auto write = [](BytesView bytes) {
        try {
            json_to_cbor(to_json(View(bytes)));
        } catch (const Error& error) {
            // Damage may also leave a value that JSON refuses for its keys.
            const bool expected = error.code() == Code::corrupt || error.code() == Code::duplicate_field ||
                                  error.code() == Code::invalid_document || error.code() == Code::unsupported;
            EXPECT_TRUE(expected) << error.what();
        }
    };
    for (std::size_t size = 1; size < good.size(); ++size) {
        // A copy of exactly this size, so that a sanitizer sees a read past its end.
        const std::vector<char> exact(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_THROW(to_json(View(BytesView(exact.data(), size))), Error);
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (int byte = 0; byte < 256; ++byte) {
            Bytes bad = good;
            bad[i] = static_cast<char>(byte);
            write(bad);
        }
    }
    const Bytes nested(100'000, static_cast<char>(0x81));
    EXPECT_THROW(to_json(View(nested)), Error);
    EXPECT_THROW(to_json(View()), Error);
}

}  // namespace
}  // namespace sheaf
