// What the tests of updates share: one form of table. `expected` is the changed document as relaxed JSON, "unchanged",
// or MongoDB's number and the message of the error: "14 $inc at a: ...".
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "query/update/update.hpp"

namespace sheaf::query {

inline const Limits test_limits;
inline const Bindings test_bindings{DateTime{1'700'000'000'000}};

struct UpdateCase {
    const char* document;
    const char* update;
    const char* expected;
    const char* array_filters = "[]";
    std::optional<std::size_t> matched_index = std::nullopt;
};

inline Update parse_update(const char* text, const char* array_filters = "[]") {
    const Document both =
        Document::from_json("{\"update\":" + std::string(text) + ",\"filters\":" + array_filters + "}");
    std::vector<Document> filters;
    for (const View filter : both["filters"].elements()) filters.emplace_back(filter.to_value().as_object());
    return Update::parse(both["update"], {test_limits, &test_bindings}, filters);
}

inline std::string shown(const Error& error) {
    return std::to_string(error.mongo_code()) + " " + std::string(error.message());
}

inline std::string updated(const UpdateCase& c) {
    try {
        const Update update = parse_update(c.update, c.array_filters);
        const auto changed = update.apply(Document::from_json(c.document), test_limits, c.matched_index);
        return changed ? changed->to_json() : "unchanged";
    } catch (const Error& error) {
        return shown(error);
    }
}

// What is wrong, case by case; empty when nothing is.
inline std::string mismatches(std::initializer_list<UpdateCase> cases) {
    std::string text;
    for (const UpdateCase& c : cases) {
        const std::string result = updated(c);
        if (result == c.expected) continue;
        text += std::string("\n") + c.update + " on " + c.document + " with " + c.array_filters + "\n  gives " +
                result + "\n  not   " + c.expected;
    }
    return text;
}

inline std::string upserted(const char* filter, const char* update, const char* array_filters = "[]") {
    try {
        const Filter parsed = Filter::parse(Document::from_json(filter), test_limits);
        return parse_update(update, array_filters).upserted(parsed, test_limits).to_json();
    } catch (const Error& error) {
        return shown(error);
    }
}

}  // namespace sheaf::query
