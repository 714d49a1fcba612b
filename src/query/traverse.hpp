// Walks a dotted path through a document as MongoDB's filters do, where one path may lead to several values:
// - an array on the way is entered: each element that is an object is searched with the rest of the path, and where the
//   next part is a number, the element at that place is taken too; elements of another type yield nothing;
// - an array at the end yields each of its elements and then itself;
// - a path that stops short (a key that is not there, a scalar in the way) yields a missing value.
// An element that is reached by its number at the very end of a path is yielded as it is, array or not.
//
// Nothing is allocated. The work is bounded by the document's size times 2 to the number of numeric parts, which
// parse_field_path() limits.
#pragma once

#include <span>

#include <sheaf/view.hpp>

#include "document/path.hpp"
#include "query/raw.hpp"

namespace sheaf::query {

using PathRest = std::span<const PathPart>;

template <typename Visit>
bool any_in_array(View array, PathRest rest, const Visit& visit);

// Whether `visit` returns true for a value that the path leads to; stops at the first.
template <typename Visit>
bool any_value(View value, PathRest rest, const Visit& visit) {
    for (; !rest.empty(); rest = rest.subspan(1)) {
        if (raw::is_array(value)) return any_in_array(value, rest, visit);
        value = value[rest.front().key];
        if (!value) return visit(value);
    }
    return raw::is_array(value) ? any_in_array(value, rest, visit) : visit(value);
}

template <typename Visit>
bool any_in_array(View array, PathRest rest, const Visit& visit) {
    if (rest.empty()) {
        for (const View element : array.elements()) {
            if (visit(element)) return true;
        }
        return visit(array);
    }
    const std::optional<std::uint32_t>& wanted = rest.front().index;
    std::uint32_t index = 0;
    for (const View element : array.elements()) {
        const Type type = element.type();
        if (type == Type::object && any_value(element, rest, visit)) return true;
        if (wanted != index++) continue;
        if (rest.size() == 1) {
            if (visit(element)) return true;
        } else if (type == Type::object || type == Type::array) {
            if (any_value(element, rest.subspan(1), visit)) return true;
        }
    }
    return false;
}

}  // namespace sheaf::query
