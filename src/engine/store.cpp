#include "engine/store.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "document/utf8.hpp"

#include "document/utf8.hpp"

namespace sheaf::engine {

Store::Store(std::unique_ptr<driver::Backend> backend, const Limits& limits, std::shared_ptr<Clock> clock,
             const std::shared_ptr<Random>& random)
    : backend_(std::move(backend)),
      limits_(limits),
      clock_(std::move(clock)),
      ids_(clock_, random),
      cursors_(clock_, random, limits.open_cursors) {}

void check_collection_name(std::string_view name) {
    constexpr std::size_t max_name_bytes = 128;
    const auto refuse = [&](std::string_view why) {
        std::string shown(name.substr(0, max_name_bytes));
        shown.resize(utf8_error_offset(shown));  // not a part of a character
        throw Error(Code::invalid_name, "\"" + shown + "\" cannot name a collection: " + std::string(why),
                    {.collection = shown});
    };
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    if (name.empty()) refuse("it is empty");
    if (name.size() > max_name_bytes) refuse("it is longer than 128 bytes");
    if (!std::all_of(name.begin(), name.end(), allowed)) refuse("only letters, digits, _, - and . are allowed");
    if (name.starts_with("_sheaf_")) refuse("names that begin with _sheaf_ are sheaf's own");
}

Session::Session(std::shared_ptr<Store> store, driver::Mode mode, const Control& control)
    : store_(std::move(store)), control_(control), tx_(store_->backend().begin({.mode = mode, .control = control})) {}

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
