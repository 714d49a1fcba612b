#include "engine/store.hpp"

#include <utility>

#include <sheaf/error.hpp>

#include "engine/expiry.hpp"

namespace sheaf::engine {

Store::Store(std::unique_ptr<driver::Backend> backend, const Limits& limits, std::shared_ptr<Clock> clock,
             const std::shared_ptr<Random>& random)
    : backend_(std::move(backend)),
      limits_(limits),
      clock_(std::move(clock)),
      ids_(clock_, random),
      catalog_(limits_),
      cursors_(clock_, random, limits.open_cursors) {}

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

Session::Session(std::shared_ptr<Store> store, driver::Mode mode, const Control& control)
    : store_(std::move(store)),
      mode_(mode),
      control_(control),
      tx_(store_->backend().begin({.mode = mode, .control = control})) {}

driver::Transaction& Session::tx() {
    if (tx_ == nullptr) throw Error(Code::closed, "the transaction has ended");
    if (aborted_) {
        throw Error(Code::transaction_aborted,
                    "an earlier operation of this transaction failed half-way; roll it back");
    }
    control_.check();
    return *tx_;
}

// Cursors go too: they might show what the operation has left half-done.
void Session::abort() noexcept {
    aborted_ = true;
    release_cursors();
}

void Session::commit() {
    driver::Transaction& open = tx();
    release_cursors();
    const std::unique_ptr<driver::Transaction> ended = std::move(tx_);  // over, whether commit() throws or not
    open.commit();
}

void Session::rollback() noexcept {
    release_cursors();
    tx_.reset();
}

void Session::release_cursors() noexcept {
    for (SessionCursor* cursor : cursors_) cursor->release();
    cursors_.clear();
}

Control narrowed(const Control& call, const Control& transaction) {
    Control result = call;
    if (transaction.deadline && (!call.deadline || *transaction.deadline < *call.deadline)) {
        result.deadline = transaction.deadline;
    }
    if (!result.stop.stop_possible()) result.stop = transaction.stop;
    return result;
}

void run_and_commit(const std::shared_ptr<Store>& store, const Control& control, int retries,
                    const std::function<void(const std::shared_ptr<Session>&)>& function) {
    for (int left = retries;; --left) {
        try {
            const auto session = std::make_shared<Session>(store, driver::Mode::write, control);
            function(session);
            if (session->is_open()) session->commit();  // else the function has ended it itself
            return;
        } catch (const Error& error) {
            const bool conflict = error.code() == Code::serialization || error.code() == Code::deadlock;
            if (!conflict || left <= 0) throw;
            control.check();
        }
    }
}

}  // namespace sheaf::engine
