#include "query/filter/json_schema.hpp"

#include <algorithm>
#include <array>

#include "query/expression/numbers/numbers.hpp"
#include "query/filter/field_operators.hpp"
#include "query/filter/schema.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class SchemaNode final : public FilterNode {
public:
    explicit SchemaNode(Schema schema) : schema_(std::move(schema)) {}
    bool matches(const Subject& subject) const override { return schema_.accepts(subject.document); }

private:
    Schema schema_;
};

// Of draft 4, but not of MongoDB.
constexpr auto foreign_keywords =
    std::to_array<std::string_view>({"$ref", "$schema", "default", "definitions", "format", "id"});

const KeywordParser* find_keyword(std::string_view name) {
    for (const auto& family : {value_keywords(), array_keywords(), object_keywords(), composed_keywords()}) {
        for (const KeywordParser& keyword : family) {
            if (keyword.name == name) return &keyword;
        }
    }
    return nullptr;
}

std::vector<MemberView> sorted_members(View object) {
    std::vector<MemberView> members;
    members.reserve(object.size());
    for (const MemberView member : object.members()) members.push_back(member);
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return members;
}

std::weak_ordering compare_objects(View a, View b) {
    if (a.size() != b.size()) return a.size() <=> b.size();
    const std::vector<MemberView> as = sorted_members(a);
    const std::vector<MemberView> bs = sorted_members(b);
    for (std::size_t i = 0; i < as.size(); ++i) {
        if (as[i].key != bs[i].key) return as[i].key <=> bs[i].key;
        if (const auto order = compare_unordered(as[i].value, bs[i].value); order != 0) return order;
    }
    return std::weak_ordering::equivalent;
}

std::weak_ordering compare_arrays(View a, View b) {
    if (a.size() != b.size()) return a.size() <=> b.size();
    auto other = b.elements().begin();
    for (const View element : a.elements()) {
        if (const auto order = compare_unordered(element, *other); order != 0) return order;
        ++other;
    }
    return std::weak_ordering::equivalent;
}

class LeastCheck final : public SchemaCheck {
public:
    LeastCheck(Measure measure, std::uint64_t least) : measure_(measure), least_(least) {}
    bool holds(View value) const override {
        const std::optional<std::uint64_t> size = measure_(value);
        return !size || *size >= least_;
    }

private:
    Measure measure_;
    std::uint64_t least_;
};

class MostCheck final : public SchemaCheck {
public:
    MostCheck(Measure measure, std::uint64_t most) : measure_(measure), most_(most) {}
    bool holds(View value) const override {
        const std::optional<std::uint64_t> size = measure_(value);
        return !size || *size <= most_;
    }

private:
    Measure measure_;
    std::uint64_t most_;
};

std::uint64_t parse_count(const Keyword& keyword) {
    const View operand = keyword.operand;
    if (operand.is_number() && is_integral(operand) && integral_value(operand) >= 0) {
        return static_cast<std::uint64_t>(integral_value(operand));
    }
    keyword.refuse(9, "needs a whole number from 0 on, not " + describe(operand));
}

}  // namespace

std::string SchemaPlace::text() const {
    std::string text = outer == nullptr ? std::string() : outer->text() + ".";
    text += keyword;
    if (!which.empty()) text.append(".").append(which);
    return text;
}

void Keyword::refuse(int mongo, std::string_view message) const {
    fail(Code::invalid_filter, mongo, "$jsonSchema: " + std::string(name) + at() + " " + std::string(message),
         place == nullptr ? std::string() : place->text(), "$jsonSchema");
}

void Keyword::refuse_type(std::string_view wanted, View instead) const {
    refuse(14, "needs " + std::string(wanted) + ", not " + with_article(instead.type()));
}

Schema Keyword::parse(View inner, std::string_view which) const {
    if (!inner.is_object()) refuse_type("objects that are schemas", inner);
    const SchemaPlace inner_place{place, name, which};
    return parse_schema(inner, &inner_place, context.deeper());
}

Regex Keyword::compile(std::string_view pattern, Regex::Numbers numbers) const {
    try {
        return Regex::compile(pattern, {}, context.limits(), numbers);
    } catch (const Error& error) {
        refuse_pattern(error, "$jsonSchema: " + std::string(name) + at());
    }
}

std::vector<std::string_view> Keyword::names(View array) const {
    if (array.size() == 0) refuse(9, "needs at least one name");
    std::vector<std::string_view> names;
    names.reserve(array.size());
    for (const View element : array.elements()) {
        if (element.type() != Type::string) refuse_type("strings in its array", element);
        names.push_back(element.string());
    }
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) refuse(9, "has \"" + std::string(*twice) + "\" twice");
    return names;
}

Schema parse_schema(View schema, const SchemaPlace* place, const FilterContext& context) {
    Schema parsed;
    for (const auto& [key, operand] : schema.members()) {
        const Keyword keyword{key, operand, schema, place, context};
        if (const KeywordParser* parser = find_keyword(key)) {
            if (CheckPtr check = parser->parse(keyword)) parsed.add(std::move(check));
            continue;
        }
        const bool known = std::find(foreign_keywords.begin(), foreign_keywords.end(), key) != foreign_keywords.end();
        keyword.refuse(9, known ? "is not supported" : "is an unknown keyword");
    }
    return parsed;
}

CheckPtr parse_least(const Keyword& keyword, Measure measure) {
    return std::make_unique<LeastCheck>(measure, parse_count(keyword));
}

CheckPtr parse_most(const Keyword& keyword, Measure measure) {
    return std::make_unique<MostCheck>(measure, parse_count(keyword));
}

std::weak_ordering compare_unordered(View a, View b) {
    if (a.is_object() && b.is_object()) return compare_objects(a, b);
    if (a.is_array() && b.is_array()) return compare_arrays(a, b);
    return compare(a, b);
}

NodePtr parse_json_schema(View operand, const FilterContext& context) {
    if (!operand.is_object()) {
        fail(Code::invalid_filter, 14, "$jsonSchema needs an object, not " + with_article(operand.type()), {},
             "$jsonSchema");
    }
    return std::make_unique<SchemaNode>(parse_schema(operand, nullptr, context.deeper()));
}

}  // namespace sheaf::query
