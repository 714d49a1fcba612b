// The keywords that ask about one value: its type, and numbers and strings.
#include <algorithm>
#include <array>
#include <cmath>

#include "query/filter/multiple_of.hpp"
#include "query/filter/schema.hpp"
#include "query/filter/type_set.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// ---- types

class TypeCheck final : public SchemaCheck {
public:
    explicit TypeCheck(TypeSet types) : types_(types) {}
    bool holds(View value) const override { return types_.holds(value); }

private:
    TypeSet types_;
};

// The types of JSON, by the names of the same types in MongoDB.
struct JsonType {
    std::string_view name;
    std::string_view alias;
};
constexpr auto json_types = std::to_array<JsonType>({
    {"object", "object"},
    {"array", "array"},
    {"number", "number"},
    {"boolean", "bool"},
    {"string", "string"},
    {"null", "null"},
});

std::optional<TypeSet> json_type(std::string_view name) {
    const auto found =
        std::find_if(json_types.begin(), json_types.end(), [&](const JsonType& t) { return t.name == name; });
    return found == json_types.end() ? std::nullopt : TypeSet::of_alias(found->alias);
}

CheckPtr parse_types(const Keyword& keyword, std::optional<TypeSet> (*find)(std::string_view)) {
    std::vector<std::string_view> names;
    if (keyword.operand.type() == Type::string) {
        names.push_back(keyword.operand.string());
    } else if (keyword.operand.is_array()) {
        names = keyword.names(keyword.operand);
    } else {
        keyword.refuse_type("a string or an array of strings");
    }
    TypeSet types;
    for (const std::string_view name : names) {
        if (name == "integer") keyword.refuse(9, "has no type \"integer\"; bsonType has \"int\" and \"long\"");
        const std::optional<TypeSet> type = find(name);
        if (!type) keyword.refuse(2, "has no type \"" + std::string(name) + "\"");
        types.add(*type);
    }
    return std::make_unique<TypeCheck>(types);
}

CheckPtr parse_type(const Keyword& keyword) {
    if (keyword.schema["bsonType"]) keyword.refuse(9, "cannot stand beside bsonType");
    return parse_types(keyword, json_type);
}

CheckPtr parse_bson_type(const Keyword& keyword) {
    return parse_types(keyword, TypeSet::of_alias);
}

// ---- any values

class EnumCheck final : public SchemaCheck {
public:
    explicit EnumCheck(std::vector<View> sorted) : values_(std::move(sorted)) {}
    bool holds(View value) const override {
        const auto before = [](View a, View b) { return compare_unordered(a, b) < 0; };
        return std::binary_search(values_.begin(), values_.end(), value, before);
    }

private:
    std::vector<View> values_;
};

CheckPtr parse_enum(const Keyword& keyword) {
    if (!keyword.operand.is_array()) keyword.refuse_type("an array");
    if (keyword.operand.size() == 0) keyword.refuse(9, "needs at least one value");
    std::vector<View> values;
    values.reserve(keyword.operand.size());
    for (const View value : keyword.operand.elements()) values.push_back(value);
    std::sort(values.begin(), values.end(), [](View a, View b) { return compare_unordered(a, b) < 0; });
    const auto same = [](View a, View b) { return compare_unordered(a, b) == 0; };
    const auto twice = std::adjacent_find(values.begin(), values.end(), same);
    if (twice != values.end()) keyword.refuse(9, "has " + describe(*twice) + " twice");
    return std::make_unique<EnumCheck>(std::move(values));
}

CheckPtr parse_text(const Keyword& keyword) {
    if (keyword.operand.type() != Type::string) keyword.refuse_type("a string");
    return nullptr;
}

// ---- numbers

class BoundCheck final : public SchemaCheck {
public:
    BoundCheck(View bound, bool lower, bool exclusive) : test_({!lower, !exclusive, lower}, bound) {}
    bool holds(View value) const override { return !value.is_number() || test_.test(value); }

private:
    CompareTest test_;
};

void require_boolean(const Keyword& keyword) {
    if (keyword.operand.type() != Type::boolean) keyword.refuse_type("a boolean");
}

CheckPtr parse_bound(const Keyword& keyword, bool lower) {
    if (!keyword.operand.is_number()) keyword.refuse_type("a number");
    const View exclusive = keyword.schema[lower ? "exclusiveMinimum" : "exclusiveMaximum"];
    return std::make_unique<BoundCheck>(keyword.operand, lower, exclusive && is_true(exclusive));
}

CheckPtr parse_minimum(const Keyword& keyword) {
    return parse_bound(keyword, true);
}

CheckPtr parse_maximum(const Keyword& keyword) {
    return parse_bound(keyword, false);
}

CheckPtr parse_exclusive_minimum(const Keyword& keyword) {
    if (!keyword.schema["minimum"]) keyword.refuse(9, "belongs to a minimum, which is not there");
    require_boolean(keyword);
    return nullptr;
}

CheckPtr parse_exclusive_maximum(const Keyword& keyword) {
    if (!keyword.schema["maximum"]) keyword.refuse(9, "belongs to a maximum, which is not there");
    require_boolean(keyword);
    return nullptr;
}

class MultipleCheck final : public SchemaCheck {
public:
    explicit MultipleCheck(View divisor) : divisor_(divisor) {}
    bool holds(View value) const override { return !value.is_number() || is_multiple_of(value, divisor_); }

private:
    View divisor_;
};

CheckPtr parse_multiple_of(const Keyword& keyword) {
    if (!keyword.operand.is_number()) keyword.refuse_type("a number");
    if (!(keyword.operand.number() > 0) || std::isinf(keyword.operand.number())) {
        keyword.refuse(9, "needs a number above 0, not " + describe(keyword.operand));
    }
    return std::make_unique<MultipleCheck>(keyword.operand);
}

// ---- strings

// In characters.
std::optional<std::uint64_t> length(View value) {
    if (value.type() != Type::string) return std::nullopt;
    const std::string_view text = value.string();
    const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; };
    return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
}

CheckPtr parse_min_length(const Keyword& keyword) {
    return parse_least(keyword, length);
}

CheckPtr parse_max_length(const Keyword& keyword) {
    return parse_most(keyword, length);
}

class PatternCheck final : public SchemaCheck {
public:
    explicit PatternCheck(Regex regex) : regex_(std::move(regex)) {}
    bool holds(View value) const override { return value.type() != Type::string || regex_.matches(value.string()); }

private:
    Regex regex_;
};

CheckPtr parse_pattern(const Keyword& keyword) {
    if (keyword.operand.type() != Type::string) keyword.refuse_type("a string");
    return std::make_unique<PatternCheck>(keyword.compile(keyword.operand.string()));
}

constexpr auto keywords = std::to_array<KeywordParser>({
    {"title", parse_text},
    {"description", parse_text},
    {"bsonType", parse_bson_type},
    {"type", parse_type},
    {"enum", parse_enum},
    {"minimum", parse_minimum},
    {"maximum", parse_maximum},
    {"exclusiveMinimum", parse_exclusive_minimum},
    {"exclusiveMaximum", parse_exclusive_maximum},
    {"multipleOf", parse_multiple_of},
    {"minLength", parse_min_length},
    {"maxLength", parse_max_length},
    {"pattern", parse_pattern},
});

}  // namespace

std::span<const KeywordParser> value_keywords() {
    return keywords;
}

}  // namespace sheaf::query
