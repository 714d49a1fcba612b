#include "storage/postgres/server_wait.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <system_error>

namespace sheaf::postgres {

namespace {

using Clock = Control::Clock;

// Between two statements of a pipeline the server overhears a request.
constexpr std::chrono::milliseconds repeat_after{100};

bool is_open(const PGconn* connection) {
    return PQstatus(connection) == CONNECTION_OK;
}

}  // namespace

void ClearResult::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

ResultHandle ServerWait::next_result() {
    while (PQisBusy(connection_) != 0) {
        const bool unsent = PQflush(connection_) == 1;
        if (!is_open(connection_)) return nullptr;
        exchange(unsent);
    }
    return ResultHandle(PQgetResult(connection_));
}

void ServerWait::flush() {
    while (PQflush(connection_) == 1 && is_open(connection_)) exchange(true);
}

// Reads while it writes: a server that cannot get rid of its answers does not listen.
void ServerWait::exchange(bool unsent) {
    wait(unsent ? POLLIN | POLLOUT : POLLIN);
    PQconsumeInput(connection_);  // what is wrong shows in the status, or in the next result
}

void ServerWait::wait(short events) {
    const int socket = PQsocket(connection_);
    for (;;) {
        if (!has_ended()) {
            if (waiter_.wait(socket, events, control_.deadline, control_.stop) == Waiter::Woke::ready) return;
            give_up_at_ = Clock::now() + patience_;
        }
        if (Clock::now() >= *give_up_at_) return hang_up();
        if (!is_cancelling()) cancel();
        const auto until = std::min(*give_up_at_, Clock::now() + repeat_after);
        if (waiter_.wait(socket, events, until, {}) == Waiter::Woke::ready) return;
    }
}

void ServerWait::cancel() {
    const std::shared_ptr<PGcancel> request(PQgetCancel(connection_), PQfreeCancel);
    if (!request) return;
    try {
        cancelled_ = std::async(std::launch::async, [request] {
            std::array<char, 256> error{};
            PQcancel(request.get(), error.data(), static_cast<int>(error.size()));
        });
    } catch (const std::system_error&) {
        hang_up();  // no thread was to be had
    }
}

bool ServerWait::is_cancelling() const {
    return cancelled_.valid() && cancelled_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

void ServerWait::settle() {
    if (!cancelled_.valid()) return;
    if (cancelled_.wait_until(*give_up_at_) != std::future_status::ready) hang_up();
}

void ServerWait::hang_up() {
    if (!is_open(connection_)) return;
    ::shutdown(PQsocket(connection_), SHUT_RDWR);
    while (is_open(connection_) && PQconsumeInput(connection_) == 1) {
        // until it meets the end
    }
}

}  // namespace sheaf::postgres
