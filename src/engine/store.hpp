// Store: what all handles to one open database share. Session: one transaction on it.
//
// Threads: Store is thread-safe, but for starting and stopping the thread that expires documents; a Session serves one
// thread at a time.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/database.hpp>
#include <sheaf/driver/backend.hpp>
#include <sheaf/limits.hpp>

#include "base/clock.hpp"
#include "engine/catalog.hpp"
#include "engine/cursor_registry.hpp"

namespace sheaf {

Database make_database(std::shared_ptr<engine::Store> store);
const std::shared_ptr<engine::Store>& store_of(const Database& database);

namespace engine {

class Expirer;

class Store {
public:
    Store(std::unique_ptr<driver::Backend> backend, const Limits& limits, std::shared_ptr<Clock> clock,
          std::shared_ptr<Random> random);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    driver::Backend& backend() const { return *backend_; }
    const Limits& limits() const { return limits_; }
    DateTime now() const { return clock_->now(); }
    std::string new_id() { return ids_.next(); }
    Random& random() const { return *random_; }
    Catalog& catalog() { return catalog_; }
    CursorRegistry& cursors() { return cursors_; }  // of commands

    // A thread that removes expired documents; see OpenOptions.
    void start_expiring(std::chrono::milliseconds interval);
    void stop_expiring();
    std::string expiry_error() const;  // of the last time; empty: it went well

    // Documents that a scan may look at before it counts as large.
    static constexpr std::int64_t large_scan = 10'000;
    void note_large_scan(const std::string& collection);
    std::int64_t large_scans(const std::string& collection) const;

private:
    std::unique_ptr<driver::Backend> backend_;
    Limits limits_;
    std::shared_ptr<Clock> clock_;
    std::shared_ptr<Random> random_;
    UuidGenerator ids_;
    Catalog catalog_;
    mutable std::mutex scans_mutex_;
    std::map<std::string, std::int64_t, std::less<>> large_scans_;  // by collection
    // Last, so that they go first: they read the backend.
    CursorRegistry cursors_;
    std::unique_ptr<Expirer> expirer_;
};

// A cursor that reads through a Session.
class SessionCursor {
public:
    virtual ~SessionCursor() = default;
    // Lets go of the driver because the transaction ends.
    virtual void release() noexcept = 0;
};

// A driver transaction with the rules that the engine adds: a call that fails after it has begun to write aborts the
// whole, and cursors let go of the driver before the transaction ends.
class Session {
public:
    // `tries`: how often the same has been tried before, and given up because of another transaction.
    Session(std::shared_ptr<Store> store, const driver::BeginOptions& options, int tries = 0);

    Store& store() const { return *store_; }
    const std::shared_ptr<Store>& shared_store() const { return store_; }
    const Control& control() const { return options_.control; }
    bool writes() const { return options_.mode == driver::Mode::write; }
    // Whether a row should be locked before it is decided on, because it has been changed under our hands before.
    bool locks_first() const;
    // Throws when the transaction has ended or was aborted, or when its time is over.
    driver::Transaction& tx();
    // Whether a search may pass over a document that is there all the time: one that others move behind the place where
    // the search is.
    bool may_overlook() const;
    // Of driver::Transaction, and invalid_argument on all backends when tx() has been called.
    bool lock_name(std::string_view name, driver::LockWait wait);

    void commit();
    void rollback() noexcept;
    void abort() noexcept;
    bool is_open() const { return tx_ != nullptr; }
    bool has_committed() const { return committed_; }

    void attach(SessionCursor& cursor) { cursors_.push_back(&cursor); }
    void detach(SessionCursor& cursor) { std::erase(cursors_, &cursor); }

private:
    void release_cursors() noexcept;

    driver::Transaction& open_tx();

    std::shared_ptr<Store> store_;
    driver::BeginOptions options_;
    int tries_;
    std::unique_ptr<driver::Transaction> tx_;
    std::vector<SessionCursor*> cursors_;
    bool used_ = false;  // tx() has been called
    bool aborted_ = false;
    bool committed_ = false;
};

// Throws invalid_argument unless there is a transaction that can hold locks: one that writes, of the user's.
void require_locking(const Session* session);

// The earlier of two deadlines, and the stop token of the call, or else the one of the transaction around it.
Control narrowed(const Control& call, const Control& transaction);

}  // namespace engine
}  // namespace sheaf
