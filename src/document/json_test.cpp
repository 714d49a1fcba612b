#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"
#include "document/json_position.hpp"
#include "support/seed.hpp"

namespace sheaf {
namespace {

// What reading the text throws.
Error refusal(std::string_view text, const Limits& limits = {}) {
    try {
        json_to_cbor(text, limits);
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "accepted: " << text.substr(0, 100);
    return Error(Code::internal, "accepted");
}

std::string again(std::string_view text, JsonStyle style = {}) {
    const Bytes encoded = json_to_cbor(text);
    return to_json(View(encoded), style);
}

std::string hex(BytesView bytes) {
    std::string out;
    for (const char c : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

TEST(Json, EveryTypeBecomesItsCbor) {
    EXPECT_EQ(hex(json_to_cbor("null")), "f6");
    EXPECT_EQ(hex(json_to_cbor("[true, false]")), "82f5f4");
    EXPECT_EQ(hex(json_to_cbor("[0, 23, 24, -1, -25, 65536]")),
              "8600171818203818"
              "1a00010000");
    EXPECT_EQ(hex(json_to_cbor("[1.5, 5.0, -0.0, 1e300, 1.1]")),
              "85f93e00f94500f98000fb7e37e43c8800759cfb3ff199999999999a");
    EXPECT_EQ(hex(json_to_cbor(R"({"a": "\u00fc", "": []})")), "a2616162c3bc6080");
    EXPECT_EQ(hex(json_to_cbor("  {}\n")), "a0");
}

TEST(Json, ExtendedJsonBecomesItsType) {
    EXPECT_EQ(value_from_json(R"({"$numberInt": "-7"})"), Value(-7));
    EXPECT_EQ(value_from_json(R"({"$numberLong": "5"})"), Value::long_integer(5));
    EXPECT_EQ(value_from_json(R"({"$numberLong": "9007199254740993"})"), Value(9007199254740993));
    EXPECT_EQ(value_from_json(R"({"$numberDouble": "5"})"), Value(5.0));
    EXPECT_TRUE(std::isnan(value_from_json(R"({"$numberDouble": "NaN"})").as_number()));
    EXPECT_EQ(value_from_json(R"({"$numberDouble": "-Infinity"})").as_number(),
              -std::numeric_limits<double>::infinity());
    EXPECT_EQ(value_from_json(R"({"$date": "1970-01-01T00:00:01Z"})"), Value(DateTime{1000}));
    EXPECT_EQ(value_from_json(R"({"$date": {"$numberLong": "-1"}})"), Value(DateTime{-1}));
    EXPECT_EQ(value_from_json(R"({"$date": 17})"), Value(DateTime{17}));
    EXPECT_EQ(value_from_json(R"({"$oid": "0102030405060708090a0b0c"})"),
              Value(ObjectId{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}));
    EXPECT_EQ(value_from_json(R"({"$binary": {"base64": "AQI=", "subType": "00"}})"), Value(Binary{"\1\2"}));
    EXPECT_EQ(value_from_json(R"({"$binary": {"subType": "0", "base64": ""}})"), Value(Binary{}));
    EXPECT_EQ(value_from_json(R"({"$binary": "AQI=", "$type": "00"})"), Value(Binary{"\1\2"}));
}

TEST(Json, MalformedExtendedJsonIsRefusedWithItsPlace) {
    for (const char* operand : {R"({"$numberInt": 5})",
                                R"({"$numberInt": "2147483648"})",
                                R"({"$numberInt": ""})",
                                R"({"$numberInt": " 5"})",
                                R"({"$numberInt": "5x"})",
                                R"({"$numberLong": "9223372036854775808"})",
                                R"({"$numberLong": "1.0"})",
                                R"({"$numberDouble": "inf"})",
                                R"({"$numberDouble": "nan"})",
                                R"({"$numberDouble": "1e400"})",
                                R"({"$numberDouble": "0x1"})",
                                R"({"$numberDouble": 1.5})",
                                R"({"$date": "yesterday"})",
                                R"({"$date": null})",
                                R"({"$date": {"$numberLong": "1", "x": 1}})",
                                R"({"$date": {"$numberInt": "1"}})",
                                R"({"$date": 1.5})",
                                R"({"$oid": "0102"})",
                                R"({"$oid": "zz02030405060708090a0b0c"})",
                                R"({"$oid": 1})",
                                R"({"$binary": "AQI="})",
                                R"({"$binary": {"base64": "AQI", "subType": "00"}})",
                                R"({"$binary": {"base64": "AQJ=", "subType": "00"}})",
                                R"({"$binary": {"base64": "AQI=", "subType": 0}})",
                                R"({"$binary": {"base64": "AQI=", "subType": "0g"}})",
                                R"({"$binary": {"base64": "AQI="}})",
                                R"({"$binary": {"base64": "AQI=", "subType": "00", "x": 1}})"}) {
        const Error error = refusal(std::string(R"({"a": [1, )") + operand + "]}");
        EXPECT_EQ(error.code(), Code::invalid_document) << operand;
        EXPECT_EQ(error.details().path, "a.1") << operand;
        EXPECT_TRUE(error.message().ends_with(" at a.1")) << error.what();
        EXPECT_TRUE(error.message().starts_with("$")) << error.what();
    }
}

TEST(Json, TypesThatAreNotHeldAreRefusedByName) {
    for (const std::string key : {"$numberDecimal", "$timestamp", "$regularExpression", "$minKey", "$maxKey", "$code",
                                  "$scope", "$symbol", "$dbPointer", "$undefined", "$uuid"}) {
        const Error error = refusal("{\"a\": {\"" + key + "\": 1}}");
        EXPECT_EQ(error.code(), Code::unsupported) << key;
        EXPECT_NE(error.message().find(key), std::string_view::npos) << error.what();
        EXPECT_EQ(error.details().path, "a");
    }
    EXPECT_EQ(refusal(R"({"$code": "f", "$scope": {}})").code(), Code::unsupported);
    const Error subtype = refusal(R"({"$binary": {"base64": "AQI=", "subType": "04"}})");
    EXPECT_EQ(subtype.code(), Code::unsupported);
    EXPECT_EQ(subtype.message(), "binary subtype 04 is not supported yet, only 00");
}

TEST(Json, AnObjectThatOnlyBeginsLikeExtendedJsonIsRefused) {
    const Error error = refusal(R"({"a": {"$date": 1, "b": 2}})");
    EXPECT_EQ(error.code(), Code::invalid_document);
    EXPECT_EQ(error.details().path, "a");
    EXPECT_EQ(refusal(R"({"$oid": "0102030405060708090a0b0c", "$type": "00"})").code(), Code::invalid_document);
    EXPECT_EQ(refusal(R"({"$minKey": 1, "b": 2})").code(), Code::invalid_document);
}

TEST(Json, OtherDollarKeysAreOrdinary) {
    for (const std::string text : {R"({"$set":{"a":1}})", R"({"a":{"$gte":5}})", R"({"$type":"00","$binary":"AQI="})",
                                   R"({"a":1,"$date":2})", R"({"$dates":1})", R"({"$":1})", R"({"$regex":"a"})"}) {
        EXPECT_EQ(again(text), text);
    }
    EXPECT_EQ(again(R"({"$gte": {"$date": 5}})"), R"({"$gte":{"$date":"1970-01-01T00:00:00.005Z"}})");
}

TEST(Json, EqualKeysAreRefused) {
    const Error error = refusal(R"({"a": {"bb": 1, "c": {"bb": 2}, "\u0062b": 3}})");
    EXPECT_EQ(error.code(), Code::duplicate_field);
    EXPECT_EQ(error.details().path, "a.bb");
    EXPECT_NE(error.message().find("\"bb\""), std::string_view::npos);
    EXPECT_EQ(refusal(R"({"": 1, "": 1})").code(), Code::duplicate_field);
    EXPECT_EQ(again(R"({"a":{"b":1},"b":{"a":1,"b":2}})"), R"({"a":{"b":1},"b":{"a":1,"b":2}})");
}

TEST(Json, EqualKeysAreFoundWhereverTheyStand) {
    for (const int count : {2, 3, 8, 31, 32, 33, 200}) {
        for (int twin = 1; twin < count; twin += std::max(1, count / 7)) {
            std::string text = "{";
            for (int i = 0; i < count; ++i) text += "\"field" + std::to_string(i) + "\":1,";
            EXPECT_NO_THROW(json_to_cbor(text + "\"last\":1}"));
            const Error error = refusal(text + "\"field" + std::to_string(twin) + "\":1}");
            EXPECT_EQ(error.code(), Code::duplicate_field);
            EXPECT_EQ(error.details().path, "field" + std::to_string(twin));
        }
    }
}

TEST(Json, AHundredThousandKeysAreNoTrouble) {
    std::string text = "{";
    for (int i = 0; i < 100'000; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
    EXPECT_EQ(again(text + "}"), text + "}");
    EXPECT_EQ(refusal(text + ",\"77\":1}").details().path, "77");
}

TEST(Json, MoreElementsThanSimdjsonCounts) {
    constexpr std::size_t count = 0xFFFFFF + 5;
    std::string text(2 * count + 1, ',');
    for (std::size_t i = 0; i < count; ++i) text[2 * i + 1] = '7';
    text.front() = '[';
    text.back() = ']';
    const Bytes encoded = json_to_cbor(text, {.document_bytes = 2 * count});
    EXPECT_EQ(View(encoded).size(), count);
    EXPECT_EQ(encoded.size(), count + 5);
}

TEST(Json, LimitsHold) {
    EXPECT_EQ(refusal("[1,2,3]", {.json_bytes = 6}).code(), Code::limit_exceeded);
    EXPECT_NO_THROW(json_to_cbor("[1,2,3]", {.document_bytes = 4, .json_bytes = 7}));
    EXPECT_EQ(refusal("[1,2,3]", {.document_bytes = 3}).code(), Code::limit_exceeded);
    EXPECT_NO_THROW(json_to_cbor(R"({"a": [{}]})", {.depth = 3}));
    const Error error = refusal(R"({"a": [{}]})", {.depth = 2});
    EXPECT_EQ(error.code(), Code::limit_exceeded);
    EXPECT_EQ(error.details().path, "a.0");
    EXPECT_NO_THROW(json_to_cbor(R"([{"$date": {"$numberLong": "1"}}])", {.depth = 1})) << "wrappers are no nesting";
    const std::string deep = std::string(1000, '[') + std::string(1000, ']');
    const Limits unbounded{.depth = std::numeric_limits<std::size_t>::max()};
    EXPECT_EQ(again(deep.substr(900, 200)), deep.substr(900, 200));
    EXPECT_EQ(refusal(deep).code(), Code::limit_exceeded);
    EXPECT_NO_THROW(json_to_cbor(deep, unbounded));
    EXPECT_EQ(refusal("[" + deep + "]", unbounded).code(), Code::limit_exceeded);
    EXPECT_EQ(refusal(std::string(100'000, '['), unbounded).code(), Code::limit_exceeded);
}

struct Fault {
    std::string_view text;
    std::size_t line;
    std::size_t column;
    std::string_view what;
};

TEST(Json, FaultsAreFoundAndNamed) {
    EXPECT_EQ(refusal(std::string_view()).code(), Code::invalid_json);
    using namespace std::string_view_literals;
    for (const auto& [text, line, column, what] : std::initializer_list<Fault>{
             {"", 1, 1, "unexpected end of input: expected a value"},
             {" \n ", 2, 2, "unexpected end of input"},
             {"{\"a\" 1}", 1, 6, "expected ':' after a key, not '1'"},
             {"{\"a\":1,\n \"b\":}", 2, 6, "expected a value, not '}'"},
             {"{\"a\":1 \"b\":2}", 1, 8, "expected ',' or '}' after a member"},
             {"[1 2]", 1, 4, "expected ',' or ']' after an element, not '2'"},
             {"[1,]", 1, 3, "a comma must be followed by another element"},
             {"{\"a\":1,}", 1, 7, "a comma must be followed by another member"},
             {"{a:1}", 1, 2, "expected a key in double quotes or '}', not 'a'"},
             {"{\"a\":1,b:1}", 1, 8, "expected a key in double quotes, not 'b'"},
             {"['a']", 1, 2, "strings are written in double quotes"},
             {"[1] x", 1, 5, "text after the end of the value: 'x'"},
             {"{}}", 1, 3, "text after the end of the value: '}'"},
             {"[1", 1, 3, "unexpected end of input: expected ',' or ']'"},
             {"\"ab", 1, 1, "unterminated string"},
             {"\"a\\", 1, 3, "unterminated string"},
             {"[\"a\\qb\"]", 1, 4, "invalid escape \\q"},
             {"\"\\u12G4\"", 1, 2, "\\u needs four hexadecimal digits"},
             {"\"\\u+123\"", 1, 2, "\\u needs four hexadecimal digits"},
             {"\"\\ud800x\"", 1, 2, "a high surrogate escape without a low one after it"},
             {"\"\\ud800\\u0041\"", 1, 2, "a high surrogate escape without a low one after it"},
             {"\"\\udc00\"", 1, 2, "a low surrogate escape without a high one before it"},
             {"\"a\tb\"", 1, 3, "a control character in a string must be escaped: byte 0x09"},
             {"\"a\0b\""sv, 1, 3, "a control character in a string must be escaped: byte 0x00"},
             {"[\"\xC3(\"]", 1, 3, "invalid UTF-8: byte 0xC3"},
             {"[\"\xED\xA0\x80\"]", 1, 3, "invalid UTF-8"},
             {"\xEF\xBB\xBF{}", 1, 1, "a byte order mark is not part of JSON"},
             {"[01]", 1, 2, "a number may not begin with 0"},
             {"[-]", 1, 3, "expected a digit after '-', not ']'"},
             {"[1.]", 1, 4, "expected a digit after '.', not ']'"},
             {"[1e+]", 1, 5, "expected a digit in the exponent"},
             {"[+1]", 1, 2, "a number may not begin with '+'"},
             {"[.5]", 1, 2, "a number needs a digit before its '.'"},
             {"[0x1]", 1, 3, "expected ',' or ']' after an element, not 'x'"},
             {"[1e400]", 1, 2, "the number 1e400 does not fit a double"},
             {"[9223372036854775808]", 1, 2, "the integer 9223372036854775808 does not fit 64 bits"},
             {"[\n\n  -9223372036854775809]", 3, 3, "does not fit 64 bits"},
             {"[18446744073709551616]", 1, 2, "does not fit 64 bits"},
             {"[NaN]", 1, 2, "NaN and Infinity are not JSON"},
             {"[1, // one\n2]", 1, 5, "comments are not part of JSON"},
             {"[True]", 1, 2, "expected a value or ']', not 'T'"},
             {"nul", 1, 4, "unexpected end of input: expected null"},
         }) {
        const Error error = refusal(text);
        EXPECT_EQ(error.code(), Code::invalid_json) << text;
        EXPECT_EQ(error.details().line, line) << text << error.what();
        EXPECT_EQ(error.details().column, column) << text << error.what();
        EXPECT_TRUE(error.message().starts_with(what) || error.message().find(what) != std::string_view::npos)
            << text << ": " << error.what();
        const std::string place = " at line " + std::to_string(line) + ", column " + std::to_string(column);
        EXPECT_TRUE(error.message().ends_with(place)) << error.what();
    }
}

// The scanner that finds positions refuses exactly what the reader refuses.
TEST(Json, ScannerAndReaderAgree) {
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::string_view sample =
        "{\"a\": [1, -2.5e+3, true, false, null, \"x\\u00e9\\ud83d\\ude00\\n\xC3\xA9\"], \"\\\\\": {\"\": [[], {}, 0, "
        "-0.0, 1e-400]}}";
    const std::string_view letters = "{}[]\",:\\ue+-.0123456789dD8ctrfalsn \t\n\x01\x7F\xC3\xA9\xED\xF0";
    ASSERT_NO_THROW(json_to_cbor(sample));
    for (int round = 0; round < 100'000; ++round) {
        std::string text(sample);
        for (std::uint64_t edits = random() % 3 + 1; edits > 0 && !text.empty(); --edits) {
            const std::size_t at = random() % text.size();
            const char letter = letters[random() % letters.size()];
            switch (random() % 4) {
                case 0:
                    text[at] = letter;
                    break;
                case 1:
                    text.insert(at, 1, letter);
                    break;
                case 2:
                    text.erase(at, 1);
                    break;
                default:
                    text.resize(at + 1);
                    break;
            }
        }
        bool refused = false;
        try {
            json_to_cbor(text);
        } catch (const Error& error) {
            refused = error.code() == Code::invalid_json;
            EXPECT_TRUE(refused || error.code() == Code::duplicate_field) << error.what();
        }
        ASSERT_EQ(find_json_fault(text, 100).has_value(), refused) << text;
    }
}

}  // namespace
}  // namespace sheaf
