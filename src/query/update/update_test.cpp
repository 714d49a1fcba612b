#include "query/update/update.hpp"

#include <gtest/gtest.h>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::query {
namespace {

const Limits limits;

// Canonical Extended JSON of the changed document, or "unchanged".
std::string updated(const std::string& document, const std::string& update) {
    const Update parsed = Update::parse(Document::from_json(update), limits);
    const auto changed = parsed.apply(Document::from_json(document), limits);
    return changed ? to_json(changed->view()) : "unchanged";
}

struct UpdateCase {
    const char* document;
    const char* update;
    const char* expected;
};

void check(std::initializer_list<UpdateCase> cases) {
    for (const UpdateCase& c : cases) {
        SCOPED_TRACE(std::string(c.update) + " on " + c.document);
        EXPECT_EQ(updated(c.document, c.update), c.expected);
    }
}

TEST(Update, Set) {
    check({
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
    });
}

TEST(Update, Unset) {
    check({
        {R"({"a":1,"b":2})", R"({"$unset": {"a": ""}})", R"({"b":2})"},
        {R"({"a":1})", R"({"$unset": {"b": ""}})", "unchanged"},
        {R"({"a":{"b":1,"c":2}})", R"({"$unset": {"a.b": 1}})", R"({"a":{"c":2}})"},
        {R"({"a":[1,2,3]})", R"({"$unset": {"a.1": 1}})", R"({"a":[1,null,3]})"},
        {R"({"a":[1,2,3]})", R"({"$unset": {"a.5": 1}})", "unchanged"},
        {R"({"a":[{"b":1}]})", R"({"$unset": {"a.b": 1}})", "unchanged"},
        {R"({"a":5})", R"({"$unset": {"a.b.c": 1}})", "unchanged"},
        {R"({"a":null})", R"({"$unset": {"a.b": 1}})", "unchanged"},
        {R"({"a":[[1,2]]})", R"({"$unset": {"a.0.1": 1}})", R"({"a":[[1,null]]})"},
    });
}

TEST(Update, Inc) {
    check({
        {R"({"a":5})", R"({"$inc": {"a": 2}})", R"({"a":7})"},
        {R"({"a":5})", R"({"$inc": {"a": -7}})", R"({"a":-2})"},
        {R"({"a":5})", R"({"$inc": {"a": 0}})", "unchanged"},
        {R"({"a":5})", R"({"$inc": {"a": 0.5}})", R"({"a":5.5})"},
        {R"({"a":5})", R"({"$inc": {"a": 1.0}})", R"({"a":6.0})"},
        {R"({"a":1.5})", R"({"$inc": {"a": 1}})", R"({"a":2.5})"},
        {R"({})", R"({"$inc": {"a.b": 3}})", R"({"a":{"b":3}})"},
        {R"({"a":[1,2]})", R"({"$inc": {"a.1": 3}})", R"({"a":[1,5]})"},
        {R"({"a":2147483647})", R"({"$inc": {"a": 1}})", R"({"a":2147483648})"},
        {R"({"a":9223372036854775806})", R"({"$inc": {"a": 1}})", R"({"a":9223372036854775807})"},
    });
    const Update one = Update::parse(R"({"$inc": {"a": 1}})"_json, limits);
    const auto changed = one.apply(R"({"a": {"$numberLong": "5"}})"_json, limits);
    ASSERT_TRUE(changed);
    EXPECT_TRUE((*changed)["a"].is_long());
    EXPECT_FALSE((*one.apply(R"({"a": 5})"_json, limits))["a"].is_long());
    EXPECT_TRUE((*one.apply(R"({"a": 2147483647})"_json, limits))["a"].is_long());
}

TEST(Update, IncManyFields) {
    Object fields;
    for (int i = 0; i < 100; ++i) fields.append("f" + std::to_string(i), 1);
    const auto changed = Update::parse(Document({{"$inc", Value(fields)}}), limits).apply({}, limits);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->view().size(), 100U);
}

