#include <algorithm>
#include <array>
#include <string>

#include "document/encoder.hpp"
#include "query/expression/collections/array_forms.hpp"
#include "query/expression/numbers/whole_number.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

void require_array(View value, int mongo, std::string_view op) {
    if (value.is_array()) return;
    fail_expression(mongo, op, "takes an array, not " + describe(value));
}

// How MongoDB refuses a position or a count: one number for what is no number, one for what is no 32-bit integer.
struct Refusals {
    int not_a_number;
    int not_whole;
};

std::int32_t require_whole(View value, Refusals refusals, std::string_view op) {
    if (!value.is_number()) fail_expression(refusals.not_a_number, op, "takes a number, not " + describe(value));
    if (const auto number = whole_number(value)) return *number;
    fail_expression(refusals.not_whole, op, "takes a 32-bit integer, not " + describe(value));
}

// The elements [first, last) of an array as they stand, one after the other. REQUIRES: last <= array.size()
BytesView range_of(View array, std::size_t first, std::size_t last) {
    auto element = array.elements().begin();
    for (std::size_t i = 0; i < first; ++i) ++element;
    const char* const begin = (*element).data();
    for (std::size_t i = first; i < last; ++i) ++element;
    return {begin, static_cast<std::size_t>((*element).data() - begin)};
}

// Elements that are walked over may be large.
void charge_skip(Evaluation& evaluation, View array, const char* to) {
    constexpr std::size_t bytes_per_step = 64;
    evaluation.charge(static_cast<std::size_t>(to - array.data()) / bytes_per_step);
}

View element_at(Evaluation& evaluation, Arguments arguments) {
    const View array = arguments[0];
    if (is_nullish(array) || is_nullish(arguments[1])) return null_value();
    require_array(array, 28689, "$arrayElemAt");
    std::int64_t index = require_whole(arguments[1], {28690, 28691}, "$arrayElemAt");
    const auto size = static_cast<std::int64_t>(array.size());
    if (index < 0) index += size;
    if (index < 0 || index >= size) return View();
    evaluation.charge(static_cast<std::size_t>(index));
    auto element = array.elements().begin();
    for (; index > 0; --index) ++element;
    const View found = *element;
    charge_skip(evaluation, array, found.data());
    return found;
}

View concat_arrays(Evaluation& evaluation, Arguments arguments) {
    std::size_t count = 0;
    std::vector<BytesView> pieces;
    for (const View array : arguments) {
        if (is_nullish(array)) return null_value();
        require_array(array, 28664, "$concatArrays");
        const std::size_t size = array.size();
        evaluation.charge(size);
        count += size;
        pieces.push_back(range_of(array, 0, size));
    }
    return evaluation.scratch().joined(count, pieces);
}

// The bounds of a search; MongoDB counts null and missing ones as wrong.
std::size_t search_bound(View value, std::string_view op) {
    const auto number = whole_number(value);
    if (!number) fail_expression(9711600, op, "searches between 32-bit integers, not " + describe(value));
    if (*number < 0)
        fail_expression(9711601, op, "does not search from or to the negative position " + describe(value));
    return static_cast<std::size_t>(*number);
}

View index_of(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$indexOfArray";
    const View array = arguments[0];
    if (is_nullish(array)) return null_value();
    require_array(array, 40090, op);
    const std::size_t first = arguments.size() > 2 ? search_bound(arguments[2], op) : 0;
    const std::size_t last = arguments.size() > 3 ? search_bound(arguments[3], op) : array.size();
    evaluation.charge(std::min(last, array.size()));
    std::size_t position = 0;
    for (const View element : array.elements()) {
        if (position >= last) break;
        if (position >= first && compare_counted(evaluation, element, arguments[1]) == 0) {
            return evaluation.scratch().integer(static_cast<std::int64_t>(position));
        }
        ++position;
    }
    return evaluation.scratch().integer(std::int64_t{-1});
}

View is_array(Evaluation&, Arguments arguments) {
    return boolean_value(arguments[0].is_array());
}

View range(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$range";
    const std::int64_t start = require_whole(arguments[0], {34443, 34444}, op);
    const std::int64_t end = require_whole(arguments[1], {34445, 34446}, op);
    const std::int64_t step = arguments.size() > 2 ? require_whole(arguments[2], {34447, 34448}, op) : 1;
    if (step == 0) fail_expression(34449, op, "takes a step other than zero");
    const std::int64_t last = end - (step > 0 ? 1 : -1);  // that may be in it
    if (step > 0 ? start > last : start < last) return empty_array();
    const auto count = static_cast<std::size_t>((last - start) / step) + 1;
    evaluation.charge(count);
    evaluation.scratch().require(count);
    Bytes numbers;
    Encoder encoder(numbers);
    for (std::size_t i = 0; i < count; ++i) encoder.integer(start + static_cast<std::int64_t>(i) * step);
    return evaluation.scratch().joined(count, std::array<BytesView, 1>{numbers});
}

std::vector<View> elements_of(Evaluation& evaluation, View array) {
    evaluation.charge_list(array.size(), sizeof(View));
    evaluation.charge_walk(array);
    std::vector<View> elements;
    elements.reserve(array.size());
    for (const View element : array.elements()) elements.push_back(element);
    return elements;
}

View reverse_array(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    require_array(arguments[0], 34435, "$reverseArray");
    std::vector<View> elements = elements_of(evaluation, arguments[0]);
    std::reverse(elements.begin(), elements.end());
    return evaluation.scratch().array(elements);
}

View size(Evaluation& evaluation, Arguments arguments) {
    require_array(arguments[0], 17124, "$size");
    return evaluation.scratch().integer(static_cast<std::int64_t>(arguments[0].size()));
}

// [array, count] or [array, position, count]; what is negative counts from the end.
View slice(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$slice";
    const View array = arguments[0];
    if (is_nullish(array) || is_nullish(arguments[1])) return null_value();
    require_array(array, 28724, op);
    const auto size = static_cast<std::int64_t>(array.size());
    const std::int64_t second = require_whole(arguments[1], {28725, 28726}, op);
    std::int64_t first = second < 0 ? std::max<std::int64_t>(0, size + second) : 0;
    std::int64_t last = second < 0 ? size : std::min(size, second);
    if (arguments.size() > 2) {
        if (is_nullish(arguments[2])) return null_value();
        const std::int64_t count = require_whole(arguments[2], {28727, 28728}, op);
        if (count <= 0) fail_expression(28729, op, "takes a positive count, not " + describe(arguments[2]));
        if (second >= 0) first = std::min(size, second);
        last = std::min(size, first + count);
    }
    evaluation.charge(static_cast<std::size_t>(last));
    const BytesView piece = range_of(array, static_cast<std::size_t>(first), static_cast<std::size_t>(last));
    charge_skip(evaluation, array, piece.data());
    return evaluation.scratch().joined(static_cast<std::size_t>(last - first), std::array{piece});
}

constexpr Function functions[] = {
    {"$arrayElemAt", 2, 2, element_at},
    {"$concatArrays", 0, any_number, concat_arrays},
    {"$indexOfArray", 2, 4, index_of},
    {"$isArray", 1, 1, is_array},
    {"$range", 2, 3, range},
    {"$reverseArray", 1, 1, reverse_array},
    {"$size", 1, 1, size},
    {"$slice", 2, 3, slice},
};

constexpr Form forms[] = {
    {"$in", parse_in},
    {"$sortArray", parse_sort_array},
    {"$zip", parse_zip},
};

}  // namespace

Family array_operators() {
    return {functions, forms};
}

}  // namespace sheaf::query
