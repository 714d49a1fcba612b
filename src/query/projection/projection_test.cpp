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
        int mongo;
        const char* message;
    } const cases[] = {
        {R"({"a": 1, "b": 0})", 31254, "excluding b in a projection that includes fields; only _id may differ"},
        {R"({"a": 0, "b": 1})", 31253, "including b in a projection that excludes fields; only _id may differ"},
        {R"({"a": 1, "_version": 0})", 31254,
         "excluding _version in a projection that includes fields; only _id may differ"},
        {R"({"a": 0, "b": "$a"})", 31310, "computing b in a projection that excludes fields"},
        {R"({"a": 0, "b": {"$literal": 1}})", 31252, "computing b in a projection that excludes fields"},
        {R"({"a": {}})", 51270, "an empty object says nothing about a"},
        {R"({"a": {"$nothing": 1}})", 31325, "unknown operator $nothing in a projection, at a"},
        {R"({"$a": 1})", 16410, R"(a name that begins with $ in the field path "$a")"},
        {R"({"a..b": 1})", 15998, R"(an empty part in the field path "a..b")"},
        {R"({"": 1})", 40352, "a field path cannot be empty"},
        {R"({"a": 1, "a.b": 1})", 31249, "the path a.b conflicts with a shorter one"},
        {R"({"a.b": 1, "a": 1})", 31250, "the path a conflicts with another one"},
        {R"({"a": {"b": 1}, "a.b": 1})", 31250, "the path a.b conflicts with another one"},
        {R"({"_id": 1, "_id.x": 1})", 31249, "the path _id.x conflicts with a shorter one"},
        {R"({"a.$": 1, "b.$": 1})", 31276, "more than one positional projection: b.$"},
        {R"({"a.$": 0})", 31395, "a positional projection cannot exclude: a.$"},
        {R"({"a.$": "x"})", 31308, R"(a positional projection is 1 or true, not the string "x": a.$)"},
        {R"({"a.$": {"b": 1}})", 31271, "a positional projection is 1 or true, not an object: a.$"},
        {R"({"a.$.b": 1})", 31394, R"(the positional "$" stands at the end of a path: a.$.b)"},
        {R"({"a.$": 1, "b": {"$elemMatch": {}}})", 31255, "$elemMatch beside a positional projection: b"},
        {R"({"b": {"$elemMatch": {}}, "a.$": 1})", 31256, "a positional projection beside $elemMatch: a.$"},
        {R"({"a": {"$elemMatch": {"$gt": 1}, "$slice": 1}})", 16410,
         R"(a name that begins with $ in the field path "a.$elemMatch")"},
        {R"({"a": {"$elemMatch": {"$jsonSchema": {}}}})", 224, "a projection's $elemMatch has no $jsonSchema, at a"},
        {R"({"a": {"$elemMatch": 1}})", 31274, "$elemMatch takes an object, not the integer 1, at a"},
        {R"({"a.b": {"$elemMatch": {}}})", 31275,
         "a projection's $elemMatch works on fields of the document, not on a.b"},
        {R"({"_version.x": 1})", 31254, "the system field _version has no parts: _version.x"},
        {R"({"_version": {"x": 1}})", 31254, "the system field _version has no parts"},
        {R"({"_version": "$a"})", 31254, "the system field _version cannot be computed"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.projection);
        try {
            Projection::parse(Document::from_json(c.projection), limits);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.mongo_code(), c.mongo);
            EXPECT_EQ(error.message(), c.message);
        }
    }
}

