#include "query/key_values.hpp"

#include <utility>

namespace sheaf::query {

namespace {

constexpr char null_byte = static_cast<char>(0xF6);

View absent() {
    return View(&null_byte, &null_byte + 1);
}

View element_at(View array, std::uint32_t index) {
    auto element = array.elements().begin();
    for (std::uint32_t i = 0; i < index; ++i) ++element;
    return *element;
}

// The field with the array replaced by one of its elements, or by nothing when it is empty.
KeyStep stepped_into(const KeyStep& field, View element) {
    if (field.rest.empty()) return {element, {}, false};
    // Only objects are searched: elements of other types, nested arrays included, count as null.
    return follow_key(element.is_object() ? element : View(), field.rest);
}

class Expansion {
public:
    Expansion(std::vector<KeyStep> fields, const TakeValues& take)
        : count_(fields.size()), take_(take), steps_(std::move(fields)), values_(count_) {}

    std::optional<std::size_t> run() {
        expand(0);
        return conflict_;
    }

private:
    // Each level is one array deeper than the one before, and its steps stand behind those.
    void expand(std::size_t level) {
        const std::size_t begin = level * count_;
        const View array = common_array(begin);
        if (conflict_) return;
        if (!array) return take(begin);
        steps_.resize(begin + 2 * count_);
        if (array.size() == 0) return enter(level, View());
        for (const View element : array.elements()) {
            enter(level, element);
            if (conflict_) return;
        }
    }

    void enter(std::size_t level, View element) {
        const std::size_t begin = level * count_;
        for (std::size_t i = begin; i < begin + count_; ++i) {
            steps_[i + count_] = steps_[i].expand ? stepped_into(steps_[i], element) : steps_[i];
        }
        expand(level + 1);
    }

    // The array that fields stand at, if any does.
    View common_array(std::size_t begin) {
        View array;
        for (std::size_t i = begin; i < begin + count_; ++i) {
            if (!steps_[i].expand) continue;
            if (array && array.data() != steps_[i].value.data()) {
                conflict_ = i - begin;
                return {};
            }
            array = steps_[i].value;
        }
        return array;
    }

    void take(std::size_t begin) {
        for (std::size_t i = 0; i < count_; ++i) values_[i] = steps_[begin + i].value;
        take_(values_);
    }

    const std::size_t count_;
    const TakeValues& take_;
    std::vector<KeyStep> steps_;
    std::vector<View> values_;
    std::optional<std::size_t> conflict_;
};

}  // namespace

KeyStep follow_key(View value, PathRest rest) {
    bool by_index = false;
    for (; !rest.empty(); rest = rest.subspan(1)) {
        if (raw::is_array(value)) {
            const auto index = rest.front().index;
            if (!index || *index >= value.size()) return {value, rest, true};
            value = element_at(value, *index);
            by_index = true;
        } else {
            value = value[rest.front().key];
            if (!value) return {absent(), {}, false};
            by_index = false;
        }
    }
    // An element that was taken by its number is a value, even if it is an array.
    return {value, rest, !by_index && raw::is_array(value)};
}

bool is_absent(View value) {
    return value.data() == &null_byte;
}

std::optional<std::size_t> expand_keys(std::vector<KeyStep> fields, const TakeValues& take) {
    return Expansion(std::move(fields), take).run();
}

}  // namespace sheaf::query
