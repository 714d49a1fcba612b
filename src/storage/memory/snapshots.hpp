// Snapshots: the published version, who reads which version, and what can be freed.
//
// A reader pins the current version by writing its address into a slot of its own (a hazard pointer): no lock, no
// shared counter, no reference counts. A retired block was part of the versions [born, died); it is freed as soon as
// none of them is pinned, however old the oldest reader is. Freeing is done in lots, by the writer when enough has
// gathered, or by a reader that ends after it held something back. docs/adr/0004-memory-snapshots.md
//
// Threads: pin() and unpin() from any thread; publish() from the one writer; the rest as noted.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/bell.hpp"
#include "storage/memory/catalog.hpp"

namespace sheaf::memory {

class Snapshots {
public:
    struct alignas(64) Slot {
        std::atomic<const Version*> version{nullptr};
    };
    struct Pin {
        const Version* version = nullptr;
        Slot* slot = nullptr;
    };

    Snapshots();   // with an empty version
    ~Snapshots();  // REQUIRES: nothing is pinned
    Snapshots(const Snapshots&) = delete;
    Snapshots& operator=(const Snapshots&) = delete;

    // The current version, kept until unpin(). Version null: shut down.
    Pin pin();
    void unpin(const Pin& pin) noexcept;

    // For the writer, which alone replaces it.
    const Version* current() const { return current_.load(std::memory_order_relaxed); }
    // Makes the version current. `bytes`: by how much the store has grown.
    void publish(Version* version, const std::vector<Block*>& retired, std::int64_t bytes);

    // Frees what no reader can see now.
    void collect();

    // No more pins; frees everything. False, and nothing changed, while anything is pinned. REQUIRES: no writer.
    bool shut_down();

    // Rings when a version is published, and at the end.
    Bell& published() { return published_; }

    // Of all blocks, those that wait to be freed included.
    std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

private:
    // Slots for the usual number of readers; more are added when there are more, and stay.
    struct Slots {
        std::array<Slot, 64> slots;
        std::atomic<Slots*> more{nullptr};
    };
    struct Retired {
        Block* block;
        Stamp born;
        Stamp died;
    };

    Slot* take_slot(const Version* version);
    std::vector<const Version*> pinned() const;
    void collect_locked();
    void free_all(Version* version) noexcept;

    void publish_locked(Version* version, const std::vector<Block*>& retired, std::int64_t bytes);

    std::atomic<Version*> current_;
    Slots slots_;
    Bell published_;

    std::mutex mutex_;  // guards what follows
    std::vector<Retired> retired_;
    std::vector<Version*> past_;  // versions that were current and are not yet freed, oldest first
    std::size_t retired_bytes_ = 0;
    std::size_t count_limit_ = 0;  // collect when one of the two is reached
    std::size_t bytes_limit_ = 0;

    std::atomic<const Version*> held_by_{nullptr};  // the oldest version for whose reader blocks were kept
    std::atomic<std::int64_t> bytes_{0};
};

}  // namespace sheaf::memory
