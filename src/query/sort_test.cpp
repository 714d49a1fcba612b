#include "query/sort.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::query {
namespace {

const Limits limits;

// What is_after() says in passing must be so.
void expect_consistent(const Sort& sort, View documents) {
    Bytes scratch;
    for (const View a : documents.elements()) {
        for (const View b : documents.elements()) {
            const Bytes bar = sort.key({b, {}});
            if (sort.is_after({a, {}}, bar, scratch)) {
                EXPECT_GT(sort.key({a, {}}), bar) << to_json(a) << to_json(b);
            }
        }
    }
}

// The _ids of an array of documents, sorted.
std::string sorted(const char* documents, const char* sort) {
    const Sort parsed = Sort::parse(Document::from_json(sort), limits);
    const Bytes bytes = json_to_cbor(documents);
    expect_consistent(parsed, View(bytes));
    std::vector<std::pair<Bytes, std::string>> keys;
    for (const View document : View(bytes).elements()) {
        keys.emplace_back(parsed.key({document, {}}), to_json(document["_id"]));
    }
    std::sort(keys.begin(), keys.end());
    std::string text;
    for (const auto& [key, id] : keys) text += id + " ";
    return text;
}

TEST(Sort, ByType) {
    const char* documents = R"([{"_id":1,"a":{"$date":0}},{"_id":2,"a":true},{"_id":3,"a":{"x":1}},{"_id":4,"a":"s"},
        {"_id":5,"a":1.5},{"_id":6,"a":null},{"_id":7},{"_id":8,"a":[]},{"_id":9,"a":{"$numberDouble":"NaN"}},
        {"_id":10,"a":[[1]]},{"_id":11,"a":{"$oid":"0123456789abcdef01234567"}},{"_id":12,"a":-3}])";
    EXPECT_EQ(sorted(documents, R"({"a": 1})"), "8 6 7 9 12 5 4 3 10 11 2 1 ");
    EXPECT_EQ(sorted(documents, R"({"a": -1})"), "1 2 11 10 3 4 5 12 9 6 7 8 ");
}

TEST(Sort, IsAfterByItsFirstField) {
    const Sort sort = Sort::parse(Document::from_json(R"({"a": -1})"), limits);
    const Document low = Document::from_json(R"({"_id": 1, "a": 2})");
    const Document high = Document::from_json(R"({"_id": 2, "a": 3})");
    Bytes scratch;
    EXPECT_TRUE(sort.is_after({low.view(), {}}, sort.key({high.view(), {}}), scratch));
    EXPECT_FALSE(sort.is_after({high.view(), {}}, sort.key({low.view(), {}}), scratch));
    EXPECT_FALSE(sort.is_after({low.view(), {}}, sort.key({low.view(), {}}), scratch));
}

TEST(Sort, SeveralFieldsAndTies) {
    const char* documents =
        R"([{"_id":4,"a":1,"b":"x"},{"_id":3,"a":1.0,"b":"y"},{"_id":2,"a":2,"b":"x"},{"_id":1,"a":1,"b":"x"}])";
    EXPECT_EQ(sorted(documents, R"({"a": 1, "b": -1})"), "3 1 4 2 ");
    EXPECT_EQ(sorted(documents, R"({"a": -1, "b": 1})"), "2 1 4 3 ");
    EXPECT_EQ(sorted(documents, R"({"b": -1})"), "3 1 2 4 ");
    EXPECT_EQ(sorted(documents, R"({"_id": -1})"), "4 3 2 1 ");
}

TEST(Sort, StringsThatAreAPrefixOfAnother) {
    const char* documents = R"([{"_id":1,"a":"a\u0000"},{"_id":2,"a":"a"},{"_id":3,"a":"ab"},{"_id":4,"a":""},
        {"_id":5,"a":"a\u0000b"},{"_id":6,"a":"a\u00ff"}])";
    EXPECT_EQ(sorted(documents, R"({"a": 1})"), "4 2 1 5 3 6 ");
    EXPECT_EQ(sorted(documents, R"({"a": -1})"), "6 3 5 1 2 4 ");
    EXPECT_EQ(sorted(documents, R"({"a": -1, "b": -1})"), "6 3 5 1 2 4 ");
    EXPECT_EQ(sorted(documents, R"({"a": -1, "b": 1})"), "6 3 5 1 2 4 ");
}

TEST(Sort, ArraysGiveTheirExtremes) {
    const char* documents = R"([{"_id":1,"a":[5,1]},{"_id":2,"a":[4,3]},{"_id":3,"a":2},{"_id":4,"a":[]},{"_id":5}])";
    EXPECT_EQ(sorted(documents, R"({"a": 1})"), "4 5 1 3 2 ");
    EXPECT_EQ(sorted(documents, R"({"a": -1})"), "1 2 3 5 4 ");
}

