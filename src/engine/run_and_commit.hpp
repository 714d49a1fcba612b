// run_and_commit: a function as one transaction, again when another transaction got in its way or the server went away.
//
// The contract says that nothing of a transaction is there after `serialization`, `deadlock` and `unavailable`, so that
// it may be run again from its beginning. A session that the function has committed itself is never run again.
//
// Threads: free functions; the classes one at a time.
//
//     run_and_commit(store, {.mode = driver::Mode::write}, 10, [&](const auto& session) { session->tx()...; });
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include <sheaf/error.hpp>

#include "engine/store.hpp"

namespace sheaf::engine {

// Waits between tries: none before the first, then from 1 ms to 200 ms, of which a random half is kept, so that those
// who have met once do not meet again.
class Backoff {
public:
    explicit Backoff(Random& random) : random_(random) {}
    // Throws deadline_exceeded or cancelled as soon as the control ends.
    void pause(const Control& control);

private:
    std::chrono::microseconds next();

    Random& random_;
    std::chrono::microseconds longest_{0};  // of the next pause
};

// The tries of one piece of work.
class Tries {
public:
    // After `retries` further tries it is given up; before that, where the server was away three times.
    Tries(Random& random, const Control& control, int retries)
        : backoff_(random), control_(control), retries_(retries) {}

    int failed() const { return failed_; }
    // After a try that has failed: waits for the next one. Throws the error when another try would meet it again;
    // conflict, or unavailable, when it is given up; and what the control says.
    void wait_after(const Error& error);

private:
    Backoff backoff_;
    const Control& control_;
    int retries_;
    int failed_ = 0;
    int unreached_ = 0;  // of them, those that have found no server
};

// Of a single operation, where the backend has concurrent writers: many, because nobody else can try it again sooner.
inline constexpr int operation_retries = 30;

// Runs what only reads, again where a table went away under its snapshot (an index that was dropped), or the server.
template <typename Read>
auto run_reading(const Store& store, const Control& control, const Read& read) {
    Tries tries(store.random(), control, operation_retries);
    for (;;) {
        std::optional<Error> failed;
        try {
            return read();
        } catch (const Error& error) {
            failed = error;
        }
        tries.wait_after(*failed);
    }
}

// After `retries` further tries throws conflict, or unavailable (after three of those). The control in `options` bounds
// all of them together.
void run_and_commit(const std::shared_ptr<Store>& store, const driver::BeginOptions& options, int retries,
                    const std::function<void(const std::shared_ptr<Session>&)>& function);

}  // namespace sheaf::engine
