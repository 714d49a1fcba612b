#include "engine/index_fit.hpp"

#include <algorithm>
#include <optional>

#include <sheaf/json.hpp>

#include "document/key.hpp"

namespace sheaf::engine {

namespace {

using query::Bound;
using query::IndexField;
using query::Intervals;

constexpr char null_key = key_tag::null;

const query::IndexKeys& id_keys() {
    static const query::IndexKeys keys = query::IndexKeys::parse(R"({"_id": 1})"_json.view(), Limits());
    return keys;
}

bool has_multikey(const Index* index, std::size_t field) {
    return index != nullptr && (index->multikey >> field & 1U) != 0;
}

// Merges what the filter says about the fields of one index.
class Merging {
public:
    Merging(const Index* index, const std::vector<IndexField>& fields, const query::FilterBounds& bounds)
        : index_(index), fields_(fields), bounds_(bounds) {}

    std::vector<Intervals> merge() {
        std::vector<Intervals> merged;
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            merged.push_back(has_multikey(index_, i) ? narrowest_element(i) : intersection(i));
        }
        return merged;
    }

    // Whether the first `used` fields say all that the filter says.
    bool decides(std::size_t used) const {
        std::vector<bool> said(bounds_.conditions, false);
        for (std::size_t i = 0; i < used; ++i) {
            if (has_multikey(index_, i)) continue;
            for (const Bound& bound : bounds_.bounds) {
                if (bound.exact && bound.path == fields_[i].path) said[bound.condition] = true;
            }
        }
        return std::find(said.begin(), said.end(), false) == said.end();
    }

private:
    Intervals intersection(std::size_t field) const {
        std::optional<Intervals> result;
        for (const Bound& bound : bounds_.bounds) {
            if (bound.path != fields_[field].path) continue;
            result = result ? result->intersected(bound.intervals) : bound.intervals;
        }
        return result ? *std::move(result) : Intervals::all();
    }

    // With arrays different conditions may hold for different elements: one condition is taken, or those of one
    // $elemMatch, which hold for one element together.
    Intervals narrowest_element(std::size_t field) {
        const std::optional<std::size_t> required = element_of_shared_array(field);
        Intervals best = Intervals::all();
        std::size_t best_element = 0;
        for (const Bound& bound : bounds_.bounds) {
            if (bound.path != fields_[field].path || (required && (*required == 0 || bound.element != *required))) {
                continue;
            }
            const Intervals candidate = bound.element == 0 ? bound.intervals : of_element(field, bound.element);
            // A sparse index leaves out the elements that have none of its fields, whose place is at null.
            const bool may_miss = index_->definition.options.sparse && candidate.contains(BytesView(&null_key, 1));
            if (may_miss || !is_narrower(candidate, best)) continue;
            best = candidate;
            best_element = bound.element;
        }
        if (!best.is_all()) chosen_.push_back({field, best_element});
        return best;
    }

    Intervals of_element(std::size_t field, std::size_t element) const {
        Intervals result = Intervals::all();
        for (const Bound& bound : bounds_.bounds) {
            if (bound.element == element && bound.path == fields_[field].path) {
                result = result.intersected(bound.intervals);
            }
        }
        return result;
    }

    // Where an earlier field that leads into the same array has been bounded: the $elemMatch that it was bounded by, 0
    // for none. The pairs hold the values of one element together.
    std::optional<std::size_t> element_of_shared_array(std::size_t field) const {
        for (const Chosen& chosen : chosen_) {
            if (fields_[chosen.field].path.front() == fields_[field].path.front()) return chosen.element;
        }
        return std::nullopt;
    }

    static bool is_narrower(const Intervals& a, const Intervals& b) {
        if (b.is_all()) return !a.is_all();
        if (a.only_points() != b.only_points()) return a.only_points();
        return a.ranges().size() < b.ranges().size() || (a != b && b.covers(a));
    }

    struct Chosen {
        std::size_t field;
        std::size_t element;
    };

    const Index* index_;
    const std::vector<IndexField>& fields_;
    const query::FilterBounds& bounds_;
    std::vector<Chosen> chosen_;
};

struct SortField {
    const Path* path;
    bool descending;
};

// Walks the index's fields and the sort's side by side. Fields that the filter binds to one value take no part in any
// order.
class Ordering {
public:
    Ordering(IndexFit& fit, const query::Sort& sort) : fit_(fit), sort_(sort) {}

