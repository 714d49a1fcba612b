#include "storage/postgres/postgres_backend.hpp"

#include <string>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/postgres/change_signal.hpp"
#include "storage/postgres/schema.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/transaction.hpp"

namespace sheaf::postgres {

namespace {

class PostgresBackend final : public driver::Backend {
public:
    explicit PostgresBackend(Options options) : shared_(std::move(options)) {
        capabilities_ = {.backend = "postgres",
                         .durability = shared_.options.durability,
                         .persistent = true,
                         .multi_process = true,
                         .concurrent_writers = true,
                         .row_locks = true};
        const Lease lease = shared_.pool.lease({});
        prepare_schema(*lease, shared_.options, {});
    }

    const driver::Capabilities& capabilities() const override { return capabilities_; }

    std::unique_ptr<driver::Transaction> begin(const driver::BeginOptions& options) override {
        options.control.check();
        return std::make_unique<Transaction>(shared_, options);
    }

    std::unique_ptr<driver::ChangeSignal> changes() override {
        require_open();
        if (!shared_.options.notify) return nullptr;
        return std::make_unique<ListeningSignal>(shared_);
    }

    driver::Statistics statistics() override;
    void ping() override;

    // The replicas first: when the store has to stay open, reads find the other server.
    void close() override {
        require_open();
        if (shared_.replicas != nullptr && !shared_.replicas->closed()) shared_.replicas->close();
        shared_.pool.close();
    }

    std::uint64_t statements() const {
        return shared_.pool.statements() + (shared_.replicas == nullptr ? 0 : shared_.replicas->statements());
    }

private:
    void require_open() const {
        if (shared_.pool.closed()) throw Error(Code::closed, "the store " + shared_.options.shown + " is closed");
    }

    Shared shared_;
    driver::Capabilities capabilities_;
};

// A connection may have been idle since before the server went: the second time it is a new one.
void PostgresBackend::ping() {
    const auto ask = [&] { shared_.pool.lease({})->query("SELECT format FROM _sheaf_store", {}, {}); };
    try {
        ask();
    } catch (const Error& error) {
        if (error.code() != Code::unavailable) throw;
        shared_.pool.distrust();
        ask();
    }
}

driver::Statistics PostgresBackend::statistics() {
    const Lease lease = shared_.pool.lease({});
    const Options& options = shared_.options;
    const Result result = lease->query(
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint, count(*), current_setting('server_version'),"
        " pg_is_in_recovery(), (SELECT format::bigint FROM _sheaf_store) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')",
        {}, {});
    const bool durable = options.durability == driver::Durability::durable;
    return {.bytes = result.integer(0, 0),
            .details = {{"server", options.shown},
                        {"PostgreSQL", std::string(result.bytes(0, 2))},
                        {"role of the server", result.boolean(0, 3) ? "standby" : "primary"},
                        {"schema", options.schema},
                        {"tables", std::to_string(result.integer(0, 1))},
                        {"synchronous_commit", durable ? "on" : "off"},
                        {"most connections", std::to_string(options.pool)},
                        {"statements sent", std::to_string(statements())},
                        {"format version", std::to_string(result.integer(0, 4))}}};
}

}  // namespace

std::unique_ptr<driver::Backend> open_postgres(driver::StoreUrl url) {
    return std::make_unique<PostgresBackend>(parse_options(std::move(url)));
}

std::uint64_t statements_sent(const driver::Backend& backend) {
    return dynamic_cast<const PostgresBackend&>(backend).statements();
}

}  // namespace sheaf::postgres
