// Predicate: a condition on documents in a form that a backend's own engine can translate: what a filter says, as far
// as it can be said with comparisons of values at paths. The query layer makes it (Filter::lowered()).
//
// A path leads from a document to values key by key. An array on the way is looked into, one level deep: its elements
// that are objects are followed, others lead nowhere. So is an array at the end: it is a value itself, and so are its
// elements. Numbers are compared by value, whatever their type; strings by their UTF-8 bytes; a value is only ever
// compared with one of its own kind. NaN stands in no relation to a number.
//
// Equality with null holds for a missing value, too: an object on the way does not have the key, or what stands in the
// way is neither an object nor an array (where that is an array's element, it leads nowhere).
//
// Values, without a thread contract of their own. Public: for authors of backends.
//
//     // {"age": {"$gte": 18}, "city": "Kyoto"}
//     const Predicate adults{.kind = Predicate::Kind::all, .parts = {
//         {.kind = Predicate::Kind::compare, .path = {"age"}, .op = Predicate::Op::gte, .value = cbor_of(18)},
//         {.kind = Predicate::Kind::compare, .path = {"city"}, .op = Predicate::Op::eq, .value = cbor_of("Kyoto")}}};
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sheaf/bytes.hpp>

namespace sheaf {

struct Predicate {
    enum class Kind : std::uint8_t {
        always,
        never,
        all,      // every part holds
        any,      // at least one part holds
        none,     // no part holds
        compare,  // one of the values at the path stands in this relation to `value`
        exists,   // the path leads to something, null included
    };
    enum class Op : std::uint8_t { eq, lt, lte, gt, gte };

    Kind kind = Kind::always;
    std::vector<Predicate> parts{};  // of all, any, none
    // Of compare and exists. No key is empty, consists of digits, begins with "$" or holds U+0000.
    std::vector<std::string> path{};
    Op op = Op::eq;
    Bytes value{};  // CBOR of a null (with eq), bool (with eq), finite number or string without U+0000
};

// A predicate, and whether it says all that the filter says. If not, it holds for every document that the filter
// matches, and maybe for others.
struct LoweredFilter {
    Predicate predicate{};
    bool exact = false;
};

}  // namespace sheaf
