#include "storage/sqlite/waiting.hpp"

#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf::sqlite {

namespace {

constexpr std::chrono::microseconds longest_pause{2'000};  // what a waiter may lose after the writer has gone

}  // namespace

Control::Clock::time_point Patience::end() {
    if (!end_) {
        end_ = Control::Clock::now() + busy_timeout_;
        if (control_.deadline) end_ = std::min(*end_, *control_.deadline);
    }
    return *end_;
}

bool Patience::pause() noexcept {
    const auto left = end() - Control::Clock::now();
    if (left <= left.zero() || control_.stop.stop_requested()) return false;
    std::this_thread::sleep_for(std::min<Control::Clock::duration>(left, next_pause_));
    next_pause_ = std::min(next_pause_ * 2, longest_pause);
    return true;
}

void Patience::give_up(std::string_view waited_for) const {
    control_.check();
    throw Error(Code::busy, std::string(waited_for) + " for " + std::to_string(busy_timeout_.count()) +
                                " ms; try again, or give a longer busy_timeout");
}

void WriterGate::enter(Patience& patience) {
    std::unique_lock lock(mutex_);
    if (taken_) {
        if (holder_ == std::this_thread::get_id()) {
            throw Error(Code::locked,
                        "this thread has a write transaction already; a second one would wait for itself");
        }
        const bool entered = left_.wait_until(lock, patience.control().stop, patience.end(), [&] { return !taken_; });
        if (!entered) patience.give_up("another thread kept writing");
    }
    taken_ = true;
    holder_ = std::this_thread::get_id();
}

void WriterGate::leave() noexcept {
    {
        const std::lock_guard lock(mutex_);
        taken_ = false;
        holder_ = {};
    }
    left_.notify_one();
}

}  // namespace sheaf::sqlite
