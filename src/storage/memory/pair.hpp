// Pairs: the rows of index tables. Their bytes are the pair's key and then its rid, big-endian.
//
// In a plain index all of that is the row's key in the tree, so that pairs of one key lie in the order of their rids.
// In a unique index the tree knows the key only and the rid is the row's body. Where one key of an index is the
// beginning of another, the longer goes on with FF (docs/formats/keys.md), which is above the first byte of every rid;
// so rids decide only between equal keys. The bounds of a range may be any bytes.
#pragma once

#include <array>
#include <cstdint>

#include <sheaf/bytes.hpp>

#include "storage/memory/catalog.hpp"
#include "storage/memory/row.hpp"

namespace sheaf::memory {

constexpr std::size_t rid_size = 8;
using RidBytes = std::array<char, rid_size>;

inline RidBytes rid_bytes(std::uint64_t rid) {
    RidBytes bytes;
    for (std::size_t i = rid_size; i-- > 0; rid >>= 8) bytes[i] = static_cast<char>(rid & 0xFF);
    return bytes;
}

inline BytesView pair_key(const Row& pair) {
    return {pair.bytes(), pair.size - sizeof(Row) - rid_size};
}

inline std::uint64_t pair_rid(const Row& pair) {
    const BytesView key = pair_key(pair);
    std::uint64_t rid = 0;
    for (std::size_t i = 0; i < rid_size; ++i) rid = rid << 8 | static_cast<unsigned char>(key.data()[key.size() + i]);
    return rid;
}

// The path is at the lower bound of `key` in the tree of a plain index. Goes on to the first pair whose own key is not
// less: a pair whose key is only the beginning of `key` is less, whatever its rid, and so are all others of that key.
void pass_shorter(const Table& index, BytesView key, Path& path);

// The pair of `key` with the smallest rid, or null.
const Row* first_pair(const Table& index, BytesView key);

}  // namespace sheaf::memory
