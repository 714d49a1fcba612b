// The storage contract: what a backend implements so that every feature of sheaf works on it.
//
// A backend keeps rows and knows nothing of queries, ids, soft delete or history: meaning lives in the engine. The
// conformance suite (tests/conformance) is written against this page; a backend is done when it passes.
//
// Kinds of table:
//   documents     key, body, version, archived, created, updated, and rid: the row's place in insertion order. A row
//                 that is replaced keeps its rid; a removed key that returns gets a new, larger one.
//   ordered       key and body only, in key order; for everything else.
//   index         pairs of a key and the rid of a row of a documents table, in the order of key and then rid. The
//                 engine makes the keys; the backend keeps the pairs, and fetches the rows that they point to. Where
//                 one key of an index is the beginning of another, the longer goes on with FF. Rids are not negative.
//   unique_index  the same, but each key at most once: a second rid for a key is `duplicate_entry`.
// Keys are opaque, order-preserving byte strings of at most 1 KiB and a bit; their order is unsigned bytewise.
// (Keys of documents tables are the engine's key encoding of the _id, docs/formats/keys.md; a backend may store them in
// another form, such as TEXT for strings, as long as it hands out the same bytes in the same order.)
//
// Threads: a Backend is thread-safe. A Transaction and its Cursors belong to one thread at a time and can be moved
// between threads. A Transaction must not outlive its Backend, nor a Cursor its Transaction.
//
// Bytes: what is passed in is borrowed for the call. A Row owns its bytes. A RowView lends them until the cursor moves
// or ends; whoever needs them longer copies them (docs/adr/0003).
//
// Time: a Control bounds every wait; when it ends, deadline_exceeded or cancelled is thrown and nothing has happened.
//
// Errors: `serialization` and `deadlock` for a conflict with another transaction, `unavailable` when the server cannot
// be reached or the connection broke: nothing of the transaction is there, and it can be tried from its beginning.
// `busy` when another writer holds the store until the wait ends, `locked` when this thread already holds the
// writer, `not_found` for a missing table, `corrupt` and `io` for a damaged or failing medium, `unsupported` for what
// the backend's Capabilities do not promise, `closed` for the use of what has ended. After a medium has failed during a
// write
// (`io`) or a commit (`commit_unknown`: it may or may not hold the transaction) the backend refuses all further writes
// until it is opened again; a full disk is an `io` error after which writing may go on. Version mismatches and
// duplicates are outcomes, not errors.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/control.hpp>
#include <sheaf/predicate.hpp>
#include <sheaf/types.hpp>

namespace sheaf::driver {

enum class TableKind : std::uint8_t { documents, ordered, index, unique_index };

constexpr bool is_index(TableKind kind) {
    return kind == TableKind::index || kind == TableKind::unique_index;
}

struct TableInfo {
    std::string name{};
    TableKind kind = TableKind::documents;
    Bytes description{};  // what the engine keeps about the table; it goes where the table goes
    bool operator==(const TableInfo&) const = default;
};

struct RowMeta {
    std::int64_t rid = 0;
    Version version{};
    bool archived = false;
    DateTime created{};
    DateTime updated{};
    bool operator==(const RowMeta&) const = default;
};

struct Row {
    Bytes body;
    RowMeta meta{};  // zero in ordered tables
};

// Of an index table: no body, and of the metadata the rid only.
struct RowView {
    BytesView body{};
    RowMeta meta{};
};

// What a write says about the row that it replaces or removes.
struct Expect {
    enum class Kind : std::uint8_t { any, absent, version };
    Kind kind = Kind::any;
    Version version{};

