#include "query/expression/expression.hpp"

#include <gtest/gtest.h>

#include "query/expression/expression_testing.hpp"

namespace sheaf::query {
namespace {

using testing::evaluated;
using testing::evaluated_exactly;
using testing::Row;

void expect_all(std::span<const Row> rows) {
    for (const auto& [expression, expected, document] : rows) {
        EXPECT_EQ(evaluated(expression, document), expected) << expression << " over " << document;
    }
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) result += text;
    return result;
}

TEST(Expression, Literals) {
    constexpr Row rows[] = {
        {"5", "5"},
        {"null", "null"},
        {"true", "true"},
        {R"("text")", R"("text")"},
        {"[]", "[]"},
        {"{}", "{}"},
        {R"([1, [2, "$a"], {"b": "$a"}])", R"([1,[2,7],{"b":7}])", R"({"a": 7})"},
        {R"(["$none", 1])", "[null,1]"},              // missing elements become null
        {R"({"a": "$none", "b": 1})", R"({"b":1})"},  // missing members are left out
        {R"({"a": {"b": "$none"}})", R"({"a":{}})"},
        {R"({"$literal": {"$add": ["$a"]}})", R"({"$add":["$a"]})"},
    };
    expect_all(rows);
    EXPECT_EQ(evaluated_exactly(R"([{"$numberLong": "5"}, {"$numberInt": "5"}, 5.0])"),
              R"([{"$numberLong":"5"},{"$numberInt":"5"},{"$numberDouble":"5.0"}])");
}

TEST(Expression, FieldPaths) {
    constexpr Row rows[] = {
        {R"("$a")", "1", R"({"a": 1})"},
        {R"("$a.b")", "2", R"({"a": {"b": 2}})"},
        {R"("$a.b")", "missing", R"({"a": 1})"},
        {R"("$a.b")", "missing", R"({"a": null})"},
        {R"("$a.b")", "[1,2]", R"({"a": [{"b": 1}, {"c": 0}, 3, {"b": 2}]})"},
        {R"("$a.b")", "[null]", R"({"a": [{"b": null}]})"},
        {R"("$a.b")", "[]", R"({"a": [[{"b": 1}]]})"},  // arrays in arrays are not entered
        {R"("$a.b.c")", "[[1]]", R"({"a": [{"b": [{"c": 1}]}]})"},
        {R"("$a.0")", "[]", R"({"a": [10, 20]})"},  // numbers are keys
        {R"("$a.0")", "10", R"({"a": {"0": 10}})"},
        {R"("$a.$ref")", R"("c")", R"({"a": {"$ref": "c"}})"},
        {R"("$a-b.c$d")", "1", R"({"a-b": {"c$d": 1}})"},
        {R"("$_version")", "1", R"({"_version": 1})"},  // a field like any other where no system fields are known
    };
    expect_all(rows);
}

TEST(Expression, MistakesInPaths) {
    constexpr Row rows[] = {
        {R"("$")", "error 16872"},
        {R"("$$")", "error 9"},
        {R"("$$$a")", "error 9"},
        {R"("$$.a")", "error 9"},
        {R"("$a.")", "error 40353"},
        {R"("$.")", "error 40353"},
        {R"("$.a")", "error 15998"},
        {R"("$a..b")", "error 15998"},
        {R"("$a.$b")", "error 16410"},
        {R"("$a\u0000")", "error 16411"},
        {R"("$$ROOT.$a")", "error 16410"},
        {R"("$$ROOT.")", "error 40353"},
        {R"("$$none")", "error 17276"},
        {R"("$$none..a")", "error 17276"},
        {R"("$$Current")", "error 17276"},
        {R"("$$now")", "error 17276"},
        {R"("$$CLUSTER_TIME")", "error 10071200"},
        {R"("$$NOW")", "error 51144"},
    };
    expect_all(rows);
}

TEST(Expression, MistakesInObjects) {
    constexpr Row rows[] = {
        {R"({"$none": 1})", "error 168"},
        {R"({"$add": [1], "$subtract": [2, 1]})", "error 15983"},
        {R"({"$add": [1], "a": 1})", "error 15983"},
        {R"({"a": 1, "$add": [1]})", "error 16410"},
        {R"({"a.b": 1})", "error 16412"},
        {R"({"": 1})", "error 15998"},
        {R"({"a\u0000": 1})", "error 16411"},
        {R"({"$arrayElemAt": [[1]]})", "error 16020"},
        {R"({"$size": [[1], [2]]})", "error 16020"},
        {R"({"$slice": [[1]]})", "error 28667"},
        {R"({"$slice": [[1], 1, 1, 1]})", "error 28667"},
    };
    expect_all(rows);
}

TEST(Expression, Variables) {
    const Bindings bindings{.now = {1000}, .variables = {{"limit", json_to_cbor(R"({"a": [{"b": 1}, {"b": 2}]})")}}};
    const auto with_bindings = [&](std::string_view expression) {
        return evaluated(expression, R"({"a": {"b": 3}})", &bindings);
    };
    EXPECT_EQ(with_bindings(R"("$$ROOT")"), R"({"a":{"b":3}})");
    EXPECT_EQ(with_bindings(R"("$$CURRENT.a.b")"), "3");
    EXPECT_EQ(with_bindings(R"("$$REMOVE")"), "missing");
    EXPECT_EQ(with_bindings(R"("$$REMOVE.a")"), "missing");
    EXPECT_EQ(with_bindings(R"({"x": "$$REMOVE"})"), "{}");
    EXPECT_EQ(with_bindings(R"("$$NOW")"), R"({"$date":"1970-01-01T00:00:01Z"})");
    EXPECT_EQ(with_bindings(R"("$$NOW.t")"), "missing");
    EXPECT_EQ(with_bindings(R"("$$limit.a.b")"), "[1,2]");
    EXPECT_EQ(with_bindings(R"("$$limits")"), "error 17276");
    EXPECT_EQ(with_bindings(R"({"$let": {"vars": {"limit": 1}, "in": "$$limit"}})"), "1");
}

TEST(Expression, CurrentCanBeRedefined) {
    constexpr std::string_view document = R"({"list": [{"b": 1}, {"b": 2}], "b": 9})";
    EXPECT_EQ(evaluated(R"({"$map": {"input": "$list", "as": "CURRENT", "in": "$b"}})", document), "[1,2]");
    EXPECT_EQ(evaluated(R"({"$map": {"input": "$list", "as": "CURRENT", "in": "$$CURRENT.b"}})", document), "[1,2]");
    EXPECT_EQ(evaluated(R"({"$map": {"input": "$list", "as": "CURRENT", "in": "$$ROOT.b"}})", document), "[9,9]");
    EXPECT_EQ(evaluated(R"(["$b", {"$let": {"vars": {"CURRENT": {"b": 5}}, "in": "$b"}}, "$b"])", document), "[9,5,9]");
}

TEST(Expression, SystemFields) {
    const Limits limits;
    const Document document = Document::from_json(R"({"a": 1})");
    const SystemFields system{.version = {3}, .created = {0}, .updated = {1}, .archived = false};
    const Bytes operand = json_to_cbor(R"(["$_version", "$_archived", "$_version.x", "$$ROOT._version"])");
    ExpressionParser parser(limits);
    EXPECT_FALSE(parser.reads_system_fields());
    const ExpressionPtr parsed = parser.parse(View(operand));
    EXPECT_TRUE(parser.reads_system_fields());
    Evaluation evaluation(limits, document.view(), &system);
    EXPECT_EQ(to_json(parsed->evaluate(evaluation)), "[3,false,null,null]");
}

TEST(Expression, ConstantsAreFolded) {
    const Limits limits;
    ExpressionParser parser(limits);
    const auto constant = [&](std::string_view expression) {
        const Bytes operand = json_to_cbor(expression);
        const ExpressionPtr parsed = parser.parse(View(operand));
        const std::optional<View> value = parsed->constant();
        return !value ? "none" : *value ? to_json(*value) : "missing";
    };
    EXPECT_EQ(constant(R"({"$size": [[1, 2, {"$literal": 3}]]})"), "3");
    EXPECT_EQ(constant(R"([{"$size": [[1]]}, {"a": "$$REMOVE"}])"), "[1,{}]");
    EXPECT_EQ(constant(R"({"$arrayElemAt": [[1], 5]})"), "missing");
    EXPECT_EQ(constant(R"({"$size": "$a"})"), "none");
    EXPECT_EQ(constant(R"([{"$rand": {}}])"), "none");
    EXPECT_EQ(constant(R"({"$size": [{"$range": [0, 2147483647]}]})"), "none");  // too large to be computed beforehand
}

TEST(Expression, MistakesInConstantsAreReportedAtOnce) {
    constexpr Row rows[] = {
        {R"({"$size": 5})", "error 17124"},
        {R"({"$map": {"input": [], "in": {"$size": 5}}})", "error 17124"},
        {R"({"$and": [false, {"$size": 5}]})", "error 17124"},
        {R"({"$cond": [{"$eq": ["$a", 1]}, {"$size": 5}, 2]})", "error 17124"},
        {R"({"$cond": [false, {"$size": 5}, 2]})", "2"},  // a branch that cannot be reached
        {R"({"$cond": [true, 1, [{"$size": 5}]]})", "1"},
        {R"({"$cond": {"if": true, "then": 1, "else": {"$size": 5}}})", "1"},
        {R"([{"$cond": [true, 1, {"$size": 5}]}, {"$size": 5}])", "error 17124"},
        {R"([{"$size": 5}, {"$none": 1}])", "error 168"},  // after the mistakes of the language
    };
    expect_all(rows);
}

TEST(Expression, NestingEndsAtTheLimit) {
    const Limits limits;
    const auto nested = [](std::size_t levels) {
        return repeated(R"({"$size":[)", levels) + R"("$a")" + repeated("]}", levels);
    };
    const Limits deep{.depth = 10'000};
    const auto error_of = [&](const std::string& text) {
        const Bytes operand = json_to_cbor(text, deep);
        try {
            ExpressionParser(limits).parse(View(operand));
            return std::string("none");
        } catch (const Error& error) {
            return std::string(info(error.code()).name);
        }
    };
    EXPECT_EQ(error_of(nested(limits.filter_depth)), "none");
    EXPECT_EQ(error_of(nested(limits.filter_depth + 1)), "limit_exceeded");
    EXPECT_EQ(error_of(nested(400)), "limit_exceeded");
    EXPECT_EQ(error_of(repeated("[", 900) + R"("$a")" + repeated("]", 900)), "limit_exceeded");
    EXPECT_EQ(error_of(repeated("[", 900) + repeated("]", 900)), "limit_exceeded");
    EXPECT_EQ(error_of('"' + std::string("$a") + repeated(".a", 300) + '"'), "limit_exceeded");
}

TEST(Expression, AParserCanGoOnAfterAMistake) {
    const Limits limits;
    ExpressionParser parser(limits);
    const Bytes wrong = json_to_cbor(R"([[[[{"$none": 1}]]]])");
    for (int i = 0; i < 1000; ++i) EXPECT_THROW(parser.parse(View(wrong)), Error);
    const Bytes right = json_to_cbor(R"([[["$a"]]])");
    EXPECT_TRUE(parser.parse(View(right)));
}

TEST(Expression, LongLists) {
    const std::string numbers = "[0" + repeated(",1", 99'999) + "]";
    EXPECT_EQ(evaluated(R"({"$size": [)" + numbers + "]}"), "100000");
    const std::string with_path = R"([["$a")" + repeated(",1", 99'999) + "]]";
    EXPECT_EQ(evaluated(R"({"$size": )" + with_path + "}", R"({"a": 5})"), "100000");
    EXPECT_EQ(evaluated(R"({"$size": "$a"})", R"({"a": )" + numbers + "}"), "100000");
}

TEST(Expression, MemoryEndsAtTheLimit) {
    const Limits limits{.expression_bytes = 10'000};
    constexpr std::string_view doubled = R"({"$reduce": {"input": {"$range": [0, 40]}, "initialValue": ["$a"],
        "in": {"$concatArrays": ["$$value", "$$value"]}}})";
    EXPECT_EQ(evaluated(doubled, R"({"a": 1})", nullptr, limits), "error 10334");
    EXPECT_EQ(evaluated(R"({"$range": [0, 2147483647]})", "{}", nullptr, limits), "error 10334");
    EXPECT_EQ(evaluated(R"({"$range": [0, 2147483647]})"), "error 10334");
    // Lists beside the values count as well.
    constexpr Row lists[] = {
        {R"({"$sortArray": {"input": {"$range": [0, 1500]}, "sortBy": 1}})", "error 10334"},
        {R"({"$reverseArray": {"$range": [0, 1500]}})", "error 10334"},
        {R"({"$setUnion": [{"$range": [0, 1500]}]})", "error 10334"},
        {R"({"$split": [{"$reduce": {"input": {"$range": [0, 10]}, "initialValue": "a",
            "in": {"$concat": ["$$value", "$$value"]}}}, "a"]})",
         "error 10334"},
        {R"({"$size": {"$range": [0, 1500]}})", "1500"},
    };
    for (const auto& [expression, expected, document] : lists) {
        EXPECT_EQ(evaluated(expression, document, nullptr, limits), expected);
    }
}

