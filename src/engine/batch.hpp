// Batch: the writes of one apply(), with the entries of indexes that change with them.
// Threads: one at a time. Lifetime: borrows the inserted documents.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/index_entries.hpp"
#include "engine/writer.hpp"

namespace sheaf::engine {

class Batch {
public:
    // REQUIRES: info, and no more writes than `most`.
    Batch(std::shared_ptr<const CollectionInfo> info, std::size_t most);

    // Both throw invalid_document for what an index cannot hold, limit_exceeded for too much of it.
    void insert(const Prepared& document, DateTime now);
    // What becomes of a row, which need not stay.
    void change(const driver::RowView& row, Bytes key, Change change, DateTime now);

    const CollectionInfo* info() const { return info_.get(); }
    std::span<const driver::Write> writes() const { return writes_; }
    // Whether it should be applied before more is added, for the sake of memory.
    bool is_full() const { return entries_ && entries_->bytes() >= full_bytes; }
    // The collection's record with the flags that these writes need; nothing when it has them already.
    std::optional<CollectionRecord> raised_flags() const;

private:
    static constexpr std::size_t full_bytes = 32U * 1024 * 1024;  // of entries

    struct Held {
        Bytes key;
        Change change;
    };

    std::shared_ptr<const CollectionInfo> info_;
    std::optional<IndexEntries> entries_{};  // none where there are no indexes
    std::vector<driver::Write> writes_{};
    std::vector<Held> held_{};  // what the writes borrow
    bool archives_ = false;
};

}  // namespace sheaf::engine
