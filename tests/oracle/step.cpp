#include "oracle/step.hpp"

#include <algorithm>
#include <stdexcept>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"
#include "oracle/operations.hpp"

namespace sheaf::oracle {

namespace {

Play find(std::span<const Operation> operations, std::string_view name) {
    const auto found =
        std::find_if(operations.begin(), operations.end(), [&](const auto& one) { return one.first == name; });
    return found == operations.end() ? nullptr : found->second;
}

}  // namespace

Document document(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return value.is_null() ? Document() : Document(value.as_object());
}

std::vector<Document> documents(const Object& step, std::string_view name) {
    std::vector<Document> made;
    const Value value = member(step, name);
    if (value.is_null()) return made;
    for (const Value& one : value.as_array()) made.emplace_back(one.as_object());
    return made;
}

std::string text(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return value.is_null() ? std::string() : value.as_string();
}

std::int64_t number(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return value.is_null() ? 0 : value.as_integer().value;
}

bool flag(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return !value.is_null() && value.as_boolean();
}

Archived archived(const Object& step) {
    const std::string which = text(step, "archived");
    if (which == "include") return Archived::include;
    return which == "only" ? Archived::only : Archived::exclude;
}

Answer answer_of(const std::vector<Value>& values) {
    Answer answer;
    for (const Value& value : values) answer.items.push_back(encode(value));
    return answer;
}

std::string difference(const Answer& a, const Answer& b) {
    const auto show = [](const Answer& answer, std::size_t index) {
        return index < answer.items.size() ? to_json(View(answer.items[index]), {.mode = JsonMode::canonical})
                                           : "(none)";
    };
    if (a.error != b.error || a.mongo != b.mongo) {
        return "\"" + a.error + "\" " + std::to_string(a.mongo) + ", \"" + b.error + "\" " + std::to_string(b.mongo);
    }
    std::string made;
    for (std::size_t i = 0; i < std::max(a.items.size(), b.items.size()); ++i) {
        if (show(a, i) == show(b, i)) continue;
        made += "\n  item " + std::to_string(i) + "\n    " + show(a, i) + "\n    " + show(b, i);
    }
    return made;
}

Value member(const Object& object, std::string_view key) {
    const Value* found = object.find(key);
    return found == nullptr ? Value() : *found;
}

bool is_read(const Object& step) {
    return find(reads(), text(step, "op")) != nullptr;
}

Answer play(Collection& collection, const Object& step) {
    const std::string name = text(step, "op");
    Play operation = find(reads(), name);
    if (operation == nullptr) operation = find(writes(), name);
    if (operation == nullptr) throw std::invalid_argument("there is no operation \"" + name + "\"");
    try {
        return operation(collection, step);
    } catch (const Error& error) {
        return {.error = std::string(info(error.code()).name), .mongo = error.mongo_code()};
    }
}

}  // namespace sheaf::oracle
