// What the operations of a Collection take and return. Shapes and names follow MongoDB's drivers.
//
// to_json() of a result gives the document that the command line prints, such as
// {"acknowledged":true,"matchedCount":1,"modifiedCount":1}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <sheaf/control.hpp>
#include <sheaf/document.hpp>
#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>
#include <sheaf/pipeline.hpp>
#include <sheaf/types.hpp>
#include <sheaf/value.hpp>

namespace sheaf {

// What the caller believes of the document that an operation changes; what each does on each operation stands in one
// table in docs/reference/versions.md.
class ExpectedVersion {
public:
    enum class Kind : std::uint8_t { any, exactly, exists, absent };
    ExpectedVersion() = default;  // any: no check
    static ExpectedVersion any() { return {}; }
    static ExpectedVersion exactly(Version version) { return ExpectedVersion(Kind::exactly, version); }
    static ExpectedVersion exactly(std::int64_t version) { return exactly(Version{version}); }
    static ExpectedVersion exists() { return ExpectedVersion(Kind::exists, {}); }
    static ExpectedVersion absent() { return ExpectedVersion(Kind::absent, {}); }

    Kind kind() const { return kind_; }
    Version version() const { return version_; }  // of exactly()
    std::string text() const;                     // "version 3", "document to exist", ...

private:
    ExpectedVersion(Kind kind, Version version) : kind_(kind), version_(version) {}
    Kind kind_ = Kind::any;
    Version version_{};
};

enum class Upsert : bool { no, yes };
enum class Delete : std::uint8_t { hard, soft };  // soft: keeps the document, archived; ids stay taken
enum class Archived : std::uint8_t { exclude, include, only };

// What to do about a document that another transaction has locked: wait until that one has ended (as long as the
// transaction's Control allows), no_wait: throw `locked`, skip_locked: do as if it were not there.
using LockWait = driver::LockWait;

struct InsertOptions {
    ExpectedVersion expected_version{};
    Control control{};
};

struct FindOptions {
    Document
        sort{};  // {"field": 1 or -1, ...}; empty: any order (that of insertion without an index, else the index's)
    Document projection{};   // empty: everything
    std::int64_t limit = 0;  // 0: none
    std::int64_t skip = 0;
    Archived archived = Archived::exclude;
    Document let{};  // variables for $expr and computed fields: {"limit": 5} is "$$limit" there
    // The name of the index to use, "$natural" for none (a scan of all documents), empty: the planner chooses. Throws
    // invalid_argument when there is no such index or it cannot serve the filter (a sparse or partial one).
    std::string hint{};
    // Locks what is returned until the transaction ends, so that nobody else can change it; a handle from a write
    // Transaction only (else invalid_argument). With skip_locked the search goes on until the limit is full, which
    // makes a job queue of a collection: find_one({"state": "new"}, {.lock = LockWait::skip_locked}). Documents are
    // locked up to 100 at a time, so that some may be locked that the cursor has not returned yet: set a limit. Those
    // that are passed over by `skip` are not locked. On memory and SQLite the write transaction itself is the lock of
    // everything: nobody else can have locked anything, and all three ways are the same.
    std::optional<LockWait> lock{};
    Control control{};
};

struct CountOptions {
    std::int64_t limit = 0;  // 0: none
    std::int64_t skip = 0;
    Archived archived = Archived::exclude;
    Document let{};
    std::string hint{};  // as in FindOptions, here and below
    Control control{};
};

struct DistinctOptions {
    Archived archived = Archived::exclude;
    Document let{};
    std::string hint{};
    Control control{};
};

struct AggregateOptions {
    Archived archived = Archived::exclude;
    Document let{};  // variables of all stages
    std::string hint{};
    Control control{};
};

struct UpdateOptions {
    Upsert upsert = Upsert::no;
    ExpectedVersion expected_version{};
    std::vector<Document> array_filters{};  // {"item.price": {"$gt": 5}} says which elements "$[item]" means
    Document sort{};                        // of update_one and replace_one: which of several matches
    Document let{};
    std::optional<DateTime> now{};  // what $$NOW is, for several calls that belong together; none: the time of the call
    std::string hint{};
    Control control{};
};

struct DeleteOptions {
    Delete mode = Delete::hard;
    ExpectedVersion expected_version{};
    Document let{};
    std::string hint{};
    Control control{};
};

// Which image of the document find_one_and_... returns.
enum class Return : bool { before, after };

struct FindOneAndUpdateOptions {
    Document sort{};        // which of several matches
    Document projection{};  // of what is returned
    Return image = Return::before;
    Upsert upsert = Upsert::no;
    ExpectedVersion expected_version{};
    std::vector<Document> array_filters{};
    Document let{};
    std::string hint{};
    Control control{};
};

struct FindOneAndDeleteOptions {
    Document sort{};
    Document projection{};
    Delete mode = Delete::hard;
    ExpectedVersion expected_version{};
    Document let{};
    std::string hint{};
    Control control{};
};

// For restore and purge, which work on archived documents.
struct ArchiveOptions {
    ExpectedVersion expected_version{};
    Control control{};
};

// A stored document with its system fields, which live beside the body and never in it.
struct Record {
    Document document{};
    Version version{};
    DateTime created{};
    DateTime updated{};
    bool archived = false;

