// IndexKeys: the fields of an index, {"a": 1, "b.c": -1}, and what they make of a document: the keys under which the
// index holds it; and of bounds on the fields: the ranges of keys that can hold what lies within them.
//
// MongoDB's rules. A missing field counts as null. An array counts by its elements, each making a key of its own (an
// element that is an array is taken whole); an empty array is below null. Two fields may lead into one array, and then
// the values of one element stay together; they may not lead into different ones.
//
// A key is the sequence of the fields' directed keys (document/key.hpp). A key of more than max_key_bytes is cut there
// and ends with a hash of the whole: such keys no longer sort among each other as the values do, but those that begin
// differently do, and equal values still have equal keys. Format: docs/formats/keys.md.
//
// Threads: immutable after parse().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/limits.hpp>

#include "document/path.hpp"
#include "query/intervals.hpp"

namespace sheaf::query {

struct IndexField {
    std::string text{};  // "b.c"
    Path path{};
    bool descending = false;
    bool operator==(const IndexField&) const = default;
};

class IndexKeys {
public:
    static constexpr std::size_t max_fields = 32;
    static constexpr std::size_t max_key_bytes = 1024;
    static constexpr std::size_t key_hash_bytes = 16;  // of SHA-256, behind what is left of a longer key
    static constexpr std::size_t max_ranges = 1000;    // that key_ranges() makes; further fields then do not narrow
    static constexpr std::size_t max_keys = 100'000;   // of one document, as in MongoDB
    static constexpr std::size_t max_made_bytes = 256U * 1024 * 1024;  // of those keys, before any is cut

    // Throws invalid_argument with MongoDB's number (67, CannotCreateIndex) for no fields, directions that are 0 or no
    // numbers, paths with empty parts or parts that begin with $, system fields; with others for too many fields
    // (13103). Kinds of indexes that sheaf does not have ("text", "2dsphere", "hashed", wildcards) are unsupported. A
    // direction is any number: descending below zero.
    static IndexKeys parse(View keys, const Limits& limits);

    const std::vector<IndexField>& fields() const { return fields_; }

    struct Found {
        std::vector<Bytes> keys{};   // sorted, each once
        std::uint32_t multikey = 0;  // bit i: field i stands for the elements of an array, even of an empty one
        bool cut = false;            // a key was too long
        bool all_missing = false;    // no key has a field that is there
        bool has_null = false;       // a key has a null or missing part
    };
    // A sparse index leaves out the keys of which no field is there, and so it may have none. Throws invalid_document
    // with MongoDB's number 171 (CannotIndexParallelArrays) where fields lead into different arrays, limit_exceeded for
    // too many keys.
    Found find(View document, bool sparse = false) const;

    // The ranges of whole keys that hold every document whose field values lie within `bounds` (one per field, in
    // order). Points of the leading fields multiply; the first field with other ranges narrows still, those after it do
    // not, nor does a field that would make too many ranges: `used` says how many fields did narrow.
    struct Ranges {
        std::vector<Interval> ranges{};  // ascending, disjoint
        std::size_t used = 0;
        bool exact = true;  // false: also holds keys outside of the bounds of the used fields
    };
    Ranges key_ranges(const std::vector<Intervals>& bounds) const;

    bool operator==(const IndexKeys&) const = default;

private:
    const Interval* only_value(const std::vector<Intervals>& bounds) const;
    Found find_expanded(View document, bool sparse) const;

    std::vector<IndexField> fields_;
};

}  // namespace sheaf::query
