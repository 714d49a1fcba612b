#include <gtest/gtest.h>

#include <sheaf/json.hpp>

#include "query/filter/filter_testing.hpp"

namespace sheaf::query {
namespace {

void check(std::initializer_list<MatchCase> cases) {
    EXPECT_EQ(wrong_matches(cases), "");
}

void check_errors(std::initializer_list<ErrorCase> cases) {
    EXPECT_EQ(wrong_errors(cases), "");
}

TEST(FilterOperators, Type) {
    check({
        {R"({"a": 1})", R"({"a": {"$type": "int"}})", true},
        {R"({"a": 1})", R"({"a": {"$type": 16}})", true},
        {R"({"a": 1})", R"({"a": {"$type": 16.0}})", true},
        {R"({"a": 1})", R"({"a": {"$type": "long"}})", false},
        {R"({"a": {"$numberLong": "1"}})", R"({"a": {"$type": "long"}})", true},
        {R"({"a": 5000000000})", R"({"a": {"$type": "long"}})", true},
        {R"({"a": 1.0})", R"({"a": {"$type": "double"}})", true},
        {R"({"a": 1.0})", R"({"a": {"$type": "number"}})", true},
        {R"({"a": 1})", R"({"a": {"$type": "number"}})", true},
        {R"({"a": "1"})", R"({"a": {"$type": "number"}})", false},
        {R"({"a": null})", R"({"a": {"$type": "null"}})", true},
        {R"({})", R"({"a": {"$type": "null"}})", false},
        {R"({"a": true})", R"({"a": {"$type": "bool"}})", true},
        {R"({"a": {"$date": 5}})", R"({"a": {"$type": "date"}})", true},
        {R"({"a": {"$oid": "0123456789abcdef01234567"}})", R"({"a": {"$type": "objectId"}})", true},
        {R"({"a": {"$binary": {"base64": "", "subType": "00"}}})", R"({"a": {"$type": "binData"}})", true},
        {R"({"a": []})", R"({"a": {"$type": "array"}})", true},
        {R"({"a": [1, "x"]})", R"({"a": {"$type": "string"}})", true},
        {R"({"a": [[1]]})", R"({"a": {"$type": "int"}})", false},
        {R"({"a": {}})", R"({"a": {"$type": ["string", 3]}})", true},
        {R"({"a": 1})", R"({"a": {"$type": ["decimal", "regex", "timestamp", -1, 127, "undefined"]}})", false},
        {R"({"a": 1})", R"({"a": {"$not": {"$type": "string"}}})", true},
    });
    check_errors({
        {R"({"a": {"$type": "Int"}})", 2, R"($type at a does not know the type that the string "Int" would be)"},
        {R"({"a": {"$type": 99}})", 2, "$type at a does not know the type that the integer 99 would be"},
        {R"({"a": {"$type": 1.5}})", 2, ""},
        {R"({"a": {"$type": {"$numberDouble": "NaN"}}})", 2, ""},
        {R"({"a": {"$type": 1e300}})", 2, ""},
        {R"({"a": {"$type": []}})", 9, "$type at a needs at least one type"},
        {R"({"a": {"$type": true}})", 14, "$type at a names types by numbers or strings, not a boolean"},
        {R"({"a": {"$type": [[1]]}})", 14, ""},
    });
}

TEST(FilterOperators, SizeCountsTheArrayItself) {
    check({
        {R"({"a": []})", R"({"a": {"$size": 0}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$size": 2.0}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$size": 1}})", false},
        {R"({"a": [[1, 2, 3]]})", R"({"a": {"$size": 3}})", false},
        {R"({"a": [[1, 2, 3]]})", R"({"a.0": {"$size": 3}})", true},
        {R"({"a": [{"b": [1]}, {"b": [1, 2]}]})", R"({"a.b": {"$size": 2}})", true},
        {R"({"a": "xx"})", R"({"a": {"$size": 2}})", false},
        {R"({})", R"({"a": {"$size": 0}})", false},
        {R"({"a": null})", R"({"a": {"$not": {"$size": 0}}})", true},
    });
    check_errors({
        {R"({"a": {"$size": -1}})", 2, "$size at a needs a whole number from 0 to 2147483647, not the integer -1"},
        {R"({"a": {"$size": 1.5}})", 2, ""},
        {R"({"a": {"$size": 2147483648}})", 2, ""},
        {R"({"a": {"$size": "1"}})", 2, ""},
        {R"({"a": {"$size": {"$gt": 1}}})", 2, ""},
        {R"({"a": {"$size": {"$numberDouble": "NaN"}}})", 2, ""},
    });
}

TEST(FilterOperators, All) {
    check({
        {R"({"a": [1, 2, 3]})", R"({"a": {"$all": [3, 1]}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$all": [3, 1]}})", false},
        {R"({"a": 1})", R"({"a": {"$all": [1, 1]}})", true},
        {R"({"a": [1]})", R"({"a": {"$all": []}})", false},
        {R"({"a": [[1, 2]]})", R"({"a": {"$all": [[1, 2]]}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$all": [[1, 2]]}})", true},
        {R"({})", R"({"a": {"$all": [null]}})", true},
        {R"({"a": [{"x": 1, "y": 2}, {"x": 3}]})",
         R"({"a": {"$all": [{"$elemMatch": {"x": 3}}, {"$elemMatch": {"x": 1, "y": 2}}]}})", true},
        {R"({"a": [{"x": 1}, {"y": 2}]})", R"({"a": {"$all": [{"$elemMatch": {"x": 1, "y": 2}}]}})", false},
        {R"({"a": [{"b": 1}, {"b": 2}]})", R"({"a.b": {"$all": [1, 2]}})", true},
    });
    check_errors({
        {R"({"a": {"$all": 1}})", 2, "$all at a needs an array, not an integer"},
        {R"({"a": {"$all": [{"$gt": 1}]}})", 2, "$all at a takes values or $elemMatch, not other operators"},
        {R"({"a": {"$all": [{"$elemMatch": {"x": 1}}, 1]}})", 2,
         "$all at a takes either values or $elemMatch, not both"},
        {R"({"a": {"$all": [1, {"$elemMatch": {"x": 1}}]}})", 2, ""},
    });
}

