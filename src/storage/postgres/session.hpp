// Session: one transaction on a leased connection, begun on the server when it is first needed.
//
// Kinds of beginning:
//   read, serializable     BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY at once: one snapshot
//   read, operation        nothing: each call is a statement of its own
//   write, serializable    BEGIN ISOLATION LEVEL SERIALIZABLE
//   write, operation       BEGIN ISOLATION LEVEL READ COMMITTED
// BEGIN travels with the first statement; so does the stamp of the catalog where there is a snapshot.
//
// All but the first kind begin with the remembered catalog, which may be out of date. Then the cache forgets it, and
// `serialization` is thrown, unless nobody has been told of it. It shows itself in these ways:
//   - the stamp of the snapshot is another one
//   - a table that is missing in it is looked for again on the server
//   - after its first write to a table, which holds a lock on the table by then, a transaction asks whether the table's
//     entry is still the one that was used: with FOR SHARE where the snapshot is older than that
//   - a write transaction that has written nothing asks for the stamp before it commits
//
// A table may be dropped and made again while a snapshot lives, which shows through the snapshot as an empty table. So
// the first statement on a table is followed by a look whether its name still stands for the same relation.
//
// Threads: those of its transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/catalog.hpp"
#include "storage/postgres/commit_fate.hpp"
#include "storage/postgres/pool.hpp"

namespace sheaf::postgres {

// What all sessions of one backend share.
struct Shared {
    explicit Shared(Options given);

    Options options;
    Pool pool;
    std::unique_ptr<Pool> replicas;  // null: none
    CatalogCache catalogs;
};

class Session {
public:
    using Send = std::function<void(Connection&)>;

    Session(Shared& shared, const driver::BeginOptions& begin);
    ~Session();  // rolls back
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    bool writes() const { return mode_ == driver::Mode::write; }
    bool is_operation() const { return isolation_ == driver::Isolation::operation; }
    const Options& options() const { return shared_.options; }
    const Control& control() const { return control_; }

    // The tables as this transaction has them, own changes included. Entries live until it changes the catalog.
    const Catalog& catalog();
    const TableEntry* find(std::string_view name);   // null: there is none
    const TableEntry& table(std::string_view name);  // to be used by statements; throws not_found
    std::uint64_t catalog_stamp();                   // of driver::Transaction
    // For what this transaction has changed on the server: the same change of its own catalog.
    void change_catalog(const std::function<void(Catalog&)>& change);
    // This transaction has made a table.
    void made(std::string_view table) { absent_.erase(std::string(table)); }
    // Ends the transaction, because the catalog that it has used is no longer right.
    [[noreturn]] void catalog_outdated();

    // Sends statements, after what begins the transaction if need be, and returns their results. Any failure but those
    // inside a savepoint ends the transaction: later calls throw transaction_aborted. `closed` after the end.
    std::vector<Result> run(const Send& send);
    Result query(std::string_view sql, const Params& params = {});
    // The same inside a savepoint: when a statement fails with one of these SQLSTATEs, what was sent is taken back, the
    // transaction stays usable, and the error is returned. `statement` counts those that were sent by `send`.
    struct Refusal {
        std::string sqlstate;
        std::size_t statement = 0;
    };
    std::optional<Refusal> try_run(const Send& send, std::vector<Result>& results,
                                   std::initializer_list<std::string_view> refusals);
    // For COPY, inside a savepoint, too. True: done; false: a unique constraint refused a row.
    bool try_copy(std::string_view sql, const std::function<bool(std::string& data)>& data);

    // To be sent after the first writes to a table, in the same run(): asks whether its entry still holds. read_check
    // reads the result and throws serialization.
    void send_check(Connection& connection, std::string_view table);
    void read_check(const Result& result, std::string_view table);
    bool is_checked(std::string_view table) const { return checked_.count(table) != 0; }

    // Before the server's transaction has begun only: both throw otherwise.
    bool lock_name(std::string_view name, driver::LockWait wait);
    void exclude_writers(std::string_view table);

    void commit();
    void rollback() noexcept;
    bool is_open() const { return lease_.has_value(); }

private:
    bool in_snapshot() const { return !is_operation(); }
    bool needs_begin() const { return !begun_ && (writes() || in_snapshot()); }
    bool needs_stamp() const { return in_snapshot() && !stamp_; }
    void require_open() const;

    const Catalog& known();
    std::shared_ptr<const Catalog> load();
    void compare_catalog();
    void read_stamp(const Result& result);

    template <typename Part>
    auto guarded(Part&& part);
    [[noreturn]] void fail();
    std::vector<Result> fly(const Send& send);
    void send_begin(Connection& connection);
    void send_proofs(Connection& connection);
    void read_proofs(const std::vector<Result>& results, std::size_t first);

    void remember_mark();
    void send_commit();
    void resolve_commit();
    void require_standbys();
    void end() noexcept;

    Shared& shared_;
    Pool& pool_;
    const driver::Mode mode_;
    const driver::Isolation isolation_;
    const Control control_;
    std::optional<Lease> lease_;
    std::shared_ptr<const Catalog> catalog_{};  // that it uses; null: not yet asked for
    std::shared_ptr<Catalog> own_catalog_{};    // the same, once this transaction has changed it
    std::optional<std::uint64_t> stamp_{};      // that the server has told
    bool assumed_ = false;                      // catalog_ was remembered, and not yet compared with the server's
    bool told_ = false;                         // somebody relies on catalog_
    bool changed_catalog_ = false;
    bool begun_ = false;  // on the server
    bool wrote_ = false;
    bool aborted_ = false;
    bool locked_names_ = false;
    std::size_t before_ = 0;  // statements that a fly() has sent before those of its caller, until it has succeeded
    std::set<std::string, std::less<>> checked_{};
    std::set<std::string, std::less<>> absent_{};  // whose writers could not be excluded
    std::set<std::string, std::less<>> proved_{};
    std::map<std::string, TableEntry> unproved_{};  // used by what is sent next
    TransactionMark mark_{};                        // of the server's transaction, once it has written
};

template <typename Part>
auto Session::guarded(Part&& part) {
    require_open();
    try {
        return part();
    } catch (...) {
        fail();
    }
}

}  // namespace sheaf::postgres
