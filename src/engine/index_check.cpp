#include "engine/index_check.hpp"

#include <sheaf/error.hpp>

#include "engine/index_entries.hpp"
#include "engine/sorter.hpp"

namespace sheaf::engine {

namespace {

// A pair as bytes of the same order: no key goes on, where another ends, with a byte as low as that of a rid
// (document/key.hpp).
Bytes pair_bytes(BytesView key, std::int64_t rid) {
    Bytes bytes(key);
    for (int shift = 56; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(rid) >> shift & 0xFFU));
    }
    return bytes;
}

// The pairs that the documents call for, in order.
void collect(driver::Transaction& tx, std::string_view collection, const Index& index, const Control& control,
             Sorter& expected, IndexCheck& result) {
    const auto cursor = tx.scan(collection, {});
    driver::RowView row;
    while (cursor->next(row)) {
        control.check();
        ++result.documents;
        try {
            for (const Bytes& key : index_keys_of(index, row.body).keys) {
                expected.add(pair_bytes(key, row.meta.rid), {});
            }
        } catch (const Error& error) {
            if (error.code() == Code::corrupt || error.code() == Code::io) throw;
            ++result.missing;  // what the index cannot hold
        }
    }
    expected.finish(control);
}

}  // namespace

IndexCheck check_index(driver::Transaction& tx, std::string_view collection, const Index& index, const Limits& limits,
                       const Control& control) {
    IndexCheck result{.name = index.name};
    Sorter expected({.memory = limits.sort_bytes});
    collect(tx, collection, index, control, expected, result);
    driver::RowView row;
    bool more = expected.next(row);
    const auto actual = tx.scan(index.table, {.order = driver::Order::key});
    while (actual->next(row)) {
        control.check();
        ++result.entries;
        const Bytes pair = pair_bytes(actual->key(), row.meta.rid);
        driver::RowView unused;
        for (; more && expected.key() < pair; more = expected.next(unused)) ++result.missing;
        if (more && expected.key() == pair) {
            more = expected.next(unused);
        } else {
            ++result.orphaned;
        }
    }
    for (; more; more = expected.next(row)) ++result.missing;
    return result;
}

}  // namespace sheaf::engine
