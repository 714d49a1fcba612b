#include "query/update/update_cases.hpp"

#include <gtest/gtest.h>

namespace sheaf::query {
namespace {

TEST(UpdateArrays, Push) {
    EXPECT_EQ(
        mismatches({
            {R"({"a":[1]})", R"({"$push": {"a": 2}})", R"({"a":[1,2]})"},
            {R"({"a":[1]})", R"({"$push": {"a": [2, 3]}})", R"({"a":[1,[2,3]]})"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [2, 3]}}})", R"({"a":[1,2,3]})"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": []}}})", "unchanged"},
            {R"({})", R"({"$push": {"a.b": true}})", R"({"a":{"b":[true]}})"},
            {R"({})", R"({"$push": {"a": {"$each": []}}})", R"({"a":[]})"},
            {R"({"a":[[1],[2]]})", R"({"$push": {"a.1": 3}})", R"({"a":[[1],[2,3]]})"},
            {R"({"a":[]})", R"({"$push": {"a": {"$sort": 1}}})", R"({"a":[{"$sort":1}]})"},  // as MongoDB: no $each
            {R"({"a":[]})", R"({"$push": {}})", "unchanged"},
        }),
        "");
}

TEST(UpdateArrays, PushModifiers) {
    EXPECT_EQ(
        mismatches({
            {R"({"a":[1,4]})", R"({"$push": {"a": {"$each": [2,3], "$position": 1}}})", R"({"a":[1,2,3,4]})"},
            {R"({"a":[1,4]})", R"({"$push": {"a": {"$each": [3], "$position": -1}}})", R"({"a":[1,3,4]})"},
            {R"({"a":[1,4]})", R"({"$push": {"a": {"$each": [3], "$position": 2.0}}})", R"({"a":[1,4,3]})"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [2], "$position": 9223372036854775807}}})", R"({"a":[1,2]})"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [2], "$position": -9223372036854775808}}})",
             R"({"a":[2,1]})"},
            {R"({"a":[1,2,3]})", R"({"$push": {"a": {"$each": [4], "$slice": 2}}})", R"({"a":[1,2]})"},
            {R"({"a":[1,2,3]})", R"({"$push": {"a": {"$each": [4], "$slice": -2}}})", R"({"a":[3,4]})"},
            {R"({"a":[1,2,3]})", R"({"$push": {"a": {"$each": [4], "$slice": 0}}})", R"({"a":[]})"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [2], "$slice": -9223372036854775808}}})", R"({"a":[1,2]})"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [2], "$slice": 9223372036854775807}}})", R"({"a":[1,2]})"},
            {R"({"a":[3]})", R"({"$push": {"a": {"$each": [1,2], "$sort": 1}}})", R"({"a":[1,2,3]})"},
            {R"({"a":[true,"b",null,3,{"x":1},[1]]})", R"({"$push": {"a": {"$each": [], "$sort": -1}}})",
             R"({"a":[true,[1],{"x":1},"b",3,null]})"},
            {R"({"a":[[3,1],[1,9],[2]]})", R"({"$push": {"a": {"$each": [], "$sort": 1}}})",
             R"({"a":[[1,9],[2],[3,1]]})"},
            {R"({"a":[{"x":2,"y":1},{"x":1},{"x":2,"y":3}]})",
             R"({"$push": {"a": {"$each": [], "$sort": {"x": 1, "y": -1}}}})",
             R"({"a":[{"x":1},{"x":2,"y":3},{"x":2,"y":1}]})"},
            {R"({"a":[{"b":{"c":2}},{"b":{"c":1}},{"b":3},4]})",
             R"({"$push": {"a": {"$each": [], "$sort": {"b.c": 1}}}})",
             R"({"a":[{"b":3},4,{"b":{"c":1}},{"b":{"c":2}}]})"},
            {R"({"a":[{"b":[5]},{"b":[1]}]})", R"({"$push": {"a": {"$each": [], "$sort": {"b.0": 1}}}})",
             R"({"a":[{"b":[1]},{"b":[5]}]})"},
            {R"({"a":[5]})", R"({"$push": {"a": {"$each": [1,3], "$position": 0, "$sort": 1, "$slice": -2}}})",
             R"({"a":[3,5]})"},
            {R"({})", R"({"$push": {"a": {"$each": [2,1], "$sort": 1, "$slice": 1}}})", R"({"a":[1]})"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [1], "$x": 1}}})",
             R"(2 $push at a: unknown modifier "$x" beside $each)"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": 1}}})", "2 $push at a: $each needs an array, not an integer"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [], "$position": 1.5}}})",
             "2 $push at a: $position is the double 1.5, not an integer"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [], "$position": 1e300}}})",
             "2 $push at a: $position is the double 1e+300, not an integer"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [], "$slice": null}}})",
             "2 $push at a: $slice is null, not an integer"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [], "$sort": 2}}})",
             "2 $push at a: $sort is 1, -1 or an object of paths with these, not the integer 2"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [], "$sort": {}}}})",
             "2 $push at a: $sort takes 1 to 32 paths, not 0"},
            {R"({"a":[1]})", R"({"$push": {"a": {"$each": [], "$sort": {"b.": 1}}}})",
             R"(2 $push at a: $sort: the path "b." has an empty part)"},
            {R"({"a":"x"})", R"({"$push": {"a": 1}})", R"(2 $push at a: the value is the string "x", not an array)"},
            {R"({"a":null})", R"({"$push": {"a": 1}})", "2 $push at a: the value is null, not an array"},
            {R"({"a":1})", R"({"$push": {"a.b": 1}})",
             R"(28 $push at a.b: there cannot be a field "b" in the integer 1 at a)"},
        }),
        "");
}

