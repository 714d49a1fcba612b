// What the engine knows of a collection beside its documents: its indexes and flags. It stands in the description of
// the collection's table, so that it is renamed, dropped and rolled back with it, and every transaction reads the one
// that belongs to its snapshot. Format: docs/formats/indexes.md.
//
// Threads: Catalog is thread-safe; an Index and a CollectionInfo never change once they are shared.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>
#include <sheaf/index.hpp>
#include <sheaf/limits.hpp>

#include "query/filter/filter.hpp"
#include "query/index_keys.hpp"

namespace sheaf::engine {

// What any document has needed since an index was made: flags that are raised with it and never lowered.
struct IndexFlags {
    std::uint32_t multikey = 0;  // bit i: field i has met an array
    bool cut = false;            // a key was too long

    bool cover(const IndexFlags& other) const { return (other.multikey & ~multikey) == 0 && (cut || !other.cut); }
    void raise(const IndexFlags& other) { multikey |= other.multikey, cut = cut || other.cut; }
};

// What the description records of an index.
struct IndexRecord : IndexFlags {
    std::string name{};
    std::string table{};           // where its pairs are
    IndexDefinition definition{};  // whole, as it was wanted, with its name
    IndexState state = IndexState::ready;
    std::int64_t built_to = 0;  // while building: documents up to this rid are in it

    bool unique() const { return definition.options.unique; }
    driver::TableKind kind() const { return unique() ? driver::TableKind::unique_index : driver::TableKind::index; }
    IndexInfo info() const;  // entries not counted
};

// Whether a value of an index's first fields leads to few documents, as far as plans have found: then they need not
// count before they use the index. Once a value has led to many, they always do. Threads: any number. It is forgotten
// with what is cached of the collection.
class Selectivity {
public:
    static constexpr std::int64_t few = 100;
    bool is_few(std::size_t fields) const { return holds(few_, fields) && !holds(many_, fields); }
    void found(std::size_t fields, std::int64_t documents) const {
        (documents <= few ? few_ : many_).fetch_or(std::uint64_t{1} << fields, std::memory_order_relaxed);
    }

private:
    using Bits = std::atomic<std::uint64_t>;  // by the number of fields
    static bool holds(const Bits& bits, std::size_t fields) {
        return (bits.load(std::memory_order_relaxed) >> fields & 1U) != 0;
    }
    mutable Bits few_{0};
    mutable Bits many_{0};
};

struct Index : IndexRecord {
    // Throws what IndexKeys and Filter do.
    Index(IndexRecord record, const Limits& limits);

    // Made of the definition.
    query::IndexKeys keys;
    // What the index leaves out does not match: its partial filter, or of a sparse one that one of its fields is there.
    query::Filter partial{};

    Selectivity selectivity{};

    // Whether the index holds every document.
    bool complete() const { return !definition.options.sparse && !definition.options.partial; }
};

// A description, to be changed and recorded.
struct CollectionRecord {
    bool has_archived = false;
    std::vector<IndexRecord> indexes{};  // sorted by name

    IndexRecord* find(std::string_view name);
    void add(IndexRecord index);  // REQUIRES: none of that name
    void remove(std::string_view name);
};

struct CollectionInfo {
    bool has_archived = false;                            // sticky: has ever had a soft-deleted document
    std::vector<std::shared_ptr<const Index>> indexes{};  // sorted by name

    const Index* find(std::string_view name) const;
    CollectionRecord record() const;
};

// An empty description is that of a collection of which nothing is known: it may have archived documents. Both throw
// corrupt for what sheaf has not written, unsupported for what a newer one has.
CollectionRecord parse_record(BytesView description);
CollectionInfo parse_description(BytesView description, const Limits& limits);
Bytes encode_description(const CollectionRecord& record);

// As the transaction sees it, from the backend; null when there is no such collection.
std::shared_ptr<const CollectionInfo> read_collection_info(driver::Transaction& tx, std::string_view collection,
                                                           const Limits& limits);

// CollectionInfos by name, for as long as the backend's catalog_stamp() stays the same. Every operation asks, so that
// threads are kept apart: each looks on a shelf of its own, as far as there are enough.
class Catalog {
public:
    explicit Catalog(const Limits& limits) : limits_(limits) {}
    // As the transaction sees it; null when there is no such collection.
    std::shared_ptr<const CollectionInfo> find(driver::Transaction& tx, std::string_view collection);

private:
    static constexpr std::size_t shelves = 16;
    struct alignas(64) Shelf {
        std::mutex mutex{};
        std::uint64_t stamp = 0;
        std::map<std::string, std::shared_ptr<const CollectionInfo>, std::less<>> known{};
    };
    Shelf& own_shelf();

    const Limits& limits_;
    std::array<Shelf, shelves> shelves_{};
};

}  // namespace sheaf::engine
