// Walk: the rows of a range of keys, one after the other. Both ends are found at the start, so no key is compared on
// the way. It looks at blocks in place; they have to stay while it is used.
//
//     Walk walk(table, {.lower = "a", .upper = "b"}, descending);
//     while (const Row* row = walk.next()) ...
#pragma once

#include <cstdint>

#include <sheaf/driver/backend.hpp>

#include "storage/memory/catalog.hpp"

namespace sheaf::memory {

class Walk {
public:
    Walk() = default;  // of nothing
    Walk(const Table& table, const driver::KeyRange& range, bool descending);

    const Row* next();  // null at the end

    // How many rows are left, counted leaf by leaf; may stop at `limit` or a little behind it. Only in ascending order.
    std::int64_t count(std::int64_t limit) const;

private:
    bool descending_ = false;
    Path path_;  // ascending: of the next row; descending: of the current
    Path::Step stop_{};
};

// Null when the path is at the end.
inline const Row* row_at(const Path& path) {
    const auto [leaf, index] = path.last();
    return index < leaf->count ? leaf->rows[index] : nullptr;
}

}  // namespace sheaf::memory