TEST(FilterOperators, ElemMatch) {
    check({
        {R"({"a": [1, 9]})", R"({"a": {"$elemMatch": {"$gt": 3, "$lt": 5}}})", false},
        {R"({"a": [1, 4]})", R"({"a": {"$elemMatch": {"$gt": 3, "$lt": 5}}})", true},
        {R"({"a": 4})", R"({"a": {"$elemMatch": {"$gt": 3}}})", false},
        {R"({"a": [[4]]})", R"({"a": {"$elemMatch": {"$gt": 3}}})", false},
        {R"({"a": [[4]]})", R"({"a": {"$elemMatch": {"$elemMatch": {"$gt": 3}}}})", true},
        {R"({"a": [[4, 5], 1]})", R"({"a": {"$elemMatch": {"$size": 2}}})", true},
        {R"({"a": [[4]]})", R"({"a": {"$elemMatch": {"$eq": [4]}}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$elemMatch": {"$not": {"$eq": 1}}}})", true},
        {R"({"a": [1]})", R"({"a": {"$elemMatch": {"$nin": [1]}}})", false},
        {R"({"a": ["xy"]})", R"({"a": {"$elemMatch": {"$regex": "^X", "$options": "i"}}})", true},
        {R"({"a": [{"x": 1, "y": 2}, {"x": 2, "y": 1}]})", R"({"a": {"$elemMatch": {"x": 1, "y": 1}}})", false},
        {R"({"a": [{"x": 1, "y": 2}]})", R"({"a": {"$elemMatch": {"x": 1, "y": {"$gt": 1}}}})", true},
        {R"({"a": [{"x": [1, 5]}]})", R"({"a": {"$elemMatch": {"x": 5}}})", true},
        {R"({"a": [{"b": {"c": 1}}]})", R"({"a": {"$elemMatch": {"b.c": 1}}})", true},
        {R"({"a": [{"x": 1}]})", R"({"a": {"$elemMatch": {"$or": [{"x": 1}, {"y": 1}]}}})", true},
        {R"({"a": [{"x": 1}]})", R"({"a": {"$elemMatch": {"y": null}}})", true},
        {R"({"a": [1]})", R"({"a": {"$elemMatch": {"y": null}}})", false},
        {R"({"a": [{}]})", R"({"a": {"$elemMatch": {}}})", true},
        {R"({"a": [1]})", R"({"a": {"$elemMatch": {}}})", false},
        {R"({"a": {"x": 1}})", R"({"a": {"$elemMatch": {"x": 1}}})", false},
        // An array is an object whose keys are numbers.
        {R"({"a": [[7, 8]]})", R"({"a": {"$elemMatch": {"1": 8}}})", true},
        {R"({"a": [[{"x": 1}]]})", R"({"a": {"$elemMatch": {"x": 1}}})", false},
        {R"({"a": [{"b": [1]}, {"b": [4]}]})", R"({"a.b": {"$elemMatch": {"$gt": 3}}})", true},
        {R"({"a": [{"_version": 7}]})", R"({"a": {"$elemMatch": {"_version": 7}}})", true},
        {R"({"a": [{"x": [{"y": 1}]}]})", R"({"a": {"$elemMatch": {"x": {"$elemMatch": {"y": 1}}}}})", true},
    });
    check_errors({
        {R"({"a": {"$elemMatch": 5}})", 2, "$elemMatch at a needs an object, not an integer"},
        {R"({"a": {"$elemMatch": [1]}})", 2, ""},
        {R"({"a": {"$elemMatch": {"$expr": true}}})", 2,
         "$expr asks about whole documents, not about elements of arrays"},
        {R"({"a": {"$elemMatch": {"$where": "1"}}})", 2, "operator $where is not supported"},
        {R"({"a": {"$elemMatch": {"$foo": 1}}})", 2, R"(unknown operator "$foo" at a)"},
    });
}

