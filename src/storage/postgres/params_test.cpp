#include "storage/postgres/params.hpp"

#include <array>
#include <limits>

#include "storage/postgres/test_server.hpp"

namespace sheaf::postgres {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

// Everything comes back as it went.
class ParamsTest : public test::ServerTest {
protected:
    std::string text(std::string_view expression, const Params& params) {
        return std::string(connection_.query("SELECT (" + std::string(expression) + ")::text", params, {}).bytes(0, 0));
    }
};

TEST_F(ParamsTest, Numbers) {
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{300}, std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::int64_t>::max()}) {
        const Result result = connection_.query("SELECT $1, $1::text", Params().integer(number), {});
        EXPECT_EQ(result.integer(0, 0), number);
        EXPECT_EQ(result.bytes(0, 1), std::to_string(number));
    }
    const Result small = run("SELECT -5::smallint, -70000::integer, NULL::bigint");
    EXPECT_EQ(small.integer(0, 0), -5);
    EXPECT_EQ(small.integer(0, 1), -70000);
    EXPECT_TRUE(small.is_null(0, 2));
    EXPECT_EQ(small.integer(0, 2), 0);
    const Result numeric = run("SELECT 12345678901234567890123.5");
    EXPECT_EQ(test::error_of([&] { numeric.integer(0, 0); }), "corrupt");
}

TEST_F(ParamsTest, BytesTextAndBooleans) {
    const std::string bytes = "\0\1\xff'\\"s;
    const Result result =
        connection_.query("SELECT $1, $2, $3, NOT $3, $4 IS NULL",
                          Params().bytes(bytes).text("h\xc3\xa9").boolean(true).null(type::bytea), {});
    EXPECT_EQ(result.bytes(0, 0), bytes);
    EXPECT_EQ(result.bytes(0, 1), "h\xc3\xa9");
    EXPECT_TRUE(result.boolean(0, 2));
    EXPECT_FALSE(result.boolean(0, 3));
    EXPECT_TRUE(result.boolean(0, 4));
    EXPECT_EQ(connection_.query("SELECT $1 || $2", Params().bytes("").text(""), {}).rows(), 1U);
}

TEST_F(ParamsTest, Json) {
    EXPECT_EQ(text("$1", Params().json(R"({"a":[1,null,"x"]})")), R"({"a": [1, null, "x"]})");
    EXPECT_EQ(test::error_of([&] { text("$1", Params().json("{")); }), "internal");
}

TEST_F(ParamsTest, Arrays) {
    const std::array<std::int64_t, 3> integers = {1, -2, 3};
    EXPECT_EQ(text("$1", Params().integers(integers)), "{1,-2,3}");
    const std::array<bool, 2> booleans = {true, false};
    EXPECT_EQ(text("$1", Params().booleans(booleans)), "{t,f}");
    const std::array<BytesView, 3> byte_strings = {"\0\xff"sv, "", "a"};
    EXPECT_EQ(text("$1", Params().byte_strings(byte_strings)), R"({"\\x00ff","\\x","\\x61"})");
    const std::array<std::string, 3> jsons = {"{\"a\":1}", "", "null"};
    EXPECT_EQ(text("$1", Params().jsons(jsons)), R"({"{\"a\": 1}",NULL,"null"})");
}

TEST_F(ParamsTest, EmptyArrays) {
    const Params params = Params().integers({}).booleans({}).byte_strings({}).jsons({});
    EXPECT_EQ(params.size(), 4U);
    EXPECT_EQ(text("$1::text || $2::text || $3::text || $4::text", params), "{}{}{}{}");
}

TEST_F(ParamsTest, MoreThanPostgresTakesIsRefused) {
    const std::string part(1'000'000, 'x');
    const std::vector<BytesView> parts(1'100, part);
    EXPECT_EQ(test::error_of([&] { Params().byte_strings(parts); }, "1 GiB"), "limit_exceeded");
}

}  // namespace
}  // namespace sheaf::postgres