    static Expect any() { return {}; }
    static Expect absent() { return {Kind::absent, {}}; }
    static Expect exactly(Version version) { return {Kind::version, version}; }
};

// A pair that a write adds to an index table or removes from it. The rid is that of the written row.
struct IndexEntry {
    enum class Kind : std::uint8_t { add, remove };
    Kind kind = Kind::add;
    std::string_view index{};  // name of the index table
    BytesView key{};
};

struct Write {
    enum class Kind : std::uint8_t { put, remove };
    Kind kind = Kind::put;
    BytesView key{};
    BytesView body{};  // of a put
    // Of a put into a documents table: what to store. Its rid is ignored where the row is new (the backend assigns it)
    // and has to be the row's own where the write, a removal too, expects a version and has entries. In an index table:
    // the pair's rid.
    RowMeta meta{};
    Expect expect{};  // `version` only in documents tables; `any` only in index tables
    // Of a write to a documents table that expects the row to be absent or of a version. Removals first.
    std::span<const IndexEntry> entries{};
};

// `duplicate`: absent was expected and the key exists. `mismatch`: a version was expected and the row has another one
// or does not exist. `duplicate_entry`: a unique index has one of the entries' keys for another row (of an earlier
// write of the batch, maybe); so too for a put into a unique_index. Removing a missing key with Expect::any is `done`,
// so is adding a pair that is there and removing one that is not.
enum class Outcome : std::uint8_t { done, mismatch, duplicate, duplicate_entry };

struct KeyRange {
    std::optional<Bytes> lower{};  // inclusive; none: from the first key
    std::optional<Bytes> upper{};  // exclusive; none: to the last key
};

// A condition on bodies, by which a scan may leave out rows without handing them over. What it throws comes out of
// Cursor::next() (or scan()) unchanged.
class RowFilter {
public:
    virtual ~RowFilter() = default;
    virtual bool wants(BytesView body) = 0;
};

enum class Order : std::uint8_t { insertion, key, key_descending };  // insertion: documents tables only

// What of the rows is wanted, for a backend whose own engine can leave out others. It may: what it hands over still has
// to be asked.
struct Where {
    const Predicate* predicate = nullptr;  // null: any; borrowed by the cursor
    std::optional<bool> archived{};        // rows with this flag only
};

struct Scan {
    Order order = Order::insertion;
    KeyRange range{};             // with the key orders
    std::int64_t after_rid = 0;   // with insertion order: rows with a larger rid only, to resume by position
    RowFilter* filter = nullptr;  // only rows that it wants, asked of each row once; borrowed by the cursor
    Where where{};
    std::int64_t limit = 0;  // about how many rows will be read; 0: unknown. More must come when they are asked for
};

// The rows of a documents table that an index leads to, in the order of its pairs: a row comes once for each pair. A
// pair whose row does not exist is passed over.
struct IndexScan {
    std::string_view index{};            // name of the index table
    std::span<const KeyRange> ranges{};  // ascending and disjoint; copied; none: all pairs
    Order order = Order::key;            // or key_descending, which begins at the end of the last range
    RowFilter* filter = nullptr;         // as in Scan, like the rest
    Where where{};
    std::int64_t limit = 0;
};

// Rows as they are in the transaction at the time of scan(). What the same transaction writes while a cursor is open
// may or may not be seen by it: collect before writing.
class Cursor {
public:
    virtual ~Cursor() = default;
    // Moves to the next row and lends it; false at the end.
    virtual bool next(RowView& row) = 0;
    // The current row's key; of fetch() the key of the pair. Valid until the cursor moves.
    virtual BytesView key() = 0;
};

enum class Mode : std::uint8_t { read, write };
enum class LockWait : std::uint8_t { wait, no_wait, skip_locked };

class Pushdown;  // pushdown.hpp

// A read transaction is a snapshot: it sees the store as it was at begin(), whatever others commit meanwhile. A write
// transaction sees its own writes. The destructor rolls back what was not committed and never throws. Where write
// transactions run side by side, a table that was dropped, renamed or made again since a snapshot throws
// `serialization` when its rows are asked for, and who wants to do that waits for those who have used the table.
class Transaction {
public:
    virtual ~Transaction() = default;

    // Tables. All of it commits or rolls back with the transaction.
    virtual std::vector<TableInfo> tables() = 0;  // sorted by name
    virtual std::optional<TableInfo> find_table(std::string_view name) = 0;
    // Replaces the description of a table. Throws not_found.
    virtual void describe_table(std::string_view name, BytesView description) = 0;
    // A number that stands for all tables and their descriptions: while two transactions of one Backend have the same,
    // these are the same too. 0 when this transaction itself has changed them. Cheap: asked by every operation.
    virtual std::uint64_t catalog_stamp() = 0;
    // True when the table was made now; an existing table of another kind throws already_exists.
    virtual bool ensure_table(std::string_view name, TableKind kind) = 0;
    virtual void rename_table(std::string_view from, std::string_view to) = 0;  // not_found, already_exists
    virtual bool drop_table(std::string_view name) = 0;                         // false: there was none

    // Reading. A missing table throws not_found.
    virtual std::optional<Row> get(std::string_view table, BytesView key) = 0;
    // One entry per key, in the order of keys.
    virtual std::vector<std::optional<Row>> get_many(std::string_view table, std::span<const BytesView> keys) = 0;
    virtual std::unique_ptr<Cursor> scan(std::string_view table, const Scan& scan) = 0;
    virtual std::unique_ptr<Cursor> fetch(std::string_view table, const IndexScan& scan) = 0;
    // How many rows the ranges hold, without looking at them one by one in the caller; stops at `limit` (0: none). No
    // ranges: all rows.
    virtual std::int64_t count(std::string_view table, std::span<const KeyRange> ranges, std::int64_t limit) = 0;
    // About how many rows a table has, in a time that does not grow with it; rather too many than too few.
    virtual std::int64_t estimate(std::string_view table) = 0;

