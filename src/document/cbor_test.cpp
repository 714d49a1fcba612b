#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/cbor.hpp"
#include "document/encoder.hpp"
#include "support/seed.hpp"

namespace sheaf::cbor {
namespace {

Bytes from_hex(std::string_view hex) {
    constexpr std::string_view digits = "0123456789abcdef";
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(digits.find(hex[i]) << 4 | digits.find(hex[i + 1]));
    }
    return bytes;
}

Bytes rewrite(BytesView bytes, const Limits& limits = {}) {
    Reader reader(bytes, limits);
    Bytes out;
    while (!reader.at_end()) write(reader.next(), out);
    return out;
}

template <typename Function>
Error refusal(Function function) {
    try {
        function();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "accepted";
    return Error(Code::internal, "accepted");
}

// The JSON of what sheaf makes of the bytes.
std::string imported(std::string_view hex) {
    const Bytes own = to_sheaf(from_hex(hex));
    EXPECT_FALSE(deviations(own).any_but_order()) << hex;
    return to_json(View(own), {.mode = JsonMode::canonical});
}

Error import_refusal(std::string_view hex) {
    return refusal([&] { to_sheaf(from_hex(hex)); });
}

// The words of a text that single spaces part.
std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> all;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        all.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

void check_malformed(BytesView bytes, std::string_view name) {
    const Error error = refusal([&] { require_well_formed(bytes); });
    EXPECT_EQ(error.code(), Code::invalid_cbor) << name;
    EXPECT_NE(error.message().find(" at byte "), std::string_view::npos) << name << error.what();
    EXPECT_EQ(refusal([&] { diagnostic(bytes); }).code(), Code::invalid_cbor) << name;
    EXPECT_EQ(refusal([&] { deviations(bytes); }).code(), Code::invalid_cbor) << name;
    // The import may come upon something else that it refuses, such as a key that is no text, before the fault.
    const Code imported_as = refusal([&] { to_sheaf(bytes); }).code();
    EXPECT_TRUE(imported_as == Code::invalid_cbor || imported_as == Code::invalid_document) << name;
}

TEST(Cbor, WhatIsNotWellFormedIsRefused) {
    // RFC 8949 appendix F, and what it leaves out.
    const std::string_view malformed =
        // ends inside a head
        "18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000 "
        // ends inside a string
        "41 61 5affffffff00 5bffffffffffffffff010203 7affffffff00 7b7fffffffffffffff010203 5f4100 7f6100 "
        // ends inside an array, a map or a tag
        "81 818181818181818181 8200 a1 a20102 a100 a2000000 c0 "
        // counts beyond the input
        "9bffffffffffffffff bb8000000000000000 bbffffffffffffffff0000 "
        // no break
        "9f 9f0102 bf bf01020102 819f 9f8000 9f9f9f9f9fffffffff 9f819f819f9fffffff "
        // reserved additional information
        "fc fd fe 5c 5d 5e 7c 7d 7e 9c 9d 9e bc bd be dc dd de 1c 1d 1e 3c 3d 3e "
        // simple values below 32 in two bytes
        "f800 f801 f818 f81f "
        // chunks of another kind
        "5f00ff 5f21ff 5f6100ff 5f80ff 5fa0ff 5fc000ff 5fe0ff 7f4100ff 5f5f4100ffff 7f7f6100ffff "
        // a break out of place
        "ff 81ff 8200ff a1ff a1ff00 a100ff a20000ff 9f81ff 9f829f819f9fffffffff bf00ff bf000000ff c0ff "
        // no indefinite form
        "1f 3f df "
        // not UTF-8
        "61ff 62c328 63eda080 64f4908080 62c080 7f61c361a9ff "
        // something after the item
        "0000 8000 f6f6";
    for (const std::string_view hex : words(malformed)) check_malformed(from_hex(hex), hex);
    check_malformed("", "nothing");
    EXPECT_EQ(refusal([] { require_well_formed(from_hex("8261616162ff")); }).message(),
              "1 bytes after the end of the item at byte 5");
}

TEST(Cbor, NestingIsBounded) {
    const std::string arrays = Bytes(100, '\x81') + '\x01';
    EXPECT_EQ(rewrite(arrays), arrays);
    EXPECT_EQ(refusal([&] { rewrite('\x81' + arrays); }).code(), Code::limit_exceeded);
    const Limits unbounded{.depth = SIZE_MAX};
    for (const char* const nesting : {"\x81", "\x9F", "\xA1\x01", "\xBF\x01", "\xC1", "\xC1\x81"}) {
        Bytes deep;
        for (int i = 0; i < 200'000; ++i) deep += nesting;
        EXPECT_EQ(refusal([&] { rewrite(deep, unbounded); }).code(), Code::limit_exceeded);
        EXPECT_EQ(refusal([&] { diagnostic(deep, unbounded); }).code(), Code::limit_exceeded);
        EXPECT_EQ(refusal([&] { deviations(deep, unbounded); }).code(), Code::limit_exceeded);
        EXPECT_THROW(to_sheaf(deep, unbounded), Error);
        EXPECT_EQ(refusal([&] { canonical(deep); }).code(), Code::corrupt);
    }
    Bytes mixed;  // every level tagged: as deep as the limit allows, on the stack too
    for (int i = 0; i < 1000; ++i) mixed += "\xC1\x81";
    mixed += '\x01';
    EXPECT_EQ(rewrite(mixed, unbounded), mixed);
    EXPECT_EQ(diagnostic(mixed, unbounded).size(), 5U * 1000 + 1);
    EXPECT_FALSE(deviations(mixed, unbounded).any_but_order());
}

TEST(Cbor, ItemsAreWrittenAsTheyWereRead) {
    for (const char* const hex : {"00",
                                  "1800",
                                  "190000",
                                  "1a00000000",
                                  "1b0000000000000000",
                                  "3bffffffffffffffff",
                                  "f97e01",
                                  "fa7fc00001",
                                  "fb7ff8000000000001",
                                  "f820",
                                  "f8ff",
                                  "e0",
                                  "f7",
                                  "5f40ff",
                                  "5fff",
                                  "7f6161606162ff",
                                  "d9d9f7a0",
                                  "9fff",
                                  "bfff",
                                  "bf019f02bf0304ffffff",
                                  "d818d9010041ff",
                                  "590001ff",
                                  "980101",
                                  "b900010203",
                                  "c1f97e00"}) {
        EXPECT_EQ(rewrite(from_hex(hex)), from_hex(hex)) << hex;
    }
}

TEST(Cbor, RandomItemsAreWrittenAsTheyWereRead) {
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    int read = 0;
    for (int round = 0; round < 300'000; ++round) {
        Bytes bytes;
        for (std::uint64_t length = random() % 12 + 1; length > 0; --length) {
            bytes += static_cast<char>(random() % 3 == 0 ? (random() % 8) << 5 | 31 : random());
        }
        try {
            const Bytes copy = rewrite(bytes);
            ASSERT_EQ(copy, bytes.substr(0, copy.size())) << diagnostic(copy);
            ++read;
            const Bytes own = to_sheaf(copy);
            ASSERT_FALSE(deviations(own).any_but_order()) << diagnostic(copy);
            ASSERT_EQ(json_to_cbor(to_json(View(own))), own) << diagnostic(copy);
            ASSERT_EQ(to_sheaf(own), own) << diagnostic(copy);
        } catch (const Error& error) {
            ASSERT_TRUE(error.code() == Code::invalid_cbor || error.code() == Code::invalid_document ||
                        error.code() == Code::duplicate_field)
                << error.what();
        }
    }
    EXPECT_GT(read, 10'000);
}

TEST(Cbor, DiagnosticNotation) {
    const std::pair<const char*, const char*> examples[] = {
        {"a201026161f5", "{1: 2, \"a\": true}"},
        {"bf61619f0102ffff", "{_ \"a\": [_ 1, 2]}"},
        {"5f42010243030405ff", "(_ h'0102', h'030405')"},
        {"7f61616162ff", "(_ \"a\", \"b\")"},
        {"c11a514b67b0", "1(1363896240)"},
        {"3bffffffffffffffff", "-18446744073709551616"},
        {"3bfffffffffffffffe", "-18446744073709551615"},
        {"1bffffffffffffffff", "18446744073709551615"},
        {"83f0f8fff7", "[simple(16), simple(255), undefined]"},
        {"84f97c00f9fc00f97e00f98000", "[Infinity, -Infinity, NaN, -0.0]"},
        {"83f90001fa47c35000fb7e37e43c8800759c", "[5.960464477539063e-08, 100000.0, 1e+300]"},
        {"8380a040", "[[], {}, h'']"},
        {"62225c", "\"\\\"\\\\\""},
        {"9fff", "[_ ]"},
    };
    for (const auto& [hex, text] : examples) EXPECT_EQ(diagnostic(from_hex(hex)), text) << hex;
}

TEST(Cbor, DeviationsAreRecognised) {
    const auto of = [](const char* hex) { return deviations(from_hex(hex)); };
    for (const char* const hex :
         {"1800", "1817", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "580100", "780161", "980101",
          "b8010203", "d80100", "8181811801", "a118010a", "a1011817", "c11801", "9f1801ff"}) {
        EXPECT_TRUE(of(hex).long_head) << hex;
        EXPECT_FALSE(of(hex).long_float) << hex;
    }
    for (const char* const hex :
         {"fa3fc00000", "fb3ff8000000000000", "fb41d0000000000000", "fa7f800000", "fa7fc00000", "fb7ff8000000000000",
          "fbfff0000000000000", "fa00000000", "fb8000000000000000", "fb36a0000000000000", "81fb47efffffe0000000"}) {
        EXPECT_TRUE(of(hex).long_float) << hex;
        EXPECT_FALSE(of(hex).long_head) << hex;
    }
    for (const char* const hex : {"5fff", "7fff", "9fff", "bfff", "a1019fff", "c19fff"}) {
        EXPECT_TRUE(of(hex).indefinite) << hex;
    }
    for (const char* const hex : {"a2616200616100", "a262616100616200", "a220000100", "81a2616200616100"}) {
        EXPECT_TRUE(of(hex).unsorted_keys) << hex;
        EXPECT_FALSE(of(hex).any_but_order()) << hex;
    }
    for (const char* const hex : {"a2616100616100", "a3616100616200616100", "a2810100810100", "bf01000100ff"}) {
        EXPECT_TRUE(of(hex).duplicate_keys) << hex;
        EXPECT_TRUE(of(hex).any_but_order()) << hex;
    }
    for (const char* const hex : {"00", "1818", "19ffff", "1a00010000", "1b0000000100000000", "f93e00", "f97e00",
                                  "f97e01", "fa47c35000", "fb3ff199999999999a", "fa7fc00001", "fb7ff8000000000001",
                                  "f8ff", "f820", "a2616100616200", "a261620062616100", "a201002000", "d9010000",
                                  "9818"
                                  "000000000000000000000000000000000000000000000000"}) {
        const Deviations none = of(hex);
        EXPECT_FALSE(none.any_but_order() || none.unsorted_keys) << hex;
    }
}

TEST(Cbor, ImportNormalises) {
    EXPECT_EQ(imported("1b0000000000000001"), R"({"$numberInt":"1"})");
    EXPECT_EQ(imported("9f01bf61615f41014102ffffff"),
              R"([{"$numberInt":"1"},{"a":{"$binary":{"base64":"AQI=","subType":"00"}}}])");
    EXPECT_EQ(imported("bf7f61616162ff7f61636164ff7f61616163ff01ff"), R"({"ab":"cd","ac":{"$numberInt":"1"}})");
    EXPECT_EQ(imported("fb3ff8000000000000"), R"({"$numberDouble":"1.5"})");
    EXPECT_EQ(imported("fb7ff8000000000001"), R"({"$numberDouble":"NaN"})");
    EXPECT_EQ(imported("1b7fffffffffffffff"), R"({"$numberLong":"9223372036854775807"})");
    EXPECT_EQ(imported("3b7fffffffffffffff"), R"({"$numberLong":"-9223372036854775808"})");
    EXPECT_EQ(imported("da000053481900ff"), R"({"$date":{"$numberLong":"255"}})");
    EXPECT_EQ(imported("d953495f46010203040506460708090a0b0cff"), R"({"$oid":"0102030405060708090a0b0c"})");
    EXPECT_EQ(imported("d9534a05"), R"({"$numberLong":"5"})");
    EXPECT_EQ(to_sheaf(from_hex("d9534a1b0000010000000000")), from_hex("1b0000010000000000")) << "a long anyway";
    Bytes many(1, '\x9F');  // a head that grows when its count is known
    many += Bytes(300, '\x01') + '\xFF';
    EXPECT_EQ(to_sheaf(many), from_hex("99012c") + Bytes(300, '\x01'));
}

TEST(Cbor, ImportRefusesByName) {
    struct Case {
        const char* hex;
        Code code;
        const char* what;
    };
    for (const auto& [hex, code, what] : std::initializer_list<Case>{
             {"f7", Code::invalid_document, "undefined cannot be held"},
             {"f0", Code::invalid_document, "simple(16) cannot be held"},
             {"f8ff", Code::invalid_document, "simple(255) cannot be held"},
             {"1b8000000000000000", Code::invalid_document, "an integer beyond 64 bits"},
             {"3b8000000000000000", Code::invalid_document, "an integer beyond 64 bits"},
             {"c249010000000000000000", Code::invalid_document, "a bignum (tag 2) cannot be held"},
             {"c349010000000000000000", Code::invalid_document, "a bignum (tag 3) cannot be held"},
             {"c11a514b67b0", Code::invalid_document, "tag 1 cannot be held"},
             {"d9d9f7a0", Code::invalid_document, "tag 55799 cannot be held"},
             {"a10102", Code::invalid_document, "a key must be a text string, not an integer"},
             {"a1410102", Code::invalid_document, "a key must be a text string, not a byte string"},
             {"a1f600", Code::invalid_document, "a key must be a text string, not null"},
             {"a18000", Code::invalid_document, "a key must be a text string, not an array"},
             {"d953486131", Code::invalid_document, "the tag of a date must hold an integer, not a text string"},
             {"d95348f93c00", Code::invalid_document, "the tag of a date must hold an integer, not a float"},
             {"d953481b8000000000000000", Code::invalid_document, "an integer beyond 64 bits"},
             {"d953494101", Code::invalid_document, "the tag of an object id must hold 12 bytes"},
             {"d9534901", Code::invalid_document, "the tag of an object id must hold 12 bytes"},
             {"d953496c303030303030303030303030", Code::invalid_document, "the tag of an object id must hold 12 bytes"},
             {"d9534a6131", Code::invalid_document, "the tag of a long must hold an integer, not a text string"},
             {"d9534b01", Code::unsupported, "the type decimal128 is not supported yet"},
             {"d9534c01", Code::unsupported, "the type timestamp is not supported yet"},
             {"d9534d01", Code::unsupported, "the type regular expression is not supported yet"},
             {"d9534e01", Code::unsupported, "the type min key is not supported yet"},
             {"d9534f01", Code::unsupported, "the type max key is not supported yet"},
             {"d9535001", Code::unsupported, "the type binary with a subtype is not supported yet"},
             {"a165246461746501", Code::invalid_document, "an object that begins with \"$date\" would be read back"},
             {"bf7f62246463617465ff01ff", Code::invalid_document, "an object that begins with \"$date\""},
             {"a2616101616102", Code::duplicate_field, "the key \"a\" stands twice in one object"},
             {"a261610178016102", Code::duplicate_field, "the key \"a\" stands twice in one object"},
             {"bf6161017f6161ff02ff", Code::duplicate_field, "the key \"a\" stands twice in one object"},
         }) {
        const Error error = import_refusal(hex);
        EXPECT_EQ(error.code(), code) << hex << error.what();
        EXPECT_NE(error.message().find(what), std::string_view::npos) << hex << error.what();
    }
}

TEST(Cbor, ImportNamesThePlace) {
    const Error error = import_refusal("a1616182a0a16162f7");
    EXPECT_EQ(error.details().path, "a.1.b");
    EXPECT_EQ(error.message(), "undefined cannot be held at a.1.b");
    EXPECT_EQ(import_refusal("a16161a2616201616202").details().path, "a.b");
}

TEST(Cbor, ImportHoldsTheLimits) {
    const Bytes text = from_hex("a16161") + from_hex("6a") + "0123456789";
    EXPECT_NO_THROW(to_sheaf(text, {.document_bytes = 14}));
    EXPECT_EQ(refusal([&] { to_sheaf(text, {.document_bytes = 13}); }).code(), Code::limit_exceeded);
    EXPECT_NO_THROW(to_sheaf(from_hex("8180"), {.depth = 2}));
    EXPECT_EQ(refusal([&] { to_sheaf(from_hex("8180"), {.depth = 1}); }).code(), Code::limit_exceeded);
    EXPECT_NO_THROW(to_sheaf(from_hex("81d9534801"), {.depth = 1})) << "a type of ours is no nesting";
}

TEST(Cbor, DocumentsAreObjects) {
    EXPECT_EQ(Document::from_cbor(from_hex("a1617601")), Document({{"v", 1}}));
    EXPECT_EQ(refusal([] { Document::from_cbor(from_hex("8101")); }).code(), Code::invalid_document);
}

TEST(Cbor, TheCanonicalFormDoesNotDependOnTheOrderOfKeys) {
    const auto of = [](const char* json) { return canonical(json_to_cbor(json)); };
    EXPECT_EQ(of(R"({"b": 1, "a": {"d": [{"y": 1, "x": 2}], "c": {"$numberLong": "5"}}, "aa": 3})"),
              of(R"({"aa": 3, "a": {"c": {"$numberLong": "5"}, "d": [{"x": 2, "y": 1}]}, "b": 1})"));
    EXPECT_NE(of("[1, 2]"), of("[2, 1]"));
    EXPECT_NE(of("[1]"), of("[1.0]"));
    EXPECT_EQ(of(R"({"b": 1, "aa": 2})"), from_hex("a261620162616102")) << "shorter keys first";
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int round = 0; round < 300; ++round) {
        std::vector<int> keys(random() % 60);
        for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<int>(i);
        const auto shuffled = [&] {
            std::shuffle(keys.begin(), keys.end(), random);
            Object object;
            for (const int key : keys) object.append(std::string(static_cast<std::size_t>(key), 'k'), Value(key));
            return encode(Value::object({{"x", Value(object)}, {"a", Value::array({object, 1})}}));
        };
        const Bytes sorted = canonical(shuffled());
        EXPECT_EQ(canonical(shuffled()), sorted);
        const Deviations none = deviations(sorted);
        EXPECT_FALSE(none.unsorted_keys || none.any_but_order());
    }
    EXPECT_EQ(refusal([] { canonical(from_hex("8200")); }).code(), Code::corrupt);
    EXPECT_EQ(refusal([] { canonical(from_hex("0000")); }).code(), Code::corrupt);
}

TEST(Cbor, FloatsOfEveryWidthAreExact) {
    for (std::uint64_t half = 0; half <= 0xFFFF; ++half) {
        Bytes bytes = from_hex("f9");
        bytes += static_cast<char>(half >> 8);
        bytes += static_cast<char>(half);
        Reader reader(bytes);
        const double value = reader.next().floating();
        Bytes shortest;
        Encoder(shortest).number(value);
        if (std::isnan(value)) {
            ASSERT_EQ(shortest, from_hex("f97e00"));
        } else {
            ASSERT_EQ(shortest, bytes) << value;
        }
    }
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int round = 0; round < 1'000'000; ++round) {
        Token token;
        token.kind = Token::Kind::floating;
        token.argument = random();
        token.width = 8;
        Bytes bytes;
        write(token, bytes);
        Reader reader(bytes);
        ASSERT_EQ(std::bit_cast<std::uint64_t>(reader.next().floating()), token.argument);
    }
}

}  // namespace
}  // namespace sheaf::cbor