TEST(Projection, Computes) {
    const Case cases[] = {
        {R"({"_id":1,"a":2,"b":3})", R"({"c": "$a"})", R"({"_id":1,"c":2})"},
        {R"({"_id":1,"a":2,"b":3})", R"({"a": "text", "b": 1})", R"({"_id":1,"b":3,"a":"text"})"},
        {R"({"_id":1,"a":2})", R"({"_id": 0, "x": {"y": ["$a", "$none"]}})", R"({"x":{"y":[2,null]}})"},
        {R"({"_id":1,"a":2})", R"({"x": "$none"})", R"({"_id":1})"},
        {R"({"_id":1,"a":[{"b":1},5]})", R"({"a.c": {"$literal": 0}})", R"({"_id":1,"a":[{"c":0},{"c":0}]})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.projection);
        const Projection projection = Projection::parse(Document::from_json(c.projection), limits);
        EXPECT_EQ(to_json(projection.apply(Document::from_json(c.document).view()).view()), c.expected);
    }
}

TEST(Projection, Slices) {
    const Case cases[] = {
        {R"({"_id":1,"a":[1,2,3],"b":2})", R"({"a": {"$slice": 2}})", R"({"_id":1,"a":[1,2],"b":2})"},
        {R"({"_id":1,"a":[1,2,3],"b":2})", R"({"a": {"$slice": -2}, "_id": 0})", R"({"a":[2,3],"b":2})"},
        {R"({"_id":1,"a":[1,2,3],"b":2})", R"({"a": {"$slice": 9}, "b": 0})", R"({"_id":1,"a":[1,2,3]})"},
        {R"({"_id":1,"a":[1,2,3],"b":2})", R"({"a": {"$slice": -9}, "_id": 1})", R"({"_id":1,"a":[1,2,3]})"},
        {R"({"_id":1,"a":[1,2,3],"b":2})", R"({"a": {"$slice": [1, 1]}, "b": 1})", R"({"_id":1,"a":[2],"b":2})"},
        {R"({"_id":1,"a":[1,2,3]})", R"({"a": {"$slice": [-9, 1]}})", R"({"_id":1,"a":[1]})"},
        {R"({"_id":1,"a":[1,2,3]})", R"({"a": {"$slice": [9, 1]}})", R"({"_id":1,"a":[]})"},
        {R"({"_id":1,"a":[1,2,3]})", R"({"a": {"$slice": [-1.9, 2.9]}})", R"({"_id":1,"a":[3]})"},
        {R"({"_id":1,"a":[1,2,3]})", R"({"a": {"$slice": {"$numberLong": "-9223372036854775808"}}})",
         R"({"_id":1,"a":[1,2,3]})"},
        {R"({"_id":1,"a":5})", R"({"a": {"$slice": 1}})", R"({"_id":1,"a":5})"},
        {R"({"a":[{"b":[1,2]},3]})", R"({"a.b": {"$slice": 1}})", R"({"a":[{"b":[1]},3]})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.projection);
        const Projection projection = Projection::parse(Document::from_json(c.projection), limits);
        EXPECT_EQ(to_json(projection.apply(Document::from_json(c.document).view()).view()), c.expected);
    }
}

TEST(Projection, Positional) {
    struct {
        const char* document;
        const char* projection;
        std::optional<std::size_t> index;
        const char* expected;  // or the error's number
    } const cases[] = {
        {R"({"_id":1,"a":[5,6,7],"b":1})", R"({"a.$": 1})", 1, R"({"_id":1,"a":[6]})"},
        {R"({"a":{"b":[{"c":1,"d":2}]},"x":1})", R"({"a.b.$": 1, "_id": 0})", 0, R"({"a":{"b":[{"c":1,"d":2}]}})"},
        {R"({"a":[{"b":1},{"b":2}]})", R"({"a.b.$": 1})", 1, R"({"a":[{"b":2}]})"},
        {R"({"a":5})", R"({"a.$": true})", std::nullopt, R"({"a":5})"},
        {R"({"x":{"z":1}})", R"({"x.y.$": 1})", std::nullopt, R"({"x":{}})"},
        {R"({"a":[5]})", R"({"a.$": 1})", std::nullopt, "51246"},
        {R"({"a":[5]})", R"({"a.$": 1})", 1, "51247"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.projection) + " on " + c.document);
        const Projection projection = Projection::parse(Document::from_json(c.projection), limits);
        EXPECT_TRUE(projection.needs_matched_index());
        try {
            EXPECT_EQ(to_json(projection.apply(Document::from_json(c.document).view(), c.index).view()), c.expected);
        } catch (const Error& error) {
            EXPECT_EQ(std::to_string(error.mongo_code()), c.expected) << error.what();
        }
    }
}

TEST(Projection, FirstElementThatMatches) {
    const Case cases[] = {
        {R"({"_id":1,"a":[1,5,7],"b":2})", R"({"a": {"$elemMatch": {"$gt": 3}}})", R"({"_id":1,"a":[5]})"},
        {R"({"_id":1,"a":[{"x":1},{"x":2,"y":3}]})", R"({"a": {"$elemMatch": {"x": 2}}})",
         R"({"_id":1,"a":[{"x":2,"y":3}]})"},
        {R"({"_id":1,"a":[1],"b":2})", R"({"a": {"$elemMatch": {"$gt": 3}}, "b": 1})", R"({"_id":1,"b":2})"},
        {R"({"_id":1,"a":5,"b":2})", R"({"a": {"$elemMatch": {"$gt": 3}}, "b": 0})", R"({"_id":1})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.projection);
        const Projection projection = Projection::parse(Document::from_json(c.projection), limits);
        EXPECT_EQ(to_json(projection.apply(Document::from_json(c.document).view()).view()), c.expected);
    }
}

TEST(Projection, ComputingWithSystemFieldsIsRefused) {
    for (const char* text :
         {R"({"v": "$_version"})", R"({"v": {"$add": ["$a", "$_version"]}})", R"({"a": {"b": ["$_archived"]}})"}) {
        SCOPED_TRACE(text);
        try {
            Projection::parse(Document::from_json(text), limits);
            ADD_FAILURE();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::invalid_projection);
            EXPECT_NE(std::string(error.message()).find("not computed with"), std::string::npos);
        }
        Settings plain(limits);
        plain.has_system_fields = false;
        EXPECT_NO_THROW(Projection::parse(Document::from_json(text), plain));
    }
    EXPECT_NO_THROW(Projection::parse(R"({"v": "$a._version", "_version": 1})"_json, limits));
    EXPECT_NO_THROW(Projection::parse(R"({"v": {"$literal": "$_version"}})"_json, limits));
}

TEST(Projection, MembersBelowLongNamesAreLimited) {
    Object members;
    for (int i = 0; i < 1000; ++i) members.append("k" + std::to_string(i), 1);
    const auto code = [&](std::size_t bytes) {
        try {
            Projection::parse(Document(Object{{std::string(bytes, 'n'), members}}), limits);
        } catch (const Error& error) {
            return std::optional(error.code());
        }
        return std::optional<Code>();
    };
    EXPECT_EQ(code(1000), std::nullopt);
    EXPECT_EQ(code(100'000), Code::limit_exceeded);
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
