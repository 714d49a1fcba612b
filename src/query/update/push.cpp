// $push, with $each, $position, $sort and $slice: the values are inserted, then the array is sorted, then cut.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "document/encoder.hpp"
#include "query/expression/scratch.hpp"
#include "query/operand.hpp"
#include "query/update/operators.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t max_sort_fields = 32;

// What the budget is charged for a value that is sorted only to be cut off: "$[]" can ask for that in many arrays.
constexpr std::size_t bytes_per_wasted_value = 8;

struct SortField {
    std::string path;  // empty: the element itself
    bool descending;
};

struct Modifiers {
    Array values;
    std::optional<std::int64_t> position;  // negative: from the end
    std::optional<std::int64_t> slice;     // negative: the last ones
    std::vector<SortField> sort;
};

// Stable, in MongoDB's order of values; what a path does not lead to sorts as null.
void sort_array(Array& array, const std::vector<SortField>& fields) {
    std::vector<Bytes> encoded;
    encoded.reserve(array.size());
    for (const Value& element : array) encoded.push_back(encode(element));
    std::vector<View> keys;  // of all fields of the first element, then of the second...
    keys.reserve(array.size() * fields.size());
    for (const Bytes& bytes : encoded) {
        for (const SortField& field : fields) {
            const View element(bytes);
            View key = element;
            if (!field.path.empty()) key = element.is_object() ? element.at(field.path) : View();
            keys.push_back(key ? key : null_value());
        }
    }
    std::vector<std::size_t> order(array.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const auto result = compare(keys[a * fields.size() + i], keys[b * fields.size() + i]);
            if (result != 0) return fields[i].descending ? result > 0 : result < 0;
        }
        return false;
    });
    Array sorted;
    sorted.reserve(array.size());
    for (const std::size_t index : order) sorted.push_back(std::move(array[index]));
    array = std::move(sorted);
}

struct Range {
    std::size_t begin;
    std::size_t end;

    std::size_t size() const { return end - begin; }
    // What lies in the `count` places from `first` on, counted from there.
    Range within(std::size_t first, std::size_t count) const {
        const auto relative = [&](std::size_t place) { return std::clamp(place, first, first + count) - first; };
        return {relative(begin), relative(end)};
    }
};

// What the slice keeps.
Range range_of_slice(std::size_t elements, std::optional<std::int64_t> slice) {
    if (!slice) return {0, elements};
    const auto size = static_cast<std::int64_t>(elements);
    if (*slice >= 0) return {0, static_cast<std::size_t>(std::min(*slice, size))};
    return {static_cast<std::size_t>(size + std::max(*slice, -size)), elements};
}

std::ptrdiff_t as_offset(std::size_t place) {
    return static_cast<std::ptrdiff_t>(place);
}

class PushAction final : public Action {
public:
    explicit PushAction(Modifiers modifiers) : modifiers_(std::move(modifiers)) {
        for (const Value& value : modifiers_.values) {
            const std::size_t size = encode(value).size();
            all_bytes_ += size;
            most_bytes_ = std::max(most_bytes_, size);
        }
    }
    Missing missing() const override { return Missing::create; }
    Value created(const Target& target, Budget& budget) const override {
        Value array = Array();
        change(array, target, budget);
        return array;
    }
    Effect change(Value& value, const Target& target, Budget& budget) const override {
        if (!value.is_array()) refuse_value(2, target, value, "an array");
        if (modifiers_.sort.empty()) {
            push(value.as_array(), target, budget);
        } else {
            push_sorted(value.as_array(), target, budget);
        }
        return Effect::keep;
    }

private:
    void push(Array& array, const Target& target, Budget& budget) const {
        const std::size_t at = place(array.size());
        const std::size_t count = modifiers_.values.size();
        const Range kept = range_of_slice(array.size() + count, modifiers_.slice);
        const Range before = kept.within(0, at);
        const Range values = kept.within(at, count);
        const Range after = kept.within(at + count, array.size() - at);
        budget.spend(std::min(all_bytes_, values.size() * most_bytes_), target);
        array.erase(array.begin() + as_offset(at + after.end), array.end());
        array.erase(array.begin() + as_offset(at), array.begin() + as_offset(at + after.begin));
        array.insert(array.begin() + as_offset(at), modifiers_.values.begin() + as_offset(values.begin),
                     modifiers_.values.begin() + as_offset(values.end));
        array.erase(array.begin() + as_offset(before.end), array.begin() + as_offset(at));
        array.erase(array.begin(), array.begin() + as_offset(before.begin));
    }

