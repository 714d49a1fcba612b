// IndexBuild: makes an index over the documents of a collection while others read and write it.
//
// The first transaction records the index as `building`, with a table of its own; from then on every writer maintains
// it. The documents that were there before follow in the order of insertion, in short transactions, each of which
// records how far it came. The last one marks the index as ready. What an interrupted building has left, the next one
// goes on with; two that work on the same index at once take turns. Format: docs/formats/indexes.md.
//
// Where write transactions run side by side, each of these transactions begins with exclude_writers(): it waits for
// those that have written to the collection, keeps others from it until it has committed, and only then takes its
// snapshot. That is what makes the index complete:
// - A writer that does not know of the index has either ended before the first transaction, and then all of its
//   documents are seen by those that follow; or it writes after it, and then the backend finds its catalog to be out of
//   date (`serialization`) and the writer begins again, with the index. No third case: it cannot have written and be
//   undecided. (Where there is no collection yet, there is nothing to wait for: one that comes before the first
//   transaction has its snapshot is refused there, with `serialization`, and the building begins again.) So every
//   document that a step does not see was written with its entries, also one with a smaller rid than the place where
//   the building is: rids are given when rows are written, not when they are committed.
// - What a step reads stays as it is until the step's entries are there. Without that, a writer could change a document
//   between the two, take back an entry that is not there yet, and the step would add it afterwards. That the step is
//   serializable does not help: a single operation of a writer is not (driver::Isolation::operation).
// - Two builders take turns for the same reason, and each begins where the record says. Flags that both raise cannot be
//   lost, since describe_table() refuses what has changed since the snapshot.
// Others wait for as long as a step takes (a twentieth of a second), as they do on backends with one writer. Then the
// building pauses, in proportion, until they have got through.
//
// In a Transaction of the user all of this happens inside it, and others wait until its end. Where writers run side by
// side it has to be the first thing there, since a snapshot that was taken before the wait would not show what was
// waited for.
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

    bool is_there();
    void exclude_writers(driver::Transaction& tx) const;
    void change_alone(const std::function<void(driver::Transaction&)>& change) const;
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