TEST(Expression, StepsEndAtTheLimit) {
    const Limits limits{.expression_steps = 10'000};
    constexpr std::string_view loops = R"({"$map": {"input": "$a", "in": {"$filter": {"input": "$a", "as": "b",
        "cond": {"$in": ["x", "$a"]}}}}})";
    EXPECT_EQ(evaluated(loops, R"({"a": [1, 2, 3]})", nullptr, limits), "[[],[],[]]");
    const std::string many = R"({"a": [1)" + repeated(",2", 100) + "]}";
    EXPECT_EQ(evaluated(loops, many, nullptr, limits), "error 10334");
}

// What looks cheap by its number of operators, but walks through large values again and again.
TEST(Expression, LargeValuesCostSteps) {
    const Limits limits{.expression_steps = 200'000};
    const std::string large = R"({"$range": [0, {"$add": ["$a", 5000]}]})";
    const auto repeated_for = [](std::string_view turns, const std::string& in) {
        return R"({"$size": {"$map": {"input": {"$range": [0, )" + std::string(turns) + R"(]}, "in": )" + in + "}}}";
    };
    const std::string text = R"({"$reduce": {"input": {"$range": [0, 16]}, "initialValue": "x",
        "in": {"$concat": ["$$value", "$$value"]}}})";
    const auto with_text = [&](const std::string& in) {
        return R"({"$let": {"vars": {"t": )" + text + R"(}, "in": )" + repeated_for("2000", in) + "}}";
    };
    const std::string hostile[] = {
        R"({"$reduce": {"input": )" + large + R"(, "initialValue": )" + large + R"(, "in": "$$value"}})",
        R"({"$let": {"vars": {"x": )" + large + R"(}, "in": )" + repeated_for("2000", R"({"$eq": ["$$x", "$$x"]})") +
            "}}",
        R"({"$let": {"vars": {"x": )" + large + R"(}, "in": )" +
            repeated_for("2000", R"({"$bsonSize": {"x": "$$x"}})") + "}}",
        R"({"$let": {"vars": {"x": )" + large + R"(}, "in": )" + repeated_for("2000", R"("$$x.y")") + "}}",
        R"({"$let": {"vars": {"x": {"y": )" + large + R"(, "z": 1}}, "in": )" + repeated_for("2000", R"("$$x.z")") +
            "}}",
        repeated_for("2000", R"({"$and": ["$b")" + repeated(", true", 500) + "]}"),
        repeated_for("2000", R"({"$or": ["$none")" + repeated(", false", 500) + "]}"),
        repeated_for("2000", R"({"$ifNull": ["$none")" + repeated(", null", 500) + "]}"),
        with_text(R"({"$eq": ["$$t", {"$concat": ["$$t", ""]}]})"),
        with_text(R"({"$trim": {"input": "a", "chars": "$$t"}})"),
        with_text(R"({"$replaceAll": {"input": "a", "find": "$$t", "replacement": ""}})"),
        with_text(R"({"$regexMatch": {"input": "$$t", "regex": "y"}})"),
    };
    for (const std::string& expression : hostile) {
        EXPECT_EQ(evaluated(expression, R"({"a": 0, "b": 1})", nullptr, limits), "error 10334") << expression;
    }
    EXPECT_EQ(evaluated(repeated_for("2000", R"({"$and": [{"$eq": ["$a", 0]}, "$b"]})"), R"({"a": 0, "b": 1})", nullptr,
                        limits),
              "2000");
}

