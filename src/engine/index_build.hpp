// IndexBuild: makes an index over the documents of a collection while others read and write it.
//
// The first transaction records the index as `building`, with a table of its own; from then on every writer maintains
// it. The documents that were there before follow in the order of insertion, in short transactions, each of which
// records how far it came. The last one marks the index as ready. What an interrupted building has left, the next one
// goes on with; two that work on the same index at once take turns. Format: docs/formats/indexes.md.
//
// In a Transaction of the user all of this happens inside it.
//
// Threads: one at a time. Borrows the target and the options.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/index_definition.hpp"
#include "engine/target.hpp"

namespace sheaf::engine {

// What to do with an index of the same name that is defined otherwise.
enum class Existing : std::uint8_t { refuse, replace };

struct BuiltIndex {
    std::string name{};
    IndexChange change = IndexChange::none;
};

// Throws as Collection::create_index() and ensure_index(); then nothing is left of the index, unless it was another
// call's building that was resumed: that one stays as it is, to be gone on with, as long as no document breaks it.
BuiltIndex build_index(const Target& target, const IndexDefinition& wanted, Existing existing,
                       const BuildOptions& options);

// The same in its steps.
class IndexBuild {
public:
    IndexBuild(const Target& target, const IndexDefinition& wanted, Existing existing, const BuildOptions& options);

    void begin();
    bool is_ready() const { return ready_; }
    // Puts some more documents into the index. Throws conflict when it was dropped meanwhile.
    void step();
    // After a failure: drops what this call has begun and is not ready, and what it has resumed only where that is
    // hopeless; as well as can be.
    void take_back(bool hopeless) noexcept;
    const BuildProgress& progress() const { return progress_; }
    const BuiltIndex& result() const { return result_; }

private:
    struct Batch;

    void change_tables(const std::function<void(driver::Transaction&)>& change) const;
    bool finds_equal(CollectionRecord& record);
    void make_way(driver::Transaction& tx, CollectionRecord& record);
    void add(driver::Transaction& tx, CollectionRecord& record);
    bool advance(driver::Transaction& tx, BuildProgress& progress) const;
    Batch collect(driver::Transaction& tx, const Index& index) const;
    void put(driver::Transaction& tx, const Index& index, const Batch& batch) const;
    [[noreturn]] void refuse(driver::Transaction& tx, const Index& index, const Batch& batch,
                             std::size_t refused) const;

    const Target& target_;
    const IndexDefinition wanted_;
    const Existing existing_;
    const BuildOptions& options_;
    BuiltIndex result_{};
    std::string table_{};  // of the index
    bool ready_ = false;   // as far as it is committed
    BuildProgress progress_{};
};

}  // namespace sheaf::engine
