#include "engine/sorter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

constexpr std::size_t smallest_block = 4096;
constexpr std::size_t largest_block = 1024U * 1024;
constexpr std::size_t first_entries = 32;
constexpr std::size_t dead_bytes_allowed = 64U * 1024;

}  // namespace

std::size_t RowArena::next_block(std::size_t size) const {
    return std::max(size, std::clamp(bytes_, smallest_block, largest_block_));
}

char* RowArena::allocate(std::size_t size) {
    if (char* const begin = try_allocate(size)) return begin;
    const std::size_t block = next_block(size);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(block), block});
    bytes_ += block;
    used_ = size;
    return blocks_.back().bytes.get();
}

void RowArena::clear() {
    used_ = bytes_ = 0;
    if (blocks_.empty()) return;
    if (blocks_.front().size > largest_block_) return blocks_.clear();
    blocks_.resize(1);
    bytes_ = blocks_.front().size;
}

Sorter::Sorter(SorterOptions options)
    : options_(std::move(options)), arena_(std::clamp(options_.memory / 16, smallest_block, largest_block)) {}

void Sorter::add(BytesView key, const driver::RowView& row) {
    if (options_.keep == 0 || (is_full() && !make_way(key))) return;
    const std::size_t size = SortRow::size_of(key, row);
    char* const room = room_for(size);
    entries_.push_back(SortEntry(SortRow::write(room, key, row)));
    live_bytes_ += size;
    if (!is_full()) return;
    if (is_heap_) {
        std::push_heap(entries_.begin(), entries_.end());
    } else {
        std::make_heap(entries_.begin(), entries_.end());
        is_heap_ = true;
    }
}

std::optional<BytesView> Sorter::bar() const {
    if (!is_full() || entries_.empty()) return std::nullopt;
    return entries_.front().row.key();
}

// Whether a row with this key is among the wanted ones; then the last of those that are held has gone.
bool Sorter::make_way(BytesView key) {
    const SortEntry& last = entries_.front();
    const std::uint64_t prefix = SortEntry::prefix_of(key);
    if (prefix > last.prefix || (prefix == last.prefix && key >= last.row.key())) return false;
    std::pop_heap(entries_.begin(), entries_.end());
    const std::size_t gone = entries_.back().row.size();
    entries_.pop_back();
    live_bytes_ -= gone;
    dead_bytes_ += gone;
    if (dead_bytes_ > live_bytes_ + dead_bytes_allowed) compact();
    return true;
}

void Sorter::compact() {
    RowArena fresh(arena_.largest_block());
    for (SortEntry& entry : entries_) {
        const std::size_t size = entry.row.size();
        char* const copy = fresh.allocate(size);
        std::memcpy(copy, entry.row.data(), size);
        entry.row = SortRow(copy);
    }
    arena_ = std::move(fresh);
    dead_bytes_ = 0;
}

// Room for a row in the arena and for its entry, after the rows so far have gone to the file where both together would
// pass the budget.
char* Sorter::room_for(std::size_t size) {
    const std::size_t held = entries_.capacity();
    const bool grows = entries_.size() == held;
    if (!grows) {
        if (char* const room = arena_.try_allocate(size)) return room;
    }
    const std::size_t capacity = grows ? std::max(first_entries, 2 * held) : held;
    std::size_t needed = arena_.bytes() + arena_.next_block(size) + capacity * sizeof(SortEntry);
    if (grows) needed += held * sizeof(SortEntry);  // for a moment both are there
    if (is_bounded()) needed += live_bytes_;        // for compact()
    if (needed + SortedRuns::buffer_bytes(options_.memory) > options_.memory && !entries_.empty()) {
        spill();
    } else if (grows) {
        entries_.reserve(capacity);
    }
    return arena_.allocate(size);
}

// What all keys begin with says nothing: the prefixes are taken from behind it.
void Sorter::sort_entries() {
    if (entries_.empty()) return;
    const BytesView first = entries_.front().row.key();
    std::size_t common = first.size();
    for (const SortEntry& entry : entries_) {
        const BytesView key = entry.row.key();
        const auto end = first.begin() + static_cast<std::ptrdiff_t>(std::min(common, key.size()));
        common = static_cast<std::size_t>(std::mismatch(first.begin(), end, key.begin()).first - first.begin());
        if (common == 0) break;
    }
    if (common > 0) {
        for (SortEntry& entry : entries_) entry.prefix = SortEntry::prefix_of(entry.row.key().substr(common));
    }
    std::sort(entries_.begin(), entries_.end());
}

void Sorter::spill() {
    if (runs_ == nullptr) {
        runs_ = std::make_unique<SortedRuns>(RunsOptions{.memory = options_.memory,
                                                         .disk = options_.disk,
                                                         .keep = options_.keep,
                                                         .fan_in = options_.fan_in,
                                                         .directory = options_.directory});
    }
    sort_entries();
    for (const SortEntry& entry : entries_) runs_->write(entry.row);
    runs_->end_run();
    drop_rows();
}

void Sorter::drop_rows() {
    entries_.clear();
    arena_.clear();
    live_bytes_ = dead_bytes_ = 0;
    is_heap_ = false;
}

void Sorter::finish(const Control& control) {
    if (runs_ == nullptr) return sort_entries();
    if (!entries_.empty()) spill();
    entries_ = {};
    arena_ = RowArena(arena_.largest_block());
    runs_->open(control);
}

bool Sorter::next(driver::RowView& row) {
    if (runs_ != nullptr) {
        if (!runs_->next(current_)) return false;
    } else {
        if (next_ == entries_.size()) return false;
        current_ = entries_[next_++].row;
    }
    row = current_.row();
    return true;
}

void Sorter::reset() {
    drop_rows();
    if (entries_.capacity() * sizeof(SortEntry) > largest_block) entries_ = {};
    runs_.reset();
    next_ = 0;
    current_ = {};
}

}  // namespace sheaf::engine