    View operator[](std::string_view key) const { return document[key]; }
    View at(std::string_view path) const { return document.at(path); }
    View id() const { return document["_id"]; }
    // The document followed by _version, _created, _updated and, when set, _archived.
    Document with_system_fields() const;
};

struct InsertOneResult {
    Value inserted_id{};
};

struct InsertManyResult {
    std::vector<Value> inserted_ids{};
    std::int64_t inserted_count() const { return static_cast<std::int64_t>(inserted_ids.size()); }
};

struct UpdateResult {
    std::int64_t matched_count = 0;
    std::int64_t modified_count = 0;  // without those that the update left as they were
    std::optional<Value> upserted_id{};
};

struct DeleteResult {
    std::int64_t deleted_count = 0;
};

// What find_one_and_... did. `record` is the image that was asked for: absent when nothing matched, and for the image
// before an upsert.
struct FindOneAndResult {
    std::optional<Record> record{};
    bool matched = false;
    std::optional<Value> upserted_id{};
};

// One write of bulk_write().
struct InsertOne {
    Document document{};
};
struct UpdateOne {
    Document filter{};
    std::variant<Document, Pipeline> update{};
    UpdateOptions options{};
};
struct UpdateMany {
    Document filter{};
    std::variant<Document, Pipeline> update{};
    UpdateOptions options{};
};
struct ReplaceOne {
    Document filter{};
    Document replacement{};
    UpdateOptions options{};
};
struct DeleteOne {
    Document filter{};
    DeleteOptions options{};
};
struct DeleteMany {
    Document filter{};
    DeleteOptions options{};
};
using BulkOperation = std::variant<InsertOne, UpdateOne, UpdateMany, ReplaceOne, DeleteOne, DeleteMany>;

// ordered: stops at the first write that fails. unordered: tries them all.
enum class Order : std::uint8_t { ordered, unordered };

struct BulkWriteOptions {
    Order order = Order::ordered;
    Control control{};
};

struct BulkWriteResult {
    std::int64_t inserted_count = 0;
    std::int64_t matched_count = 0;
    std::int64_t modified_count = 0;
    std::int64_t deleted_count = 0;
    std::int64_t upserted_count = 0;
    struct Upserted {
        std::size_t index = 0;  // of the operation
        Value id{};
    };
    std::vector<Upserted> upserted_ids{};
    struct Failure {
        std::size_t index = 0;
        Error error;
    };
    std::vector<Failure> failures{};  // at most one when ordered; the writes that did not fail stand
};

struct RestoreResult {
    std::int64_t restored_count = 0;
};

struct PurgeResult {
    std::int64_t purged_count = 0;
};

std::string to_json(const InsertOneResult& result);
std::string to_json(const InsertManyResult& result);
std::string to_json(const UpdateResult& result);
std::string to_json(const DeleteResult& result);
std::string to_json(const BulkWriteResult& result);
std::string to_json(const RestoreResult& result);
std::string to_json(const PurgeResult& result);

}  // namespace sheaf