    void find() {
        const std::vector<IndexField>& fields = fit_.keys->fields();
        while (fit_.ordered <= sort_.fields().size()) {
            const std::optional<SortField> wanted = sort_field(fit_.ordered);
            const std::size_t at = fit_.answers.size();
            if (!wanted) return;
            if (is_constant_path(*wanted->path)) {
                ++fit_.ordered;
            } else if (at < fields.size() && is_constant(at)) {
                fit_.answers.push_back(IndexFit::constant);
                continue;
            } else if (at < fields.size() && fields[at].path == *wanted->path && sorts(at) &&
                       agrees(fields[at].descending != wanted->descending)) {
                fit_.answers.push_back(fit_.ordered++);
            } else {
                return;
            }
            if (*wanted->path != id_path()) continue;
            fit_.ordered = sort_.fields().size() + 1;  // no two documents have the same: nothing further decides
            return;
        }
    }

private:
    // _id ends every sort.
    std::optional<SortField> sort_field(std::size_t number) const {
        if (number == sort_.fields().size()) return SortField{&id_path(), false};
        const query::Sort::Field& field = sort_.fields()[number];
        if (field.system != query::SystemField::none) return std::nullopt;
        return SortField{&field.path, field.descending};
    }

    bool is_constant(std::size_t field) const {
        const auto& ranges = fit_.fields[field].ranges();
        return field < fit_.ranges.used && ranges.size() == 1 && ranges.front().point && sorts(field);
    }

    bool is_constant_path(const Path& path) const {
        for (std::size_t i = 0; i < fit_.keys->fields().size(); ++i) {
            if (fit_.keys->fields()[i].path == path) return is_constant(i);
        }
        return false;
    }

    // An array's place in a sort is that of one of its elements; keys that were cut are not in order.
    bool sorts(std::size_t field) const {
        return !has_multikey(fit_.index, field) && (fit_.index == nullptr || !fit_.index->cut);
    }

    bool agrees(bool backwards) {
        if (!decided_) fit_.descending = backwards;
        decided_ = true;
        return fit_.descending == backwards;
    }

    IndexFit& fit_;
    const query::Sort& sort_;
    bool decided_ = false;  // which way to go
};

}  // namespace

const Path& id_path() {
    static const Path path = split_path("_id");
    return path;
}

std::string_view IndexFit::name() const {
    return index == nullptr ? std::string_view("_id_") : std::string_view(index->name);
}

std::vector<driver::KeyRange> key_ranges(const std::vector<query::Interval>& intervals) {
    std::vector<driver::KeyRange> ranges;
    for (const query::Interval& interval : intervals) {
        driver::KeyRange& range = ranges.emplace_back();
        if (!interval.lower.empty()) range.lower = interval.lower;
        range.upper = interval.upper;
    }
    return ranges;
}

IndexFit fit_index(const Index* index, const query::FilterBounds& bounds, const query::Sort* sort) {
    IndexFit fit{.index = index, .keys = index == nullptr ? &id_keys() : &index->keys};
    Merging merging(index, fit.keys->fields(), bounds);
    fit.fields = merging.merge();
    fit.ranges = fit.keys->key_ranges(fit.fields);
    // Keys of _id are never cut.
    const bool fits = fit.fields.front().ranges().size() <= query::IndexKeys::max_ranges;
    if (index == nullptr && fits) fit.ranges.ranges = fit.fields.front().ranges();
    const bool cut = index != nullptr && index->cut;
    fit.exact = fit.ranges.exact && !cut && merging.decides(fit.ranges.used);
    if (sort != nullptr && !sort->empty()) {
        Ordering(fit, *sort).find();
    }
    return fit;
}

void begin_page(IndexFit& fit, const std::vector<Bytes>& from) {
    Bytes prefix;
    for (std::size_t i = 0; i < fit.answers.size(); ++i) {
        const bool constant = fit.answers[i] == IndexFit::constant;
        const Bytes& key = constant ? fit.fields[i].ranges().front().lower : from[fit.answers[i]];
        const std::size_t begin = prefix.size();
        prefix.append(key);
        if (fit.keys->fields()[i].descending) invert_key(prefix, begin);
    }
    if (prefix.empty()) return;
    std::vector<query::Interval> kept;
    const std::optional<Bytes> end = query::next_prefix(prefix);
    for (query::Interval range : fit.ranges.ranges) {
        if (!fit.descending && prefix > range.lower) range.lower = prefix;
        if (fit.descending && end && *end < range.upper) range.upper = *end;
        if (range.lower < range.upper) kept.push_back(std::move(range));
    }
    fit.ranges.ranges = std::move(kept);
}

}  // namespace sheaf::engine
