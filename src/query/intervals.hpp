// Intervals: a set of values as ranges of their keys (document/key.hpp), by which a planner says what part of an index
// can hold matching documents.
//
// A range is half-open, [lower, upper), over bytes. It need not end at whole keys: all numbers are ["\x20", "\x21"),
// all strings that begin with "ab" are ["\x30" "ab", "\x30" "ac"). Just behind a whole key K lies K + "\xFF": what
// follows K in a sequence of keys is less than FF, and the next greater key of one value is not less than that. So K
// alone is [K, K + "\xFF"). Every key lies in ["", "\xFF").
//
//     const Intervals adults = Intervals::range(encode_key(eighteen), "\x21");
//     if (adults.intersected(Intervals::point(age)).empty()) ...
//
// Values; threads: as any value.
#pragma once

#include <optional>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/view.hpp>

namespace sheaf::query {

struct Interval {
    Bytes lower{};
    Bytes upper{};       // exclusive
    bool point = false;  // of one key: lower, and upper is lower + FF
    bool operator==(const Interval&) const = default;
};

class Intervals {
public:
    static Intervals all();
    static Intervals none() { return Intervals(); }
    static Intervals point(View value);
    static Intervals points(std::vector<Bytes> keys);
    static Intervals of_type(Type type);  // all its values; integers and doubles are one type
    static Intervals strings_with(std::string_view prefix);
    static Intervals range(Bytes lower, Bytes upper);       // none when lower >= upper
    static Intervals joined(std::vector<Interval> ranges);  // of any ranges, in any order

    bool empty() const { return ranges_.empty(); }
    bool is_all() const;
    bool only_points() const;  // or empty
    bool contains(BytesView key) const;
    bool covers(const Intervals& other) const;                       // every key of the other is in this
    const std::vector<Interval>& ranges() const { return ranges_; }  // ascending, disjoint, none touching the next

    Intervals intersected(const Intervals& other) const;
    Intervals united(const Intervals& other) const;
    bool operator==(const Intervals&) const = default;

private:
    std::vector<Interval> ranges_;
};

// The least bytes that are greater than all that begin with `prefix`; nothing when there are none ("", FF FF ...).
std::optional<Bytes> next_prefix(BytesView prefix);
// What lies just behind a whole key.
Bytes behind(Bytes key);

}  // namespace sheaf::query