TEST(Update, Push) {
    check({
        {R"({"a":[1]})", R"({"$push": {"a": 2}})", R"({"a":[1,2]})"},
        {R"({"a":[1]})", R"({"$push": {"a": [2, 3]}})", R"({"a":[1,[2,3]]})"},
        {R"({"a":[1]})", R"({"$push": {"a": {"$each": [2, 3]}}})", R"({"a":[1,2,3]})"},
        {R"({"a":[1]})", R"({"$push": {"a": {"$each": []}}})", "unchanged"},
        {R"({})", R"({"$push": {"a.b": true}})", R"({"a":{"b":[true]}})"},
        {R"({})", R"({"$push": {"a": {"$each": []}}})", R"({"a":[]})"},
        {R"({"a":[[1],[2]]})", R"({"$push": {"a.1": 3}})", R"({"a":[[1],[2,3]]})"},
        {R"({"a":[]})", R"({"$push": {"a": {"$sort": 1}}})", R"({"a":[{"$sort":1}]})"},  // as MongoDB: no $each
        {R"({"a":[]})", R"({"$push": {}})", "unchanged"},
    });
}

TEST(Update, Pull) {
    check({
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
    });
}

TEST(Update, SeveralOperators) {
    check({
        {R"({"a":1,"b":2,"c":[1]})", R"({"$set": {"d": 4}, "$inc": {"a": 1}, "$unset": {"b": ""}, "$push": {"c": 2}})",
         R"({"a":2,"c":[1,2],"d":4})"},
        {R"({"a":[0,0]})", R"({"$inc": {"a.1": 2}, "$set": {"a.0": 1}})", R"({"a":[1,2]})"},
    });
}

struct ErrorCase {
    const char* document;
    const char* update;
    Code code;
    const char* message;
};

void check_errors(std::initializer_list<ErrorCase> cases) {
    for (const ErrorCase& c : cases) {
        SCOPED_TRACE(std::string(c.update) + " on " + c.document);
        try {
            updated(c.document, c.update);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), c.code);
            EXPECT_EQ(error.message(), c.message);
        }
    }
}

TEST(Update, RefusesToParse) {
    check_errors({
        {"{}", "{}", Code::invalid_update,
         "an update needs an operator such as $set; an empty document is for replace"},
        {"{}", R"({"a": 1})", Code::invalid_update,
         R"("a" is not an operator; an update consists of operators such as $set, )"
         "and a whole new document is for replace"},
        {"{}", R"({"$set": {"a": 1}, "b": 2})", Code::invalid_update,
         R"("b" is not an operator; an update consists of operators such as $set, )"
         "and a whole new document is for replace"},
        {"{}", R"({"$frob": {"a.b": 1}})", Code::invalid_update, R"(unknown operator "$frob" at a.b)"},
        {"{}", R"({"$set": {"a": 1}, "$max": {"b": 2}})", Code::invalid_update, "operator $max is not supported yet"},
        {"{}", R"({"$set": 5})", Code::invalid_update, "$set needs an object of paths and values, not an integer"},
        {"{}", R"({"$set": {"a..b": 5}})", Code::invalid_update, R"($set: the path "a..b" has an empty part)"},
        {"{}", R"({"$set": {"": 5}})", Code::invalid_update, R"($set: the path "" has an empty part)"},
        {"{}", R"({"$set": {"$a": 5}})", Code::invalid_update, "$set at $a: a path cannot begin with $"},
        {"{}", R"({"$inc": {"a.$": 5}})", Code::invalid_update,
         R"($inc at a.$: the positional part "$" is not supported yet)"},
        {"{}", R"({"$inc": {"a.$[].b": 5}})", Code::invalid_update,
         R"($inc at a.$[].b: the positional part "$[]" is not supported yet)"},
        {"{}", R"({"$set": {"_version": 5}})", Code::invalid_update,
         "$set at _version: the system field _version cannot be changed"},
        {"{}", R"({"$inc": {"a": "x"}})", Code::type_mismatch,
         R"($inc at a: the amount is the string "x", not a number)"},
        {"{}", R"({"$push": {"a": {"$each": 1}}})", Code::invalid_update,
         "$push at a: $each needs an array, not an integer"},
        {"{}", R"({"$push": {"a": {"$each": [1], "$slice": 1}}})", Code::invalid_update,
         "$push at a: the modifier $slice is not supported yet"},
        {"{}", R"({"$push": {"a": {"$each": [1], "$x": 1}}})", Code::invalid_update,
         R"($push at a: unknown modifier "$x" beside $each)"},
        {"{}", R"({"$pull": {"a": {"$badop": 1}}})", Code::invalid_filter,
         R"($pull at a: unknown operator "$badop" at a)"},
        {"{}", R"({"$set": {"a": 1}, "$inc": {"a": 1}})", Code::conflicting_paths,
         "the paths a ($set) and a ($inc) conflict"},
        {"{}", R"({"$set": {"a.b.c": 1, "a.b": 1}})", Code::conflicting_paths,
         "the paths a.b ($set) and a.b.c ($set) conflict"},
        {"{}", R"({"$set": {"a": 1, "a.b.c": 1, "aa": 1}})", Code::conflicting_paths,
         "the paths a ($set) and a.b.c ($set) conflict"},
    });
    EXPECT_NO_THROW(Update::parse(R"({"$set": {"a.b": 1, "a.bb": 2, "a.c.b": 3}})"_json, limits));
}

