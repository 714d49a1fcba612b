// SortRow: a row beside its sort key, as one piece of bytes: the form in which a Sorter holds rows and writes them to a
// file. The file is read by the process that wrote it, so that numbers stand as they are in memory.
//
// Threads: an immutable view. Lifetime: borrows the bytes.
#pragma once

#include <cstdint>
#include <cstring>

#include <sheaf/bytes.hpp>
#include <sheaf/driver/backend.hpp>

#include "document/head.hpp"

namespace sheaf::engine {

class SortRow {
public:
    struct Head {
        std::uint32_t key_bytes = 0;
        std::uint32_t body_bytes = 0;
        std::int64_t rid = 0;
        std::int64_t version = 0;
        std::int64_t created = 0;
        std::int64_t updated = 0;
        std::int64_t archived = 0;  // this wide, so that no byte of the head is padding

        std::size_t total() const { return sizeof(Head) + std::size_t{key_bytes} + body_bytes; }
    };

    SortRow() = default;
    explicit SortRow(const char* begin) : begin_(begin) {}

    // REQUIRES: `key` and `row` fit 32 bits, and `out` has room for size_of(key, row).
    static SortRow write(char* out, BytesView key, const driver::RowView& row) {
        const driver::RowMeta& meta = row.meta;
        const Head head{static_cast<std::uint32_t>(key.size()),
                        static_cast<std::uint32_t>(row.body.size()),
                        meta.rid,
                        meta.version.value,
                        meta.created.ms,
                        meta.updated.ms,
                        meta.archived ? 1 : 0};
        std::memcpy(out, &head, sizeof(head));
        key.copy(out + sizeof(head), key.size());
        row.body.copy(out + sizeof(head) + key.size(), row.body.size());
        return SortRow(out);
    }
    static std::size_t size_of(BytesView key, const driver::RowView& row) {
        return sizeof(Head) + key.size() + row.body.size();
    }

    const char* data() const { return begin_; }
    std::size_t size() const { return head().total(); }
    Head head() const {
        Head head;
        std::memcpy(&head, begin_, sizeof(head));
        return head;
    }
    BytesView key() const {
        std::uint32_t size = 0;
        std::memcpy(&size, begin_, sizeof(size));  // the head's first member
        return {begin_ + sizeof(Head), size};
    }
    driver::RowView row() const {
        const Head at = head();
        return {{begin_ + sizeof(Head) + at.key_bytes, at.body_bytes},
                {at.rid, {at.version}, at.archived != 0, {at.created}, {at.updated}}};
    }

private:
    const char* begin_ = nullptr;
};

// What a sort looks at first: the row, and the beginning of its key as a number of the same order, so that most
// comparisons need not follow the pointer.
struct SortEntry {
    std::uint64_t prefix = 0;
    SortRow row{};

    static std::uint64_t prefix_of(BytesView key) {
        constexpr std::size_t width = sizeof(std::uint64_t);
        if (key.size() >= width) return load_big_endian(key.data(), width);
        return key.empty() ? 0 : load_big_endian(key.data(), key.size()) << (8 * (width - key.size()));
    }
    explicit SortEntry(SortRow row_) : prefix(prefix_of(row_.key())), row(row_) {}
    SortEntry() = default;

    bool operator<(const SortEntry& other) const {
        return prefix != other.prefix ? prefix < other.prefix : row.key() < other.row.key();
    }
};

}  // namespace sheaf::engine
