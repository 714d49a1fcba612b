// IndexEntries: the pairs that the documents of one batch of writes add to the collection's indexes and remove from
// them. Only keys that change are touched.
//
// Threads: one at a time. Lives for one batch: the spans that it hands out borrow from it.
//
//     IndexEntries entries(*info);
//     for (...) writes.push_back({..., .entries = entries.changed(old_body, new_body)});   // after reserve(documents)
//     const auto outcomes = tx.apply(collection, writes);
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "engine/catalog.hpp"

namespace sheaf::engine {

// The keys under which an index holds a document; none where a sparse or partial one leaves it out.
struct DocumentKeys {
    std::vector<Bytes> keys{};  // sorted, each once
    IndexFlags needed{};
};
// Throws invalid_document for a document that the index cannot hold (parallel arrays), naming the index.
DocumentKeys index_keys_of(const Index& index, BytesView body);

class IndexEntries {
public:
    static constexpr std::size_t max_added_bytes = 256U * 1024 * 1024;  // in memory

    explicit IndexEntries(const CollectionInfo& info, std::size_t max_added = max_added_bytes)
        : info_(info), max_added_(max_added), needed_(info.indexes.size()) {}
    IndexEntries(const IndexEntries&) = delete;
    IndexEntries& operator=(const IndexEntries&) = delete;

    // All throw as index_keys_of(), and limit_exceeded when the batch adds more than it may hold. Removals come first;
    // they are not refused, for what is in the store must be able to go.
    std::span<const driver::IndexEntry> added(BytesView body);
    std::span<const driver::IndexEntry> removed(BytesView body);
    std::span<const driver::IndexEntry> changed(BytesView before, BytesView after);

    std::size_t bytes() const { return bytes_; }  // that the pairs take in memory, about

    // The collection's record with the sticky flags that these documents need; nothing when it has them already.
    std::optional<CollectionRecord> raised_flags() const;

private:
    void add(driver::IndexEntry::Kind kind, const Index& index, std::vector<Bytes> keys);
    std::span<const driver::IndexEntry> close();
    std::vector<Bytes> new_keys(std::size_t index, BytesView body);
    std::vector<Bytes> limited(std::vector<Bytes> keys);

    const CollectionInfo& info_;
    const std::size_t max_added_;
    std::size_t bytes_ = 0;
    std::size_t added_ = 0;  // of these, as soon as they are known
    std::deque<Bytes> keys_{};
    std::deque<std::vector<driver::IndexEntry>> entries_{};  // by document
    std::vector<driver::IndexEntry> open_{};                 // of the document at hand
    std::vector<IndexFlags> needed_;                         // by index
};

}  // namespace sheaf::engine