    // All values have to be there to be sorted, also those that the slice takes away again.
    void push_sorted(Array& array, const Target& target, Budget& budget) const {
        const std::size_t size = array.size() + modifiers_.values.size();
        const Range kept = range_of_slice(size, modifiers_.slice);
        const std::size_t wasted = std::min(size - kept.size(), modifiers_.values.size());
        budget.spend(all_bytes_ + wasted * bytes_per_wasted_value, target);
        array.insert(array.begin() + as_offset(place(array.size())), modifiers_.values.begin(),
                     modifiers_.values.end());
        sort_array(array, modifiers_.sort);
        array.erase(array.begin() + as_offset(kept.end), array.end());
        array.erase(array.begin(), array.begin() + as_offset(kept.begin));
    }

    // Before which of the elements the values go.
    std::size_t place(std::size_t elements) const {
        const auto size = static_cast<std::int64_t>(elements);
        const std::int64_t position = modifiers_.position.value_or(size);
        return static_cast<std::size_t>(position < 0 ? size + std::max(position, -size) : std::min(position, size));
    }

    Modifiers modifiers_;
    std::size_t all_bytes_ = 0;   // of the values
    std::size_t most_bytes_ = 0;  // of one value
};

std::int64_t parse_count(View operand, std::string_view name, const Target& target) {
    if (operand.type() == Type::integer) return operand.integer();
    constexpr double limit = 9223372036854775808.0;  // 2^63
    if (operand.type() == Type::number) {
        const double number = operand.number();
        if (number == std::trunc(number) && number >= -limit && number < limit) {
            return static_cast<std::int64_t>(number);
        }
    }
    refuse(Code::invalid_update, 2, target, std::string(name) + " is " + describe(operand) + ", not an integer");
}

// INT64_MIN has no absolute value.
std::int64_t parse_slice(View operand, const Target& target) {
    return std::max(parse_count(operand, "$slice", target), -INT64_MAX);
}

bool is_descending(View direction, const Target& target) {
    const double number = direction.is_number() ? direction.number() : 0;
    if (number != 1 && number != -1) {
        refuse(Code::invalid_update, 2, target,
               "$sort is 1, -1 or an object of paths with these, not " + describe(direction));
    }
    return number == -1;
}

std::vector<SortField> parse_sort(View operand, const Target& target, const Limits& limits) {
    if (!operand.is_object()) return {{"", is_descending(operand, target)}};
    if (operand.size() == 0 || operand.size() > max_sort_fields) {
        refuse(Code::invalid_update, 2, target,
               "$sort takes 1 to " + std::to_string(max_sort_fields) + " paths, not " + std::to_string(operand.size()));
    }
    std::vector<SortField> fields;
    for (const auto& [path, direction] : operand.members()) {
        if (has_empty_part(parse_path(path, limits))) {
            refuse(Code::invalid_update, 2, target, "$sort: the path \"" + std::string(path) + "\" has an empty part");
        }
        fields.push_back({std::string(path), is_descending(direction, target)});
    }
    return fields;
}

}  // namespace

// Without $each an object is a value itself, {"$sort": 1} included.
ActionPtr parse_push(View operand, const Target& target, const Settings& settings) {
    Modifiers modifiers;
    const View values = operand["$each"];
    if (!values) {
        modifiers.values.push_back(operand.to_value());
        return std::make_unique<PushAction>(std::move(modifiers));
    }
    if (!values.is_array()) {
        refuse(Code::invalid_update, 2, target, "$each needs an array, not " + with_article(values.type()));
    }
    modifiers.values = std::move(values.to_value().as_array());
    for (const auto& [name, value] : operand.members()) {
        if (name == "$each") continue;
        if (name == "$position") {
            modifiers.position = parse_count(value, name, target);
        } else if (name == "$slice") {
            modifiers.slice = parse_slice(value, target);
        } else if (name == "$sort") {
            modifiers.sort = parse_sort(value, target, settings.limits);
        } else {
            refuse(Code::invalid_update, 2, target, "unknown modifier \"" + std::string(name) + "\" beside $each");
        }
    }
    return std::make_unique<PushAction>(std::move(modifiers));
}

}  // namespace sheaf::query
