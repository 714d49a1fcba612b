// Waiter: waits for a socket, no longer than a point in time, and until a stop is requested.
//
// Threads: one at a time.
#pragma once

#include <optional>
#include <stop_token>

#include <sheaf/control.hpp>

namespace sheaf::postgres {

class Waiter {
public:
    Waiter() = default;
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    enum class Woke { ready, ended };
    // `events` as for poll(). ended: the time is over, or a stop was requested.
    Woke wait(int socket, short events, std::optional<Control::Clock::time_point> until, const std::stop_token& stop);

private:
    int bell_ = -1;  // an eventfd, which a stop rings; made when it is first needed, if it can be
};

}  // namespace sheaf::postgres
