#include "query/projection/transform.hpp"

#include <gtest/gtest.h>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::query {
namespace {

const Limits limits;

std::string run(const char* stage, const char* spec, const char* document) {
    const Document wrapped = Document::from_json(std::string(R"({"spec": )") + spec + "}");
    const Document input = Document::from_json(document);
    try {
        const TransformPtr transform = parse_transform(stage, wrapped["spec"], limits);
        Evaluation evaluation(limits, input.view());
        return to_json(transform->apply(evaluation));
    } catch (const Error& error) {
        return std::to_string(error.mongo_code());
    }
}

struct Case {
    const char* stage;
    const char* spec;
    const char* document;
    const char* expected;  // a document, or the error's number
};

void check(std::initializer_list<Case> cases) {
    for (const Case& c : cases) {
        EXPECT_EQ(run(c.stage, c.spec, c.document), c.expected) << c.stage << ": " << c.spec << " on " << c.document;
    }
}

TEST(Transform, Project) {
    check({
        {"$project", R"({"a": 1})", R"({"_id":1,"a":2,"b":3})", R"({"_id":1,"a":2})"},
        {"$project", R"({"a": 0})", R"({"_id":1,"a":2,"b":3})", R"({"_id":1,"b":3})"},
        {"$project", R"({"c": "$b", "a": 1})", R"({"a":2,"b":3})", R"({"a":2,"c":3})"},
        {"$project", R"({"_id": null, "a": 1})", R"({"_id":1,"a":2})", R"({"a":2,"_id":null})"},
        {"$project", R"({"_id.x": 1})", R"({"_id":{"x":1,"y":2}})", R"({"_id":{"x":1}})"},
        {"$project", R"({"a": {"x": 1, "z": "$b"}})", R"({"a":{"x":1,"y":2},"b":3})", R"({"a":{"x":1,"z":3}})"},
        {"$project", R"({"a.b": "$c"})", R"({"a":42,"c":1})", R"({"a":{"b":1}})"},
        {"$project", R"({"a.b": "$c"})", R"({"a":[[{"b":1}],{},7],"c":1})", R"({"a":[[{"b":1}],{"b":1},{"b":1}]})"},
        {"$project", R"({"a.b": "$c"})", R"({"a":[]})", R"({"a":[]})"},
        {"$project", R"({"a": 1, "b": "$$REMOVE"})", R"({"a":1,"b":2})", R"({"a":1})"},
        {"$project", R"({"_version": 1})", R"({"_version":1,"a":2})", R"({"_version":1})"},
        {"$project", R"({})", "{}", "51272"},
        {"$project", "5", "{}", "15969"},
        {"$project", R"({"a.$": 1})", "{}", "31324"},
        {"$project", R"({"a": {"$elemMatch": {}}})", "{}", "168"},
        {"$project", R"({"a": {"$bogus": 1}})", "{}", "31325"},
        {"$project", R"({"a": 0, "b": null})", "{}", "31310"},
    });
}

TEST(Transform, AddFields) {
    check({
        {"$addFields", R"({"b": "$a", "c": null})", R"({"a":1})", R"({"a":1,"b":1,"c":null})"},
        {"$set", R"({"a": "$b", "b": "$a"})", R"({"a":1,"b":2})", R"({"a":2,"b":1})"},
        {"$set", R"({"a": "$none"})", R"({"a":1,"b":2})", R"({"b":2})"},
        {"$set", R"({"a.b.c": 1})", R"({"z":1})", R"({"z":1,"a":{"b":{"c":1}}})"},
        {"$set", R"({"a.y": 2})", R"({"a":{"x":1},"z":1})", R"({"a":{"x":1,"y":2},"z":1})"},
        {"$set", R"({"a.y": 2})", R"({"a":[{"x":1},5,[{}]]})", R"({"a":[{"x":1,"y":2},{"y":2},[{"y":2}]]})"},
        {"$set", R"({"a": {"z": 3}, "b": {}})", R"({"a":{"x":1},"b":{"x":1}})", R"({"a":{"x":1,"z":3},"b":{}})"},
        {"$set", R"({"a": {"$literal": {"z": 3}}})", R"({"a":{"x":1}})", R"({"a":{"z":3}})"},
        {"$set", R"({"a.x": "$$REMOVE"})", R"({"a":[{"x":1,"y":2}]})", R"({"a":[{"y":2}]})"},
        {"$set", "[]", "{}", "40272"},
        {"$set", "{}", R"({"a":1})", R"({"a":1})"},
        {"$set", R"({"": 1})", "{}", "40352"},
        {"$set", R"({"a": 1, "a.b": 2})", "{}", "40176"},
        {"$set", R"({"a": {"b": 1}, "a.b": 2})", "{}", "40176"},
        {"$set", R"({"a": {"x.y": 1}})", "{}", "40183"},
        {"$set", R"({"a": {"$literal": 1, "b": 2}})", "{}", "40181"},
    });
}

TEST(Transform, Unset) {
    check({
        {"$unset", R"("a")", R"({"a":1,"b":2})", R"({"b":2})"},
        {"$unset", R"(["a.b", "_id"])", R"({"_id":1,"a":[{"b":1,"c":2},5]})", R"({"a":[{"c":2},5]})"},
        {"$unset", "5", "{}", "31002"},
        {"$unset", "[]", "{}", "31119"},
        {"$unset", R"(["$a", 5])", "{}", "31120"},
        {"$unset", R"(["$a", "b\u0000"])", "{}", "9527900"},
        {"$unset", R"(["a", "a.b"])", "{}", "31249"},
        {"$unset", R"(["a.b", "a"])", "{}", "31250"},
        {"$unset", R"("a.")", "{}", "40353"},
    });
}

TEST(Transform, ReplaceRoot) {
    check({
        {"$replaceRoot", R"({"newRoot": "$a"})", R"({"a":{"b":1}})", R"({"b":1})"},
        {"$replaceWith", R"({"x": "$a", "y": "$none"})", R"({"a":1})", R"({"x":1})"},
        {"$replaceWith", R"("$none")", "{}", "40228"},
        {"$replaceWith", R"("$a")", R"({"a":[{}]})", "40228"},
        {"$replaceRoot", "{}", "{}", "40414"},
        {"$replaceRoot", R"({"newRoot": "$a", "x": 1})", "{}", "40415"},
        {"$replaceRoot", "5", "{}", "40229"},
    });
}

TEST(Transform, ResultsAreLimited) {
    Limits small;
    small.depth = 3;
    small.expression_bytes = 10000;
    const Document spec = R"({
        "deep": {"a.b.c": 1},
        "wrap": {"a": "$$ROOT"},
        "many": {"a.b": {"$literal": "0123456789"}},
        "empty": {"a.bbbbbbbbbbbbbbbbbbbb.c": "$none"}
    })"_json;
    const Document deep = R"({"x": {"y": {"z": 1}}})"_json;
    Evaluation evaluation(small, deep.view());
    EXPECT_NO_THROW(parse_add_fields(spec["deep"], small)->apply(evaluation));
    EXPECT_THROW(parse_add_fields(spec["wrap"], small)->apply(evaluation), Error);
    Object wide;
    wide.append("a", Array(1000, 0));
    const Document numbers(wide);
    Evaluation wide_evaluation(small, numbers.view());
    EXPECT_THROW(parse_add_fields(spec["many"], small)->apply(wide_evaluation), Error);
    EXPECT_THROW(parse_add_fields(spec["empty"], small)->apply(wide_evaluation), Error);
    EXPECT_EQ(parse_transform("$group", spec["deep"], small), nullptr);
    small.filter_bytes = 10;
    EXPECT_NO_THROW(parse_add_fields(R"({"aaaaa": {"b": 1, "c": 1}})"_json.view(), small));
    EXPECT_THROW(parse_add_fields(R"({"aaaaa": {"b": 1, "c": 1, "d": 1}})"_json.view(), small), Error);
    EXPECT_THROW(check_computed(deep.view(),
                                [] {
                                    Limits l;
                                    l.document_bytes = 5;
                                    return l;
                                }()),
                 Error);
}

}  // namespace
}  // namespace sheaf::query
