#include "query/expression/scratch.hpp"

#include <gtest/gtest.h>

#include <array>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::query {
namespace {

constexpr std::size_t plenty = 1 << 20;

std::string canonical(View value) {
    return to_json(value, {.mode = JsonMode::canonical});
}

TEST(Scratch, MakesEveryKindOfValue) {
    Scratch scratch(plenty);
    EXPECT_EQ(canonical(scratch.integer(5)), R"({"$numberInt":"5"})");
    EXPECT_EQ(canonical(scratch.long_integer(5)), R"({"$numberLong":"5"})");
    EXPECT_EQ(canonical(scratch.integer(INT64_MIN)), R"({"$numberLong":"-9223372036854775808"})");
    EXPECT_EQ(canonical(scratch.number(2.5)), R"({"$numberDouble":"2.5"})");
    EXPECT_EQ(to_json(scratch.string(std::string(300, 'x'))), '"' + std::string(300, 'x') + '"');
    EXPECT_EQ(to_json(scratch.datetime({0})), R"({"$date":"1970-01-01T00:00:00Z"})");
    EXPECT_EQ(to_json(scratch.value(Value::array({1, "a", nullptr}))), R"([1,"a",null])");
    EXPECT_EQ(to_json(null_value()), "null");
    EXPECT_TRUE(boolean_value(true).boolean());
    EXPECT_FALSE(boolean_value(false).boolean());
    EXPECT_EQ(empty_array().size(), 0U);
    EXPECT_EQ(empty_object().size(), 0U);
}

TEST(Scratch, MissingPartsOfArraysAndObjects) {
    Scratch scratch(plenty);
    const View one = scratch.integer(1);
    EXPECT_EQ(to_json(scratch.array(std::array{one, View(), one})), "[1,null,1]");
    EXPECT_EQ(to_json(scratch.object(std::array<MemberView, 2>{{{"a", View()}, {"b", one}}})), R"({"b":1})");
    EXPECT_FALSE(scratch.copy(View()));
    EXPECT_EQ(to_json(scratch.array({})), "[]");
    EXPECT_EQ(to_json(scratch.object({})), "{}");
}

TEST(Scratch, JoinsPiecesOfArrays) {
    Scratch scratch(plenty);
    const Bytes list = json_to_cbor(R"([1, "two", [3]])");
    const BytesView elements = BytesView(list).substr(1);
    EXPECT_EQ(to_json(scratch.joined(6, std::array{elements, elements})), R"([1,"two",[3],1,"two",[3]])");
    EXPECT_EQ(to_json(scratch.joined(0, std::array<BytesView, 1>{})), "[]");
}

TEST(Scratch, ValuesStayInPlaceWhileOthersAreMade) {
    Scratch scratch(plenty);
    std::vector<View> made;
    for (int i = 0; i < 20000; ++i) made.push_back(scratch.integer(i));
    for (int i = 0; i < 20000; ++i) ASSERT_EQ(made[static_cast<std::size_t>(i)].integer(), i);
}

TEST(Scratch, ALimitEndsIt) {
    Scratch scratch(1000);
    const View first = scratch.string(std::string(900, 'x'));
    try {
        scratch.string(std::string(900, 'y'));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::limit_exceeded);
    }
    EXPECT_EQ(first.string(), std::string(900, 'x'));
    scratch.reset();
    EXPECT_EQ(scratch.left(), 1000U);
    EXPECT_EQ(scratch.string(std::string(900, 'y')).string(), std::string(900, 'y'));
}

TEST(Scratch, KnowsWhatItHolds) {
    Scratch a(plenty);
    Scratch b(plenty);
    const View in_a = a.integer(1000);
    const View in_b = b.copy(in_a);
    EXPECT_TRUE(a.holds(in_a));
    EXPECT_FALSE(a.holds(in_b));
    EXPECT_TRUE(b.holds(in_b));
    EXPECT_FALSE(b.holds(null_value()));
    EXPECT_FALSE(Scratch(plenty).holds(in_a));
}

TEST(ArrayBuilder, CopiesWhatItIsGiven) {
    Scratch scratch(plenty);
    ArrayBuilder builder(scratch);
    {
        Scratch short_lived(plenty);
        for (int i = 0; i < 1000; ++i) builder.add(short_lived.integer(i));
        builder.add(View());
    }
    const View array = builder.finish();
    EXPECT_EQ(array.size(), 1001U);
    EXPECT_TRUE(array.at("1000").is_null());
    EXPECT_EQ(array.at("999").integer(), 999);
}

TEST(ArrayBuilder, KeepsTheLimitOfItsScratch) {
    Scratch scratch(100);
    ArrayBuilder builder(scratch);
    const Bytes text = json_to_cbor('"' + std::string(60, 'x') + '"');
    builder.add(View(text));
    EXPECT_LT(builder.left(), 60U);
    EXPECT_THROW(builder.add(View(text)), Error);
}

}  // namespace
}  // namespace sheaf::query