TEST(Update, RefusesToApply) {
    check_errors({
        {R"({"a":5})", R"({"$set": {"a.b": 1}})", Code::path_not_viable,
         R"($set at a.b: there cannot be a field "b" in the integer 5 at a)"},
        {R"({"a":null})", R"({"$inc": {"a.b.c": 1}})", Code::path_not_viable,
         R"($inc at a.b.c: there cannot be a field "b" in null at a)"},
        {R"({"a":[1]})", R"({"$set": {"a.b": 1}})", Code::path_not_viable,
         R"($set at a.b: there cannot be a field "b" in an array at a)"},
        {R"({"a":"text"})", R"({"$pull": {"a.b": 1}})", Code::path_not_viable,
         R"($pull at a.b: there cannot be a field "b" in the string "text" at a)"},
        {R"({"a":"5"})", R"({"$inc": {"a": 1}})", Code::type_mismatch,
         R"($inc at a: the value is the string "5", not a number)"},
        {R"({"a":null})", R"({"$inc": {"a": 1}})", Code::type_mismatch, "$inc at a: the value is null, not a number"},
        {R"({"a":true})", R"({"$inc": {"a": 1}})", Code::type_mismatch,
         "$inc at a: the value is the boolean true, not a number"},
        {R"({"a":[1]})", R"({"$inc": {"a": 1}})", Code::type_mismatch,
         "$inc at a: the value is an array, not a number"},
        {R"({"a":9223372036854775807})", R"({"$inc": {"a": 1}})", Code::type_mismatch,
         "$inc at a: adding 1 to 9223372036854775807 overflows 64 bits"},
        {R"({"a":"x"})", R"({"$push": {"a": 1}})", Code::type_mismatch,
         R"($push at a: the value is the string "x", not an array)"},
        {R"({"a":null})", R"({"$push": {"a": 1}})", Code::type_mismatch, "$push at a: the value is null, not an array"},
        {R"({"a":{}})", R"({"$pull": {"a": 1}})", Code::type_mismatch,
         "$pull at a: the value is an object, not an array"},
        {R"({"_id":1})", R"({"$set": {"_id": 2}})", Code::immutable_field,
         "$set at _id: _id cannot be changed from the integer 1 to the integer 2"},
        {R"({"_id":1})", R"({"$unset": {"_id": ""}})", Code::immutable_field,
         "$unset at _id: _id cannot be changed from the integer 1"},
        {R"({"_id":1})", R"({"$inc": {"_id": 1}})", Code::immutable_field,
         "$inc at _id: _id cannot be changed from the integer 1 to the integer 2"},
        {R"({"_id":1})", R"({"$set": {"_id.x": 1}})", Code::immutable_field, "$set at _id.x: _id cannot be changed"},
        {R"({"a":[]})", R"({"$set": {"a.2000000": 1}})", Code::limit_exceeded,
         "$set at a.2000000: too many null elements to add"},
        {R"({"a":[],"b":[]})", R"({"$set": {"a.1000000": 1, "b.1000000": 1}})", Code::limit_exceeded,
         "$set at b.1000000: too many null elements to add"},
        {R"({"a":1})", R"({"$set": {"b.$oid": "x"}})", Code::invalid_document,
         R"(the updated document: an object that begins with "$oid" would be read back as Extended JSON at b)"},
    });
}

