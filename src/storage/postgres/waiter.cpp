#include "storage/postgres/waiter.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace sheaf::postgres {

namespace {

constexpr int forever = -1;
constexpr int without_bell = 20;  // milliseconds between looks at a stop that cannot ring

int milliseconds_to(std::optional<Control::Clock::time_point> until) {
    if (!until) return forever;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Control::Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace

Waiter::~Waiter() {
    if (bell_ != -1) ::close(bell_);
}

Waiter::Woke Waiter::wait(int socket, short events, std::optional<Control::Clock::time_point> until,
                          const std::stop_token& stop) {
    const auto ring = [this] { ::eventfd_write(bell_, 1); };
    std::optional<std::stop_callback<decltype(ring)>> on_stop;
    if (stop.stop_possible()) {
        if (bell_ == -1) bell_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (bell_ != -1) on_stop.emplace(stop, ring);
    }
    const bool looks = stop.stop_possible() && bell_ == -1;
    pollfd watched[] = {{socket, events, 0}, {bell_, POLLIN, 0}};  // poll() passes over a descriptor of -1
    for (;;) {
        const int time = milliseconds_to(until);
        const int count = ::poll(watched, 2, looks && (time < 0 || time > without_bell) ? without_bell : time);
        if (count > 0 && watched[0].revents != 0) return Woke::ready;
        std::uint64_t rings = 0;  // maybe of an earlier wait; taken before the look, so that none is lost
        if (bell_ != -1) ::eventfd_read(bell_, &rings);
        if (stop.stop_requested() || (until && Control::Clock::now() >= *until)) return Woke::ended;
    }
}

}  // namespace sheaf::postgres
