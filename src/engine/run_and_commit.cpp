#include "engine/run_and_commit.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

constexpr std::chrono::microseconds first_pause{1'000};
constexpr std::chrono::microseconds longest_pause{200'000};
// A backend has tried to reach its server for as long as it is told to before it says so. One retry repairs what was
// only a broken connection.
constexpr int tries_to_reach = 3;

bool may_be_tried_again(Code code) {
    return code == Code::serialization || code == Code::deadlock || code == Code::unavailable;
}

[[noreturn]] void give_up(const Error& error, int tries) {
    throw Error(Code::conflict,
                "other transactions kept getting in the way, " + std::to_string(tries) +
                    (tries == 1 ? " time" : " times") + "; at last: " + std::string(error.message()) +
                    "; try again later, or with more retries",
                error.details());
}

}  // namespace

std::chrono::microseconds Backoff::next() {
    const std::chrono::microseconds longest = longest_;
    longest_ = std::clamp(2 * longest, first_pause, longest_pause);
    std::array<unsigned char, 2> bytes{};
    random_.fill(bytes);
    const auto part = (bytes[0] * 256U + bytes[1]) % 1'000;
    return longest / 2 + longest * part / 2'000;
}

void Backoff::pause(const Control& control) {
    control.check();
    const auto pause = next();
    if (pause == pause.zero()) return;
    const auto now = Control::Clock::now();
    const auto end = std::min(now + pause, control.deadline.value_or(Control::Clock::time_point::max()));
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, control.stop, end, [] { return false; });
    control.check();
}

void Tries::wait_after(const Error& error) {
    if (!may_be_tried_again(error.code())) throw error;
    const bool away = error.code() == Code::unavailable;
    if (away && ++unreached_ == tries_to_reach) throw error;
    if (++failed_ > retries_) {
        if (away) throw error;
        give_up(error, failed_);
    }
    backoff_.pause(control_);
}

void run_and_commit(const std::shared_ptr<Store>& store, const driver::BeginOptions& options, int retries,
                    const std::function<void(const std::shared_ptr<Session>&)>& function) {
    Tries tries(store->random(), options.control, retries);
    for (;;) {
        std::shared_ptr<Session> session;
        std::optional<Error> failed;
        try {
            session = std::make_shared<Session>(store, options, tries.failed());
            function(session);
            if (session->is_open()) session->commit();  // else the function has ended it itself
            return;
        } catch (const Error& error) {
            if (session != nullptr && session->has_committed()) throw;
            failed = error;
        }
        if (session != nullptr) session->rollback();  // before the wait, which others may need
        tries.wait_after(*failed);
    }
}

}  // namespace sheaf::engine
