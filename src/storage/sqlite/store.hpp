// Store: what the transactions of one backend share: the writer's session behind its gate, a pool of readers, and
// whether the medium can still be trusted. Transactions hold leases, which give back what they hold when they go.
//
// Threads: thread-safe. A lease belongs to one transaction.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/bell.hpp"
#include "storage/sqlite/session.hpp"

namespace sheaf::sqlite {

class Store;

class ReaderLease {
public:
    ReaderLease(Store& store, std::unique_ptr<Session> session) : store_(&store), session_(std::move(session)) {}
    ReaderLease(ReaderLease&&) noexcept = default;
    ReaderLease& operator=(ReaderLease&&) = delete;
    ~ReaderLease();

    Session& session() { return *session_; }
    // The connection may be in a bad way: it is closed instead of being used again.
    void discard() noexcept { usable_ = false; }

private:
    Store* store_;
    std::unique_ptr<Session> session_;  // none: moved from
    bool usable_ = true;
};

class WriterLease {
public:
    WriterLease(Store& store, Session* session) : store_(&store), session_(session) {}
    WriterLease(WriterLease&& other) noexcept
        : store_(std::exchange(other.store_, nullptr)), session_(other.session_) {}
    WriterLease& operator=(WriterLease&&) = delete;
    ~WriterLease();

    Session& session() { return *session_; }
    // The medium has failed in a write: no more writes until the store is opened again.
    void poison(const Error& cause) noexcept;

private:
    Store* store_;
    Session* session_;  // none when the store has been closed
};

class Store {
public:
    explicit Store(StoreOptions options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    const StoreOptions& options() const { return options_; }
    // Each throws closed after close(), and what its header's wait may throw.
    ReaderLease reader();
    WriterLease writer(Patience& patience);
    void close();
    bool closed() const { return closed_.load(std::memory_order_acquire); }
    // Rings when a write transaction of this process has ended, and when the store is closed.
    Bell& writers_done() { return writers_done_; }

private:
    friend class ReaderLease;
    friend class WriterLease;

    void require_open() const;
    void give_back(std::unique_ptr<Session> session, bool usable) noexcept;
    void check_not_poisoned();
    void close_readers();

    const StoreOptions options_;
    std::atomic<bool> closed_ = false;

    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Session>> idle_readers_;
    std::size_t busy_readers_ = 0;

    WriterGate gate_;
    Bell writers_done_;
    std::unique_ptr<Session> writer_;  // whoever has passed the gate uses it
    std::mutex poison_mutex_;
    std::optional<Error> poison_;  // why
};

}  // namespace sheaf::sqlite
