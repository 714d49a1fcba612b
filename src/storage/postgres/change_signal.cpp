#include "storage/postgres/change_signal.hpp"

#include <algorithm>
#include <chrono>

#include <sheaf/error.hpp>

#include "storage/postgres/names.hpp"

namespace sheaf::postgres {

namespace {

constexpr std::chrono::milliseconds between_looks{500};  // whether the store has been closed

}  // namespace

ListeningSignal::ListeningSignal(const Shared& shared)
    : shared_(shared), pool_(shared.options.conninfo, shared.options) {
    listen({});
}

void ListeningSignal::listen(const Control& control) {
    lease_.reset();
    lease_.emplace(pool_.lease(control));
    (*lease_)->send_once("LISTEN " + quote_name(channel_name(shared_.options.schema)));
    (*lease_)->run(control);
}

void ListeningSignal::wait(const Control& control) {
    do {
        control.check();
        if (shared_.pool.closed()) throw Error(Code::closed, "the store has been closed");
    } while (!hears(control));
}

// For a while.
bool ListeningSignal::hears(const Control& control) {
    Control brief = control;
    const Control::Clock::time_point soon = Control::within(between_looks);
    brief.deadline = std::min(soon, control.deadline.value_or(soon));
    try {
        if (lease_ && !(*lease_)->is_broken()) {
            (*lease_)->wait_for_notification(brief);
            return true;
        }
    } catch (const Error& error) {
        if (error.code() == Code::deadline_exceeded) return false;
        if (error.code() != Code::unavailable) throw;
        pool_.distrust();
    }
    listen(control);
    return true;
}

}  // namespace sheaf::postgres
