// Database: an open store. Made by sheaf::open() (sheaf/open.hpp).
//
// Threads: thread-safe. Copies are handles to the same store, which closes with the last of them, of its collections
// and cursors, or by close().
//
//     Database database = sheaf::open("app.db");
//     database.run_in_transaction([](Transaction& tx) {
//         tx.collection("accounts").update_one(R"({"_id": 1})"_json, R"({"$inc": {"balance": -5}})"_json);
//         tx.collection("accounts").update_one(R"({"_id": 2})"_json, R"({"$inc": {"balance": 5}})"_json);
//     });
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/collection.hpp>
#include <sheaf/driver/backend.hpp>

namespace sheaf {

// A read transaction is a snapshot for several queries; it never waits for a writer, and refuses to write.
enum class Access : std::uint8_t { read, write };

// allowed: a read transaction may see a state that is a little old, so that it can be answered by a replica where the
// store has some. It is one snapshot all the same.
using Staleness = driver::Staleness;

struct TransactionOptions {
    Access access = Access::write;
    Staleness staleness = Staleness::none;  // with Access::read only, else invalid_argument
    Control control{};                      // bounds the wait for the writer and every call inside, retries included
    // Of run_in_transaction: how often it may be run again when another transaction got in its way, or the server went
    // away (for that, twice at most). At once, then after pauses from 1 ms to 200 ms.
    int retries = 10;
};

// Several operations on several collections that happen together or not at all. Reads see the transaction's own writes
// and otherwise a snapshot. The destructor rolls back; an operation that fails after it has begun to write aborts the
// transaction, and then commit() throws transaction_aborted.
//
// Where write transactions run side by side (Capabilities::concurrent_writers), each takes effect as if it ran alone,
// or else a call or commit() throws serialization or deadlock: then nothing of it is there, and it can be run again
// from its beginning, which run_in_transaction() does. Threads: one at a time; can be moved. A second write transaction
// begun by the same thread throws `locked`.
class Transaction {
public:
    ~Transaction();
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) noexcept;

    Collection collection(std::string_view name);  // throws invalid_name
    void create_collection(std::string_view name);
    bool drop_collection(std::string_view name);
    void rename_collection(std::string_view from, std::string_view to);
    std::vector<std::string> list_collections();

    // Locks a name on which programs have agreed, until the transaction ends; true when it is locked. False with
    // skip_locked while another transaction has it; no_wait then throws `locked`, and the transaction stays usable.
    // Before the transaction reads or writes anything, else invalid_argument, so that it sees all that the lock's last
    // holder has committed. Several may be taken. On memory and SQLite the write transaction itself is the lock of
    // everything: always true, at once. Throws invalid_argument in a read transaction.
    bool advisory_lock(std::string_view name, LockWait wait = LockWait::wait);

    void commit();
    void rollback() noexcept;

private:
    friend class Database;
    explicit Transaction(std::shared_ptr<engine::Session> session);
    std::shared_ptr<engine::Session> session_;
};

// Tells that something may have been committed, by this program or another one: the wake-up of whoever wants to look.
// What has changed it does not say. Threads: one at a time; can be moved. Keeps its Database open.
//
//     for (ChangeSignal changes = database.changes();;) {
//         work_off(database.collection("jobs"));
//         changes.wait({.deadline = Control::within(std::chrono::minutes(1))});
//     }
class ChangeSignal {
public:
    ~ChangeSignal();
    ChangeSignal(ChangeSignal&&) noexcept;
    ChangeSignal& operator=(ChangeSignal&&) noexcept;

    // Returns when something may have been committed since the signal was made or wait() last returned: nothing is
    // missed in between. It may also return for no reason. Commits of this Database are told at once, those of other
    // programs within some tens of milliseconds on SQLite. Throws deadline_exceeded, cancelled, closed, unavailable.
    void wait(const Control& control = {});

private:
    friend class Database;
    ChangeSignal(std::shared_ptr<engine::Store> store, std::unique_ptr<driver::ChangeSignal> signal);
    std::shared_ptr<engine::Store> store_;  // outlives the signal
    std::unique_ptr<driver::ChangeSignal> signal_;
};

struct CollectionStats {
    std::string name{};
    std::int64_t documents = 0;
    std::int64_t archived = 0;
    std::int64_t bytes = 0;            // of the encoded documents
    std::vector<IndexInfo> indexes{};  // with their entries counted
    // How often this Database has read more than 10,000 documents of it one by one for want of an index.
    std::int64_t large_scans = 0;
};

struct DatabaseStats {
    driver::Capabilities capabilities;
    driver::Statistics storage;
    std::vector<CollectionStats> collections;
};

class Database {
public:
    // Names: letters, digits, "_", "-", "."; at most 128 bytes; not starting with "_sheaf_". Case matters.
    Collection collection(std::string_view name) const;                                    // throws invalid_name
    void create_collection(std::string_view name, const Control& control = {});            // an existing one is fine
    bool drop_collection(std::string_view name, const Control& control = {});              // false: there was none
    void rename(std::string_view from, std::string_view to, const Control& control = {});  // not_found, already_exists
    std::vector<std::string> list_collections(const Control& control = {}) const;          // sorted
    bool has_collection(std::string_view name, const Control& control = {}) const;

    Transaction begin(const TransactionOptions& options = {});
    // Runs the function in a transaction and commits; rolls back when it throws. Runs it again after serialization,
    // deadlock and unavailable, so it must not have effects outside the store; when it has failed too often, throws
    // conflict (or unavailable). What the function has committed itself is never run again.
    void run_in_transaction(const std::function<void(Transaction&)>& function, const TransactionOptions& options = {});

    // A pipeline that brings its own documents ($documents). Throws invalid_argument for one that needs a collection.
    DocumentCursor aggregate(const Pipeline& pipeline, const AggregateOptions& options = {}) const;

    // A MongoDB command document ({"find": "users", "filter": {...}}) and its reply, errors included: then {"ok": 0.0,
    // "errmsg": ..., "code": ..., "codeName": ...}. Which commands there are: docs/reference/commands.md. "$db" is
    // ignored. Cursors stay open between commands until they end, are killed or have been idle for ten minutes.
    Document run_command(const Document& command, const Control& control = {});

    // Throws unsupported where the backend has no such signal.
    ChangeSignal changes() const;

    // Collection::expire() of all collections.
    std::int64_t expire(const Control& control = {});

    const driver::Capabilities& capabilities() const;
    DatabaseStats stats(const Control& control = {}) const;  // reads every document
    void close();                                            // reports what the destructor could not

private:
    friend Database make_database(std::shared_ptr<engine::Store> store);
    friend const std::shared_ptr<engine::Store>& store_of(const Database& database);
    explicit Database(std::shared_ptr<engine::Store> store);
    std::shared_ptr<engine::Store> store_;
};

}  // namespace sheaf
