// Pool: the connections of one backend. A lease gives its connection back when it goes; one that is broken, or whose
// transaction could not be ended, is closed instead.
//
// When the server goes away, every idle connection is doubted: lease() tries anew, host by host, with growing pauses,
// until it reaches a server, another lease gives its connection back, or Options::reconnect is over (unavailable).
//
// Threads: thread-safe; a lease belongs to one transaction. Leases must not outlive the pool.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <sheaf/control.hpp>
#include <sheaf/error.hpp>

#include "storage/postgres/connection.hpp"

namespace sheaf::postgres {

class Pool;

class Lease {
public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, std::uint64_t generation)
        : pool_(&pool), connection_(std::move(connection)), generation_(generation), sent_(connection_->statements()) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();  // rolls back what was not ended

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;  // none: moved from
    std::uint64_t generation_;
    std::uint64_t sent_;  // statements, before the lease
};

class Pool {
public:
    // REQUIRES: the options live longer.
    Pool(std::string conninfo, const Options& options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Throws busy after Options::pool_timeout, or when the server has no connection left; unavailable, unauthorized,
    // invalid_url, unsupported, closed, deadline_exceeded, cancelled.
    Lease lease(const Control& control);
    // Throws busy while a lease is out. Afterwards lease() throws closed.
    void close();
    bool closed() const;
    // The connections that were made until now are not to be trusted any more: the server has gone, or has become a
    // standby. Those that are out are closed when they come back. (One that comes back broken does this, too.)
    void distrust() noexcept;
    // That its connections have sent, as of the ends of their leases.
    std::uint64_t statements() const { return statements_; }

private:
    friend class Lease;
    struct Idle {
        std::unique_ptr<Connection> connection{};
        Control::Clock::time_point since{};
    };
    void enter(const Control& control);
    void leave() noexcept;
    Idle pop_idle(std::uint64_t& generation) noexcept;
    std::unique_ptr<Connection> take_idle(std::uint64_t& generation);
    std::unique_ptr<Connection> connect(std::uint64_t& generation, const Control& control);
    void pause(Control::Clock::duration duration, const Control& control, const Error& reason);
    void give_back(std::unique_ptr<Connection> connection, std::uint64_t generation, std::uint64_t sent) noexcept;

    const std::string conninfo_;
    const Options& options_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;   // for those who wait for a place
    std::condition_variable_any returned_;  // for those who have one, and pause between attempts to connect
    std::vector<Idle> idle_;                // the newest last; all of the current generation
    std::size_t leased_ = 0;
    std::uint64_t generation_ = 0;  // raised by distrust()
    bool closed_ = false;
    std::atomic<std::uint64_t> statements_ = 0;
};

}  // namespace sheaf::postgres