TEST(FilterOperators, Mod) {
    check({
        {R"({"a": 8})", R"({"a": {"$mod": [4, 0]}})", true},
        {R"({"a": 9.9})", R"({"a": {"$mod": [4.9, 1.9]}})", true},
        {R"({"a": -5})", R"({"a": {"$mod": [3, -2]}})", true},
        {R"({"a": 5})", R"({"a": {"$mod": [-3, 2]}})", true},
        {R"({"a": 5})", R"({"a": {"$mod": [3, 5]}})", false},
        {R"({"a": {"$numberLong": "-9223372036854775808"}})", R"({"a": {"$mod": [-1, 0]}})", true},
        {R"({"a": 7})", R"({"a": {"$mod": [-1, 1]}})", false},
        {R"({"a": {"$numberDouble": "NaN"}})", R"({"a": {"$mod": [1, 0]}})", false},
        {R"({"a": {"$numberDouble": "Infinity"}})", R"({"a": {"$mod": [1, 0]}})", false},
        {R"({"a": 1e300})", R"({"a": {"$mod": [1, 0]}})", false},
        {R"({"a": "8"})", R"({"a": {"$mod": [4, 0]}})", false},
        {R"({})", R"({"a": {"$mod": [4, 0]}})", false},
        {R"({"a": [3, 8]})", R"({"a": {"$mod": [4, 0]}})", true},
    });
    check_errors({
        {R"({"a": {"$mod": [0, 1]}})", 2, "$mod at a cannot divide by zero"},
        {R"({"a": {"$mod": [0.9, 1]}})", 2, "$mod at a cannot divide by zero"},
        {R"({"a": {"$mod": [1]}})", 2, "$mod at a needs an array of a divisor and a remainder"},
        {R"({"a": {"$mod": [1, 2, 3]}})", 2, ""},
        {R"({"a": {"$mod": 5}})", 2, ""},
        {R"({"a": {"$mod": [1, "2"]}})", 2, R"($mod at a needs numbers within 64 bits, not the string "2")"},
        {R"({"a": {"$mod": [{"$numberDouble": "NaN"}, 1]}})", 2, ""},
        {R"({"a": {"$mod": [1e19, 1]}})", 2, ""},
    });
}

