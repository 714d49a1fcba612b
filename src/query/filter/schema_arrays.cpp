// The keywords that ask about arrays, and those that are made of other schemas.
#include <algorithm>
#include <array>

#include "query/filter/schema.hpp"

namespace sheaf::query {

namespace {

std::optional<std::uint64_t> element_count(View value) {
    if (!value.is_array()) return std::nullopt;
    return value.size();
}

CheckPtr parse_min_items(const Keyword& keyword) {
    return parse_least(keyword, element_count);
}

CheckPtr parse_max_items(const Keyword& keyword) {
    return parse_most(keyword, element_count);
}

class UniqueCheck final : public SchemaCheck {
public:
    bool holds(View value) const override {
        if (!value.is_array()) return true;
        std::vector<View> elements;
        elements.reserve(value.size());
        for (const View element : value.elements()) elements.push_back(element);
        std::sort(elements.begin(), elements.end(), [](View a, View b) { return compare_unordered(a, b) < 0; });
        const auto same = [](View a, View b) { return compare_unordered(a, b) == 0; };
        return std::adjacent_find(elements.begin(), elements.end(), same) == elements.end();
    }
};

CheckPtr parse_unique_items(const Keyword& keyword) {
    if (keyword.operand.type() != Type::boolean) keyword.refuse_type("a boolean");
    return keyword.operand.boolean() ? std::make_unique<UniqueCheck>() : nullptr;
}

// The first elements have a schema each; those that follow share one.
class ItemsCheck final : public SchemaCheck {
public:
    ItemsCheck(std::vector<Schema> first, std::optional<Schema> rest)
        : first_(std::move(first)), rest_(std::move(rest)) {}
    bool holds(View value) const override {
        if (!value.is_array()) return true;
        if (!rest_ && value.size() > first_.size()) return false;
        std::size_t index = 0;
        for (const View element : value.elements()) {
            const Schema& schema = index < first_.size() ? first_[index] : *rest_;
            if (!schema.accepts(element)) return false;
            ++index;
        }
        return true;
    }

private:
    std::vector<Schema> first_;
    std::optional<Schema> rest_;  // absent: there may be no more
};

// additionalItems: true (which accepts everything), false (nothing) or a schema; may be missing.
std::optional<Schema> parse_rest(const Keyword& additional) {
    const View rest = additional.operand;
    if (!rest || (rest.type() == Type::boolean && rest.boolean())) return Schema();
    if (rest.type() == Type::boolean) return std::nullopt;
    if (!rest.is_object()) additional.refuse_type("a boolean or an object");
    return additional.parse(rest, {});
}

CheckPtr parse_items(const Keyword& keyword) {
    std::vector<Schema> first;
    if (keyword.operand.is_object()) {
        return std::make_unique<ItemsCheck>(std::move(first), keyword.parse(keyword.operand, {}));
    }
    if (!keyword.operand.is_array()) keyword.refuse_type("an object or an array");
    for (const View schema : keyword.operand.elements()) {
        first.push_back(keyword.parse(schema, std::to_string(first.size())));
    }
    const View rest = keyword.schema["additionalItems"];
    return std::make_unique<ItemsCheck>(
        std::move(first), parse_rest({"additionalItems", rest, keyword.schema, keyword.place, keyword.context}));
}

// Where `items` is an array it reads this. Else this has no effect, but has to be right. Never both: nested schemas
// would take twice the time with each level.
CheckPtr parse_additional_items(const Keyword& keyword) {
    if (!keyword.schema["items"].is_array()) parse_rest(keyword);
    return nullptr;
}

// ---- made of other schemas

std::vector<Schema> parse_list(const Keyword& keyword) {
    if (!keyword.operand.is_array()) keyword.refuse_type("an array");
    if (keyword.operand.size() == 0) keyword.refuse(2, "needs at least one schema");
    std::vector<Schema> schemas;
    schemas.reserve(keyword.operand.size());
    for (const View schema : keyword.operand.elements()) {
        schemas.push_back(keyword.parse(schema, std::to_string(schemas.size())));
    }
    return schemas;
}

// Between `least` and `most` of the schemas accept the value.
class SomeOfCheck final : public SchemaCheck {
public:
    SomeOfCheck(std::vector<Schema> schemas, std::size_t least, std::size_t most)
        : schemas_(std::move(schemas)), least_(least), most_(most) {}
    bool holds(View value) const override {
        std::size_t accepted = 0;
        std::size_t left = schemas_.size();
        for (const Schema& schema : schemas_) {
            if (schema.accepts(value)) ++accepted;
            --left;
            if (accepted > most_ || accepted + left < least_) return false;
            if (accepted >= least_ && accepted + left <= most_) return true;
        }
        return accepted >= least_ && accepted <= most_;
    }

private:
    std::vector<Schema> schemas_;
    std::size_t least_;
    std::size_t most_;
};

CheckPtr parse_all_of(const Keyword& keyword) {
    std::vector<Schema> schemas = parse_list(keyword);
    const std::size_t count = schemas.size();
    return std::make_unique<SomeOfCheck>(std::move(schemas), count, count);
}

CheckPtr parse_any_of(const Keyword& keyword) {
    std::vector<Schema> schemas = parse_list(keyword);
    const std::size_t count = schemas.size();
    return std::make_unique<SomeOfCheck>(std::move(schemas), 1, count);
}

CheckPtr parse_one_of(const Keyword& keyword) {
    return std::make_unique<SomeOfCheck>(parse_list(keyword), 1, 1);
}

CheckPtr parse_not(const Keyword& keyword) {
    if (!keyword.operand.is_object()) keyword.refuse_type("an object");
    std::vector<Schema> schema;
    schema.push_back(keyword.parse(keyword.operand, {}));
    return std::make_unique<SomeOfCheck>(std::move(schema), 0, 0);
}

constexpr auto keywords_of_arrays = std::to_array<KeywordParser>({
    {"items", parse_items},
    {"additionalItems", parse_additional_items},
    {"minItems", parse_min_items},
    {"maxItems", parse_max_items},
    {"uniqueItems", parse_unique_items},
});

constexpr auto keywords_of_schemas = std::to_array<KeywordParser>({
    {"allOf", parse_all_of},
    {"anyOf", parse_any_of},
    {"oneOf", parse_one_of},
    {"not", parse_not},
});

}  // namespace

std::span<const KeywordParser> array_keywords() {
    return keywords_of_arrays;
}

std::span<const KeywordParser> composed_keywords() {
    return keywords_of_schemas;
}

}  // namespace sheaf::query
