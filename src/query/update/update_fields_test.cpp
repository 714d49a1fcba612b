#include "query/update/update_cases.hpp"

#include <gtest/gtest.h>

namespace sheaf::query {
namespace {

TEST(UpdateFields, Set) {
    EXPECT_EQ(
        mismatches({
            {R"({"_id":1,"a":1})", R"({"$set": {"a": 2}})", R"({"_id":1,"a":2})"},
            {R"({"_id":1,"a":1})", R"({"$set": {"a": 1}})", "unchanged"},
            {R"({"_id":1,"a":1})", R"({"$set": {"a": 1.0}})", R"({"_id":1,"a":1.0})"},
            {R"({"_id":1,"a":1})", R"({"$set": {}})", "unchanged"},
            {R"({"_id":1})", R"({"$set": {"p.q.r": true}})", R"({"_id":1,"p":{"q":{"r":true}}})"},
            {R"({"_id":1})", R"({"$set": {"a.0": 5}})", R"({"_id":1,"a":{"0":5}})"},
            {R"({"_id":1,"a":{"0":"old"}})", R"({"$set": {"a.0": "new"}})", R"({"_id":1,"a":{"0":"new"}})"},
            {R"({"a":[1,2]})", R"({"$set": {"a.0": 9}})", R"({"a":[9,2]})"},
            {R"({"a":[1,2]})", R"({"$set": {"a.2": 9}})", R"({"a":[1,2,9]})"},
            {R"({"a":[1,2]})", R"({"$set": {"a.4": 9}})", R"({"a":[1,2,null,null,9]})"},
            {R"({"a":[1,2]})", R"({"$set": {"a.3.b.c": 9}})", R"({"a":[1,2,null,{"b":{"c":9}}]})"},
            {R"({"a":[{"b":1}]})", R"({"$set": {"a.0.b": 2}})", R"({"a":[{"b":2}]})"},
            {R"({"a":1})", R"({"$set": {"a": null}})", R"({"a":null})"},
            {R"({"a":1})", R"({"$set": {"b": {"$x": 1}}})", R"({"a":1,"b":{"$x":1}})"},
            {R"({"_id":1})", R"({"$set": {"a.$bad": 1}})", R"({"_id":1,"a":{"$bad":1}})"},
            {R"({"_id":1})", R"({"$set": {"c": 1, "a": 2, "10": 4, "9": 3}})", R"({"_id":1,"9":3,"10":4,"a":2,"c":1})"},
            {R"({"_id":1,"a":1})", R"({"$set": {"_id": 1, "a": 2}})", R"({"_id":1,"a":2})"},
            {R"({"_id":1,"a":1})", R"({"$set": {"_id": 1.0}})", "unchanged"},
            {R"({"_id":1,"a":1})", R"({"$unset": {"_id.x": 1}})", "unchanged"},
            {R"({"_id":1,"$a":1})", R"({"$unset": {"$a": 1}})", R"({"_id":1})"},
            {R"({"_id":{"x":1}})", R"({"$set": {"_id.x": 1.0}})", "unchanged"},
        }),
        "");
}

TEST(UpdateFields, ErrorsOfSet) {
    EXPECT_EQ(
        mismatches({
            {R"({"a":5})", R"({"$set": {"a.b": 1}})",
             R"(28 $set at a.b: there cannot be a field "b" in the integer 5 at a)"},
            {R"({"a":[1]})", R"({"$set": {"a.b": 1}})",
             R"(28 $set at a.b: there cannot be a field "b" in an array at a)"},
            {R"({"a":null})", R"({"$set": {"a.b.c": 1}})",
             R"(28 $set at a.b.c: there cannot be a field "b" in null at a)"},
            {R"({"_id":1})", R"({"$set": {"_id": 2}})",
             "66 $set at _id: _id cannot be changed from the integer 1 to the integer 2"},
            {R"({"_id":1})", R"({"$unset": {"_id": ""}})",
             "66 $unset at _id: _id cannot be changed from the integer 1"},
            {R"({"_id":1})", R"({"$inc": {"_id": 1}})",
             "66 $inc at _id: _id cannot be changed from the integer 1 to the integer 2"},
            {R"({"_id":{"x":1}})", R"({"$set": {"_id.y": 1}})",
             "66 $set at _id.y: _id cannot be changed from an object to an object"},
            {R"({"_id":1})", R"({"$set": {"_id.x": 1}})",
             R"(28 $set at _id.x: there cannot be a field "x" in the integer 1 at _id)"},
            {R"({"_id":1})", R"({"$set": {"$a": 1}})", "52 $set at $a: a path cannot begin with $"},
            {R"({"_id":1,"$a":1})", R"({"$inc": {"$a": 1}})", "52 $inc at $a: a path cannot begin with $"},
            {R"({"a":[]})", R"({"$set": {"a.2000000": 1}})", "10334 $set at a.2000000: too many null elements to add"},
            {R"({"a":[],"b":[]})", R"({"$set": {"a.1000000": 1, "b.1000000": 1}})",
             "10334 $set at b.1000000: too many null elements to add"},
            {R"({"a":1})", R"({"$set": {"b.$oid": "x"}})",
             R"(2 the updated document: an object that begins with "$oid" would be read back as Extended JSON at b)"},
        }),
        "");
}

TEST(UpdateFields, Unset) {
    EXPECT_EQ(mismatches({
                  {R"({"a":1,"b":2})", R"({"$unset": {"a": ""}})", R"({"b":2})"},
                  {R"({"a":1})", R"({"$unset": {"b": ""}})", "unchanged"},
                  {R"({"a":{"b":1,"c":2}})", R"({"$unset": {"a.b": 1}})", R"({"a":{"c":2}})"},
                  {R"({"a":[1,2,3]})", R"({"$unset": {"a.1": 1}})", R"({"a":[1,null,3]})"},
                  {R"({"a":[1,2,3]})", R"({"$unset": {"a.5": 1}})", "unchanged"},
                  {R"({"a":[{"b":1}]})", R"({"$unset": {"a.b": 1}})", "unchanged"},
                  {R"({"a":5})", R"({"$unset": {"a.b.c": 1}})", "unchanged"},
                  {R"({"a":null})", R"({"$unset": {"a.b": 1}})", "unchanged"},
                  {R"({"a":1,"b":2,"c":3})", R"({"$unset": {"a": 1, "c": 1}})", R"({"b":2})"},
                  {R"({"a":[[1,2]]})", R"({"$unset": {"a.0.1": 1}})", R"({"a":[[1,null]]})"},
              }),
              "");
}

TEST(UpdateFields, MinAndMax) {
    EXPECT_EQ(mismatches({
                  {R"({"a":5})", R"({"$min": {"a": 3}})", R"({"a":3})"},
                  {R"({"a":5})", R"({"$min": {"a": 5.0}})", "unchanged"},
                  {R"({"a":5})", R"({"$min": {"a": "x"}})", "unchanged"},
                  {R"({"a":5})", R"({"$min": {"a": null}})", R"({"a":null})"},
                  {R"({"a":{"$date":0}})", R"({"$min": {"a": true}})", R"({"a":true})"},
                  {R"({})", R"({"$min": {"a.b": 3}})", R"({"a":{"b":3}})"},
                  {R"({"a":5})", R"({"$max": {"a": 7.5}})", R"({"a":7.5})"},
                  {R"({"a":5})", R"({"$max": {"a": 4}})", "unchanged"},
                  {R"({"a":[1,2]})", R"({"$max": {"a": {"z": 1}}})", "unchanged"},
                  {R"({"a":[1,2]})", R"({"$min": {"a": {"z": 1}}})", R"({"a":{"z":1}})"},
                  {R"({"a":[1,2]})", R"({"$max": {"a.1": 9, "a.2": 3}})", R"({"a":[1,9,3]})"},
                  {R"({"a":1})", R"({"$max": {"a.b": 9}})",
                   R"(28 $max at a.b: there cannot be a field "b" in the integer 1 at a)"},
              }),
              "");
}

TEST(UpdateFields, CurrentDate) {
    EXPECT_EQ(mismatches({
                  {R"({})", R"({"$currentDate": {"a": true}})", R"({"a":{"$date":"2023-11-14T22:13:20Z"}})"},
                  {R"({"a":1})", R"({"$currentDate": {"a": false}})", R"({"a":{"$date":"2023-11-14T22:13:20Z"}})"},
                  {R"({})", R"({"$currentDate": {"a.b": {"$type": "date"}}})",
                   R"({"a":{"b":{"$date":"2023-11-14T22:13:20Z"}}})"},
                  {R"({})", R"({"$currentDate": {"a": {"$type": "timestamp"}}})",
                   R"(115 $currentDate at a: there is no type timestamp in sheaf; use {"$type": "date"})"},
                  {R"({})", R"({"$currentDate": {"a": {"$type": "Date"}}})",
                   R"(2 $currentDate at a: the operand is true or {"$type": "date"})"},
                  {R"({})", R"({"$currentDate": {"a": {"$type": "date", "x": 1}}})",
                   R"(2 $currentDate at a: the operand is true or {"$type": "date"})"},
                  {R"({})", R"({"$currentDate": {"a": 1}})",
                   R"(2 $currentDate at a: the operand is true or {"$type": "date"}, not an integer)"},
              }),
              "");
    EXPECT_THROW(Update::parse(R"({"$currentDate": {"a": true}})"_json, test_limits), Error);  // what time?
}

TEST(UpdateFields, Rename) {
    EXPECT_EQ(
        mismatches({
            {R"({"a":1,"c":2})", R"({"$rename": {"a": "b"}})", R"({"c":2,"b":1})"},
            {R"({"a":1,"b":2,"c":3})", R"({"$rename": {"a": "b"}})", R"({"b":1,"c":3})"},
            {R"({"a":{"b":1,"d":2}})", R"({"$rename": {"a.b": "a.c"}})", R"({"a":{"d":2,"c":1}})"},
            {R"({"a":{"b":{"c":1}}})", R"({"$rename": {"a.b.c": "x.y"}})", R"({"a":{"b":{}},"x":{"y":1}})"},
            {R"({"a":1,"c":2})", R"({"$rename": {"a": "b", "c": "d"}})", R"({"b":1,"d":2})"},
            {R"({"a":1})", R"({"$rename": {"b": "c"}})", "unchanged"},
            {R"({"a":1})", R"({"$rename": {"b.c": "a.d"}})", "unchanged"},
            {R"({"a":1})", R"({"$rename": {"$b": "c"}})", "unchanged"},
            {R"({"a":[1]})", R"({"$rename": {"a": "b"}})", R"({"b":[1]})"},
            {R"({"a":1})", R"({"$rename": {"a.b": "c"}})",
             R"(28 $rename at a.b: there cannot be a field "b" in the integer 1 at a)"},
            {R"({"a":1,"b":2})", R"({"$rename": {"a": "b.x"}})",
             R"(28 $rename at b.x: there cannot be a field "x" in the integer 2 at b)"},
            {R"({"a":[{"b":1}]})", R"({"$rename": {"a.0.b": "x"}})",
             "2 $rename at a.0.b: a field cannot be renamed from or to within an array"},
            {R"({"a":[1],"b":2})", R"({"$rename": {"b": "a.0"}})",
             "2 $rename at a.0: a field cannot be renamed from or to within an array"},
            {R"({"a":[{"x":5}],"b":2})", R"({"$rename": {"b": "a.0.z"}, "$set": {"a.0.x": 1}})",
             "2 $rename at a.0.z: a field cannot be renamed from or to within an array"},
            {R"({"_id":1,"a":1})", R"({"$rename": {"a": "_id"}})",
             "66 $rename at _id: _id cannot be what another field is renamed to"},
            {R"({"_id":1})", R"({"$rename": {"_id": "a"}})",
             "66 $rename at _id: _id cannot be changed from the integer 1"},
            {R"({"_id":1})", R"({"$rename": {"a": "_id"}})", "unchanged"},
            {R"({"a":1})", R"({"$rename": {"a": "$b"}})", "52 $rename at $b: a path cannot begin with $"},
            {R"({})", R"({"$rename": {"a": "a"}})", "2 $rename at a: the new name is the old one"},
            {R"({})", R"({"$rename": {"a": 1}})", "2 $rename at a: the new name is the integer 1, not a string"},
            {R"({})", R"({"$rename": {"a": "b."}})", "56 $rename at b.: the path has an empty part"},
            {R"({})", R"({"$rename": {"a": "b\u0000"}})", "9867600 $rename at a: the new name has a null byte"},
            {R"({})", R"({"$rename": {"a.$[]": "b"}})", R"(2 $rename at a.$[]: the path cannot have the part "$[]")"},
            {R"({})", R"({"$rename": {"a": "b.$"}})", R"(2 $rename at b.$: the path cannot have the part "$")"},
            {R"({})", R"({"$rename": {"a": "b"}, "$set": {"a": 1}})", "40 the paths a ($rename) and a ($set) conflict"},
            {R"({})", R"({"$rename": {"a": "b"}, "$inc": {"b.c": 1}})",
             "40 the paths b ($rename) and b.c ($inc) conflict"},
            {R"({})", R"({"$rename": {"a": "b", "c": "b"}})", "40 the paths b ($rename) and b ($rename) conflict"},
        }),
        "");
}

TEST(UpdateFields, ManyFields) {
    constexpr int count = 100'000;
    Object set, unset, rename, document;
    for (int i = 0; i < count; ++i) {
        const std::string key = std::to_string(i);
        document.append("f" + key, i);
        set.append("g" + key, i);
        set.append("f" + key, -i);
        unset.append("f" + key, 1);
        rename.append("f" + key, "r" + key);
    }
    const Document before(document);
    const auto size_after = [&](const char* op, const Object& operand) {
        const Document update({{op, Value(operand)}});
        return Update::parse(update, test_limits).apply(before, test_limits)->view().size();
    };
    EXPECT_EQ(size_after("$set", set), 2U * count);
    EXPECT_EQ(size_after("$unset", unset), 0U);
    EXPECT_EQ(size_after("$rename", rename), std::size_t(count));
}

}  // namespace
}  // namespace sheaf::query