TEST(FilterOperators, Bits) {
    check({
        {R"({"a": 54})", R"({"a": {"$bitsAllSet": 50}})", true},
        {R"({"a": 54})", R"({"a": {"$bitsAllSet": [1, 5]}})", true},
        {R"({"a": 54})", R"({"a": {"$bitsAllSet": [0, 5]}})", false},
        {R"({"a": 54})", R"({"a": {"$bitsAnySet": [0, 5]}})", true},
        {R"({"a": 54})", R"({"a": {"$bitsAllClear": [0, 3]}})", true},
        {R"({"a": 54})", R"({"a": {"$bitsAllClear": [0, 1]}})", false},
        {R"({"a": 54})", R"({"a": {"$bitsAnyClear": [0, 1]}})", true},
        {R"({"a": 54})", R"({"a": {"$bitsAnyClear": 54.0}})", false},
        {R"({"a": 54})", R"({"a": {"$bitsAllSet": {"$binary": {"base64": "Ng==", "subType": "00"}}}})", true},
        {R"({"a": 0})", R"({"a": {"$bitsAllSet": []}})", true},
        {R"({"a": 0})", R"({"a": {"$bitsAnySet": 0}})", false},
        {R"({"a": 0})", R"({"a": {"$bitsAllClear": []}})", true},
        {R"({"a": 0})", R"({"a": {"$bitsAnyClear": []}})", false},
        // The sign goes on to the left.
        {R"({"a": -1})", R"({"a": {"$bitsAllSet": [2147483647, 63, 0]}})", true},
        {R"({"a": 1})", R"({"a": {"$bitsAnySet": [64, 100]}})", false},
        {R"({"a": -1})", R"({"a": {"$bitsAllSet": {"$binary": {"base64": "AAAAAAAAAAAB", "subType": "00"}}}})", true},
        {R"({"a": 2.0})", R"({"a": {"$bitsAllSet": [1]}})", true},
        {R"({"a": 2.5})", R"({"a": {"$bitsAllSet": [1]}})", false},
        {R"({"a": 1e30})", R"({"a": {"$bitsAllClear": [1]}})", false},
        {R"({"a": "54"})", R"({"a": {"$bitsAllClear": []}})", false},
        {R"({})", R"({"a": {"$bitsAllClear": []}})", false},
        // Binary data ends in zeros.
        {R"({"a": {"$binary": {"base64": "AAI=", "subType": "00"}}})", R"({"a": {"$bitsAllSet": [9]}})", true},
        {R"({"a": {"$binary": {"base64": "AAI=", "subType": "00"}}})", R"({"a": {"$bitsAllClear": [8, 2000000000]}})",
         true},
        {R"({"a": {"$binary": {"base64": "AAI=", "subType": "00"}}})", R"({"a": {"$bitsAllSet": 512}})", true},
        {R"({"a": [1, 2]})", R"({"a": {"$bitsAllSet": [1]}})", true},
    });
    check_errors({
        {R"({"a": {"$bitsAllSet": -1}})", 9,
         "$bitsAllSet at a needs a mask that is a whole number from 0 on within 64 bits, not the integer -1"},
        {R"({"a": {"$bitsAnySet": 1.5}})", 9, ""},
        {R"({"a": {"$bitsAnyClear": 1e19}})", 9, ""},
        {R"({"a": {"$bitsAllClear": {"$numberDouble": "NaN"}}})", 9, ""},
        {R"({"a": {"$bitsAllClear": "1"}})", 2,
         "$bitsAllClear at a needs a number, binary data or an array of positions, not a string"},
        {R"({"a": {"$bitsAllSet": [-1]}})", 2,
         "$bitsAllSet at a needs positions that are whole numbers from 0 to 2147483647, not the integer -1"},
        {R"({"a": {"$bitsAllSet": [2147483648]}})", 2, ""},
        {R"({"a": {"$bitsAllSet": [1.5]}})", 2, ""},
        {R"({"a": {"$bitsAllSet": ["1"]}})", 2, ""},
    });
}

