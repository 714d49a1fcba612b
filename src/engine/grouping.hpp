// Grouping: group_by while it runs: a hash table from the key of a document's values to its group.
//
// Memory is bounded by Limits::pipeline_bytes: the groups, and then what is returned of them.
//
// Threads: one at a time. Lifetime: borrows the fields, aggregates, options and limits.
//
//     Grouping grouping(fields, aggregates, options, limits);
//     for (...) grouping.add(subject);
//     std::vector<Group> groups = grouping.take();
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <sheaf/driver/pushdown.hpp>
#include <sheaf/group.hpp>
#include <sheaf/limits.hpp>

#include "engine/field_tally.hpp"
#include "query/subject.hpp"

namespace sheaf::engine {

class Grouping {
public:
    // Throws invalid_argument for paths that are none, for aggregates that lack one, for columns that are not there and
    // for negative limits; limit_exceeded.
    Grouping(const std::vector<std::string>& fields, const std::vector<FieldAggregate>& aggregates,
             const GroupOptions& options, const Limits& limits);

    // The paths to count documents by, where that is all that is asked and a backend can do it too.
    std::optional<std::vector<std::vector<std::string>>> paths_to_count() const;

    // Both throw limit_exceeded.
    void add(const query::Subject& document);
    void add(const driver::GroupCount& counted);  // by paths_to_count()
    // The groups in their order. To be called once.
    std::vector<Group> take();

private:
    // Not noexcept: then the standard library keeps the hashes and does not form them again for every comparison.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(BytesView key) const { return std::hash<BytesView>()(key); }
    };
    // A group in the order of the results.
    struct Ranked {
        Bytes columns;     // the keys of the values that are sorted by
        const Bytes* key;  // in places_
        std::size_t group;
        bool operator<(const Ranked& other) const {
            const int order = columns.compare(other.columns);
            return order != 0 ? order < 0 : *key < *other.key;
        }
    };

    std::size_t find_group();
    std::size_t add_group();
    std::vector<Ranked> ranked();
    void append_column(Bytes& out, std::size_t group, const GroupSort& sort) const;
    Group result(std::size_t group);
    void hold(std::size_t bytes);

    const std::vector<FieldAggregate>& aggregates_;
    const GroupOptions& options_;
    const Limits& limits_;
    std::vector<FieldReader> fields_;
    std::vector<std::optional<FieldReader>> inputs_;  // of the aggregates; nothing: of all documents

    std::unordered_map<Bytes, std::size_t, Hash, std::equal_to<>> places_;  // from keys to the numbers of groups
    std::deque<Bytes> shown_;         // of each group: the encoded values of its fields
    std::deque<FieldTally> tallies_;  // of each group: those of its aggregates
    std::vector<View> values_;        // of the current document, at the fields
    Bytes key_;
    std::size_t held_ = 0;
};

// Throws invalid_argument for an aggregate that needs a field and has none. Nothing: it counts documents.
std::optional<FieldReader> input_of(const FieldAggregate& aggregate, const Limits& limits);

}  // namespace sheaf::engine
