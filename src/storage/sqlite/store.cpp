#include "storage/sqlite/store.hpp"

#include <sheaf/error.hpp>

namespace sheaf::sqlite {

namespace {

constexpr std::size_t max_idle_readers = 16;  // each has two file descriptors and a page cache of up to 2 MiB

}  // namespace

ReaderLease::~ReaderLease() {
    if (session_) store_->give_back(std::move(session_), usable_);
}

WriterLease::~WriterLease() {
    if (store_ == nullptr) return;
    store_->gate_.leave();
    store_->writers_done_.ring();
}

void WriterLease::poison(const Error& cause) noexcept {
    const std::lock_guard lock(store_->poison_mutex_);
    if (!store_->poison_) store_->poison_ = cause;
    session_->connection().keep_log_on_close();
}

Store::Store(StoreOptions options) : options_(std::move(options)) {
    writer_ = std::make_unique<Session>(options_, Role::writer);
    idle_readers_.reserve(max_idle_readers);
}

// The writer goes last: it is the one that may move the log into the file.
Store::~Store() {
    idle_readers_.clear();
}

void Store::require_open() const {
    if (closed()) throw Error(Code::closed, options_.path + " has been closed");
}

ReaderLease Store::reader() {
    std::unique_ptr<Session> session;
    {
        const std::lock_guard lock(readers_mutex_);
        require_open();
        ++busy_readers_;
        if (!idle_readers_.empty()) {
            session = std::move(idle_readers_.back());
            idle_readers_.pop_back();
        }
    }
    if (session) return ReaderLease(*this, std::move(session));
    try {
        return ReaderLease(*this, std::make_unique<Session>(options_, Role::reader));
    } catch (...) {
        give_back(nullptr, false);
        throw;
    }
}

void Store::give_back(std::unique_ptr<Session> session, bool usable) noexcept {
    const std::lock_guard lock(readers_mutex_);
    --busy_readers_;
    // The vector has room for all it may hold, so that this cannot throw.
    if (usable && idle_readers_.size() < max_idle_readers) idle_readers_.push_back(std::move(session));
}

WriterLease Store::writer(Patience& patience) {
    gate_.enter(patience);
    WriterLease lease(*this, writer_.get());
    require_open();
    check_not_poisoned();
    return lease;
}

void Store::check_not_poisoned() {
    const std::lock_guard lock(poison_mutex_);
    if (!poison_) return;
    throw Error(Code::io, options_.path + " takes no more writes until it is opened again, because one has failed: " +
                              std::string(poison_->message()));
}

void Store::close_readers() {
    const std::lock_guard lock(readers_mutex_);
    require_open();
    if (busy_readers_ != 0) {
        throw Error(Code::busy, options_.path + " cannot be closed: a read transaction is open");
    }
    closed_.store(true, std::memory_order_release);
    idle_readers_.clear();
}

void Store::close() {
    const Control unlimited;
    Patience patience(unlimited, options_.busy_timeout);
    gate_.enter(patience);
    const WriterLease lease(*this, writer_.get());
    close_readers();
    const std::lock_guard lock(poison_mutex_);
    // What the log holds is in the file's main part afterwards, as far as no other process still reads the older state.
    // SQLite does the same when the last connection goes, but would tell nobody that it failed.
    const std::unique_ptr<Session> session = std::move(writer_);
    if (!poison_) session->connection().execute("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace sheaf::sqlite
