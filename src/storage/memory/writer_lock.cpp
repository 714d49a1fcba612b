#include "storage/memory/writer_lock.hpp"

#include <algorithm>
#include <chrono>

#include <sheaf/error.hpp>

namespace sheaf::memory {

namespace {

constexpr std::chrono::seconds default_wait{5};
constexpr std::chrono::milliseconds patience{10};

}  // namespace

void WriterLock::acquire(const Control& control) {
    std::unique_lock lock(mutex_);
    if (held_ && holder_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
        throw Error(Code::locked, "this thread already has a write transaction open on the store");
    }
    control.check();
    if ((held_ || impatient_ > 0) && !wait(lock, control)) {
        control.check();
        throw Error(Code::busy, "another write transaction held the store for 5 s");
    }
    held_ = true;
    holder_.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

bool WriterLock::wait(std::unique_lock<std::mutex>& lock, const Control& control) {
    const auto start = Control::Clock::now();
    const auto end = control.deadline.value_or(start + default_wait);
    const auto is_free = [this] { return !held_; };
    const auto is_free_or_overtaken = [this] { return !held_ && impatient_ == 0; };
    ++waiting_;
    bool mine = released_.wait_until(lock, control.stop, std::min(end, start + patience), is_free_or_overtaken);
    if (!mine) {
        ++impatient_;
        mine = released_.wait_until(lock, control.stop, end, is_free);
        --impatient_;
    }
    --waiting_;
    return mine;
}

bool WriterLock::try_acquire() {
    const std::lock_guard lock(mutex_);
    if (held_) return false;
    held_ = true;
    holder_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    return true;
}

void WriterLock::release() noexcept {
    bool awaited = false;
    {
        const std::lock_guard lock(mutex_);
        held_ = false;
        holder_.store(std::thread::id(), std::memory_order_relaxed);
        awaited = waiting_ > 0;
    }
    if (awaited) released_.notify_all();
}

void WriterLock::used_here() noexcept {
    const std::thread::id here = std::this_thread::get_id();
    if (holder_.load(std::memory_order_relaxed) != here) holder_.store(here, std::memory_order_relaxed);
}

}  // namespace sheaf::memory
