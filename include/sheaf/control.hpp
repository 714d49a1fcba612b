// Control: how long an operation may take and who may stop it. Every operation accepts one.
//
//     std::stop_source stop;
//     const Control control{.deadline = Control::within(std::chrono::seconds(2)), .stop = stop.get_token()};
//     users.find(filter, {.control = control});
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

namespace sheaf {

struct Control {
    using Clock = std::chrono::steady_clock;

    std::optional<Clock::time_point> deadline{};  // none: no limit of its own
    std::stop_token stop{};

    static Clock::time_point within(Clock::duration duration) { return Clock::now() + duration; }

    // Throws deadline_exceeded or cancelled when the operation has to end; reads the clock once.
    void check() const;
};

}  // namespace sheaf