TEST(Expression, AControlEndsAnEvaluation) {
    const Limits limits;
    const Bytes operand = json_to_cbor(R"({"$size": {"$map": {"input": {"$range": [0, "$a"]}, "in": "$$this"}}})");
    ExpressionParser parser(limits);
    const ExpressionPtr parsed = parser.parse(View(operand));
    const Document document = Document::from_json(R"({"a": 200000})");
    const Control past{.deadline = Control::Clock::now()};
    const Control later{.deadline = Control::within(std::chrono::hours(1))};
    Evaluation evaluation(limits, document.view());
    evaluation.set_control(&later);
    EXPECT_EQ(to_json(parsed->evaluate(evaluation)), "200000");
    evaluation.restart(document.view());
    evaluation.set_control(&past);
    try {
        parsed->evaluate(evaluation);
        FAIL() << "no deadline";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::deadline_exceeded);
    }
    const Document small = Document::from_json(R"({"a": 2})");  // is done before anyone asks
    evaluation.restart(small.view());
    EXPECT_EQ(to_json(parsed->evaluate(evaluation)), "2");
}

TEST(Expression, AnEvaluationServesManyDocuments) {
    const Limits limits{.expression_bytes = 1000, .expression_steps = 100};
    const Bytes operand = json_to_cbor(R"({"x": ["$a", {"$size": "$list"}]})");
    ExpressionParser parser(limits);
    const ExpressionPtr parsed = parser.parse(View(operand));
    Evaluation evaluation(limits, View());
    for (int i = 0; i < 1000; ++i) {
        const Document document{{"a", i}, {"list", Value::array({1, 2})}};
        evaluation.restart(document.view());
        EXPECT_EQ(to_json(parsed->evaluate(evaluation)), R"({"x":[)" + std::to_string(i) + ",2]}");
    }
}

TEST(Expression, ConstantsOutliveWhatTheyWereParsedFrom) {
    const Limits limits;
    ExpressionPtr parsed;
    {
        const Bytes operand =
            json_to_cbor(R"([{"$literal": "a text longer than fifteen bytes"}, {"b": "another long one"}])");
        parsed = ExpressionParser(limits).parse(View(operand));
    }
    Evaluation evaluation(limits, View());
    EXPECT_EQ(to_json(parsed->evaluate(evaluation)),
              R"(["a text longer than fifteen bytes",{"b":"another long one"}])");
}

TEST(Expression, TypeNames) {
    const Bytes values = json_to_cbor(R"([null, 1, {"$numberLong": "1"}, 5000000000, 1.5, "s", {}, [], true,
        {"$date": 0}, {"$oid": "0123456789abcdef01234567"}, {"$binary": {"base64": "", "subType": "00"}}])");
    std::string names;
    for (const View value : View(values).elements()) names += std::string(type_name(value)) + " ";
    EXPECT_EQ(names, "null int long long double string object array bool date objectId binData ");
    EXPECT_EQ(type_name(View()), "missing");
}

}  // namespace
}  // namespace sheaf::query
