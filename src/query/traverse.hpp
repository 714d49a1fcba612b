// Walks a dotted path through a document as MongoDB's filters do, where one path may lead to several values:
// - an array on the way is entered: each element that is an object is searched with the rest of the path, and where the
//   next part is a number, the element at that place is taken too; elements of another type yield nothing;
// - an array at the end yields each of its elements and then itself, unless whole arrays are asked for;
// - a path that stops short (a key that is not there, a scalar in the way) yields a missing value.
// An element that is reached by its number at the very end of a path is yielded as it is, array or not.
//
// Nothing is allocated. The work is bounded by the document's size times 2 to the number of numeric parts, which
// parse_field_path() limits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <sheaf/view.hpp>

#include "document/path.hpp"
#include "query/raw.hpp"

namespace sheaf::query {

using PathRest = std::span<const PathPart>;

// What an array at the end of a path yields: its elements and then itself, or only itself.
enum class EndArrays { entered, whole };

template <EndArrays end, typename Visit>
bool any_in_element(View element, std::uint32_t index, PathRest rest, const Visit& visit);

// Whether `visit` returns true for a value that the path leads to; stops at the first.
template <EndArrays end = EndArrays::entered, typename Visit>
bool any_value(View value, PathRest rest, const Visit& visit) {
    for (; !rest.empty(); rest = rest.subspan(1)) {
        if (raw::is_array(value)) {
            std::uint32_t index = 0;
            for (const View element : value.elements()) {
                if (any_in_element<end>(element, index++, rest, visit)) return true;
            }
            return false;
        }
        value = value[rest.front().key];
        if (!value) return visit(value);
    }
    if constexpr (end == EndArrays::entered) {
        if (raw::is_array(value)) {
            for (const View element : value.elements()) {
                if (visit(element)) return true;
            }
        }
    }
    return visit(value);
}

// The same for one element of an array that the path enters. REQUIRES: the path goes on.
template <EndArrays end, typename Visit>
bool any_in_element(View element, std::uint32_t index, PathRest rest, const Visit& visit) {
    const Type type = element.type();
    if (type == Type::object && any_value<end>(element, rest, visit)) return true;
    if (rest.front().index != index) return false;
    if (rest.size() == 1) return visit(element);
    if (type != Type::object && type != Type::array) return false;
    return any_value<end>(element, rest.subspan(1), visit);
}

// The element of the first array on the path through which any_value() is true; nothing where it is true without one.
// An element that the path itself names by its number at the end does not count, nor does an array that ends the path
// and is asked for whole.
template <EndArrays end, typename Visit>
std::optional<std::uint32_t> first_element(View value, PathRest rest, const Visit& visit) {
    while (value && !raw::is_array(value)) {
        if (rest.empty()) return std::nullopt;
        value = value[rest.front().key];
        rest = rest.subspan(1);
    }
    if (!value || (rest.empty() && end == EndArrays::whole)) return std::nullopt;
    std::uint32_t index = 0;
    for (const View element : value.elements()) {
        const bool found = rest.empty()       ? visit(element)
                           : rest.size() == 1 ? element.is_object() && any_value<end>(element, rest, visit)
                                              : any_in_element<end>(element, index, rest, visit);
        if (found) return index;
        ++index;
    }
    return std::nullopt;
}

}  // namespace sheaf::query
