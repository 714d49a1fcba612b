#include "storage/postgres/pool.hpp"

#include <algorithm>
#include <chrono>

namespace sheaf::postgres {

namespace {

using Clock = Control::Clock;

constexpr std::chrono::seconds unwatched{1};  // for so long an idle connection is believed to be alive
constexpr std::chrono::milliseconds first_pause{20};
constexpr std::chrono::milliseconds longest_pause{1'000};
constexpr std::chrono::seconds rollback_time{2};

// False: it cannot be used by another.
bool end_transaction(Connection& connection) noexcept {
    if (connection.is_broken() || connection.has_queued()) return false;
    if (!connection.in_transaction()) return true;
    try {
        connection.query("ROLLBACK", {}, {.deadline = Control::within(rollback_time), .stop = {}});
        return !connection.in_transaction();
    } catch (...) {
        return false;  // closing it rolls back, too
    }
}

}  // namespace

Lease::~Lease() {
    if (connection_) pool_->give_back(std::move(connection_), generation_, sent_);
}

Pool::Pool(std::string conninfo, const Options& options) : conninfo_(std::move(conninfo)), options_(options) {
    idle_.reserve(options.pool);  // so that giving back does not allocate
}

Pool::~Pool() = default;

Lease Pool::lease(const Control& control) {
    enter(control);
    try {
        std::uint64_t generation = 0;
        std::unique_ptr<Connection> connection = connect(generation, control);
        return {*this, std::move(connection), generation};
    } catch (...) {
        leave();
        throw;
    }
}

void Pool::enter(const Control& control) {
    const Clock::time_point patience = Control::within(options_.pool_timeout);
    std::unique_lock lock(mutex_);
    const auto may_enter = [this] { return closed_ || leased_ < options_.pool; };
    const auto until = std::min(patience, control.deadline.value_or(patience));
    if (!changed_.wait_until(lock, control.stop, until, may_enter)) {
        control.check();
        throw Error(Code::busy, "all " + std::to_string(options_.pool) + " connections to " + options_.shown +
                                    " were in use for " + std::to_string(options_.pool_timeout.count()) +
                                    " ms; raise pool= in the URL, or pool_timeout=");
    }
    if (closed_) throw Error(Code::closed, "the store " + options_.shown + " is closed");
    ++leased_;
}

void Pool::leave() noexcept {
    {
        const std::lock_guard lock(mutex_);
        --leased_;
    }
    changed_.notify_one();
}

// The newest one first, so that those that are not needed grow old.
Pool::Idle Pool::pop_idle(std::uint64_t& generation) noexcept {
    Idle idle;
    const std::lock_guard lock(mutex_);
    generation = generation_;
    if (idle_.empty()) return idle;
    idle = std::move(idle_.back());
    idle_.pop_back();
    return idle;
}

// None: there is none; a new one would be of that generation.
std::unique_ptr<Connection> Pool::take_idle(std::uint64_t& generation) {
    for (;;) {
        Idle idle = pop_idle(generation);
        if (!idle.connection) return nullptr;
        if (Clock::now() - idle.since < unwatched || idle.connection->is_alive()) return std::move(idle.connection);
    }
}

// Or takes one that is idle, or becomes so meanwhile.
std::unique_ptr<Connection> Pool::connect(std::uint64_t& generation, const Control& control) {
    const Clock::time_point last_try = Control::within(options_.reconnect);
    Clock::duration next_pause = first_pause;
    for (;;) {
        if (auto idle = take_idle(generation)) return idle;
        try {
            return std::make_unique<Connection>(conninfo_, options_, control);
        } catch (const Error& error) {
            const bool may_pass = error.code() == Code::unavailable || error.code() == Code::busy;
            if (!may_pass || Clock::now() + next_pause > last_try) {
                throw error.with_context("cannot connect to " + options_.shown + ": ");
            }
            pause(next_pause, control, error);
        }
        next_pause = std::min<Clock::duration>(next_pause * 2, longest_pause);
    }
}

void Pool::pause(Clock::duration duration, const Control& control, const Error& reason) {
    const Clock::time_point end = Control::within(duration);
    {
        std::unique_lock lock(mutex_);
        const auto until = std::min(end, control.deadline.value_or(end));
        returned_.wait_until(lock, control.stop, until, [this] { return !idle_.empty(); });
    }
    try {
        control.check();
    } catch (const Error& error) {
        throw Error(error.code(), std::string(error.message()) + "; meanwhile it could not connect to " +
                                      options_.shown + ": " + std::string(reason.message()));
    }
}

void Pool::give_back(std::unique_ptr<Connection> connection, std::uint64_t generation, std::uint64_t sent) noexcept {
    statements_ += connection->statements() - sent;
    const bool usable = end_transaction(*connection);
    if (connection->is_broken()) distrust();
    const Clock::time_point now = Clock::now();
    {
        const std::lock_guard lock(mutex_);
        --leased_;
        if (usable && generation == generation_ && !closed_) idle_.push_back({std::move(connection), now});
    }
    changed_.notify_one();
    returned_.notify_one();
}

void Pool::distrust() noexcept {
    {
        const std::lock_guard lock(mutex_);
        ++generation_;
    }
    std::uint64_t generation = 0;
    while (pop_idle(generation).connection) {
        // closed outside of the lock
    }
}

void Pool::close() {
    std::vector<Idle> idle;
    {
        const std::lock_guard lock(mutex_);
        if (leased_ > 0) {
            throw Error(Code::busy, std::to_string(leased_) + " transactions or cursors on " + options_.shown +
                                        " are still open; end them before closing the store");
        }
        closed_ = true;
        idle.swap(idle_);
    }
    changed_.notify_all();
}

bool Pool::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

}  // namespace sheaf::postgres