TEST(UpdateArrays, AddToSet) {
    EXPECT_EQ(mismatches({
                  {R"({"a":[1]})", R"({"$addToSet": {"a": 2}})", R"({"a":[1,2]})"},
                  {R"({"a":[1]})", R"({"$addToSet": {"a": 1.0}})", "unchanged"},
                  {R"({"a":[1]})", R"({"$addToSet": {"a": true}})", R"({"a":[1,true]})"},
                  {R"({"a":[1,1]})", R"({"$addToSet": {"a": 2}})", R"({"a":[1,1,2]})"},
                  {R"({"a":[{"x":1,"y":2}]})", R"({"$addToSet": {"a": {"y":2,"x":1}}})",
                   R"({"a":[{"x":1,"y":2},{"y":2,"x":1}]})"},
                  {R"({"a":[1]})", R"({"$addToSet": {"a": {"$each": [2,1,2,[1],[1]]}}})", R"({"a":[1,2,[1]]})"},
                  {R"({})", R"({"$addToSet": {"a.b": {"$each": [2,2]}}})", R"({"a":{"b":[2]}})"},
                  {R"({})", R"({"$addToSet": {"a": [1]}})", R"({"a":[[1]]})"},
                  {R"({"a":[]})", R"({"$addToSet": {"a": {"x": 1, "$each": 2}}})", R"({"a":[{"x":1,"$each":2}]})"},
                  {R"({"a":[]})", R"({"$addToSet": {"a": {"$each": 1}}})",
                   "14 $addToSet at a: $each needs an array, not an integer"},
                  {R"({"a":[]})", R"({"$addToSet": {"a": {"$each": [], "$sort": 1}}})",
                   "2 $addToSet at a: nothing may stand beside $each"},
                  {R"({"a":null})", R"({"$addToSet": {"a": 1}})", "2 $addToSet at a: the value is null, not an array"},
              }),
              "");
}

TEST(UpdateArrays, Pop) {
    EXPECT_EQ(mismatches({
                  {R"({"a":[1,2,3]})", R"({"$pop": {"a": 1}})", R"({"a":[1,2]})"},
                  {R"({"a":[1,2,3]})", R"({"$pop": {"a": -1.0}})", R"({"a":[2,3]})"},
                  {R"({"a":[]})", R"({"$pop": {"a": 1}})", "unchanged"},
                  {R"({"b":1})", R"({"$pop": {"a.b": 1}})", "unchanged"},
                  {R"({"a":[1]})", R"({"$pop": {"a": 0}})",
                   "9 $pop at a: the operand is the integer 0, not 1 (the last element) or -1 (the first)"},
                  {R"({"a":[1]})", R"({"$pop": {"a": "x"}})",
                   R"(9 $pop at a: the operand is the string "x", not 1 (the last element) or -1 (the first))"},
                  {R"({"a":null})", R"({"$pop": {"a": 1}})", "14 $pop at a: the value is null, not an array"},
                  {R"({"a":[{"b":[1]}]})", R"({"$pop": {"a.b": 1}})",
                   R"(28 $pop at a.b: there cannot be a field "b" in an array at a)"},
              }),
              "");
}

