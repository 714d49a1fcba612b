// "$", "$[]" and "$[name]" in paths, and array filters.
#include "query/update/update_cases.hpp"

#include <gtest/gtest.h>

namespace sheaf::query {
namespace {

TEST(UpdatePositional, MatchedElement) {
    EXPECT_EQ(mismatches({
                  {R"({"a":[1,2,3]})", R"({"$set": {"a.$": 9}})", R"({"a":[1,9,3]})", "[]", 1},
                  {R"({"a":[{"x":1},{"x":2}]})", R"({"$inc": {"a.$.x": 5}})", R"({"a":[{"x":1},{"x":7}]})", "[]", 1},
                  {R"({"a":[1,2,3]})", R"({"$unset": {"a.$": 1}})", R"({"a":[null,2,3]})", "[]", 0},
                  {R"({"a":[1,2,3],"b":[0,0]})", R"({"$set": {"a.$": 9, "b.$[]": 1}})", R"({"a":[1,2,9],"b":[1,1]})",
                   "[]", 2},
                  {R"({"a":[1,2,3]})", R"({"$set": {"a.$": 9, "a.0": 8}})", R"({"a":[8,9,3]})", "[]", 1},
                  {R"({"a":{"x":1}})", R"({"$set": {"a.$": 9}})", R"({"a":{"x":1,"1":9}})", "[]", 1},
                  {R"({"a":[1,2,3]})", R"({"$set": {"a.$": 9, "a.1": 8}})",
                   "40 the paths a.1 ($set) and a.$ ($set) conflict", "[]", 1},
                  {R"({"a":[{"x":1}]})", R"({"$set": {"a.$.x": 9}, "$unset": {"a.0": 1}})",
                   "40 the paths a.0 ($unset) and a.$.x ($set) conflict", "[]", 0},
                  {R"({"a":[1,2,3]})", R"({"$set": {"a.$": 9}})",
                   R"(2 $set at a.$: the filter has not looked into an array, so that "$" stands for no element)"},
                  {R"({})", R"({"$set": {"a.$.b.$": 9}})", R"(2 $set at a.$.b.$: a path has at most one part "$")"},
                  {R"({})", R"({"$inc": {"$": 9}})", R"(2 $inc at $: "$" needs an array in front of it)"},
              }),
              "");
    EXPECT_TRUE(parse_update(R"({"$set": {"b": 1, "a.$.b": 9}})").needs_matched_index());
    EXPECT_FALSE(parse_update(R"({"$set": {"b": 1, "a.$[].b": 9, "c.$x": 1}})").needs_matched_index());
}

TEST(UpdatePositional, AllElements) {
    EXPECT_EQ(
        mismatches({
            {R"({"a":[1,2]})", R"({"$inc": {"a.$[]": 5}})", R"({"a":[6,7]})"},
            {R"({"a":[]})", R"({"$inc": {"a.$[]": 5}})", "unchanged"},
            {R"({"a":[1,2]})", R"({"$unset": {"a.$[]": 5}})", R"({"a":[null,null]})"},
            {R"({"a":[{"x":1},{}]})", R"({"$set": {"a.$[].x": 2, "a.$[].y.z": 3}})",
             R"({"a":[{"x":2,"y":{"z":3}},{"x":2,"y":{"z":3}}]})"},
            {R"({"a":[[1,2],[3]]})", R"({"$mul": {"a.$[].$[]": 2}})", R"({"a":[[2,4],[6]]})"},
            {R"({"a":[{"b":[1]},{"b":[2]}]})", R"({"$push": {"a.$[].b": 7}})", R"({"a":[{"b":[1,7]},{"b":[2,7]}]})"},
            {R"({"a":[[1,2],[2,3]]})", R"({"$pull": {"a.$[]": 2}})", R"({"a":[[1],[3]]})"},
            {R"({"a":[{"b":1},2]})", R"({"$set": {"a.$[].b": 3}})",
             R"(28 $set at a.$[].b: there cannot be a field "b" in the integer 2 at a.$[])"},
            {R"({"a":"x"})", R"({"$set": {"a.$[]": 1}})",
             R"(2 $set at a.$[]: "$[]" and "$[name]" need an array, but there is the string "x")"},
            {R"({"a":null})", R"({"$unset": {"a.$[]": 1}})",
             R"(2 $unset at a.$[]: "$[]" and "$[name]" need an array, but there is null)"},
            {R"({"b":1})", R"({"$set": {"a.$[].b": 1}})",
             R"(2 $set at a.$[].b: "$[]" and "$[name]" need an array, but there is nothing)"},
            {R"({"a":1})", R"({"$set": {"a.b.$[]": 1}})",
             R"(2 $set at a.b.$[]: "$[]" and "$[name]" need an array, but there is nothing)"},
            {R"({})", R"({"$set": {"$[]": 1}})", R"(2 $set at $[]: "$[]" needs an array in front of it)"},
            {R"({})", R"({"$set": {"a.$[]": 1, "a.0": 1}})", "40 the paths a.$[] ($set) and a.0 ($set) conflict"},
            {R"({})", R"({"$set": {"a.$[]": 1, "a.$[].b": 1}})",
             "40 the paths a.$[] ($set) and a.$[].b ($set) conflict"},
        }),
        "");
}

TEST(UpdatePositional, FilteredElements) {
    EXPECT_EQ(mismatches({
                  {R"({"a":[1,5,9]})", R"({"$set": {"a.$[x]": 0}})", R"({"a":[1,0,0]})", R"([{"x": {"$gte": 5}}])"},
                  {R"({"a":[1,5,9]})", R"({"$set": {"a.$[x]": 0}})", "unchanged", R"([{"x": {"$gt": 9}}])"},
                  {R"({"a":[{"n":1},{"n":5},7]})", R"({"$inc": {"a.$[x].n": 1}})", R"({"a":[{"n":1},{"n":6},7]})",
                   R"([{"x.n": {"$gt": 1}}])"},
                  {R"({"a":[{"n":1,"m":2},{"n":1}]})", R"({"$set": {"a.$[e].k": 0}})",
                   R"({"a":[{"n":1,"m":2,"k":0},{"n":1}]})", R"([{"e.n": 1, "e.m": 2}])"},
                  {R"({"a":[1,2,3]})", R"({"$set": {"a.$[e]": 0}})", R"({"a":[0,2,0]})",
                   R"([{"$or": [{"e": 1}, {"e": 3}]}])"},
                  {R"({"a":[{"k":1,"b":[1,9]},{"k":2,"b":[1,9]}]})", R"({"$set": {"a.$[x].b.$[y]": 0}})",
                   R"({"a":[{"k":1,"b":[1,9]},{"k":2,"b":[1,0]}]})", R"([{"y": 9}, {"x.k": 2}])"},
                  {R"({"a":[{"k":1,"b":[1,9]},{"k":2,"b":[1,9]}]})", R"({"$set": {"a.$[x].b.$[]": 0}})",
                   R"({"a":[{"k":1,"b":[1,9]},{"k":2,"b":[0,0]}]})", R"([{"x.k": 2}])"},
                  {R"({"a":[1,2,3]})", R"({"$set": {"a.$[x]": 0}, "$inc": {"a.$[y]": 5}})", R"({"a":[0,2,8]})",
                   R"([{"x": 1}, {"y": 3}])"},
                  {R"({"a":[1,2,3]})", R"({"$set": {"a.$[x]": 0}, "$inc": {"a.$[y]": 5}})",
                   "40 the paths a.$[x] ($set) and a.$[y] ($inc) conflict", R"([{"x": 1}, {"y": {"$lt": 3}}])"},
                  {R"({"a":[{"n":1},{"n":2}]})", R"({"$set": {"a.$[x].p": 1, "a.$[].q": 2}})",
                   R"({"a":[{"n":1,"p":1,"q":2},{"n":2,"q":2}]})", R"([{"x.n": 1}])"},
                  {R"({"a":[{"n":1}]})", R"({"$set": {"a.$[x].p": 1, "a.$[y].p.q": 2}})",
                   "40 the paths a.$[x].p ($set) and a.$[y].p.q ($set) conflict", R"([{"x.n": 1}, {"y.n": 1}])"},
              }),
              "");
}

TEST(UpdatePositional, RefusesArrayFilters) {
    const char* const set = R"({"$set": {"a.$[x]": 0}})";
    EXPECT_EQ(
        mismatches({
            {"{}", set, R"(2 $set at a.$[x]: there is no array filter named "x")"},
            {"{}", set, R"(2 $set at a.$[x]: there is no array filter named "x")", R"([{"y": 1}])"},
            {"{}", set, R"(9 an array filter: no path of the update uses the name "y")", R"([{"x": 1}, {"y": 1}])"},
            {"{}", set, R"(9 an array filter: there are two for the name "x")", R"([{"x": 1}, {"x.b": 1}])"},
            {"{}", set, R"(9 an array filter: it names one element, not both "x" and "y")", R"([{"x": 1, "y": 1}])"},
            {"{}", set, "9 an array filter: it names no element", "[{}]"},
            {"{}", set, R"(2 an array filter: a name is a small letter, then letters and digits, which "1x" is not)",
             R"([{"1x": 1}])"},
            {"{}", set, R"(2 an array filter: a name is a small letter, then letters and digits, which "" is not)",
             R"([{"": 1}])"},
            {"{}", set, "2 an array filter: the operator $text has no place in it", R"([{"$text": {"$search": "x"}}])"},
            {"{}", set, R"(2 an array filter: unknown operator "$bad" at x)", R"([{"x": {"$bad": 1}}])"},
            {"{}", R"({"$set": {}})", R"(9 an array filter: no path of the update uses the name "x")", R"([{"x": 1}])"},
        }),
        "");
}

// 100,000 elements, each of which would get a megabyte.
TEST(UpdatePositional, BoundsWhatElementsMultiply) {
    const Document document({{"a", Array(100'000, Value(Object()))}});
    const Value large(std::string(1'000'000, 'x'));
    for (const Document& update : {
             Document({{"$set", Value::object({{"a.$[].b", large}})}}),
             Document({{"$max", Value::object({{"a.$[].b", large}})}}),
             Document({{"$push", Value::object({{"a.$[].b", large}})}}),
             Document({{"$addToSet", Value::object({{"a.$[].b", large}})}}),
             Document({{"$inc", Value::object({{"a.$[]." + large.as_string(), 1}})}}),
         }) {
        try {
            Update::parse(update, test_limits).apply(document, test_limits);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::limit_exceeded);
        }
    }
}

TEST(UpdatePositional, BoundsArrayFilters) {
    Limits small;
    small.document_bytes = 10'000;
    Array elements(100, Value(std::string(50, 'x')));
    const Document document({{"a", elements}});
    Object sets;
    std::vector<Document> filters;
    for (int i = 0; i < 200; ++i) {
        const std::string name = "n" + std::to_string(i);
        sets.append("a.$[" + name + "]", 1);
        filters.push_back(Document({{name, i}}));
    }
    const Update update = Update::parse(Document({{"$set", Value(sets)}}), small, filters);
    try {
        update.apply(document, small);
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::limit_exceeded);
    }
}

}  // namespace
}  // namespace sheaf::query
