#include "query/projection/projection.hpp"

#include <gtest/gtest.h>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::query {
namespace {

const Limits limits;

struct Case {
    const char* document;
    const char* projection;
    const char* expected;
};

TEST(Projection, Shapes) {
    const Case cases[] = {
        {R"({"_id":1,"a":1,"b":2})", "{}", R"({"_id":1,"a":1,"b":2})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"a": 1})", R"({"_id":1,"a":1})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"a": true, "_id": 0})", R"({"a":1})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"a": 0})", R"({"_id":1,"b":2})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"a": 0, "_id": false})", R"({"b":2})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"a": 0, "_id": 1})", R"({"_id":1,"b":2})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"_id": 1})", R"({"_id":1})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"_id": 0})", R"({"a":1,"b":2})"},
        {R"({"_id":1,"a":1,"b":2})", R"({"b": 1, "a": 0.5})", R"({"_id":1,"a":1,"b":2})"},
        {R"({"b":2,"_id":1,"a":1})", R"({"a": 1, "b": 1})", R"({"b":2,"_id":1,"a":1})"},
        {R"({"_id":1,"a":1})", R"({"zzz": 1})", R"({"_id":1})"},
        {R"({"a":{"b":1,"c":2},"d":3})", R"({"a.b": 1})", R"({"a":{"b":1}})"},
        {R"({"a":{"b":1,"c":2},"d":3})", R"({"a": {"b": 1}})", R"({"a":{"b":1}})"},
        {R"({"a":{"b":1,"c":2},"d":3})", R"({"a": {"b": 0}})", R"({"a":{"c":2},"d":3})"},
        {R"({"a":{"b":{"c":1,"d":2}}})", R"({"a": {"b.c": 1}})", R"({"a":{"b":{"c":1}}})"},
        {R"({"a":{"b":1,"c":2,"d":3}})", R"({"a.b": 1, "a": {"d": 1}})", R"({"a":{"b":1,"d":3}})"},
        {R"({"a":{"c":2}})", R"({"a.b": 1})", R"({"a":{}})"},
        {R"({"a":5})", R"({"a.b": 1})", R"({})"},
        {R"({"a":5})", R"({"a.b": 0})", R"({"a":5})"},
        {R"({"a":[{"b":1,"c":2},5,[{"b":3,"c":4},6],{}]})", R"({"a.b": 1})", R"({"a":[{"b":1},[{"b":3}],{}]})"},
        {R"({"a":[{"b":1,"c":2},5,[{"b":3,"c":4},6],{}]})", R"({"a.b": 0})", R"({"a":[{"c":2},5,[{"c":4},6],{}]})"},
        {R"({"a":[10,20]})", R"({"a.0": 1})", R"({"a":[]})"},
        {R"({"a":{"0":1,"1":2}})", R"({"a.0": 1})", R"({"a":{"0":1}})"},
        {R"({"a":[],"b":{}})", R"({"a": 1, "b": 1})", R"({"a":[],"b":{}})"},
        {R"({"_id":1,"a":1})", R"({"_version": 1})", R"({"_id":1})"},
        {R"({"_id":1,"a":1})", R"({"_version": 0})", R"({"_id":1,"a":1})"},
        {R"({"_id":1,"a":1})", R"({"a": {"$numberDouble": "NaN"}})", R"({"_id":1,"a":1})"},
        {R"({"_id":{"x":1,"y":2},"a":1})", R"({"_id.x": 1})", R"({"_id":{"x":1}})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(std::string(c.projection) + " on " + c.document);
        const Projection projection = Projection::parse(Document::from_json(c.projection), limits);
        EXPECT_EQ(to_json(projection.apply(Document::from_json(c.document).view()).view()), c.expected);
    }
}

TEST(Projection, WideAndDeepResultsHaveRightHeads) {
    Object wide;
    Object names;
    for (int i = 0; i < 300; ++i) {
        wide.append("k" + std::to_string(i), Value::object({{"a", i}, {"b", i}}));
        if (i % 3 != 0) names.append("k" + std::to_string(i) + ".a", 1);
    }
    const Document result = Projection::parse(Document(names), limits).apply(Document(wide).view());
    EXPECT_EQ(result.view().size(), 200U);
    EXPECT_EQ(Document(result.to_object()), result);
    EXPECT_EQ(result.at("k299.a").integer(), 299);
    EXPECT_FALSE(result.at("k299.b"));
}

TEST(Projection, SystemFields) {
    const auto shown = [](const char* projection, const char* field) {
        return Projection::parse(Document::from_json(projection), limits).shows_system_field(field);
    };
    EXPECT_TRUE(Projection().shows_system_field("_version"));
    EXPECT_TRUE(shown("{}", "_version"));
    EXPECT_FALSE(shown(R"({"a": 1})", "_version"));
    EXPECT_TRUE(shown(R"({"a": 1, "_version": 1})", "_version"));
    EXPECT_FALSE(shown(R"({"a": 1, "_version": 1})", "_created"));
    EXPECT_TRUE(shown(R"({"a": 0})", "_version"));
    EXPECT_FALSE(shown(R"({"_updated": 0})", "_updated"));
    EXPECT_TRUE(shown(R"({"_updated": 0})", "_archived"));
    EXPECT_TRUE(shown(R"({"_id": 0})", "_version"));
    EXPECT_FALSE(shown(R"({"_id": 1})", "_version"));
}

TEST(Projection, Refuses) {
    struct {
        const char* projection;
        const char* message;
    } const cases[] = {
        {R"({"a": 1, "b": 0})", "excluding b in a projection that includes fields; only _id may differ"},
        {R"({"a": 0, "b": 1})", "including b in a projection that excludes fields; only _id may differ"},
        {R"({"a": 1, "_version": 0})", "excluding _version in a projection that includes fields; only _id may differ"},
        {R"({"a": "x"})", R"(the value at a is the string "x", not 1, 0, true, false or an object of them; )"
                          "expressions are not supported yet"},
        {R"({"a": [1]})",
         "the value at a is an array, not 1, 0, true, false or an object of them; expressions are not supported yet"},
        {R"({"a": {"$slice": 1}})", "operators in a projection are not supported yet: $slice at a"},
        {R"({"a": {}})", "an empty object says nothing about a"},
        {R"({"a.$": 1})", "the positional projection a.$ is not supported yet"},
        {R"({"$a": 1})", "a path cannot have a part that begins with $: $a"},
        {R"({"a..b": 1})", R"(the path "a..b" has an empty part)"},
        {R"({"": 1})", R"(the path "" has an empty part)"},
        {R"({"a": 1, "a.b": 1})", "the path a.b conflicts with a shorter one"},
        {R"({"a.b": 1, "a": 1})", "the path a conflicts with another one"},
        {R"({"a": {"b": 1}, "a.b": 1})", "the path a.b conflicts with another one"},
        {R"({"_version.x": 1})", "the system field _version has no parts: _version.x"},
        {R"({"_version": {"x": 1}})", "the system field _version has no parts"},
        {R"({"_id": 1, "_id.x": 1})", "the path _id conflicts with another one"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.projection);
        try {
            Projection::parse(Document::from_json(c.projection), limits);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::invalid_projection);
            EXPECT_EQ(error.message(), c.message);
        }
    }
}

TEST(Projection, NestingIsLimited) {
    Limits small;
    small.path_parts = 3;
    EXPECT_NO_THROW(Projection::parse(R"({"a": {"b": {"c": 1}}})"_json, small));
    EXPECT_THROW(Projection::parse(R"({"a": {"b": {"c": {"d": 1}}}})"_json, small), Error);
    EXPECT_THROW(Projection::parse(R"({"a.b": {"c.d": 1}})"_json, small), Error);
}

}  // namespace
}  // namespace sheaf::query
