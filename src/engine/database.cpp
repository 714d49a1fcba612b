#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include <algorithm>
#include <utility>

#include "engine/collections.hpp"
#include "engine/description.hpp"
#include "engine/expiry.hpp"
#include "engine/run_and_commit.hpp"
#include "engine/store.hpp"

namespace sheaf {

using engine::Session;

namespace {

driver::BeginOptions begin_options(const TransactionOptions& options) {
    const bool reads = options.access == Access::read;
    if (!reads && options.staleness == Staleness::allowed) {
        throw Error(Code::invalid_argument, "only a read transaction can allow that what it sees is a little old");
    }
    return {.mode = reads ? driver::Mode::read : driver::Mode::write,
            .staleness = options.staleness,
            .control = options.control};
}

}  // namespace

Transaction::Transaction(std::shared_ptr<Session> session) : session_(std::move(session)) {}
Transaction::Transaction(Transaction&&) noexcept = default;

Transaction& Transaction::operator=(Transaction&& other) noexcept {
    if (this != &other) {
        rollback();
        session_ = std::move(other.session_);
    }
    return *this;
}

Transaction::~Transaction() {
    rollback();
}

Collection Transaction::collection(std::string_view name) {
    engine::check_collection_name(name);
    return Collection(session_->shared_store(), session_, std::string(name));
}

void Transaction::create_collection(std::string_view name) {
    engine::create_collection(session_->tx(), name);
}
bool Transaction::drop_collection(std::string_view name) {
    return engine::drop_collection(session_->tx(), name);
}
void Transaction::rename_collection(std::string_view from, std::string_view to) {
    engine::rename_collection(session_->tx(), from, to);
}
std::vector<std::string> Transaction::list_collections() {
    return engine::collections_of(session_->tx());
}
bool Transaction::advisory_lock(std::string_view name, LockWait wait) {
    return session_->lock_name(name, wait);
}
void Transaction::commit() {
    session_->commit();
}

void Transaction::rollback() noexcept {
    if (session_ != nullptr) session_->rollback();
}

ChangeSignal::ChangeSignal(std::shared_ptr<engine::Store> store, std::unique_ptr<driver::ChangeSignal> signal)
    : store_(std::move(store)), signal_(std::move(signal)) {}
ChangeSignal::~ChangeSignal() = default;
ChangeSignal::ChangeSignal(ChangeSignal&&) noexcept = default;

ChangeSignal& ChangeSignal::operator=(ChangeSignal&& other) noexcept {
    signal_ = std::move(other.signal_);  // the old one before the store that it belongs to
    store_ = std::move(other.store_);
    return *this;
}

void ChangeSignal::wait(const Control& control) {
    signal_->wait(control);
}

Database::Database(std::shared_ptr<engine::Store> store) : store_(std::move(store)) {}

Database make_database(std::shared_ptr<engine::Store> store) {
    return Database(std::move(store));
}

const std::shared_ptr<engine::Store>& store_of(const Database& database) {
    return database.store_;
}

Collection Database::collection(std::string_view name) const {
    engine::check_collection_name(name);
    return Collection(store_, nullptr, std::string(name));
}

void Database::create_collection(std::string_view name, const Control& control) {
    run_in_transaction([&](Transaction& tx) { tx.create_collection(name); }, {.control = control});
}

bool Database::drop_collection(std::string_view name, const Control& control) {
    bool dropped = false;
    run_in_transaction([&](Transaction& tx) { dropped = tx.drop_collection(name); }, {.control = control});
    return dropped;
}

void Database::rename(std::string_view from, std::string_view to, const Control& control) {
    run_in_transaction([&](Transaction& tx) { tx.rename_collection(from, to); }, {.control = control});
}

std::vector<std::string> Database::list_collections(const Control& control) const {
    return engine::run_reading(*store_, control, [&] {
        return engine::collections_of(*store_->backend().begin({.mode = driver::Mode::read, .control = control}));
    });
}

bool Database::has_collection(std::string_view name, const Control& control) const {
    const std::vector<std::string> names = list_collections(control);
    return std::binary_search(names.begin(), names.end(), name);
}

Transaction Database::begin(const TransactionOptions& options) {
    return Transaction(std::make_shared<Session>(store_, begin_options(options)));
}

void Database::run_in_transaction(const std::function<void(Transaction&)>& function,
                                  const TransactionOptions& options) {
    engine::run_and_commit(store_, begin_options(options), options.retries, [&](const auto& session) {
        Transaction transaction(session);
        try {
            function(transaction);
        } catch (...) {
            transaction.rollback();
            throw;
        }
        transaction.session_ = nullptr;  // committed by run_and_commit
    });
}

const driver::Capabilities& Database::capabilities() const {
    return store_->backend().capabilities();
}

namespace {

DatabaseStats stats_of(engine::Store& store, const Control& control) {
    DatabaseStats stats{store.backend().capabilities(), store.backend().statistics(), {}};
    if (std::string error = store.expiry_error(); !error.empty()) {
        stats.storage.details.emplace_back("expire_error", std::move(error));
    }
    const auto tx = store.backend().begin({.mode = driver::Mode::read, .control = control});
    for (std::string& name : engine::collections_of(*tx)) {
        CollectionStats& collection = stats.collections.emplace_back(CollectionStats{.name = std::move(name)});
        const auto cursor = tx->scan(collection.name, {});
        driver::RowView row;
        while (cursor->next(row)) {
            control.check();
            ++collection.documents;
            collection.archived += row.meta.archived ? 1 : 0;
            collection.bytes += static_cast<std::int64_t>(row.body.size());
        }
        if (const auto info = store.catalog().find(*tx, collection.name)) {
            collection.indexes = engine::counted_indexes(*tx, *info);
        }
        collection.large_scans = store.large_scans(collection.name);
    }
    return stats;
}

}  // namespace

DatabaseStats Database::stats(const Control& control) const {
    return engine::run_reading(*store_, control, [&] { return stats_of(*store_, control); });
}

ChangeSignal Database::changes() const {
    auto signal = store_->backend().changes();
    if (signal == nullptr) {
        throw Error(Code::unsupported, "the backend " + capabilities().backend + " does not tell of changes");
    }
    return {store_, std::move(signal)};
}

std::int64_t Database::expire(const Control& control) {
    return engine::expire_all(store_, control);
}

void Database::close() {
    store_->stop_expiring();
    store_->cursors().clear();
    store_->backend().close();
}

}  // namespace sheaf
