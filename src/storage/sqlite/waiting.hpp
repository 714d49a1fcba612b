// Waiting for the writer: how long a caller is ready to wait, and the door at which the writers of this process queue.
// Writers of other processes are met in SQLite's busy handler, with the same Patience.
//
// Threads: a WriterGate is thread-safe; a Patience belongs to the thread that waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include <sheaf/control.hpp>

namespace sheaf::sqlite {

// A caller's Control together with the store's busy timeout. Its time begins to run with the first wait, so that a
// caller who does not have to wait does not ask for the time.
class Patience {
public:
    Patience(const Control& control, std::chrono::milliseconds busy_timeout)
        : control_(control), busy_timeout_(busy_timeout) {}

    const Control& control() const { return control_; }
    // When the waiting ends.
    Control::Clock::time_point end();
    // Sleeps for a moment, longer from time to time; false when there is no time left.
    bool pause() noexcept;
    // Throws cancelled, deadline_exceeded, or busy.
    [[noreturn]] void give_up(std::string_view waited_for) const;

private:
    const Control& control_;
    std::chrono::milliseconds busy_timeout_;
    std::optional<Control::Clock::time_point> end_;
    std::chrono::microseconds next_pause_{100};
};

// One writer at a time. Not a mutex: the waiting can be stopped, and whoever holds it may leave from another thread.
class WriterGate {
public:
    // Throws locked when this thread has entered and not left; busy, deadline_exceeded, cancelled.
    void enter(Patience& patience);
    void leave() noexcept;

private:
    std::mutex mutex_;
    std::condition_variable_any left_;
    bool taken_ = false;
    std::thread::id holder_;
};

}  // namespace sheaf::sqlite
