#include "storage/sqlite/change_signal.hpp"

#include <chrono>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::sqlite {

namespace {

constexpr std::chrono::milliseconds between_looks{20};

}  // namespace

ChangeSignal::ChangeSignal(Store& store)
    : store_(store), session_(std::make_unique<Session>(store.options(), Role::reader)) {
    has_changed({});
}

void ChangeSignal::wait(const Control& control) {
    for (;;) {
        control.check();
        const std::uint64_t heard = store_.writers_done().rings();
        if (store_.closed()) {
            session_.reset();
            throw Error(Code::closed, store_.options().path + " has been closed");
        }
        if (has_changed(control)) return;
        store_.writers_done().wait(heard, control, Control::Clock::now() + between_looks);
    }
}

// The version is brought up to date by reading. It changes with what others write, not with transactions that have
// written nothing.
bool ChangeSignal::has_changed(const Control& control) {
    Patience patience(control, store_.options().busy_timeout);
    session_->begin_snapshot(patience);
    session_->end_snapshot();
    const std::uint32_t version = session_->connection().data_version();
    return std::exchange(seen_, version) != version;
}

}  // namespace sheaf::sqlite