    // Applies all writes in order, or none: when any outcome is not `done`, the batch has changed nothing and the
    // transaction stays usable. One outcome per write; those after the first failure are unspecified, so that a backend
    // may stop there. Not in a read transaction (unsupported).
    virtual std::vector<Outcome> apply(std::string_view table, std::span<const Write> writes) = 0;

    // Locks. Where write transactions are serialised, the transaction itself is the lock of everything, and these
    // return at once. Held until the transaction ends. Not in a read transaction (unsupported). With no_wait, `locked`
    // is thrown when another transaction has the lock, and the transaction stays usable.

    // Locks rows of a documents table and returns them as they are then, in the order of keys; none for those that are
    // missing and, with skip_locked, for those that another transaction has locked.
    virtual std::vector<std::optional<Row>> lock_rows(std::string_view table, std::span<const BytesView> keys,
                                                      LockWait wait) = 0;
    // Locks a name that stands for whatever programs agree on; false: skipped. Before anything else in the transaction
    // (invalid_argument), so that its snapshot is younger than the lock.
    virtual bool lock_name(std::string_view name, LockWait wait) = 0;
    // Waits until no other transaction has written to the table; lets none write to it or change its description until
    // the end. A missing one is fine (serialization if made meanwhile). First in the transaction (unsupported), too.
    virtual void exclude_writers(std::string_view table) = 0;

    // What the backend's own engine can do with rows; null: nothing.
    virtual Pushdown* pushdown() { return nullptr; }

    // When commit returns, the writes have the backend's durability. When it throws, they are not there, but for
    // `commit_unknown`. The transaction is over either way.
    virtual void commit() = 0;
};

// What a transaction sees of what others commit while it runs. Backends that serialise writers need not distinguish.
enum class Isolation : std::uint8_t {
    // One snapshot. A write transaction takes effect as if it ran alone, or fails with `serialization` or `deadlock`.
    serializable,
    // For what gets one row, inserts, or changes one row under a version that it has read: each call may see a newer
    // state, and Expect decides. The catalog of a write transaction may be a little old; when it is no longer right, a
    // write or the commit throws `serialization`.
    operation,
};

enum class Staleness : std::uint8_t { none, allowed };  // of what a read transaction sees: from a replica, maybe

struct BeginOptions {
    Mode mode = Mode::read;
    Isolation isolation = Isolation::serializable;
    Staleness staleness = Staleness::none;
    Control control{};
};

enum class Durability : std::uint8_t {
    durable,  // a committed write survives a power cut
    process,  // survives the death of the process, not a power cut
    memory,   // lives as long as the process
};

std::string_view name(Durability durability);

// Differences between backends are declared here, never found out by name.
struct Capabilities {
    std::string backend{};  // for people: "memory", "sqlite"
    Durability durability = Durability::durable;
    bool persistent = true;
    bool multi_process = false;       // several processes may open one store
    bool concurrent_writers = false;  // write transactions run side by side and may conflict
    bool row_locks = false;           // lock() locks less than the store
};

struct Statistics {
    std::int64_t bytes = 0;                                      // on the medium, or held in memory
    std::vector<std::pair<std::string, std::string>> details{};  // for people
};

// Tells that something may have been committed, by whomever. Threads: one at a time. Must not outlive its Backend.
class ChangeSignal {
public:
    virtual ~ChangeSignal() = default;
    // Returns when something may have been committed since it was made or last returned. Too often rather than too
    // rarely.
    virtual void wait(const Control& control) = 0;
};

class Backend {
public:
    virtual ~Backend() = default;
    virtual const Capabilities& capabilities() const = 0;
    virtual std::unique_ptr<Transaction> begin(const BeginOptions& options) = 0;
    virtual std::unique_ptr<ChangeSignal> changes() { return nullptr; }  // null: not offered
    virtual Statistics statistics() = 0;
    virtual void ping() = 0;  // throws when the store cannot be read
    // Reports what a destructor could not. Throws `busy` while another transaction is open (`locked` when it is this
    // thread's own writer). Afterwards every call throws `closed`, close() too.
    virtual void close() = 0;
};

}  // namespace sheaf::driver
