#include "storage/postgres/session.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/postgres/names.hpp"
#include "storage/postgres/schema.hpp"

namespace sheaf::postgres {

using driver::Isolation;
using driver::LockWait;
using driver::Mode;

namespace {

Pool& pool_for(Shared& shared, const driver::BeginOptions& begin) {
    const bool replica = begin.mode == Mode::read && begin.staleness == driver::Staleness::allowed &&
                         shared.replicas != nullptr && !shared.replicas->closed();
    return replica ? *shared.replicas : shared.pool;
}

std::string_view begin_sql(Mode mode, Isolation isolation) {
    if (mode == Mode::read) return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    return isolation == Isolation::serializable ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                                                : "BEGIN ISOLATION LEVEL READ COMMITTED";
}

// Of a table that another transaction has dropped, renamed, or made again as another kind.
bool tells_of_another_catalog(const PostgresError& error) {
    constexpr std::string_view undefined_column = "42703";
    return error.is(sqlstate::undefined_table) || error.is(undefined_column);
}

// A host that only stands by, or has become that: "cannot execute INSERT in a read-only transaction", "cannot use
// serializable mode in a hot standby".
bool tells_of_a_standby(const PostgresError& error, bool beginning) {
    constexpr std::string_view read_only_transaction = "25006";
    constexpr std::string_view feature_not_supported = "0A000";
    return error.is(read_only_transaction) || (beginning && error.is(feature_not_supported));
}

}  // namespace

Shared::Shared(Options given)
    : options(std::move(given)),
      pool(options.conninfo, options),
      replicas(options.replica_conninfo.empty() ? nullptr : std::make_unique<Pool>(options.replica_conninfo, options)) {
}

// What a replica has may be older than the remembered catalog: there is always a snapshot there, which has its own.
Session::Session(Shared& shared, const driver::BeginOptions& begin)
    : shared_(shared),
      pool_(pool_for(shared, begin)),
      mode_(begin.mode),
      isolation_(&pool_ == &shared.pool ? begin.isolation : Isolation::serializable),
      control_(begin.control),
      lease_(pool_.lease(control_)) {
    if (!writes() && in_snapshot()) run([](Connection&) {});
}

Session::~Session() {
    rollback();
}

void Session::require_open() const {
    if (lease_) return;
    if (!aborted_) throw Error(Code::closed, "the transaction has ended");
    throw Error(Code::transaction_aborted, "the transaction has ended through an error; begin another one");
}

// The catalog.

const Catalog& Session::known() {
    require_open();
    if (!catalog_) {
        catalog_ = stamp_ ? shared_.catalogs.find(*stamp_) : shared_.catalogs.newest();
        assumed_ = catalog_ != nullptr && !stamp_;
    }
    if (!catalog_) catalog_ = load();
    return *catalog_;
}

std::shared_ptr<const Catalog> Session::load() {
    const Result result = query(catalog_sql);
    auto catalog = guarded([&] { return catalog_of(result); });
    if (&pool_ == &shared_.pool) shared_.catalogs.remember(catalog);
    return catalog;
}

const Catalog& Session::catalog() {
    require_open();
    if (writes() && in_snapshot() && !stamp_) compare_catalog();
    return known();
}

const TableEntry* Session::find(std::string_view name) {
    const TableEntry* entry = known().find(name);
    if (entry == nullptr && assumed_) {
        compare_catalog();
        entry = known().find(name);
    }
    if (entry != nullptr && absent_.count(name) != 0) catalog_outdated();  // made meanwhile, by who may write to it
    told_ = true;
    return entry;
}

const TableEntry& Session::table(std::string_view name) {
    const TableEntry* entry = find(name);
    if (entry == nullptr) return known().at(name);
    if (entry->relation == 0) {
        throw Error(Code::corrupt, "the table of \"" + std::string(name) + "\" has been removed by another program",
                    {.collection = std::string(name)});
    }
    if (in_snapshot() && proved_.count(name) == 0) unproved_.emplace(name, *entry);
    return *entry;
}

std::uint64_t Session::catalog_stamp() {
    require_open();
    if (changed_catalog_) return 0;
    told_ = true;
    return known().stamp;
}

void Session::change_catalog(const std::function<void(Catalog&)>& change) {
    if (!changed_catalog_) own_catalog_ = std::make_shared<Catalog>(known());
    changed_catalog_ = wrote_ = true;
    assumed_ = false;
    catalog_ = own_catalog_;
    change(*own_catalog_);
}

void Session::catalog_outdated() {
    shared_.catalogs.forget();
    try {
        throw Error(Code::serialization, "another transaction has changed the tables meanwhile");
    } catch (const Error&) {
        fail();
    }
}

// With the server's.
void Session::compare_catalog() {
    const std::vector<Result> results = run([&](Connection& connection) {
        if (is_operation()) connection.send(stamp_sql);
    });
    if (is_operation()) guarded([&] { read_stamp(results.at(0)); });
}

void Session::read_stamp(const Result& result) {
    stamp_ = stamp_of(result);
    assumed_ = false;
    if (!catalog_ || catalog_->stamp == *stamp_) return;
    shared_.catalogs.forget();
    if (told_) throw Error(Code::serialization, "another transaction has changed the tables meanwhile");
    catalog_ = nullptr;
}

// Statements.

// Ends the transaction and hands on the current exception, in the words of the contract.
void Session::fail() {
    const bool beginning = (*lease_)->failed_statement() < before_;
    aborted_ = true;
    end();
    try {
        throw;
    } catch (const PostgresError& error) {
        if (tells_of_another_catalog(error)) {
            shared_.catalogs.forget();
            throw Error(Code::serialization,
                        "another transaction has changed the tables meanwhile: " + std::string(error.message()));
        }
        if (error.lost_connection()) pool_.distrust();
        if (tells_of_a_standby(error, beginning)) {
            pool_.distrust();
            throw Error(Code::unavailable, "the server takes no writes: " + std::string(error.message()));
        }
        if (error.is(sqlstate::lock_not_available)) {
            throw Error(Code::busy, "another transaction has held a lock for too long: " +
                                        std::string(error.message()) + "; wait longer with pool_timeout in the URL");
        }
        throw;
    }
}

void Session::send_begin(Connection& connection) {
    before_ = 0;
    if (needs_begin()) {
        connection.send(begin_sql(mode_, isolation_));
        begun_ = true;
        ++before_;
    }
    if (needs_stamp()) {
        connection.send(stamp_sql);
        ++before_;
    }
}

void Session::send_proofs(Connection& connection) {
    for (const auto& [name, entry] : unproved_) {
        connection.send("SELECT coalesce(to_regclass($1)::oid::bigint, 0)", Params().text(entry.quoted));
    }
}

void Session::read_proofs(const std::vector<Result>& results, std::size_t first) {
    for (const auto& [name, entry] : unproved_) {
        if (results.at(first++).integer(0, 0) != entry.relation) {
            throw Error(Code::serialization, "another transaction has made the table \"" + name + "\" again");
        }
        proved_.insert(name);
    }
    unproved_.clear();
}

// Returns the results of what `send` sends. Throws without ending the transaction.
std::vector<Result> Session::fly(const Send& send) {
    Connection& connection = **lease_;
    const bool stamped = needs_stamp();
    send_begin(connection);
    send(connection);
    send_proofs(connection);
    std::vector<Result> results = connection.run(control_);
    const std::size_t first = std::exchange(before_, 0);
    const std::size_t end = results.size() - unproved_.size();
    if (stamped) read_stamp(results.at(first - 1));
    read_proofs(results, end);
    return {results.begin() + static_cast<std::ptrdiff_t>(first), results.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::vector<Result> Session::run(const Send& send) {
    return guarded([&] { return fly(send); });
}

Result Session::query(std::string_view sql, const Params& params) {
    return run([&](Connection& connection) { connection.send(sql, params); }).at(0);
}

namespace {

constexpr std::string_view savepoint_sql = "SAVEPOINT batch";
constexpr std::string_view release_sql = "RELEASE batch";

// At once: before that, the server refuses all else, what a flight begins with too.
void take_back(Connection& connection, const Control& control) {
    connection.send("ROLLBACK TO batch");
    connection.send(release_sql);
    connection.run(control);
}

}  // namespace

std::optional<Session::Refusal> Session::try_run(const Send& send, std::vector<Result>& results,
                                                 std::initializer_list<std::string_view> refusals) {
    return guarded([&]() -> std::optional<Refusal> {
        try {
            results = fly([&](Connection& connection) {
                connection.send(savepoint_sql);
                send(connection);
                connection.send(release_sql);
            });
        } catch (const PostgresError& error) {
            const bool allowed = std::find(refusals.begin(), refusals.end(), error.sqlstate()) != refusals.end();
            if (!allowed) throw;
            const std::size_t ours = before_ + 1;
            Refusal refusal{error.sqlstate(), (*lease_)->failed_statement() - ours};
            take_back(**lease_, control_);
            return refusal;
        }
        results.erase(results.begin());
        results.pop_back();
        return std::nullopt;
    });
}

bool Session::try_copy(std::string_view sql, const std::function<bool(std::string& data)>& data) {
    return guarded([&] {
        fly([](Connection& connection) { connection.send(savepoint_sql); });
        try {
            (*lease_)->copy_in(sql, data, control_);
        } catch (const PostgresError& error) {
            if (!error.is(sqlstate::unique_violation)) throw;
            take_back(**lease_, control_);
            return false;
        }
        fly([](Connection& connection) { connection.send(release_sql); });
        return true;
    });
}

// Checks.

void Session::send_check(Connection& connection, std::string_view table) {
    std::string sql = "SELECT changed, " + std::string(mark_columns) + " FROM _sheaf_tables WHERE name = $1";
    if (in_snapshot()) sql += " FOR SHARE";
    connection.send(sql, Params().text(table));
}

void Session::read_check(const Result& result, std::string_view table) {
    if (result.rows() != 1 || result.integer(0, 0) != known().at(table).changed) catalog_outdated();
    wrote_ = true;
    checked_.emplace(table);
    mark_ = {std::string(result.bytes(0, 1)), std::string(result.bytes(0, 2)), (*lease_)->server_started()};
}

// Locks.

bool Session::lock_name(std::string_view name, LockWait wait) {
    require_open();
    if (begun_) {
        throw Error(Code::invalid_argument,
                    "a name can be locked only before anything else in a transaction, so that what it sees is newer");
    }
    return guarded([&] {
        // Even a cancelled wait may have got it.
        locked_names_ = true;
        const std::int64_t number = lock_number("name", options().schema + " " + std::string(name));
        const bool waits = wait == LockWait::wait;
        const Result result =
            (*lease_)->query(waits ? "SELECT pg_advisory_lock($1) IS NOT NULL" : "SELECT pg_try_advisory_lock($1)",
                             Params().integer(number), control_);
        return waits || result.boolean(0, 0);
    });
}

// LOCK takes no snapshot, so that the transaction sees all that it has waited for.
void Session::exclude_writers(std::string_view table) {
    require_open();
    if (begun_) {
        throw Error(Code::unsupported, "writers can be kept out only before anything else in a transaction");
    }
    const std::string lock = "LOCK TABLE " + quote_name(storage_name(table)) + " IN SHARE ROW EXCLUSIVE MODE";
    guarded([&] {
        Connection& connection = **lease_;
        connection.send(begin_sql(mode_, isolation_));
        connection.send_once(lock);
        begun_ = true;
        try {
            connection.run(control_);
        } catch (const PostgresError& error) {
            if (!error.is(sqlstate::undefined_table)) throw;
            connection.query("ROLLBACK", {}, control_);
            begun_ = false;
            absent_.emplace(table);
        }
    });
}

}  // namespace sheaf::postgres