TEST(Update, ResultStaysWithinLimits) {
    Limits small;
    small.depth = 3;
    small.document_bytes = 40;
    const auto code = [&](const char* update) {
        try {
            Update::parse(Document::from_json(update), small).apply(R"({"_id": 1})"_json, small);
        } catch (const Error& error) {
            return error.code();
        }
        return Code::internal;
    };
    EXPECT_EQ(code(R"({"$set": {"a.b": 1}})"), Code::internal);  // no error
    EXPECT_EQ(code(R"({"$set": {"a.b.c.d": 1}})"), Code::limit_exceeded);
    EXPECT_EQ(code(R"({"$set": {"a": "01234567890123456789012345678901234567890123456789"}})"), Code::limit_exceeded);
}

std::string upserted(const char* filter, const char* update) {
    const Filter parsed = Filter::parse(Document::from_json(filter), limits);
    return to_json(Update::parse(Document::from_json(update), limits).upserted(parsed, limits).view());
}

TEST(Update, Upserted) {
    EXPECT_EQ(upserted(R"({"a": 1, "_id": 5})", R"({"$set": {"b": 2}})"), R"({"_id":5,"a":1,"b":2})");
    EXPECT_EQ(upserted(R"({"_id": {"$eq": "q"}})", R"({"$inc": {"n": 1}})"), R"({"_id":"q","n":1})");
    EXPECT_EQ(upserted(R"({"c.d": 1, "e": {"$gt": 5}})", R"({"$set": {"c.f": 2}})"), R"({"c":{"d":1,"f":2}})");
    EXPECT_EQ(upserted(R"({"a": {"b": 1}})", R"({"$set": {"a.c": 2}})"), R"({"a":{"b":1,"c":2}})");
    EXPECT_EQ(upserted(R"({"a": 1})", R"({"$set": {"_id": 7}})"), R"({"_id":7,"a":1})");
    EXPECT_EQ(upserted(R"({"a": 1})", R"({"$unset": {"a": ""}})"), "{}");
    EXPECT_EQ(upserted(R"({"n": 4})", R"({"$inc": {"n": 1}})"), R"({"n":5})");
    EXPECT_EQ(upserted(R"({"_version": 4, "a": null})", R"({"$push": {"l": 1}})"), R"({"a":null,"l":[1]})");
    EXPECT_EQ(upserted(R"({"_id": 1})", R"({"$pull": {"l": 1}})"), R"({"_id":1})");
    EXPECT_THROW(upserted(R"({"a": 1, "a.b": 2})", R"({"$set": {"c": 2}})"), Error);
    EXPECT_THROW(upserted(R"({"_id": 1})", R"({"$set": {"_id": 2}})"), Error);
    EXPECT_THROW(upserted(R"({"a": "x"})", R"({"$inc": {"a": 2}})"), Error);
}

TEST(Update, UpsertedReplacement) {
    const auto replaced = [](const char* filter, const char* replacement) {
        const Filter parsed = Filter::parse(Document::from_json(filter), limits);
        return to_json(upserted_replacement(parsed, Document::from_json(replacement), limits).view());
    };
    EXPECT_EQ(replaced(R"({"_id": 3, "b": 1})", R"({"a": 1})"), R"({"_id":3,"a":1})");
    EXPECT_EQ(replaced(R"({"b": 1})", R"({"a": 1})"), R"({"a":1})");
    EXPECT_EQ(replaced(R"({"b": 1})", R"({"a": 1, "_id": 9})"), R"({"_id":9,"a":1})");
    EXPECT_EQ(replaced(R"({"_id": 3})", R"({"a": 1, "_id": 3})"), R"({"_id":3,"a":1})");
    EXPECT_THROW(replaced(R"({"_id": 3})", R"({"_id": 4})"), Error);
}

}  // namespace
}  // namespace sheaf::query
