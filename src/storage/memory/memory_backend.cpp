#include "storage/memory/memory_backend.hpp"

#include <string>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/memory/snapshots.hpp"
#include "storage/memory/transaction.hpp"
#include "storage/memory/writer_lock.hpp"

namespace sheaf::memory {

namespace {

// Unpins at the end of a scope.
class Reading {
public:
    Reading(Snapshots& snapshots, const Snapshots::Pin& pin) : snapshots_(snapshots), pin_(pin) {}
    ~Reading() {
        if (pin_.slot != nullptr) snapshots_.unpin(pin_);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    const Version& version() const { return *pin_.version; }
    const Snapshots::Pin& pin() const { return pin_; }
    Snapshots::Pin release() { return std::exchange(pin_, {}); }

private:
    Snapshots& snapshots_;
    Snapshots::Pin pin_;
};

[[noreturn]] void refuse_closed() {
    throw Error(Code::closed, "the memory store is closed");
}

class MemoryChanges final : public driver::ChangeSignal {
public:
    explicit MemoryChanges(Snapshots& snapshots) : snapshots_(snapshots), heard_(snapshots.published().rings()) {}

    void wait(const Control& control) override {
        require_open();  // it does not ring a second time
        snapshots_.published().wait(heard_, control);
        heard_ = snapshots_.published().rings();
        require_open();
    }

private:
    void require_open() const {
        if (snapshots_.current() == nullptr) refuse_closed();
    }

    Snapshots& snapshots_;
    std::uint64_t heard_;
};

class MemoryBackend final : public driver::Backend {
public:
    const driver::Capabilities& capabilities() const override { return capabilities_; }

    std::unique_ptr<driver::Transaction> begin(const driver::BeginOptions& options) override {
        if (options.mode == driver::Mode::write) return begin_write(options.control);
        options.control.check();
        Reading reading(snapshots_, pin());
        auto transaction = std::make_unique<ReadTransaction>(snapshots_, reading.pin());
        reading.release();
        return transaction;
    }

    std::unique_ptr<driver::ChangeSignal> changes() override;
    driver::Statistics statistics() override;
    void ping() override { const Reading reading(snapshots_, pin()); }
    void close() override;

private:
    Snapshots::Pin pin();
    std::unique_ptr<driver::Transaction> begin_write(const Control& control);

    const driver::Capabilities capabilities_{.backend = "memory",
                                             .durability = driver::Durability::memory,
                                             .persistent = false,
                                             .multi_process = false,
                                             .concurrent_writers = false,
                                             .row_locks = false};
    Snapshots snapshots_;
    WriterLock writer_;
};

Snapshots::Pin MemoryBackend::pin() {
    const Snapshots::Pin pin = snapshots_.pin();
    if (pin.version == nullptr) refuse_closed();
    return pin;
}

std::unique_ptr<driver::Transaction> MemoryBackend::begin_write(const Control& control) {
    writer_.acquire(control);
    try {
        if (snapshots_.current() == nullptr) refuse_closed();
        return std::make_unique<WriteTransaction>(snapshots_, writer_);
    } catch (...) {
        writer_.release();
        throw;
    }
}

std::unique_ptr<driver::ChangeSignal> MemoryBackend::changes() {
    if (snapshots_.current() == nullptr) refuse_closed();
    return std::make_unique<MemoryChanges>(snapshots_);
}

driver::Statistics MemoryBackend::statistics() {
    const Reading reading(snapshots_, pin());
    snapshots_.collect();
    driver::Statistics statistics;
    std::uint64_t rows = 0;
    for (const Table* table : reading.version().tables()) {
        rows += table->rows;
        statistics.details.emplace_back("rows of " + std::string(table->name()), std::to_string(table->rows));
    }
    statistics.details.emplace_back("tables", std::to_string(reading.version().count));
    statistics.details.emplace_back("rows", std::to_string(rows));
    statistics.bytes = snapshots_.bytes();
    return statistics;
}

void MemoryBackend::close() {
    if (snapshots_.current() == nullptr) refuse_closed();
    const bool idle = writer_.try_acquire();
    const bool closed = idle && snapshots_.shut_down();
    if (idle) writer_.release();
    if (!closed) throw Error(Code::busy, "the memory store has open transactions and cannot be closed");
}

}  // namespace

std::unique_ptr<driver::Backend> open_memory() {
    return std::make_unique<MemoryBackend>();
}

std::unique_ptr<driver::Backend> open_memory(driver::StoreUrl url) {
    if (!url.path.empty()) {
        throw Error(Code::invalid_url,
                    "memory: has no path, as every memory store is one of its own; got \"" + url.path + "\"");
    }
    url.require_all_taken();
    return open_memory();
}

}  // namespace sheaf::memory
