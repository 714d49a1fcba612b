#include "query/expression/let.hpp"

#include <gtest/gtest.h>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::query {
namespace {

std::string made(std::string_view let, const Limits& limits = {}) {
    try {
        std::string text;
        for (const auto& [name, value] : make_bindings(Document::from_json(let), {1000}, limits).variables) {
            text += name + "=" + to_json(View(value)) + " ";
        }
        return text;
    } catch (const Error& error) {
        return "error " + std::to_string(error.mongo_code());
    }
}

TEST(Let, EvaluatesVariables) {
    EXPECT_EQ(made("{}"), "");
    EXPECT_EQ(made(R"({"a": 5, "b": {"$size": [[1, 2]]}, "c": ["$$a", "$$b"]})"), "a=5 b=2 c=[5,2] ");
    EXPECT_EQ(made(R"({"a": "$$REMOVE"})"), "a=null ");
    EXPECT_EQ(made(R"({"a": {"$map": {"input": [{"b": 1}], "as": "CURRENT", "in": "$b"}}})"), "a=[1] ");
    EXPECT_EQ(make_bindings(Document(), {1000}, {}).now, DateTime{1000});
}

TEST(Let, Mistakes) {
    EXPECT_EQ(made(R"({"": 1})"), "error 9");
    EXPECT_EQ(made(R"({"A": 1})"), "error 9");
    EXPECT_EQ(made(R"({"1a": 1})"), "error 9");
    EXPECT_EQ(made(R"({"a.b": 1})"), "error 9");
    EXPECT_EQ(made(R"({"NOW": 1})"), "error 4738901");
    EXPECT_EQ(made(R"({"CLUSTER_TIME": 1})"), "error 4738901");
    EXPECT_EQ(made(R"({"a": "$$b", "b": 1})"), "error 17276");
    EXPECT_EQ(made(R"({"a": "$b"})"), "error 4890500");
    EXPECT_EQ(made(R"({"a": ["$$ROOT"]})"), "error 4890500");
    EXPECT_EQ(made(R"({"a": "$$NOW"})"), "error 51144");
    EXPECT_EQ(made(R"({"a": {"$size": 5}})"), "error 17124");
}

TEST(Let, Limits) {
    constexpr std::string_view two = R"({"a": {"$range": [0, 50]}, "b": {"$range": [0, 50]}})";
    EXPECT_EQ(made(R"({"a": {"$range": [0, 100]}})", {.expression_bytes = 100}), "error 10334");
    EXPECT_EQ(made(two, {.expression_bytes = 150}), "error 10334");
    EXPECT_EQ(made(R"({"a": [[["x"]]], "b": [[["$$a"]]]})", {.depth = 5}), "error 10334");
}

}  // namespace
}  // namespace sheaf::query
