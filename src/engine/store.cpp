#include "engine/store.hpp"

#include <utility>

#include <sheaf/error.hpp>

#include "engine/expiry.hpp"

namespace sheaf::engine {

Store::Store(std::unique_ptr<driver::Backend> backend, const Limits& limits, std::shared_ptr<Clock> clock,
             std::shared_ptr<Random> random)
    : backend_(std::move(backend)),
      limits_(limits),
      clock_(std::move(clock)),
      random_(std::move(random)),
      ids_(clock_, random_),
      catalog_(limits_),
      cursors_(clock_, random_, limits.open_cursors) {}

Store::~Store() = default;

void Store::start_expiring(std::chrono::milliseconds interval) {
    expirer_ = std::make_unique<Expirer>(*this, interval);
}

void Store::stop_expiring() {
    if (expirer_ != nullptr) expirer_->stop();
}

std::string Store::expiry_error() const {
    return expirer_ == nullptr ? std::string() : expirer_->last_error();
}

void Store::note_large_scan(const std::string& collection) {
    const std::scoped_lock lock(scans_mutex_);
    ++large_scans_[collection];
}

std::int64_t Store::large_scans(const std::string& collection) const {
    const std::scoped_lock lock(scans_mutex_);
    const auto found = large_scans_.find(collection);
    return found == large_scans_.end() ? 0 : found->second;
}

Session::Session(std::shared_ptr<Store> store, const driver::BeginOptions& options, int tries)
    : store_(std::move(store)), options_(options), tries_(tries), tx_(store_->backend().begin(options)) {}

// Locking costs a way to the server and keeps others waiting, so that the first try goes without. It helps only where
// the row is then seen as it is, not as it was in a snapshot.
bool Session::locks_first() const {
    return tries_ > 0 && options_.isolation == driver::Isolation::operation &&
           store_->backend().capabilities().row_locks;
}

bool Session::may_overlook() const {
    return options_.isolation == driver::Isolation::operation && store_->backend().capabilities().concurrent_writers;
}

driver::Transaction& Session::tx() {
    driver::Transaction& open = open_tx();
    used_ = true;
    return open;
}

bool Session::lock_name(std::string_view name, driver::LockWait wait) {
    driver::Transaction& open = open_tx();
    require_locking(this);
    if (used_) {
        throw Error(Code::invalid_argument,
                    "an advisory lock has to be taken before the transaction reads or writes anything: what its last "
                    "holder has done would not be seen otherwise");
    }
    return open.lock_name(name, wait);
}

driver::Transaction& Session::open_tx() {
    if (tx_ == nullptr) throw Error(Code::closed, "the transaction has ended");
    if (aborted_) {
        throw Error(Code::transaction_aborted,
                    "an earlier operation of this transaction failed half-way; roll it back");
    }
    control().check();
    return *tx_;
}

// Cursors go too: they might show what the operation has left half-done.
void Session::abort() noexcept {
    aborted_ = true;
    release_cursors();
}

void Session::commit() {
    driver::Transaction& open = open_tx();
    release_cursors();
    const std::unique_ptr<driver::Transaction> ended = std::move(tx_);  // over, whether commit() throws or not
    open.commit();
    committed_ = true;
}

void Session::rollback() noexcept {
    release_cursors();
    tx_.reset();
}

void Session::release_cursors() noexcept {
    for (SessionCursor* cursor : cursors_) cursor->release();
    cursors_.clear();
}

void require_locking(const Session* session) {
    if (session != nullptr && session->writes()) return;
    throw Error(Code::invalid_argument,
                "a lock is held by a transaction that writes: begin one, and lock through a collection() of it");
}

Control narrowed(const Control& call, const Control& transaction) {
    Control result = call;
    if (transaction.deadline && (!call.deadline || *transaction.deadline < *call.deadline)) {
        result.deadline = transaction.deadline;
    }
    if (!result.stop.stop_possible()) result.stop = transaction.stop;
    return result;
}

}  // namespace sheaf::engine
