// ServerWait: one wait for what a server does, bounded by a Control. When the control ends, the server is told to
// cancel, and the wait goes on for the rest of the answers, but not for long; a server that does not answer even then
// is hung up on.
//
//     ServerWait wait(connection, waiter, control, std::chrono::seconds(10));
//     while (ResultHandle result = wait.next_result()) ...
//     wait.settle();
//
// Threads: one at a time. A cancel request travels in a thread of its own, since libpq blocks in it; the destructor
// waits for that one. Where the network is gone it takes as long as tcp_user_timeout says.
#pragma once

#include <future>
#include <memory>
#include <optional>

#include <sheaf/control.hpp>

#include "storage/postgres/waiter.hpp"

struct pg_conn;
struct pg_result;

namespace sheaf::postgres {

struct ClearResult {
    void operator()(pg_result* result) const noexcept;
};
using ResultHandle = std::unique_ptr<pg_result, ClearResult>;

class ServerWait {
public:
    // `patience`: with a server that was told to cancel.
    ServerWait(pg_conn* connection, Waiter& waiter, const Control& control, Control::Clock::duration patience)
        : connection_(connection), waiter_(waiter), control_(control), patience_(patience) {}

    // What PQgetResult() gives, once it is there; meanwhile what is queued is sent. None, too, when the connection
    // broke.
    ResultHandle next_result();
    // Until all that is queued has been sent, or the connection broke.
    void flush();
    // To be called when all answers are there: a cancel request must not hit what is sent next.
    void settle();
    // Closes the connection, in libpq's eyes, too.
    void hang_up();
    bool has_ended() const { return give_up_at_.has_value(); }  // the control has, and the server was told to cancel

private:
    void exchange(bool unsent);
    void wait(short events);
    void cancel();
    bool is_cancelling() const;

    pg_conn* connection_;
    Waiter& waiter_;
    const Control& control_;
    const Control::Clock::duration patience_;
    std::optional<Control::Clock::time_point> give_up_at_{};
    std::future<void> cancelled_{};
};

}  // namespace sheaf::postgres
