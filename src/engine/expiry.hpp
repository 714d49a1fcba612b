// Removing documents whose time is over, by the indexes with expire_after. Archived documents stay: what was deleted
// softly is kept until it is purged.
//
// Victims are looked for in a snapshot and removed in short transactions, which decide anew: a document whose date is
// moved on meanwhile survives, and so does another one that has taken its _id.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <sheaf/control.hpp>

#include "engine/target.hpp"

namespace sheaf::engine {

// Of one collection; of all. Returns how many. A collection where that fails does not keep the others from it: the
// first error is thrown at the end. Threads: free functions.
std::int64_t expire_documents(const Target& target, const Control& control);
std::int64_t expire_all(const std::shared_ptr<Store>& store, const Control& control);

// A thread that expires the documents of a store now and then. What goes wrong is kept for whoever asks.
// Threads: thread-safe. Belongs to the store.
class Expirer {
public:
    Expirer(Store& store, std::chrono::milliseconds interval);
    ~Expirer();
    Expirer(const Expirer&) = delete;
    Expirer& operator=(const Expirer&) = delete;

    void stop();                     // waits for the thread
    std::string last_error() const;  // empty: none, the last time

private:
    void run(const std::stop_token& stop);
    void expire(const std::stop_token& stop);

    Store& store_;
    const std::chrono::milliseconds interval_;
    std::mutex stopping_;
    mutable std::mutex mutex_;
    std::condition_variable_any woken_;
    std::string last_error_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace sheaf::engine