TEST(Sort, PathsThroughArrays) {
    const char* documents = R"([{"_id":1,"a":[{"b":5},{"b":1}]},{"_id":2,"a":{"b":3}},{"_id":3,"a":[{"c":1}]},
        {"_id":4,"a":[7]},{"_id":5,"a":[]},{"_id":6,"a":[{"b":[0,9]}]}])";
    EXPECT_EQ(sorted(documents, R"({"a.b": 1})"), "3 4 5 6 1 2 ");
    EXPECT_EQ(sorted(documents, R"({"a.b": -1})"), "6 1 2 3 4 5 ");
    const char* indexed = R"([{"_id":1,"a":[3,1]},{"_id":2,"a":[2,9]},{"_id":3,"a":{"0":5}},{"_id":4,"a":[]}])";
    EXPECT_EQ(sorted(indexed, R"({"a.0": 1})"), "4 2 1 3 ");
    EXPECT_EQ(sorted(indexed, R"({"a.1": -1})"), "2 1 3 4 ");
}

TEST(Sort, FieldsOfOneArrayStayTogether) {
    // The first element in the asked order decides, not each field for itself.
    const char* documents = R"([{"_id":1,"a":[{"b":1,"c":5},{"b":2,"c":0}]},{"_id":2,"a":[{"b":1,"c":4}]}])";
    EXPECT_EQ(sorted(documents, R"({"a.b": 1, "a.c": 1})"), "2 1 ");
}

TEST(Sort, SystemFields) {
    const Sort sort = Sort::parse(R"({"_version": -1, "_created": 1})"_json, limits);
    const Document document = R"({"_id": 1, "_version": 9})"_json;
    const auto key = [&](std::int64_t version, std::int64_t created) {
        return sort.key({document.view(), {{version}, {created}, {0}, false}});
    };
    EXPECT_LT(key(3, 5), key(2, 5));
    EXPECT_LT(key(3, 5), key(3, 6));
    EXPECT_EQ(key(3, 5), key(3, 5));
}

TEST(Sort, Refuses) {
    struct {
        const char* sort;
        int mongo;
        const char* message;
    } const cases[] = {
        {R"({"a": 2})", 15975, "the direction of a is the integer 2, not 1 or -1"},
        {R"({"a": 0.5})", 15975, "the direction of a is the double 0.5, not 1 or -1"},
        {R"({"a": "asc"})", 15974, R"(the direction of a is the string "asc", not 1 or -1)"},
        {R"({"a": true})", 15974, "the direction of a is the boolean true, not 1 or -1"},
        {R"({"a": {"$meta": "textScore"}})", 40218, "there is no textScore to sort by, at a"},
        {R"({"a": {"$meta": "what"}})", 31138, R"(sorting by the $meta the string "what" is not possible, at a)"},
        {R"({"": 1})", 40352, "a path of a sort is empty"},
        {R"({"a.": 1})", 40353, R"(the path "a." ends with a dot)"},
        {R"({"a..b": 1})", 15998, R"(the path "a..b" has an empty part)"},
        {R"({"a.$b": 1})", 16410, "a path cannot have a part that begins with $: a.$b"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.sort);
        try {
            Sort::parse(Document::from_json(c.sort), limits);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::invalid_sort);
            EXPECT_EQ(error.mongo_code(), c.mongo);
            EXPECT_EQ(error.message(), c.message);
        }
    }
    Object many;
    for (int i = 0; i < 33; ++i) many.append("f" + std::to_string(i), 1);
    EXPECT_THROW(Sort::parse(Document(many), limits), Error);
    EXPECT_NO_THROW(Sort::parse(R"({"a": 1.9, "b": {"$numberLong": "-1"}})"_json, limits));
    EXPECT_TRUE(Sort::parse({}, limits).empty());
}

TEST(Sort, RefusesParallelArrays) {
    const Sort sort = Sort::parse(R"({"a": 1, "b": 1})"_json, limits);
    EXPECT_NO_THROW(sort.key({R"({"a": [1], "b": 2})"_json.view(), {}}));
    try {
        sort.key({R"({"a": [1], "b": [2]})"_json.view(), {}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::invalid_sort);
        EXPECT_EQ(error.message(), "cannot sort by two arrays of one document, the second at b");
    }
}

TEST(Sort, LargeValuesAreNotCopiedPerElement) {
    Array elements(20'000, Value(7));
    const Document document({{"_id", 1}, {"a", Value(elements)}, {"b", std::string(1'000'000, 'x')}});
    const Sort sort = Sort::parse(R"({"a": 1, "b": 1})"_json, limits);
    EXPECT_GT(sort.key({document.view(), {}}).size(), 1'000'000U);
}

}  // namespace
}  // namespace sheaf::query
