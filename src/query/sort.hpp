// Sort: {"a": 1, "b.c": -1} compiled to one byte string per document, whose memcmp order is the asked order.
// MongoDB's array rule: ascending takes an array's smallest element, descending its largest; an empty array sorts below
// null, a missing field as null. Ties break by _id.
// Threads: immutable after parse().
#pragma once

#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/limits.hpp>

#include "document/path.hpp"
#include "query/settings.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

class SortKeyFinder;

class Sort {
public:
    // Throws invalid_sort with MongoDB's number: directions other than 1 and -1, too many keys (32), empty paths...
    static Sort parse(const Document& sort, const Settings& settings);
    Sort() = default;  // no order
    bool empty() const { return fields_.empty(); }
    // The sort key, ended by the key of _id. Throws invalid_sort when two fields lead into different arrays.
    Bytes key(const Subject& subject) const;

private:
    friend class SortKeyFinder;
    struct Field {
        Path path;
        SystemField system = SystemField::none;
        bool descending = false;
    };
    std::vector<Field> fields_;
};

}  // namespace sheaf::query