TEST(UpdateArrays, Pull) {
    EXPECT_EQ(mismatches({
                  {R"({"a":[1,2,3,2]})", R"({"$pull": {"a": 2}})", R"({"a":[1,3]})"},
                  {R"({"a":["x","y"]})", R"({"$pull": {"a": "x"}})", R"({"a":["y"]})"},
                  {R"({"a":[true,1,null,"true"]})", R"({"$pull": {"a": true}})", R"({"a":[1,null,"true"]})"},
                  {R"({"a":[1,null]})", R"({"$pull": {"a": null}})", R"({"a":[1]})"},
                  {R"({"a":[1,2]})", R"({"$pull": {"a": 5}})", "unchanged"},
                  {R"({"a":[1,2.0,3]})", R"({"$pull": {"a": 2}})", R"({"a":[1,3]})"},
                  {R"({"a":[1,5,9]})", R"({"$pull": {"a": {"$gte": 5}}})", R"({"a":[1]})"},
                  {R"({"a":[1,5,9]})", R"({"$pull": {"a": {"$gt": 2, "$lt": 7}}})", R"({"a":[1,9]})"},
                  {R"({"a":[1,5,9]})", R"({"$pull": {"a": {"$in": [1, 9]}}})", R"({"a":[5]})"},
                  {R"({"a":[[1,2],[1],1]})", R"({"$pull": {"a": [1]}})", R"({"a":[[1,2],1]})"},
                  {R"({"a":[{"x":1,"y":2},{"x":2},{"y":2,"x":1},1]})", R"({"$pull": {"a": {"x": 1, "y": 2}}})",
                   R"({"a":[{"x":2},1]})"},
                  {R"({"a":[{"x":1},{"x":7}]})", R"({"$pull": {"a": {"x": {"$gt": 5}}}})", R"({"a":[{"x":1}]})"},
                  {R"({"a":[{"x":1},{"x":7}]})", R"({"$pull": {"a": {"$or": [{"x": 1}, {"x": 7}]}}})", R"({"a":[]})"},
                  {R"({"b":1})", R"({"$pull": {"a": 1}})", "unchanged"},
                  {R"({"b":1})", R"({"$pull": {"a.b.c": 1}})", "unchanged"},
                  {R"({"a":{"b":[1,2]}})", R"({"$pull": {"a.b": 1}})", R"({"a":{"b":[2]}})"},
              }),
              "");
}

// What a slice takes away again costs time too: less where nothing is sorted, and never without a limit.
TEST(UpdateArrays, PushToManyArraysIsLimited) {
    Array values;
    for (int i = 0; i < 5000; ++i) values.push_back(i);
    const Document document(Object{{"a", Array(5000, Array())}});
    const auto result = [&](std::int64_t slice, bool sorts) -> std::string {
        Object push{{"$each", values}, {"$slice", slice}};
        if (sorts) push.append("$sort", 1);
        const Document update(Object{{"$push", Value::object({{"a.$[]", push}})}});
        try {
            const auto changed =
                Update::parse(update.view(), {test_limits, &test_bindings}).apply(document, test_limits);
            return changed ? to_json(changed->at("a.4999")) : "unchanged";
        } catch (const Error& error) {
            return error.code() == Code::limit_exceeded ? "limit_exceeded" : shown(error);
        }
    };
    EXPECT_EQ(result(0, false), "unchanged");
    EXPECT_EQ(result(2, false), "[0,1]");
    EXPECT_EQ(result(-2, false), "[4998,4999]");
    EXPECT_EQ(result(5000, false), "limit_exceeded");
    EXPECT_EQ(result(0, true), "limit_exceeded");
    EXPECT_EQ(result(1, true), "limit_exceeded");
}

TEST(UpdateArrays, ErrorsOfPull) {
    EXPECT_EQ(mismatches({
                  {R"({"a":{}})", R"({"$pull": {"a": 1}})", "2 $pull at a: the value is an object, not an array"},
                  {R"({"a":"text"})", R"({"$pull": {"a.b": 1}})", "unchanged"},
                  {R"({"a":[{"b":[1]}]})", R"({"$pull": {"a.b": 1}})", "unchanged"},
                  {R"({})", R"({"$pull": {"a": {"$badop": 1}}})", R"(2 $pull at a: unknown operator "$badop" at a)"},
              }),
              "");
}

TEST(UpdateArrays, PullAll) {
    EXPECT_EQ(
        mismatches({
            {R"({"a":[1,2,3,1]})", R"({"$pullAll": {"a": [1,3]}})", R"({"a":[2]})"},
            {R"({"a":[1,2.0]})", R"({"$pullAll": {"a": [2]}})", R"({"a":[1]})"},
            {R"({"a":[[1,2],[2,1],1]})", R"({"$pullAll": {"a": [[1,2]]}})", R"({"a":[[2,1],1]})"},
            {R"({"a":[{"x":1,"y":2},{"x":1}]})", R"({"$pullAll": {"a": [{"y":2,"x":1}]}})", "unchanged"},
            {R"({"a":[1]})", R"({"$pullAll": {"a": []}})", "unchanged"},
            {R"({"b":1})", R"({"$pullAll": {"a.b": [1]}})", "unchanged"},
            {R"({"a":[{"b":[2]}]})", R"({"$pullAll": {"a.b": [2]}})", "unchanged"},
            {R"({"a":1})", R"({"$pullAll": {"a": [1]}})", "2 $pullAll at a: the value is the integer 1, not an array"},
            {R"({"a":[1]})", R"({"$pullAll": {"a": 1}})",
             "2 $pullAll at a: the operand is an array of values, not an integer"},
        }),
        "");
}

}  // namespace
}  // namespace sheaf::query
