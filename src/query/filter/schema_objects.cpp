// The keywords that ask about objects.
#include <algorithm>
#include <array>

#include "query/filter/schema.hpp"

namespace sheaf::query {

namespace {

// Sorted, so that an object's members are looked up in it and not the other way round: both may be long.
using Names = std::vector<std::string_view>;

bool contains(const Names& names, std::string_view name) {
    return std::binary_search(names.begin(), names.end(), name);
}

std::optional<std::uint64_t> member_count(View value) {
    if (!value.is_object()) return std::nullopt;
    return value.size();
}

CheckPtr parse_min_properties(const Keyword& keyword) {
    return parse_least(keyword, member_count);
}

CheckPtr parse_max_properties(const Keyword& keyword) {
    return parse_most(keyword, member_count);
}

bool has_all(View object, const Names& names) {
    std::size_t found = 0;
    for (const auto& [key, value] : object.members()) {
        if (contains(names, key)) ++found;
    }
    return found == names.size();
}

class RequiredCheck final : public SchemaCheck {
public:
    explicit RequiredCheck(Names names) : names_(std::move(names)) {}
    bool holds(View value) const override { return !value.is_object() || has_all(value, names_); }

private:
    Names names_;
};

CheckPtr parse_required(const Keyword& keyword) {
    if (!keyword.operand.is_array()) keyword.refuse_type("an array");
    return std::make_unique<RequiredCheck>(keyword.names(keyword.operand));
}

// ---- schemas for members

class PropertiesCheck final : public SchemaCheck {
public:
    struct Property {
        std::string_view name;
        Schema schema;
    };
    explicit PropertiesCheck(std::vector<Property> properties) : properties_(std::move(properties)) {
        std::sort(properties_.begin(), properties_.end(),
                  [](const Property& a, const Property& b) { return a.name < b.name; });
    }
    bool holds(View value) const override {
        if (!value.is_object()) return true;
        for (const auto& [key, member] : value.members()) {
            const auto property =
                std::lower_bound(properties_.begin(), properties_.end(), key,
                                 [](const Property& p, std::string_view wanted) { return p.name < wanted; });
            if (property == properties_.end() || property->name != key) continue;
            if (!property->schema.accepts(member)) return false;
        }
        return true;
    }

private:
    std::vector<Property> properties_;
};

CheckPtr parse_properties(const Keyword& keyword) {
    if (!keyword.operand.is_object()) keyword.refuse_type("an object");
    std::vector<PropertiesCheck::Property> properties;
    properties.reserve(keyword.operand.size());
    for (const auto& [name, schema] : keyword.operand.members()) {
        properties.push_back({name, keyword.parse(schema, name)});
    }
    return std::make_unique<PropertiesCheck>(std::move(properties));
}

constexpr Regex::Numbers bad_name{.pattern = 2};

class PatternPropertiesCheck final : public SchemaCheck {
public:
    struct Property {
        Regex name;
        Schema schema;
    };
    explicit PatternPropertiesCheck(std::vector<Property> properties) : properties_(std::move(properties)) {}
    bool holds(View value) const override {
        if (!value.is_object()) return true;
        for (const auto& [key, member] : value.members()) {
            for (const Property& property : properties_) {
                if (property.name.matches(key) && !property.schema.accepts(member)) return false;
            }
        }
        return true;
    }

private:
    std::vector<Property> properties_;
};

CheckPtr parse_pattern_properties(const Keyword& keyword) {
    if (!keyword.operand.is_object()) keyword.refuse_type("an object");
    std::vector<PatternPropertiesCheck::Property> properties;
    for (const auto& [pattern, schema] : keyword.operand.members()) {
        properties.push_back({keyword.compile(pattern, bad_name), keyword.parse(schema, pattern)});
    }
    return std::make_unique<PatternPropertiesCheck>(std::move(properties));
}

// Of the members that neither `properties` nor `patternProperties` names.
class AdditionalPropertiesCheck final : public SchemaCheck {
public:
    AdditionalPropertiesCheck(Names names, std::vector<Regex> patterns, std::optional<Schema> schema)
        : names_(std::move(names)), patterns_(std::move(patterns)), schema_(std::move(schema)) {}
    bool holds(View value) const override {
        if (!value.is_object()) return true;
        for (const auto& [key, member] : value.members()) {
            if (!is_named(key) && (!schema_ || !schema_->accepts(member))) return false;
        }
        return true;
    }

private:
    bool is_named(std::string_view key) const {
        return contains(names_, key) || std::any_of(patterns_.begin(), patterns_.end(),
                                                    [&](const Regex& pattern) { return pattern.matches(key); });
    }

    Names names_;
    std::vector<Regex> patterns_;
    std::optional<Schema> schema_;  // absent: there may be none
};

CheckPtr parse_additional_properties(const Keyword& keyword) {
    const View operand = keyword.operand;
    if (operand.type() == Type::boolean) {
        if (operand.boolean()) return nullptr;
    } else if (!operand.is_object()) {
        keyword.refuse_type("a boolean or an object");
    }
    // Of another type they are refused where they stand.
    Names names;
    if (const View properties = keyword.schema["properties"]; properties && properties.is_object()) {
        for (const auto& [name, schema] : properties.members()) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    std::vector<Regex> patterns;
    if (const View properties = keyword.schema["patternProperties"]; properties && properties.is_object()) {
        for (const auto& [pattern, schema] : properties.members())
            patterns.push_back(keyword.compile(pattern, bad_name));
    }
    std::optional<Schema> schema;
    if (operand.is_object()) schema = keyword.parse(operand, {});
    return std::make_unique<AdditionalPropertiesCheck>(std::move(names), std::move(patterns), std::move(schema));
}

// ---- dependencies

class DependencyCheck final : public SchemaCheck {
public:
    struct Dependency {
        std::string_view name;
        Names names;    // that must be there too
        Schema schema;  // that must accept the whole object
    };
    explicit DependencyCheck(std::vector<Dependency> dependencies) : dependencies_(std::move(dependencies)) {}
    bool holds(View value) const override {
        if (!value.is_object()) return true;
        for (const Dependency& dependency : dependencies_) {
            if (!value[dependency.name]) continue;
            if (!has_all(value, dependency.names) || !dependency.schema.accepts(value)) return false;
        }
        return true;
    }

private:
    std::vector<Dependency> dependencies_;
};

CheckPtr parse_dependencies(const Keyword& keyword) {
    if (!keyword.operand.is_object()) keyword.refuse_type("an object");
    std::vector<DependencyCheck::Dependency> dependencies;
    for (const auto& [name, operand] : keyword.operand.members()) {
        DependencyCheck::Dependency dependency{name, {}, {}};
        if (operand.is_array()) {
            dependency.names = keyword.names(operand);
        } else if (operand.is_object()) {
            dependency.schema = keyword.parse(operand, name);
        } else {
            keyword.refuse_type("arrays of names or objects that are schemas", operand);
        }
        dependencies.push_back(std::move(dependency));
    }
    return std::make_unique<DependencyCheck>(std::move(dependencies));
}

constexpr auto keywords = std::to_array<KeywordParser>({
    {"required", parse_required},
    {"properties", parse_properties},
    {"patternProperties", parse_pattern_properties},
    {"additionalProperties", parse_additional_properties},
    {"minProperties", parse_min_properties},
    {"maxProperties", parse_max_properties},
    {"dependencies", parse_dependencies},
});

}  // namespace

std::span<const KeywordParser> object_keywords() {
    return keywords;
}

}  // namespace sheaf::query
