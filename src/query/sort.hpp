// Sort: {"a": 1, "b.c": -1} compiled to one byte string per document, whose memcmp order is the asked order.
// MongoDB's array rule: of the values that an index on the sorted paths would hold (query/key_values.hpp) the first in
// the asked order counts. So ascending takes an array's smallest element, descending its largest. Ties break by _id.
// Threads: immutable after parse().
#pragma once

#include <array>
#include <span>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/limits.hpp>

#include "document/path.hpp"
#include "query/key_values.hpp"
#include "query/settings.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

class Sort {
public:
    // Throws invalid_sort with MongoDB's number: directions other than 1 and -1, too many keys (32), empty paths...
    static Sort parse(const Document& sort, const Settings& settings);
    Sort() = default;  // no order
    bool empty() const { return fields_.empty(); }

    struct Field {
        Path path;
        SystemField system = SystemField::none;
        bool descending = false;
    };
    const std::vector<Field>& fields() const { return fields_; }

    // The sort key, ended by the key of _id. Throws invalid_sort when two fields lead into different arrays.
    Bytes key(const Subject& subject) const { return key(subject, 0).bytes; }
    // The same, and how many of its bytes come from the first fields.
    struct Key {
        Bytes bytes{};
        std::size_t prefix = 0;
    };
    Key key(const Subject& subject, std::size_t first_fields) const;
    // Whether the document's key is surely larger than `bar`, by its first field alone; false says nothing. Costs a
    // fraction of the key. `scratch` is overwritten.
    bool is_after(const Subject& subject, BytesView bar, Bytes& scratch) const;
    // The keys of the values that it sorts the document by, each as if ascending, and of its _id; and the sort key that
    // they make. For the tokens of pages.
    std::vector<Bytes> value_keys(const Subject& subject) const;
    Bytes joined(const std::vector<Bytes>& value_keys) const;

private:
    std::vector<View> values(const Subject& subject, std::array<Bytes, 5>& system_values) const;
    std::vector<View> first_values(std::vector<KeyStep> steps) const;
    bool is_before(std::span<const View> a, std::span<const View> b) const;

    std::vector<Field> fields_;
};

}  // namespace sheaf::query
