// The text of the doc column, and that the server orders its numbers as sheaf does.
#include "storage/postgres/json_column.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <sheaf/json.hpp>
#include <sheaf/view.hpp>

#include "document/encoder.hpp"
#include "storage/postgres/test_server.hpp"
#include "support/seed.hpp"

namespace sheaf::postgres {
namespace {

// "(none)" where there is none.
std::string json_of(const Value& value) {
    std::string text = "before";
    const bool is_json = append_json(encode(Object{{"v", value}}), text);
    EXPECT_EQ(text.substr(0, 6), "before");
    EXPECT_EQ(is_json, text.size() > 6);
    return is_json ? text.substr(6) : "(none)";
}

std::string with_nul() {
    return {'a', '\0', 'b'};
}

TEST(JsonColumn, WritesWhatJsonHas) {
    EXPECT_EQ(json_of(nullptr), R"({"v":null})");
    EXPECT_EQ(json_of(true), R"({"v":true})");
    EXPECT_EQ(json_of(-5), R"({"v":-5})");
    EXPECT_EQ(json_of(std::numeric_limits<std::int64_t>::min()), R"({"v":-9223372036854775808})");
    EXPECT_EQ(json_of("q\"b\\n\n\x1F\x7F\xC3\xA9"), "{\"v\":\"q\\\"b\\\\n\\u000a\\u001f\x7F\xC3\xA9\"}");
    EXPECT_EQ(json_of(Array{1, Array{}, Object{{"", "x"}}}), R"({"v":[1,[],{"":"x"}]})");
    std::string text;
    EXPECT_TRUE(append_json(encode(Object()), text));
    EXPECT_EQ(text, "{}");
}

TEST(JsonColumn, WritesNumbersInTheirDigits) {
    EXPECT_EQ(json_of(0.1), R"({"v":0.1})");
    EXPECT_EQ(json_of(5.0), R"({"v":5})");
    EXPECT_EQ(json_of(-0.0), R"({"v":0})");
    EXPECT_EQ(json_of(9'007'199'254'740'993.0), R"({"v":9007199254740992})");
    EXPECT_EQ(json_of(1e23), R"({"v":99999999999999991611392})");
    EXPECT_EQ(json_of(-std::numeric_limits<double>::max()).size(), 6U + 310U);
}

TEST(JsonColumn, WritesOtherTypesAsExtendedJson) {
    EXPECT_EQ(json_of(DateTime{0}), R"({"v":{"$date":"1970-01-01T00:00:00Z"}})");
    EXPECT_EQ(json_of(DateTime{-1}), R"({"v":{"$date":{"$numberLong":"-1"}}})");
    EXPECT_EQ(json_of(Binary{"\x01\xFF"}), R"({"v":{"$binary":{"base64":"Af8=","subType":"00"}}})");
    EXPECT_EQ(json_of(ObjectId::from_hex("0123456789abcdef01234567")), R"({"v":{"$oid":"0123456789abcdef01234567"}})");
    EXPECT_EQ(json_of(Object{{"$date", "no date"}}), "(none)") << "it looks like a date";
}

TEST(JsonColumn, LeavesOutWhatJsonbCannotHold) {
    EXPECT_EQ(json_of(std::nan("")), "(none)");
    EXPECT_EQ(json_of(Array{1, std::numeric_limits<double>::infinity()}), "(none)");
    EXPECT_EQ(json_of(-std::numeric_limits<double>::infinity()), "(none)");
    EXPECT_EQ(json_of(with_nul()), "(none)");
    EXPECT_EQ(json_of(Object{{with_nul(), 1}}), "(none)");
    EXPECT_EQ(json_of(std::string(65U << 20U, 'x')), "(none)");
}

TEST(JsonColumn, LeavesOutWhatIsNoDocument) {
    const Bytes good = encode(Object{{"a", "text"}, {"b", Array{1.5, DateTime{5}, Binary{"xyz"}}}});
    for (std::size_t size = 0; size < good.size(); ++size) {
        std::string text;
        EXPECT_FALSE(append_json(BytesView(good).substr(0, size), text)) << size;
        EXPECT_EQ(text, "");
    }
    std::string text;
    EXPECT_FALSE(append_json(good + "x", text)) << "more behind it";
    EXPECT_FALSE(append_json(encode("text"), text));
    EXPECT_FALSE(append_json("\xA1\x61\xFF\x01", text)) << "not UTF-8";
    EXPECT_FALSE(append_json("\xA1\x61v\x61\xFF", text)) << "not UTF-8";
    EXPECT_FALSE(append_json("\xA1\x01\x01", text)) << "a key that is no string";
    EXPECT_FALSE(append_json("\xA1\x61v\xC7\x01", text)) << "a tag of others";
    EXPECT_FALSE(append_json("\xA1\x61v\x1B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", text)) << "beyond 64 bits";
    EXPECT_FALSE(append_json("\xBF\xFF", text)) << "an indefinite length";
    std::string deep = "\xA1\x61v" + std::string(2'000, '\x81') + "\x01";
    EXPECT_FALSE(append_json(deep, text)) << "nested without end";
    EXPECT_EQ(text, "");
}

class JsonColumnOnAServer : public test::ServerTest {
protected:
    void SetUp() override { run("CREATE TABLE texts (place bigserial, doc jsonb)"); }

    void store(const std::vector<Value>& values) {
        std::vector<std::string> texts;
        for (const Value& value : values) texts.push_back(json_of(value));
        connection_.query("INSERT INTO texts (doc) SELECT unnest($1::jsonb[])", Params().jsons(texts), {});
    }
};

TEST_F(JsonColumnOnAServer, NumbersAreOrderedAsInSheaf) {
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<Value> values = {0,
                                 -0.0,
                                 5e-324,
                                 0.1,
                                 9'007'199'254'740'992,
                                 9'007'199'254'740'993,
                                 9'007'199'254'740'992.0,
                                 std::numeric_limits<std::int64_t>::max(),
                                 0x1p63,
                                 1e308};
    while (values.size() < 4'000) {
        const double number = std::bit_cast<double>(random());
        if (std::isfinite(number)) values.emplace_back(number);
        values.emplace_back(static_cast<std::int64_t>(random()));
        // Neighbours where integers and doubles meet.
        const double large =
            std::ldexp(1.0 + static_cast<double>(random() % 4'096) / 4'096, 50 + static_cast<int>(random() % 13));
        values.emplace_back(large);
        values.emplace_back(static_cast<std::int64_t>(large) + static_cast<std::int64_t>(random() % 3) - 1);
        values.emplace_back(std::nextafter(large, 0));
    }
    std::stable_sort(values.begin(), values.end(),
                     [](const Value& a, const Value& b) { return compare(View(encode(a)), View(encode(b))) < 0; });
    store(values);
    const Result result =
        run("SELECT (doc->'v')::numeric = lag((doc->'v')::numeric) OVER w,"
            " (doc->'v')::numeric < lag((doc->'v')::numeric) OVER w"
            " FROM texts WINDOW w AS (ORDER BY place) ORDER BY place");
    ASSERT_EQ(result.rows(), values.size());
    for (std::size_t i = 1; i < values.size(); ++i) {
        const Bytes before = encode(values[i - 1]);
        const Bytes now = encode(values[i]);
        EXPECT_EQ(result.boolean(i, 0), compare(View(before), View(now)) == 0) << i;
        EXPECT_FALSE(result.boolean(i, 1)) << i;
    }
}

TEST_F(JsonColumnOnAServer, TakesWhatIsWritten) {
    Value deep = 1;
    for (int i = 0; i < 900; ++i) deep = Array{std::move(deep)};
    std::string all;
    for (int byte = 1; byte < 0x80; ++byte) all += static_cast<char>(byte);
    store({deep, all, std::string(20U << 20U, 'x'), "\xF0\x9F\x8D\x82\xEF\xBF\xBF",
           Object{{"$date", "no date"}, {"x", 1}}});
    EXPECT_EQ(number("SELECT count(*) FROM texts"), 5);
    EXPECT_EQ(number("SELECT count(*) FROM texts WHERE length(doc->>'v') = 20971520"), 1);
    std::string codes =
        "SELECT count(*) FROM texts WHERE doc->>'v' = (SELECT string_agg(chr(i), '' ORDER BY i) FROM "
        "generate_series(1, 127) i)";
    EXPECT_EQ(number(codes), 1);
}

}  // namespace
}  // namespace sheaf::postgres
