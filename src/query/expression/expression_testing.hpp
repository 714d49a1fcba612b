// For the unit tests of expressions: evaluates JSON over JSON and answers with JSON.
// Threads: free functions.
//
//     EXPECT_EQ(evaluated(R"({"$add": ["$a", 1]})", R"({"a": 2})"), "3");
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "query/expression/expression.hpp"

namespace sheaf::query::testing {

// The value as relaxed Extended JSON, "missing", or "error N" with MongoDB's number.
inline std::string evaluated(std::string_view expression, std::string_view document = "{}",
                             const Bindings* bindings = nullptr, const Limits& limits = {},
                             JsonMode mode = JsonMode::relaxed) {
    try {
        const Bytes operand = json_to_cbor(expression);
        const Document root = Document::from_json(document);
        ExpressionParser parser(Settings(limits, bindings));
        const ExpressionPtr parsed = parser.parse(View(operand));
        Evaluation evaluation(limits, root.view());
        const View value = parsed->evaluate(evaluation);
        return value ? to_json(value, {.mode = mode}) : "missing";
    } catch (const Error& error) {
        return "error " + std::to_string(error.mongo_code());
    }
}

// With the widths of numbers: {"$numberInt": "3"}.
inline std::string evaluated_exactly(std::string_view expression, std::string_view document = "{}") {
    return evaluated(expression, document, nullptr, {}, JsonMode::canonical);
}

// One row of a table of tests; `document` is {} where it does not matter.
struct Row {
    std::string_view expression;
    std::string_view expected;
    std::string_view document = "{}";
};

}  // namespace sheaf::query::testing
