// Bell: wakes those who wait for something to happen. Ringing costs next to nothing while nobody waits.
//
// Threads: thread-safe.
//
//     std::uint64_t heard = bell.rings();
//     look();                                  // what happens from now on rings beyond `heard`
//     bell.wait(heard, control);
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include <sheaf/control.hpp>

namespace sheaf {

class Bell {
public:
    std::uint64_t rings() const { return rings_.load(); }
    void ring() noexcept;
    // Returns when it has rung more than `heard` times, or at `end`. Throws deadline_exceeded or cancelled.
    void wait(std::uint64_t heard, const Control& control,
              Control::Clock::time_point end = Control::Clock::time_point::max());

private:
    // A ringer that sees nobody waiting has counted before a waiter looks at the count: both are sequentially
    // consistent, so that one of the two sees the other.
    std::atomic<std::uint64_t> rings_{0};
    std::atomic<int> waiting_{0};
    std::mutex mutex_;
    std::condition_variable_any rung_;
};

}  // namespace sheaf
