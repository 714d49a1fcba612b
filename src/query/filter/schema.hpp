// What $jsonSchema is compiled to: a Schema is a list of checks, which all have to hold. Most checks ask about values
// of one type and hold of all others.
//
// The keywords stand in tables, one per family and file, as operators do; json_schema.cpp joins them.
//
// Threads: immutable after parsing. Lifetime: checks borrow from the filter's bytes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/filter/filter_parse.hpp"
#include "query/regex.hpp"

namespace sheaf::query {

class SchemaCheck {
public:
    virtual ~SchemaCheck() = default;
    virtual bool holds(View value) const = 0;  // of a value that is there
};
using CheckPtr = std::unique_ptr<const SchemaCheck>;

class Schema {
public:
    void add(CheckPtr check) { checks_.push_back(std::move(check)); }
    bool accepts(View value) const {
        for (const CheckPtr& check : checks_) {
            if (!check->holds(value)) return false;
        }
        return true;
    }

private:
    std::vector<CheckPtr> checks_;
};

// Where a schema stands: the one around it, the keyword there that has it, and which of the keyword's schemas it is.
// Linked, and written out for messages alone: many schemas may stand below one long name.
struct SchemaPlace {
    const SchemaPlace* outer;  // null: the whole schema is around it
    std::string_view keyword;
    std::string_view which;

    std::string text() const;  // "properties.a"
};

// One keyword with its operand, in the schema that it belongs to.
struct Keyword {
    std::string_view name;
    View operand;
    View schema;
    const SchemaPlace* place;  // of that schema; null: it is the whole one
    const FilterContext& context;

    // Throws with the name, the place and MongoDB's number.
    [[noreturn]] void refuse(int mongo, std::string_view message) const;
    // "needs a string, not an integer", MongoDB's 14.
    [[noreturn]] void refuse_type(std::string_view wanted, View instead) const;
    [[noreturn]] void refuse_type(std::string_view wanted) const { refuse_type(wanted, operand); }
    // A schema in the operand, "which" of them.
    Schema parse(View schema, std::string_view which) const;
    // " at properties.a", for messages.
    std::string at() const { return place == nullptr ? std::string() : " at " + place->text(); }
    Regex compile(std::string_view pattern, Regex::Numbers numbers = Regex::Numbers()) const;
    // Of an array that has at least one string, each once; sorted.
    std::vector<std::string_view> names(View array) const;
};

struct KeywordParser {
    std::string_view name;
    CheckPtr (*parse)(const Keyword& keyword);  // null: nothing to check
};

std::span<const KeywordParser> value_keywords();     // bsonType, type, enum, minimum, minLength, pattern, ...
std::span<const KeywordParser> array_keywords();     // items, additionalItems, minItems, uniqueItems, ...
std::span<const KeywordParser> object_keywords();    // properties, required, dependencies, ...
std::span<const KeywordParser> composed_keywords();  // allOf, anyOf, oneOf, not

Schema parse_schema(View schema, const SchemaPlace* place, const FilterContext& context);

// minLength, maxItems and their kind: `measure` is the size of a value of their type, nothing for other types.
using Measure = std::optional<std::uint64_t> (*)(View value);
CheckPtr parse_least(const Keyword& keyword, Measure measure);
CheckPtr parse_most(const Keyword& keyword, Measure measure);

// MongoDB's order of values for schemas: as compare(), but objects are equal whatever the order of their members.
std::weak_ordering compare_unordered(View a, View b);

}  // namespace sheaf::query
