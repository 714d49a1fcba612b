#include "storage/memory/snapshots.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace sheaf::memory {

namespace {

// Small enough that what is freed is still in the cache for the next write, large enough that looking at the slots is
// cheap per write.
constexpr std::size_t lot_count = 32;
constexpr std::size_t lot_bytes = std::size_t{1} << 20;

// Threads begin their search for a slot at different places, so that they do not share cache lines.
std::size_t home_slot() {
    thread_local const char here = 0;
    return static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(&here) * 0x9E3779B97F4A7C15U >> 58);
}

}  // namespace

Snapshots::Snapshots() : count_limit_(lot_count), bytes_limit_(lot_bytes) {
    Workspace workspace(1);
    current_.store(make_version(workspace, {}, 0));
    bytes_ += workspace.bytes();
}

Snapshots::~Snapshots() {
    if (Version* version = current_.load()) free_all(version);
    for (Slots* slots = slots_.more.load(); slots != nullptr;) delete std::exchange(slots, slots->more.load());
}

Snapshots::Slot* Snapshots::take_slot(const Version* version) {
    const std::size_t home = home_slot();
    for (Slots* slots = &slots_;;) {
        for (std::size_t i = 0; i < slots->slots.size(); ++i) {
            Slot& slot = slots->slots[(home + i) % slots->slots.size()];
            const Version* free = nullptr;
            if (slot.version.load(std::memory_order_relaxed) == nullptr &&
                slot.version.compare_exchange_strong(free, version)) {
                return &slot;
            }
        }
        Slots* next = slots->more.load();
        if (next == nullptr) {
            auto made = std::make_unique<Slots>();
            if (slots->more.compare_exchange_strong(next, made.get())) next = made.release();
        }
        slots = next;
    }
}

Snapshots::Pin Snapshots::pin() {
    const Version* version = current_.load();
    if (version == nullptr) return {};
    Slot* slot = take_slot(version);
    // If it is still current now, whoever frees will look at the slots later than this and see it.
    for (const Version* now = current_.load(); now != version; now = current_.load()) {
        version = now;
        slot->version.store(version);
        if (version == nullptr) return {};
    }
    return {version, slot};
}

void Snapshots::unpin(const Pin& pin) noexcept {
    pin.slot->version.store(nullptr, std::memory_order_release);
    if (pin.version != held_by_.load(std::memory_order_relaxed)) return;
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return;
    try {
        const std::vector<const Version*> others = pinned();
        if (!std::binary_search(others.begin(), others.end(), pin.version)) collect_locked();
    } catch (...) {  // out of memory: a later collection does it
    }
}

void Snapshots::publish(Version* version, const std::vector<Block*>& retired, std::int64_t bytes) {
    {
        const std::lock_guard lock(mutex_);
        publish_locked(version, retired, bytes);
    }
    published_.ring();
}

void Snapshots::publish_locked(Version* version, const std::vector<Block*>& retired, std::int64_t bytes) {
    if (const std::size_t needed = retired_.size() + retired.size(); needed > retired_.capacity()) {
        retired_.reserve(2 * needed);
    }
    past_.push_back(current_.load(std::memory_order_relaxed));
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    for (Block* block : retired) {
        retired_.push_back({block, block->born, version->born});
        retired_bytes_ += block->size;
    }
    current_.store(version);
    if (retired_.size() < count_limit_ && retired_bytes_ < bytes_limit_) return;
    try {
        collect_locked();
    } catch (...) {  // out of memory: the commit stands, a later collection does it
    }
}

void Snapshots::collect() {
    const std::lock_guard lock(mutex_);
    collect_locked();
}

std::vector<const Version*> Snapshots::pinned() const {
    std::vector<const Version*> versions;
    for (const Slots* slots = &slots_; slots != nullptr; slots = slots->more.load()) {
        for (const Slot& slot : slots->slots) {
            if (const Version* version = slot.version.load()) versions.push_back(version);
        }
    }
    std::sort(versions.begin(), versions.end(), std::less<>());
    return versions;
}

// Addresses in the slots are compared, never followed: a reader that has yet to look whether its version is still
// current may have written that of a freed one.
void Snapshots::collect_locked() {
    const std::vector<const Version*> addresses = pinned();
    std::vector<Stamp> stamps;  // of pinned past versions, rising
    std::size_t freed = 0;
    stamps.reserve(addresses.size());
    std::erase_if(past_, [&](Version* version) {
        if (stamps.size() < addresses.size() && std::binary_search(addresses.begin(), addresses.end(), version)) {
            stamps.push_back(version->born);
            return false;
        }
        freed += version->size;
        free_block(version);
        return true;
    });
    std::erase_if(retired_, [&](const Retired& retired) {
        const auto reader = std::lower_bound(stamps.begin(), stamps.end(), retired.born);
        if (reader != stamps.end() && *reader < retired.died) return false;
        freed += retired.block->size;
        retired_bytes_ -= retired.block->size;
        free_block(retired.block);
        return true;
    });
    bytes_.fetch_sub(static_cast<std::int64_t>(freed), std::memory_order_relaxed);
    count_limit_ = lot_count + 2 * retired_.size();
    bytes_limit_ = lot_bytes + 2 * retired_bytes_;
    held_by_.store(past_.empty() ? nullptr : past_.front(), std::memory_order_relaxed);
}

bool Snapshots::shut_down() {
    const std::lock_guard lock(mutex_);
    Version* version = current_.exchange(nullptr);
    if (version == nullptr) return true;
    if (!pinned().empty()) {
        current_.store(version);
        return false;
    }
    free_all(version);
    published_.ring();
    return true;
}

void Snapshots::free_all(Version* version) noexcept {
    for (Table* table : version->tables()) each_block(table, 0, free_block);
    for (const Retired& retired : retired_) free_block(retired.block);
    for (Version* past : past_) free_block(past);
    free_block(version);
    retired_.clear();
    past_.clear();
    bytes_ = 0;
}

}  // namespace sheaf::memory
