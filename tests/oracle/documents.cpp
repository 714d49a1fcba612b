#include "oracle/documents.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/json.hpp>

#include "document/encoder.hpp"

namespace sheaf::oracle {

namespace {

bool is_taken(const std::vector<Document>& documents, const Value& id) {
    const Bytes encoded = encode(id);
    return std::any_of(documents.begin(), documents.end(),
                       [&](const Document& one) { return compare(one["_id"], View(encoded)) == 0; });
}

}  // namespace

std::vector<Document> make_documents(const Grammar& grammar, Dice& dice, std::string_view rule, std::size_t count) {
    std::vector<Document> made;
    while (made.size() < count) {
        Value id = grammar.make("id", dice);
        if (is_taken(made, id)) id = "document " + std::to_string(made.size());
        Object body{{"_id", std::move(id)}};
        const Value members = grammar.make(rule, dice);
        for (const auto& [key, value] : members.as_object()) body.set(key, value);
        made.emplace_back(body);
    }
    return made;
}

std::string as_case(const std::vector<Value>& given, const Object& step) {
    const Value made =
        Value::object({{"name", "found by the oracle"}, {"given", Value(Array(given))}, {"do", Value(step)}});
    return to_json(made, JsonStyle{.mode = JsonMode::canonical});
}

}  // namespace sheaf::oracle