TEST(FilterOperators, RegexTakesOptionsInAnyOrder) {
    check({
        {R"({"a": "Kyoto"})", R"({"a": {"$regex": "^K"}})", true},
        {R"({"a": "Kyoto"})", R"({"a": {"$regex": "^k"}})", false},
        {R"({"a": "Kyoto"})", R"({"a": {"$options": "i", "$regex": "^k"}})", true},
        {R"({"a": "Kyoto"})", R"({"a": {"$regex": "^k", "$ne": "x", "$options": "i"}})", true},
        {R"({"a": ["x", "Kyoto"]})", R"({"a": {"$regex": "oto$"}})", true},
        {R"({"a": 5})", R"({"a": {"$regex": "5"}})", false},
        {R"({})", R"({"a": {"$regex": ""}})", false},
        {R"({"a": "Kyoto"})", R"({"a": {"$not": {"$regex": "k", "$options": "i"}}})", false},
        {R"({})", R"({"a": {"$not": {"$regex": "k"}}})", true},
    });
    check_errors({
        {R"({"a": {"$regex": 5}})", 2, "$regex at a needs a string, not an integer"},
        {R"({"a": {"$regex": "a", "$options": 5}})", 2, "$options at a needs a string, not an integer"},
        {R"({"a": {"$options": "i"}})", 2, "$options at a belongs to a $regex, which is not there"},
        {R"({"a": {"$regex": "("}})", 51091,
         "$regex at a: the regular expression is not valid: missing closing parenthesis, at byte 1"},
        {R"({"a": {"$regex": "a", "$options": "g"}})", 51108, ""},
    });
}

TEST(FilterOperators, Expr) {
    check({
        {R"({"a": 5, "b": 4})", R"({"$expr": {"$gt": ["$a", "$b"]}})", true},
        {R"({"a": 3, "b": 4})", R"({"$expr": {"$gt": ["$a", "$b"]}})", false},
        {R"({"a": 0})", R"({"$expr": "$a"})", false},
        {R"({})", R"({"$expr": "$a"})", false},
        {R"({})", R"({"$expr": true})", true},
        {R"({})", R"({"$expr": {"$and": []}})", true},
        {R"({"a": 5})", R"({"$nor": [{"$expr": {"$eq": ["$a", 5]}}]})", false},
    });
    check_errors({
        {R"({"$expr": {"$foo": 1}})", 168, ""},
        {R"({"$expr": {"$eq": ["$$nothing", 1]}})", 17276, ""},
    });
}

TEST(FilterOperators, ExprKnowsVariablesAndSystemFields) {
    const Bindings bindings{{1000}, {{"limit", json_to_cbor("5")}}};
    const Settings settings(limits, &bindings);
    const auto asked = [&](const Document& filter, const SystemFields& system) {
        return Filter::parse(filter, settings).matches({Document({{"a", 6}}).view(), system});
    };
    EXPECT_TRUE(asked(R"({"$expr": {"$gt": ["$a", "$$limit"]}})"_json, {}));
    EXPECT_TRUE(asked(R"({"$expr": {"$eq": ["$$NOW", {"$date": 1000}]}})"_json, {}));
    EXPECT_TRUE(asked(R"({"$expr": {"$eq": ["$_version", 3]}})"_json, {{3}, {}, {}, false}));
    EXPECT_FALSE(asked(R"({"$expr": {"$eq": ["$_version", 4]}})"_json, {{3}, {}, {}, false}));
    EXPECT_TRUE(Filter::parse(R"({"$or": [{"$expr": "$_archived"}]})"_json, limits).reads_system_fields());
    EXPECT_FALSE(Filter::parse(R"({"$or": [{"$expr": "$a._archived"}]})"_json, limits).reads_system_fields());
    Settings none(limits);
    none.has_system_fields = false;
    EXPECT_FALSE(Filter::parse(R"({"_version": 3, "$expr": "$_archived"})"_json, none).reads_system_fields());
}

std::string index_of(const char* document, const char* filter) {
    const Document subject = Document::from_json(document);
    const Filter parsed = Filter::parse(Document::from_json(filter), limits);
    if (!parsed.matches({subject.view(), {}})) return "no match";
    const auto index = parsed.matched_index({subject.view(), {}});
    return index ? std::to_string(*index) : "none";
}

struct IndexCase {
    const char* document;
    const char* filter;
    const char* expected;
};

TEST(FilterOperators, MatchedIndex) {
    const IndexCase cases[] = {
        {R"({"a": [1, 5]})", R"({"a": 5})", "1"},
        {R"({"a": 5})", R"({"a": 5})", "none"},
        {R"({"a": [1, 5]})", R"({})", "none"},
        {R"({"a": [1, 5]})", R"({"a": [1, 5]})", "none"},
        {R"({"a": [{"b": 1}, {"b": 5}]})", R"({"a.b": 5})", "1"},
        {R"({"a": {"b": [1, 5]}})", R"({"a.b": {"$gt": 2}})", "1"},
        // The first array on the path.
        {R"({"a": [{"b": [5]}, {"b": [1, 2, 7]}]})", R"({"a.b": 7})", "1"},
        {R"({"a": [{"b": [5]}, {"b": [1, 2, 7]}]})", R"({"a.b": {"$elemMatch": {"$eq": 7}}})", "1"},
        {R"({"a": {"b": [1, 2, 7]}})", R"({"a.b": {"$elemMatch": {"$eq": 7}}})", "2"},
        {R"({"a": [{"x": 1}, {"x": 2}]})", R"({"a": {"$elemMatch": {"x": 2}}})", "1"},
        {R"({"a": [1, 5]})", R"({"a": {"$in": [7, 5]}})", "1"},
        {R"({"a": [1, 5]})", R"({"a": {"$size": 2}})", "none"},
        {R"({"a": [{"b": [1]}, {"b": [1, 2]}]})", R"({"a.b": {"$size": 2}})", "1"},
        {R"({"a": [10, 20]})", R"({"a.1": 20})", "none"},
        {R"({"a": [{"b": 1}, {"b": 2}]})", R"({"a.1.b": 2})", "1"},
        {R"({"a": [{"b": 1}, {}]})", R"({"a.b": null})", "1"},
        // The last condition wins, of several at a path in MongoDB's order.
        {R"({"a": [1, 5], "b": [5, 1]})", R"({"a": 1, "b": 1})", "1"},
        {R"({"a": [1, 2, 3]})", R"({"a": {"$gt": 1, "$lt": 3}})", "1"},
        {R"({"a": [1, 2, 3]})", R"({"$and": [{"a": {"$gt": 1}}, {"a": {"$lt": 3}}]})", "1"},
        {R"({"a": [1, 2, 3, 4]})", R"({"a": {"$all": [1, 3]}})", "2"},
        {R"({"a": [1, 5], "b": 1})", R"({"a": 5, "b": 1})", "1"},
        // Of a disjunction only where it is an $in.
        {R"({"a": [1, 5]})", R"({"$or": [{"a": 7}, {"a": 5}]})", "1"},
        {R"({"a": [1, 5]})", R"({"$or": [{"a": 5}]})", "1"},
        {R"({"a": [1, 5], "b": 1})", R"({"$or": [{"a": 5}, {"b": 1}]})", "none"},
        {R"({"a": [1, 5]})", R"({"$nor": [{"a": 7}]})", "none"},
        {R"({"a": [1, 5]})", R"({"a": {"$ne": 7}})", "none"},
        {R"({"a": [1, 5]})", R"({"a": {"$not": {"$eq": 7}}})", "none"},
    };
    for (const IndexCase& c : cases) {
        SCOPED_TRACE(std::string(c.filter) + " on " + c.document);
        EXPECT_EQ(index_of(c.document, c.filter), c.expected);
    }
}

// ---- hostile

TEST(FilterOperators, AHostileRegexEndsInItsSteps) {
    const Document document({{"a", std::string(100'000, 'a') + "b"}});
    EXPECT_EQ(error_of(R"({"a": {"$regex": "(a+)+$"}})"_json, document), "limit_exceeded");
    EXPECT_EQ(error_of(R"({"$jsonSchema": {"properties": {"a": {"pattern": "(a+)+$"}}}})"_json, document),
              "limit_exceeded");
}

Document nested(const std::string& begin, const std::string& end, std::size_t levels, const std::string& core) {
    std::string json;
    for (std::size_t i = 0; i < levels; ++i) json += begin;
    json += core;
    for (std::size_t i = 0; i < levels; ++i) json += end;
    Limits deep;
    deep.depth = 1'000'000;
    return Document::from_json(json, deep);
}

TEST(FilterOperators, NestingIsLimited) {
    const Document document = R"({"a": [1]})"_json;
    EXPECT_EQ(error_of(nested(R"({"$and":[)", "]}", 99, R"({"a": 1})"), document), "none");
    EXPECT_EQ(error_of(nested(R"({"$and":[)", "]}", 100, R"({"a": 1})"), document), "limit_exceeded");
    EXPECT_EQ(error_of(nested(R"({"$nor":[)", "]}", 400, R"({"a": 1})"), document), "limit_exceeded");
    EXPECT_EQ(error_of(nested(R"({"a": {"$elemMatch":)", "}}", 400, "{}"), document), "limit_exceeded");
    EXPECT_EQ(error_of(nested(R"({"$jsonSchema": {"not":)", "}}", 1, nested(R"({"not":)", "}", 97, "{}").to_json()),
                       document),
              "none");
    const std::string schema = nested(R"({"items":)", "}", 400, "{}").to_json();
    EXPECT_EQ(error_of(nested(R"({"$jsonSchema":)", "}", 1, schema), document), "limit_exceeded");
}

TEST(FilterOperators, MasksMayBeFarAndWide) {
    EXPECT_TRUE(matches(R"({"a": -1})", R"({"a": {"$bitsAllSet": [2147483647, 0, 2147483646]}})"));
    const Document document({{"a", Binary{Bytes(1'000'000, '\xFF')}}});
    EXPECT_TRUE(Filter::parse(Document({{"a", Value::object({{"$bitsAllSet", document["a"].to_value()}})}}), limits)
                    .matches({document.view(), {}}));
}

}  // namespace
}  // namespace sheaf::query
