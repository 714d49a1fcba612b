#include "base/bell.hpp"

#include <algorithm>

namespace sheaf {

void Bell::ring() noexcept {
    rings_.fetch_add(1);
    if (waiting_.load() == 0) return;
    { const std::lock_guard lock(mutex_); }  // whoever has looked at the count is asleep by now
    rung_.notify_all();
}

void Bell::wait(std::uint64_t heard, const Control& control, Control::Clock::time_point end) {
    control.check();
    std::unique_lock lock(mutex_);
    waiting_.fetch_add(1);
    const auto has_rung = [&] { return rings_.load() != heard; };
    const auto until = std::min(end, control.deadline.value_or(end));
    if (until == Control::Clock::time_point::max()) {
        rung_.wait(lock, control.stop, has_rung);
    } else {
        rung_.wait_until(lock, control.stop, until, has_rung);
    }
    waiting_.fetch_sub(1);
    if (!has_rung()) control.check();
}

}  // namespace sheaf
