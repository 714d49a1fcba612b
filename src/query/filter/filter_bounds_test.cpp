#include "query/filter/filter_bounds.hpp"

#include <gtest/gtest.h>

#include "document/encoder.hpp"
#include "query/filter/filter_bounds_testing.hpp"

namespace sheaf::query {
namespace {

Filter parse(const char* filter) {
    return Filter::parse(Document::from_json(filter), limits);
}

struct BoundsCase {
    const char* filter;
    const char* bounds;
};

std::string wrong_bounds(std::initializer_list<BoundsCase> cases) {
    std::string wrong;
    for (const BoundsCase& c : cases) {
        const std::string bounds = shown(parse(c.filter).bounds());
        if (bounds != c.bounds) wrong += std::string("\n") + c.filter + " gives " + bounds;
    }
    return wrong;
}

TEST(FilterBounds, OfComparisons) {
    EXPECT_EQ("", wrong_bounds({
                      {R"({"a": 1})", "a: 1 exact"},
                      {R"({"a.b": {"$eq": "ab"}})", R"(a.b: "ab" exact)"},
                      {R"({"a": {"$gt": 1}})", "a: 1.5 2 5 exact"},
                      {R"({"a": {"$gte": 1}})", "a: 1 1.5 2 5 exact"},
                      {R"({"a": {"$lt": 2}})", "a: -1 1 1.5 exact"},
                      {R"({"a": {"$lte": 2}})", "a: -1 1 1.5 2 exact"},
                      {R"({"a": {"$gt": 1, "$lte": 5}})", "a: 1.5 2 5 exact; a: -1 1 1.5 2 5 exact"},
                      {R"({"a": {"$gt": "a"}})", R"(a: "ab" "b" exact)"},
                      {R"({"a": {"$lte": "ab"}})", R"(a: "" "a" "ab" exact)"},
                      {R"({"a": {"$gte": {"x": 1}}})", R"(a: {"x": 1} {"x": 2} exact)"},
                      {R"({"a": {"$lt": {"x": 1}}})", "a: {} exact"},
                      {R"({"a": {"$gte": false}})", "a: false true exact"},
                      {R"({"a": {"$gt": true}})", "a: none exact"},
                      {R"({"a": {"$lt": {"$date": 6}}})", "a: date exact"},
                      {R"({"a": {"$lte": {"$binary": {"base64": "YQ==", "subType": "00"}}}})", "a: binary exact"},
                      {R"({"a": {"$numberDouble": "NaN"}})", "a: numberDouble exact"},
                      {R"({"a": {"$gte": {"$numberDouble": "NaN"}}})", "a: numberDouble exact"},
                      {R"({"a": {"$gt": {"$numberDouble": "NaN"}}})", "a: none exact"},
                      {R"({"a": {"$gte": {"$numberDouble": "-Infinity"}}})", "a: -1 1 1.5 2 5 exact"},
                      {R"({"a": null})", "a: null"},
                      {R"({"a": {"$gte": null}})", "a: null"},
                      {R"({"a": {"$lte": null}})", "a: null"},
                      {R"({"a": {"$lt": null}})", "a: none"},
                      {R"({"a": []})", "a: missing []"},
                      {R"({"a": [1]})", "a: 1 [1]"},
                      {R"({"a": [[1], 2]})", "a: [1]"},
                      {R"({"a": {"$gt": [1]}})", ""},
                      {R"({"a": {"$in": [1, "b", 5.0]}})", R"(a: 1 5 "b" exact)"},
                      {R"({"a": {"$in": [1, null]}})", "a: null 1"},
                      {R"({"a": {"$in": [[1], true]}})", "a: 1 [1] true"},
                      {R"({"a": {"$in": []}})", "a: none exact"},
                      {R"({"a": {"$ne": 1}})", ""},
                      {R"({"a": {"$nin": [1]}})", ""},
                      {R"({"a": {"$not": {"$gt": 1}}})", ""},
                  }));
}

TEST(FilterBounds, OfOtherOperators) {
    EXPECT_EQ("", wrong_bounds({
                      {R"({"a": {"$exists": true}})", "a: all"},
                      {R"({"a": {"$exists": false}})", "a: null"},
                      {R"({"a": {"$not": {"$exists": true}}})", "a: null"},
                      {R"({"a": {"$not": {"$exists": false}}})", ""},
                      {R"({"a": {"$type": "string"}})", R"(a: "" "a" "ab" "b" exact)"},
                      {R"({"a": {"$type": "number"}})", "a: numberDouble -1 1 1.5 2 5 exact"},
                      {R"({"a": {"$type": "int"}})", "a: numberDouble -1 1 1.5 2 5"},
                      {R"({"a": {"$type": ["bool", "date"]}})", "a: false true date exact"},
                      {R"({"a": {"$type": "null"}})", "a: null"},
                      {R"({"a": {"$type": "array"}})", ""},
                      {R"({"a": {"$type": ["array", "int"]}})", ""},
                      {R"({"a": {"$type": "timestamp"}})", "a: none exact"},
                      {R"({"a": {"$mod": [2, 0]}})", "a: numberDouble -1 1 1.5 2 5"},
                      {R"({"a": {"$size": 2}})", ""},
                      {R"({"a": {"$bitsAllSet": 1}})", ""},
                      {R"({"a": {"$regex": "^a"}})", R"(a: "a" "ab")"},
                      {R"({"a": {"$regex": "^ab*"}})", R"(a: "a" "ab")"},
                      {R"({"a": {"$regex": "^a", "$options": "i"}})", R"(a: "" "a" "ab" "b")"},
                      {R"({"a": {"$regex": "a"}})", R"(a: "" "a" "ab" "b")"},
                      {R"({"a": {"$all": [1, 2]}})", "a: 1 exact; a: 2 exact"},
                      {R"({"a": {"$all": []}})", ""},
                      {R"({"$expr": {"$eq": ["$a", 1]}})", ""},
                      {R"({"$jsonSchema": {"required": ["a"]}})", ""},
                      {"{}", ""},
                  }));
}

TEST(FilterBounds, OfElements) {
    EXPECT_EQ("",
              wrong_bounds({
                  {R"({"a": {"$elemMatch": {"$gt": 1, "$lt": 5}}})", "a#1: 1.5 2 5; a#1: -1 1 1.5 2"},
                  {R"({"a": {"$elemMatch": {"b": 1, "c": 2}}})", "a.b#1: 1; a.c#1: 2"},
                  {R"({"a.b": {"$elemMatch": {"c.d": 1}}})", "a.b.c.d#1: 1"},
                  // An element's b may be an array again, and then its values need not be one.
                  {R"({"a": {"$elemMatch": {"b": {"$gt": 1, "$lt": 5}, "c": 1}}})",
                   "a.b#1: 1.5 2 5; a.b: -1 1 1.5 2; a.c#1: 1"},
                  {R"({"a": {"$elemMatch": {"b.x": {"$gt": 1}, "b.y": 2}}})", "a.b.x: 1.5 2 5; a.b.y#1: 2"},
                  {R"({"a": {"$elemMatch": {"b": {"$elemMatch": {"x": 1, "y": 2}}, "c": 5}}})",
                   "a.b.x#2: 1; a.b.y#2: 2; a.c#2: 5"},
                  {R"({"a": {"$elemMatch": {"b.x": 1, "b": {"$elemMatch": {"x": 1, "y": 2}}, "c": 5}}})",
                   "a.b.x#2: 1; a.b.x#1: 1; a.b.y#1: 2; a.c#2: 5"},
                  {R"({"a": {"$all": [{"$elemMatch": {"b": 1}}, {"$elemMatch": {"b": 2}}]}})", "a.b#1: 1; a.b#2: 2"},
                  {R"({"a": {"$elemMatch": {"$or": [{"b": 1}, {"c": 2}]}}})", "or (a.b: 1) (a.c: 2)"},
                  {R"({"a": {"$elemMatch": {"b": {"$exists": false}}}})", "a.b#1: null"},
                  // An index holds the elements of an array in an array as one.
                  {R"({"a": {"$elemMatch": {"$elemMatch": {"$gt": 1}}}})", ""},
                  {R"({"a": {"$elemMatch": {"$eq": [1]}}})", "a#1: 1 [1]"},
              }));
}

TEST(FilterBounds, OfPathsAndConjunctions) {
    EXPECT_EQ(
        "",
        wrong_bounds({
            {R"({"a": 1, "$and": [{"b": 2}, {"$and": [{"c": 5}]}]})", "a: 1 exact; b: 2 exact; c: 5 exact"},
            {R"({"$or": [{"a": 1, "b": {"$gt": 2}}, {"c": 5}]})", "or (a: 1 exact; b: 5 exact) (c: 5 exact)"},
            {R"({"$or": [{"a": 1}, {"a": 5}]})", "a: 1 5 exact"},
            {R"({"$or": [{"a": 1}, {"b": {"$ne": 1}}]})", "or (a: 1 exact) ()"},
            {R"({"$or": [{"$or": [{"a": 1}, {"b": 2}]}, {"c": 5}]})", "or (or (a: 1 exact) (b: 2 exact)) (c: 5 exact)"},
            {R"({"$nor": [{"a": 1}, {"b": 2}]})", ""},
            // Elements by their number, or fields that are called so.
            {R"({"a.0": 1})", ""},
            {R"({"a.0.b": 1})", ""},
            {R"({"a": {"$elemMatch": {"0": 1}}})", ""},
            {R"({"0": 1})", "0: 1 exact"},
            {R"({"a.01": 1})", "a.01: 1 exact"},
            {R"({"_version": 1})", ""},
        }));
    const FilterBounds bounds =
        parse(R"({"x": {"$size": 1}, "a": {"$gt": 1, "$lt": 5}, "$or": [{"b": 1}, {"c": 1}]})").bounds();
    EXPECT_EQ(bounds.conditions, 4U);
    ASSERT_EQ(bounds.bounds.size(), 2U);
    EXPECT_EQ(bounds.bounds[0].condition, 1U);
    EXPECT_EQ(bounds.bounds[1].condition, 2U);
    EXPECT_EQ(bounds.disjunctions.at(0).condition, 3U);
    EXPECT_EQ(bounds.disjunctions.at(0).branches.at(1).conditions, 1U);
}

TEST(FilterBounds, Implication) {
    struct {
        const char* filter;
        const char* other;
        bool expected;
    } const cases[] = {
        {R"({"a": 1})", "{}", true},
        {"{}", "{}", true},
        {"{}", R"({"a": 1})", false},
        {R"({"a": 7})", R"({"a": {"$gt": 5}})", true},
        {R"({"a": 5})", R"({"a": {"$gt": 5}})", false},
        {R"({"a": {"$gt": 7}})", R"({"a": {"$gte": 7}})", true},
        {R"({"a": {"$gte": 7}})", R"({"a": {"$gt": 7}})", false},
        {R"({"a": {"$gt": 7}})", R"({"b": {"$gt": 7}})", false},
        {R"({"a": {"$in": [6, 8]}})", R"({"a": {"$gt": 5}})", true},
        {R"({"a": {"$in": [6, 5]}})", R"({"a": {"$gt": 5}})", false},
        {R"({"a": 6})", R"({"a": {"$in": [6, 5]}})", true},
        {R"({"a": 6, "b": 1})", R"({"a": 6})", true},
        {R"({"a": 6})", R"({"a": 6, "b": 1})", false},
        {R"({"b": 1, "a": 6, "c": 3})", R"({"a": {"$gt": 5}, "b": {"$lt": 2}})", true},
        {R"({"$and": [{"a": 6}, {"b": 1}]})", R"({"$and": [{"b": 1}, {"a": 6}]})", true},
        // Different elements may satisfy the two.
        {R"({"a": {"$gt": 5, "$lt": 7}})", R"({"a": 6})", false},
        {R"({"a": {"$regex": "^ab"}})", R"({"a": {"$gte": "a"}})", true},
        {R"({"a": {"$regex": "b"}})", R"({"a": {"$gte": "a"}})", false},
        {R"({"a": {"$regex": "b"}})", R"({"a": {"$type": "string"}})", true},
        {R"({"a": {"$elemMatch": {"$gt": 5}}})", R"({"a": {"$gt": 5}})", true},
        {R"({"a": {"$elemMatch": {"b": 5}}})", R"({"a.b": 5})", true},
        {R"({"a": 1})", R"({"a": {"$exists": true}})", true},
        {R"({"a.b": 1})", R"({"a": {"$exists": true}})", true},
        {R"({"a": 1})", R"({"a.b": {"$exists": true}})", false},
        {R"({"a": {"$gt": 1}})", R"({"a": {"$exists": true}})", true},
        {R"({"a": null})", R"({"a": {"$exists": true}})", false},
        {R"({"a": {"$ne": 1}})", R"({"a": {"$exists": true}})", false},
        {R"({"a": {"$in": [1, null]}})", R"({"a": {"$exists": true}})", false},
        {R"({"a": []})", R"({"a": {"$exists": true}})", true},
        {R"({"a": {"$exists": true}})", R"({"a": {"$exists": true}})", true},
        {R"({"a": {"$exists": false}})", R"({"a": {"$exists": true}})", false},
        // The very same, where bounds do not say everything.
        {R"({"a": null, "b": 1})", R"({"a": null})", true},
        {R"({"a": [1]})", R"({"a": [1]})", true},
        {R"({"a": [1]})", R"({"a": [2]})", false},
        {R"({"a": {"$gt": [1]}})", R"({"a": {"$gt": [1]}})", true},
        {R"({"a": {"$gt": [1]}})", R"({"a": {"$gte": [1]}})", false},
        {R"({"a": {"$in": [[1], 2]}})", R"({"a": {"$in": [2, [1]]}})", true},
        {R"({"a": {"$in": [[1], 2]}})", R"({"a": {"$in": [2, [3]]}})", false},
        {R"({"a": {"$type": "int"}})", R"({"a": {"$type": "int"}})", true},
        {R"({"a": {"$type": "int"}})", R"({"a": {"$type": "double"}})", false},
        {R"({"a": {"$type": "int"}})", R"({"a": {"$type": "number"}})", true},
        {R"({"a.0": 1})", R"({"a.0": 1})", true},
        {R"({"_version": 5})", R"({"_version": 5})", true},
        {R"({"_version": 5})", R"({"_version": {"$gt": 4}})", false},
        {R"({"a": 1})", R"({"$or": [{"b": 1}, {"a": {"$lt": 2}}]})", true},
        {R"({"a": 1})", R"({"$or": [{"b": 1}, {"a": {"$lt": 1}}]})", false},
        {R"({"$or": [{"a": 1, "b": 1}, {"a": 2, "b": 2}]})", R"({"a": {"$gt": 0}})", true},
        {R"({"$or": [{"a": 1}, {"b": 2}]})", R"({"a": {"$gt": 0}})", false},
        {R"({"$or": [{"a": 1}, {"b": 2}]})", R"({"$or": [{"b": {"$gt": 1}}, {"a": {"$lt": 2}}]})", true},
        {R"({"a": {"$in": []}})", R"({"a": {"$gt": 5}})", true},
        {R"({"a": 1})", R"({"$alwaysTrue": 1})", true},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(parse(c.filter).implies(parse(c.other)), c.expected) << c.filter << " implies " << c.other;
    }
}

TEST(FilterBounds, HostileFiltersAreBounded) {
    // 100,000 conditions, each on a path of 150 parts.
    std::string path = "a";
    for (int i = 0; i < 149; ++i) path += ".b";
    Object conditions;
    for (int i = 0; i < 100'000; ++i) conditions.append("c" + std::to_string(i), 1);
    const Bytes long_paths = encode(Value(Object({{path, Value::object({{"$elemMatch", std::move(conditions)}})}})));
    const FilterBounds bounds = Filter::parse(View(long_paths), limits).bounds();
    EXPECT_GT(bounds.bounds.size(), 1'000U);
    EXPECT_LT(bounds.bounds.size(), 10'000U);

    Array values;
    for (std::int64_t i = 0; i < 100'001; ++i) values.emplace_back(i);
    const Bytes many = encode(Value(Object({{"a", Value::object({{"$in", std::move(values)}})}})));
    const FilterBounds of_many = Filter::parse(View(many), limits).bounds();
    EXPECT_EQ(shown(of_many), "a: 1 1.5 2 5");
    EXPECT_EQ(of_many.bounds.front().intervals.ranges().size(), 1U);

    // Each level doubles the ways to compare the two.
    std::string filter = R"({"a": 1})";
    std::string other = R"({"b": 1})";
    for (int i = 0; i < 40; ++i) {
        filter = R"({"x": 1, "$or": [)" + filter + R"(, {"y": 1}]})";
        other = R"({"$or": [)" + other + R"(, {"w": 1}]})";
    }
    EXPECT_FALSE(parse(filter.c_str()).implies(parse(other.c_str())));
}

}  // namespace
}  // namespace sheaf::query
