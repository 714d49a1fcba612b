// WriterLock: at most one write transaction at a time, with waits that end at a deadline or when stopped.
//
// The lock belongs to a transaction, which may be moved to another thread. Which thread holds it is remembered only so
// that a thread that would wait for itself is told so at once: the thread that began or last wrote counts.
// Newcomers may overtake a waiter that has only just begun to wait (handing over costs a thread switch), not one that
// has waited for long.
//
// Threads: thread-safe. The lock must outlive its holders and waiters.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

#include <sheaf/control.hpp>

namespace sheaf::memory {

class WriterLock {
public:
    // Throws locked, busy (after 5 s when the control has no deadline), deadline_exceeded or cancelled.
    void acquire(const Control& control);
    bool try_acquire();
    void release() noexcept;

    // The holder's transaction is used by this thread now.
    void used_here() noexcept;

private:
    bool wait(std::unique_lock<std::mutex>& lock, const Control& control);

    std::mutex mutex_;
    std::condition_variable_any released_;
    bool held_ = false;
    std::size_t waiting_ = 0;
    std::size_t impatient_ = 0;  // of the waiting, who are not to be overtaken
    std::atomic<std::thread::id> holder_{};
};

}  // namespace sheaf::memory
