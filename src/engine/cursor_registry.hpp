// CursorRegistry: the cursors that commands leave open between their batches (find, then getMore), by number.
//
// Each holds a snapshot, so their count is bounded, and one that nobody has asked for ten minutes is closed when the
// registry is used next. The clock is the store's: a step of the wall clock may close a cursor early or late.
//
// Threads: thread-safe. A cursor is taken out while a batch is read, so that it serves one thread at a time.
// Lifetime: belongs to the Store; its cursors must not keep the Store alive.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <sheaf/control.hpp>
#include <sheaf/document.hpp>

#include "base/clock.hpp"

namespace sheaf::engine {

// What is left of a result.
struct OpenCursor {
    std::string collection{};  // that it reads
    std::function<std::optional<Document>(const Control&)> next{};
    std::optional<Document> held_back{};  // has been read, but there was no room for it in the batch
    std::exception_ptr failure{};         // of reading ahead; the next batch throws it
    bool stays_when_idle = false;         // noCursorTimeout
};

class CursorRegistry {
public:
    static constexpr std::int64_t idle_ms = 10 * 60 * 1000;

    CursorRegistry(std::shared_ptr<Clock> clock, std::shared_ptr<Random> random, std::size_t most_cursors);

    // The number is positive and cannot be guessed. Throws limit_exceeded when too many are open.
    std::int64_t add(OpenCursor cursor);
    // Throws not_found (43) when there is none of that number on that collection, and `busy` (12051) while another
    // thread reads it.
    OpenCursor take(std::int64_t id, const std::string& collection);
    // After take(). A cursor that was killed in between is dropped.
    void put_back(std::int64_t id, OpenCursor cursor);
    // False when there is none. After take() it ends a cursor that is exhausted or has failed.
    bool kill(std::int64_t id);
    // Of one collection, because it is dropped or renamed.
    void kill_all_of(const std::string& collection);
    void clear();
    std::size_t size() const;
    bool is_full() const { return size() >= most_cursors_; }
    void close_idle();  // for whoever uses the store without a cursor

private:
    struct Entry {
        std::optional<OpenCursor> cursor{};  // none: taken
        std::string collection{};
        DateTime last_used{};
    };
    using Entries = std::map<std::int64_t, Entry>;

    Entries take_idle();
    std::int64_t new_id();

    std::shared_ptr<Clock> clock_;
    std::shared_ptr<Random> random_;
    std::size_t most_cursors_;
    mutable std::mutex mutex_;
    Entries entries_;
};

}  // namespace sheaf::engine
