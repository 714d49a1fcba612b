#include <gtest/gtest.h>

#include "query/filter/filter_testing.hpp"

namespace sheaf::query {
namespace {

void check(std::initializer_list<MatchCase> cases) {
    EXPECT_EQ(wrong_matches(cases), "");
}

void check_errors(std::initializer_list<ErrorCase> cases) {
    EXPECT_EQ(wrong_errors(cases), "");
}

struct SchemaCase {
    const char* schema;  // of the field "x"
    const char* value;
    bool expected;
};

void check_schemas(std::initializer_list<SchemaCase> cases) {
    for (const SchemaCase& c : cases) {
        SCOPED_TRACE(std::string(c.schema) + " of " + c.value);
        const std::string filter = R"({"$jsonSchema": {"properties": {"x": )" + std::string(c.schema) + "}}}";
        EXPECT_EQ(matches(R"({"x": )" + std::string(c.value) + "}", filter), c.expected);
    }
}

TEST(JsonSchema, Types) {
    check_schemas({
        {R"({"bsonType": "int"})", "1", true},
        {R"({"bsonType": "int"})", "1.0", false},
        {R"({"bsonType": "long"})", R"({"$numberLong": "1"})", true},
        {R"({"bsonType": ["string", "null"]})", "null", true},
        {R"({"bsonType": "array"})", "[1]", true},
        {R"({"bsonType": "int"})", "[1]", false},  // unlike $type
        {R"({"type": "number"})", "1", true},
        {R"({"type": "number"})", "1.5", true},
        {R"({"type": "boolean"})", "true", true},
        {R"({"type": ["string", "object"]})", "{}", true},
        {R"({"type": "null"})", "0", false},
        {R"({"bsonType": "decimal"})", "1", false},
        {"{}", "1", true},
    });
}

TEST(JsonSchema, EnumIgnoresTheOrderOfKeys) {
    check_schemas({
        {R"({"enum": [1, "a", null]})", "1.0", true},
        {R"({"enum": [1, "a", null]})", "null", true},
        {R"({"enum": [1, "a", null]})", "2", false},
        {R"({"enum": [1]})", "[1]", false},
        {R"({"enum": [{"a": 1, "b": {"c": 2, "d": 3}}]})", R"({"b": {"d": 3, "c": 2}, "a": 1})", true},
        {R"({"enum": [[1, {"a": 1, "b": 2}]]})", R"([1, {"b": 2, "a": 1}])", true},
        {R"({"enum": [[1, 2]]})", "[2, 1]", false},
        {R"({"enum": [{"a": 1}]})", R"({"a": 1, "b": 2})", false},
    });
}

TEST(JsonSchema, Numbers) {
    check_schemas({
        {R"({"minimum": 5})", "5", true},
        {R"({"minimum": 5, "exclusiveMinimum": true})", "5", false},
        {R"({"minimum": 5, "exclusiveMinimum": false})", "5", true},
        {R"({"minimum": 5})", "4.9", false},
        {R"({"maximum": 5})", "5", true},
        {R"({"exclusiveMaximum": true, "maximum": 5})", "5", false},
        {R"({"maximum": 5})", "6", false},
        {R"({"maximum": 5})", R"("z")", true},
        {R"({"multipleOf": 3})", "9", true},
        {R"({"multipleOf": 3})", "-9", true},
        {R"({"multipleOf": 3})", "10", false},
        {R"({"multipleOf": 0.1})", "0.3", true},
        {R"({"multipleOf": 0.1})", "0.35", false},
        {R"({"multipleOf": 0.01})", "4.35", true},
        {R"({"multipleOf": 2.5})", "10", true},
        {R"({"multipleOf": 1e300})", "5", false},
        {R"({"multipleOf": 7})", "7e22", true},
        {R"({"multipleOf": 7})", "1e22", false},
        {R"({"multipleOf": 9223372036854775807})", "9223372036854775807", true},
        {R"({"multipleOf": 2})", R"({"$numberLong": "-9223372036854775808"})", true},
        {R"({"multipleOf": 1e-300})", "1", true},
        {R"({"multipleOf": 3})", "0", true},
        {R"({"multipleOf": 3})", R"({"$numberDouble": "NaN"})", false},
        {R"({"multipleOf": 3})", R"({"$numberDouble": "-Infinity"})", false},
        {R"({"multipleOf": 3})", R"("a")", true},
    });
}

TEST(JsonSchema, Strings) {
    check_schemas({
        {R"({"minLength": 2})", R"("\u00e4\u00e4")", true},
        {R"({"minLength": 3})", R"("\u00e4\u00e4")", false},
        {R"({"maxLength": 2})", R"("\u00e4\u00e4")", true},
        {R"({"maxLength": 2.0})", R"("abc")", false},
        {R"({"maxLength": 2})", "12345", true},
        {R"({"pattern": "^a"})", R"("abc")", true},
        {R"({"pattern": "^a"})", R"("bc")", false},
        {R"({"pattern": "^a"})", "5", true},
        {R"({"title": "t", "description": "d"})", "5", true},
    });
}

TEST(JsonSchema, Arrays) {
    check_schemas({
        {R"({"minItems": 2})", "[1, 2]", true},
        {R"({"minItems": 2})", "[1]", false},
        {R"({"maxItems": 1})", "[1, 2]", false},
        {R"({"maxItems": 1})", R"("text")", true},
        {R"({"uniqueItems": true})", "[1, 2, 1.0]", false},
        {R"({"uniqueItems": true})", R"([{"a": 1, "b": 2}, {"b": 2, "a": 1}])", false},
        {R"({"uniqueItems": true})", "[0, false, null]", true},
        {R"({"uniqueItems": false})", "[1, 1]", true},
        {R"({"items": {"bsonType": "int"}})", "[1, 2]", true},
        {R"({"items": {"bsonType": "int"}})", R"([1, "a"])", false},
        {R"({"items": {"bsonType": "int"}})", R"("a")", true},
        {R"({"items": [{"bsonType": "int"}, {"bsonType": "string"}]})", R"([1, "a", true])", true},
        {R"({"items": [{"bsonType": "int"}, {"bsonType": "string"}]})", R"(["a"])", false},
        {R"({"items": [{"bsonType": "int"}], "additionalItems": false})", "[1, 2]", false},
        {R"({"items": [{"bsonType": "int"}], "additionalItems": false})", "[1]", true},
        {R"({"additionalItems": {"bsonType": "int"}, "items": [{}]})", R"(["a", "b"])", false},
        {R"({"additionalItems": false})", "[1]", true},  // says nothing without items
        {R"({"additionalItems": false, "items": {}})", "[1]", true},
    });
}

TEST(JsonSchema, Objects) {
    check_schemas({
        {R"({"required": ["a", "b"]})", R"({"b": null, "a": 1})", true},
        {R"({"required": ["a", "b"]})", R"({"a": 1})", false},
        {R"({"required": ["a"]})", "5", true},
        {R"({"properties": {"a": {"bsonType": "int"}}})", R"({"a": "x"})", false},
        {R"({"properties": {"a.b": {"bsonType": "int"}}})", R"({"a": {"b": "x"}})", true},  // no paths
        {R"({"properties": {"a": {}}, "additionalProperties": false})", R"({"a": 1})", true},
        {R"({"properties": {"a": {}}, "additionalProperties": false})", R"({"a": 1, "b": 1})", false},
        {R"({"additionalProperties": {"bsonType": "int"}, "patternProperties": {"^s": {}}})", R"({"s": "", "b": 1})",
         true},
        {R"({"additionalProperties": {"bsonType": "int"}, "patternProperties": {"^s": {}}})", R"({"b": "x"})", false},
        {R"({"patternProperties": {"^s": {"bsonType": "string"}}})", R"({"as": 1, "s": 1})", false},
        {R"({"patternProperties": {"^s": {"bsonType": "string"}}})", R"({"as": 1})", true},
        {R"({"minProperties": 2})", R"({"a": 1})", false},
        {R"({"maxProperties": 1})", R"({"a": 1})", true},
        {R"({"dependencies": {"a": ["b"]}})", R"({"a": 1})", false},
        {R"({"dependencies": {"a": ["b"]}})", R"({"c": 1})", true},
        {R"({"dependencies": {"a": {"properties": {"b": {"minimum": 3}}}}})", R"({"a": 1, "b": 2})", false},
    });
    check({
        {R"({"_id": 1, "a": 1})", R"({"$jsonSchema": {"required": ["_id", "a"]}})", true},
        {R"({"a": 1})", R"({"$jsonSchema": {}})", true},
        {R"({"a": 1})", R"({"$jsonSchema": {"bsonType": "object", "minProperties": 2}})", false},
        {R"({"a": 1})", R"({"$nor": [{"$jsonSchema": {"required": ["b"]}}]})", true},
        {R"({"a": [{"b": 1}]})", R"({"a": {"$elemMatch": {"$jsonSchema": {"required": ["b"]}}}})", true},
    });
}

TEST(JsonSchema, Composed) {
    check_schemas({
        {R"({"allOf": [{"minimum": 1}, {"maximum": 3}]})", "2", true},
        {R"({"allOf": [{"minimum": 1}, {"maximum": 3}]})", "4", false},
        {R"({"anyOf": [{"bsonType": "string"}, {"maximum": 3}]})", "4", false},
        {R"({"anyOf": [{"bsonType": "string"}, {"maximum": 3}]})", "3", true},
        {R"({"oneOf": [{"multipleOf": 3}, {"multipleOf": 5}]})", "15", false},
        {R"({"oneOf": [{"multipleOf": 3}, {"multipleOf": 5}]})", "10", true},
        {R"({"oneOf": [{"multipleOf": 3}, {"multipleOf": 5}]})", "7", false},
        {R"({"not": {"bsonType": "int"}})", "1", false},
        {R"({"not": {"not": {"bsonType": "int"}}})", "1", true},
        {R"({"not": {}})", "1", false},
    });
}

TEST(JsonSchema, RefusesWithMongosNumbers) {
    check_errors({
        {R"({"$jsonSchema": 1})", 14, "$jsonSchema needs an object, not an integer"},
        {R"({"$jsonSchema": {"foo": 1}})", 9, "$jsonSchema: foo is an unknown keyword"},
        {R"({"$jsonSchema": {"properties": {"a": {"$ref": "x"}}}})", 9,
         "$jsonSchema: $ref at properties.a is not supported"},
        {R"({"$jsonSchema": {"items": {"minLength": -1}}})", 9,
         "$jsonSchema: minLength at items needs a whole number from 0 on, not the integer -1"},
        {R"({"$jsonSchema": {"maxItems": "1"}})", 9, ""},
        {R"({"$jsonSchema": {"type": "integer"}})", 9, ""},
        {R"({"$jsonSchema": {"type": "int"}})", 2, R"($jsonSchema: type has no type "int")"},
        {R"({"$jsonSchema": {"bsonType": "boolean"}})", 2, ""},
        {R"({"$jsonSchema": {"bsonType": "int", "type": "number"}})", 9, ""},
        {R"({"$jsonSchema": {"bsonType": 5}})", 14, ""},
        {R"({"$jsonSchema": {"bsonType": []}})", 9, ""},
        {R"({"$jsonSchema": {"required": []}})", 9, ""},
        {R"({"$jsonSchema": {"required": ["a", "a"]}})", 9, R"($jsonSchema: required has "a" twice)"},
        {R"({"$jsonSchema": {"required": [1]}})", 14,
         "$jsonSchema: required needs strings in its array, not an integer"},
        {R"({"$jsonSchema": {"enum": []}})", 9, ""},
        {R"({"$jsonSchema": {"enum": [{"a": 1, "b": 2}, {"b": 2, "a": 1}]}})", 9,
         "$jsonSchema: enum has an object twice"},
        {R"({"$jsonSchema": {"exclusiveMinimum": true}})", 9, ""},
        {R"({"$jsonSchema": {"minimum": 1, "exclusiveMinimum": 1}})", 14, ""},
        {R"({"$jsonSchema": {"multipleOf": 0}})", 9, ""},
        {R"({"$jsonSchema": {"multipleOf": {"$numberDouble": "NaN"}}})", 9, ""},
        {R"({"$jsonSchema": {"pattern": "("}})", 51091, ""},
        {R"({"$jsonSchema": {"patternProperties": {"(": {}}}})", 2, ""},
        {R"({"$jsonSchema": {"patternProperties": {"a": 1}}})", 14, ""},
        {R"({"$jsonSchema": {"additionalProperties": 1}})", 14, ""},
        {R"({"$jsonSchema": {"allOf": []}})", 2, ""},
        {R"({"$jsonSchema": {"oneOf": [1]}})", 14, ""},
        {R"({"$jsonSchema": {"not": []}})", 14, ""},
        {R"({"$jsonSchema": {"items": 1}})", 14, ""},
        {R"({"$jsonSchema": {"items": [{}], "additionalItems": 1}})", 14, ""},
        {R"({"$jsonSchema": {"uniqueItems": 1}})", 14, ""},
        {R"({"$jsonSchema": {"dependencies": {"a": 1}}})", 14, ""},
        {R"({"$jsonSchema": {"dependencies": {"a": []}}})", 9, ""},
        {R"({"$jsonSchema": {"title": 1}})", 14, ""},
    });
}

// No keyword may parse what another one parses: that would double the work with each level.
TEST(JsonSchema, NestedAdditionalItemsAreReadOnce) {
    std::string schema = R"({"type": "string"})";
    for (int i = 0; i < 20; ++i) schema = R"({"items": [{}], "additionalItems": )" + schema + "}";
    for (int i = 0; i < 20; ++i) schema = R"({"items": {}, "additionalItems": )" + schema + "}";
    EXPECT_NO_THROW(Filter::parse(Document::from_json(R"({"$jsonSchema": )" + schema + "}"), Limits()));
    check_errors({
        {R"({"$jsonSchema": {"items": [{}], "additionalItems": {"maxItems": -1}}})", 9,
         "$jsonSchema: maxItems at additionalItems needs a whole number from 0 on, not the integer -1"},
        {R"({"$jsonSchema": {"items": {}, "additionalItems": {"maxItems": -1}}})", 9,
         "$jsonSchema: maxItems at additionalItems needs a whole number from 0 on, not the integer -1"},
        {R"({"$jsonSchema": {"additionalItems": 1}})", 14, ""},
    });
}

// The path to a schema is a few bytes of text for each of many members, but only where it is asked for.
TEST(JsonSchema, LongNamesAreNotCopiedToEachMember) {
    Object members;
    for (int i = 0; i < 20'000; ++i) members.append("k" + std::to_string(i), Value::object({{"title", "t"}}));
    const Value inner = Value::object({{"properties", std::move(members)}});
    const Value outer = Value::object({{std::string(1'000'000, 'n'), inner}});
    const Document filter(Object{{"$jsonSchema", Value::object({{"properties", outer}})}});
    EXPECT_NO_THROW(Filter::parse(filter, Limits()));  // 20 GB otherwise
}

}  // namespace
}  // namespace sheaf::query
