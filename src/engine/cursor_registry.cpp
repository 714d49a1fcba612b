#include "engine/cursor_registry.hpp"

#include <array>
#include <cstring>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

[[noreturn]] void throw_not_found(std::int64_t id) {
    throw Error(Code::not_found, "there is no open cursor " + std::to_string(id), {.mongo = 43});
}

}  // namespace

CursorRegistry::CursorRegistry(std::shared_ptr<Clock> clock, std::shared_ptr<Random> random, std::size_t most_cursors)
    : clock_(std::move(clock)), random_(std::move(random)), most_cursors_(most_cursors) {}

std::int64_t CursorRegistry::add(OpenCursor cursor) {
    Entries closing;  // closed after the lock is free: ending a snapshot may take a while
    const std::lock_guard lock(mutex_);
    closing = take_idle();
    if (entries_.size() >= most_cursors_) {
        throw Error(Code::limit_exceeded, "more than " + std::to_string(most_cursors_) + " cursors are open",
                    {.mongo = 96});
    }
    const std::int64_t id = new_id();
    std::string collection = cursor.collection;
    entries_.emplace(id, Entry{std::move(cursor), std::move(collection), clock_->now()});
    return id;
}

OpenCursor CursorRegistry::take(std::int64_t id, const std::string& collection) {
    Entries closing;
    const std::lock_guard lock(mutex_);
    closing = take_idle();
    const auto found = entries_.find(id);
    if (found == entries_.end()) throw_not_found(id);
    Entry& entry = found->second;
    if (entry.collection != collection) {
        throw Error(Code::invalid_argument, "cursor " + std::to_string(id) + " does not read " + collection,
                    {.collection = collection, .mongo = 13});
    }
    if (!entry.cursor) {
        throw Error(Code::busy, "cursor " + std::to_string(id) + " is in use", {.mongo = 12051});
    }
    OpenCursor cursor = std::move(*entry.cursor);
    entry.cursor.reset();
    return cursor;
}

void CursorRegistry::put_back(std::int64_t id, OpenCursor cursor) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    found->second.cursor = std::move(cursor);
    found->second.last_used = clock_->now();
}

bool CursorRegistry::kill(std::int64_t id) {
    Entries::node_type closing;
    const std::lock_guard lock(mutex_);
    closing = entries_.extract(id);
    return !closing.empty();
}

void CursorRegistry::kill_all_of(const std::string& collection) {
    Entries closing;
    const std::lock_guard lock(mutex_);
    for (auto at = entries_.begin(); at != entries_.end();) {
        const auto here = at++;
        if (here->second.collection == collection) closing.insert(entries_.extract(here));
    }
}

void CursorRegistry::close_idle() {
    Entries closing;
    const std::lock_guard lock(mutex_);
    closing = take_idle();
}

void CursorRegistry::clear() {
    Entries closing;
    const std::lock_guard lock(mutex_);
    closing.swap(entries_);
}

std::size_t CursorRegistry::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

CursorRegistry::Entries CursorRegistry::take_idle() {
    Entries idle;
    const std::int64_t now = clock_->now().ms;
    for (auto at = entries_.begin(); at != entries_.end();) {
        const auto here = at++;
        const Entry& entry = here->second;
        const bool counts = entry.cursor && !entry.cursor->stays_when_idle;
        if (counts && now - entry.last_used.ms >= idle_ms) idle.insert(entries_.extract(here));
    }
    return idle;
}

std::int64_t CursorRegistry::new_id() {
    for (;;) {
        std::array<unsigned char, sizeof(std::uint64_t)> bytes{};
        random_->fill(bytes);
        std::uint64_t number = 0;
        std::memcpy(&number, bytes.data(), bytes.size());
        const auto id = static_cast<std::int64_t>(number >> 1);
        if (id != 0 && !entries_.contains(id)) return id;
    }
}

}  // namespace sheaf::engine
