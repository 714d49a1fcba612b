// For the unit tests of bounds: bounds as text.
// Threads: free functions.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <sheaf/json.hpp>

#include "document/key.hpp"
#include "query/filter/filter_testing.hpp"

namespace sheaf::query {

// Bounds are shown by which of these values lie within.
inline constexpr auto bound_samples = std::to_array<const char*>({
    "null",
    R"({"$numberDouble": "NaN"})",
    "-1",
    "1",
    "1.5",
    "2",
    "5",
    R"("")",
    R"("a")",
    R"("ab")",
    R"("b")",
    "{}",
    R"({"x": 1})",
    R"({"x": 2})",
    "[]",
    "[1]",
    "[2]",
    R"({"$binary": {"base64": "YQ==", "subType": "00"}})",
    "false",
    "true",
    R"({"$date": 5})",
});

inline std::string shown(const Intervals& intervals) {
    if (intervals.is_all()) return "all";
    std::string text;
    if (intervals.contains(encode_key(View()))) text += " missing";
    for (const char* sample : bound_samples) {
        const Bytes value = json_to_cbor(sample);
        if (!intervals.contains(encode_key(View(value)))) continue;
        const std::string_view word = sample;
        text +=
            std::string(" ") + (word.starts_with("{\"$") ? std::string(word.substr(3, word.find('"', 3) - 3)) : sample);
    }
    return text.empty() ? "none" : text.substr(1);
}

// "a: 1 2 exact; b: all". A bound of an element has its number: "a#1: 5".
inline std::string shown(const FilterBounds& bounds) {
    std::string text;
    for (const Bound& bound : bounds.bounds) {
        text += "; " + join_path(bound.path, bound.path.size());
        if (bound.element != 0) text += "#" + std::to_string(bound.element);
        text += ": " + shown(bound.intervals) + (bound.exact ? " exact" : "");
    }
    for (const Disjunction& disjunction : bounds.disjunctions) {
        text += "; or";
        for (const FilterBounds& branch : disjunction.branches) text += " (" + shown(branch) + ")";
    }
    return text.empty() ? text : text.substr(2);
}

}  // namespace sheaf::query
