// Filter: a MongoDB-style query, parsed once into a compiled form that runs over encoded documents.
//
// Threads: immutable after parse(); matches() may be called from any thread.
//
//     Filter adults = Filter::parse(R"({"age": {"$gte": 18}, "address.city": "Kyoto"})"_json, limits);
//     if (adults.matches({document.view(), {}})) ...
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/predicate.hpp>

#include "document/path.hpp"
#include "query/filter/filter_bounds.hpp"
#include "query/settings.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

class FilterNode;

class Filter {
public:
    // Throws invalid_filter ("unknown operator "$foo" at address.city") or limit_exceeded.
    static Filter parse(const Document& filter, const Settings& settings);
    // The same for a filter inside another document.
    static Filter parse(View filter, const Settings& settings);
    // A condition on one value, as $pull has it: operators such as {"$gte": 5} ask the value itself, any other object
    // is a query on the value, which then has to be an object, and anything else wants an equal value. The path is for
    // messages.
    static Filter parse_condition(View condition, std::string_view path, const Settings& settings);

    Filter();  // matches everything
    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    bool matches(const Subject& subject) const;
    bool matches_value(View value) const;  // of parse_condition()
    // Which element of an array made the document match, for the positional "$" of updates and projections: of the last
    // condition that looked into an array. Nothing when none did. REQUIRES: matches(subject).
    std::optional<std::size_t> matched_index(const Subject& subject) const;
    bool matches_everything() const;
    // Whether the answer depends on the body alone, so that a backend may ask before it has read the rest of a row.
    bool reads_system_fields() const;

    // Values that _id must be one of, when the filter says so at its top level ($eq, $in or implicit equality); the
    // planner turns them into gets. Views are valid as long as the filter.
    std::optional<std::vector<View>> ids() const;

    // Path and value of each equality that every match must satisfy, for building an upserted document: implicit
    // equality, $eq, a $in or $or of one, through $and. In the order of the filter.
    struct Equality {
        std::string path;
        View value;
    };
    std::vector<Equality> equalities() const;

    // What the filter says about values at paths; nothing about system fields.
    FilterBounds bounds() const;
    // The filter as a condition for a backend's own engine, as far as it can be said there: `always`, and not exact,
    // where nothing can. What is large is not said either.
    LoweredFilter lowered() const;
    // Whether every document that this filter matches is matched by the other one, as far as that can be seen: for a
    // partial index, which may serve only such filters. False when in doubt.
    bool implies(const Filter& other) const;

private:
    struct State;
    explicit Filter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;  // null: matches everything
};

}  // namespace sheaf::query
