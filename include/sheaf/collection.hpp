// Collection: documents under a name, with MongoDB-style filters and updates.
//
// A Collection is a light handle; it does not make the collection. The first insert does; until then it reads as empty.
// Each call is a transaction of its own, all or nothing, unless the handle comes from Transaction::collection().
//
// Threads: thread-safe, unless it comes from a Transaction: then it serves that transaction's thread.
// Lifetime: keeps its Database open; one from a Transaction must not be used after the transaction has ended.
// Every call may throw deadline_exceeded, cancelled, busy, unavailable, io and corrupt beside what is listed; what
// writes may throw conflict where write transactions run side by side, after many tries.
//
//     Collection users = database.collection("users");
//     users.insert_one(R"({"_id": "ada", "name": "Ada", "visits": 1})"_json);
//     users.update_one(R"({"_id": "ada"})"_json, R"({"$inc": {"visits": 1}})"_json);
//     for (Cursor adults = users.find(R"({"age": {"$gte": 18}})"_json); auto record = adults.next();)
//         std::cout << record->document.to_json() << '\n';
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sheaf/description.hpp>
#include <sheaf/explain.hpp>
#include <sheaf/group.hpp>
#include <sheaf/index.hpp>
#include <sheaf/page.hpp>
#include <sheaf/results.hpp>

namespace sheaf {

namespace engine {
class Store;
class Session;
class FindCursor;
class AggregateCursor;
}  // namespace engine

// Streams the results of find(). Holds a snapshot of the store until it ends or is destroyed: read it to the end or
// drop it soon. With a sort that no index answers the results are held in memory, and beyond Limits::sort_bytes in a
// temporary file. Threads: one at a time; can be moved.
class Cursor {
public:
    ~Cursor();
    Cursor(Cursor&&) noexcept;
    Cursor& operator=(Cursor&&) noexcept;
    // The next record, or nothing at the end.
    std::optional<Record> next();

private:
    friend class Collection;
    explicit Cursor(std::unique_ptr<engine::FindCursor> impl);
    std::unique_ptr<engine::FindCursor> impl_;
};

// Streams the results of aggregate(). The same rules as for Cursor; what $group and $sort hold in memory is bounded by
// Limits::pipeline_bytes and Limits::sort_bytes.
class DocumentCursor {
public:
    ~DocumentCursor();
    DocumentCursor(DocumentCursor&&) noexcept;
    DocumentCursor& operator=(DocumentCursor&&) noexcept;
    // The next document, or nothing at the end.
    std::optional<Document> next();

private:
    friend class Collection;
    friend class Database;
    explicit DocumentCursor(std::unique_ptr<engine::AggregateCursor> impl);
    std::unique_ptr<engine::AggregateCursor> impl_;
};

class Collection {
public:
    const std::string& name() const { return name_; }

    // A document without _id gets a time-ordered UUIDv7 string, put first. _id may be any scalar.
    // Throws duplicate_key, version_mismatch, invalid_document (brings system fields), invalid_id, limit_exceeded.
    InsertOneResult insert_one(const Document& document, const InsertOptions& options = {});
    // All or none.
    InsertManyResult insert_many(std::span<const Document> documents, const InsertOptions& options = {});

    // By _id; archived documents are not seen. Throws invalid_id for what no document can have.
    std::optional<Record> get(const Value& id, const Control& control = {}) const;
    // The same, and locks the document until the transaction ends: what is returned is what it is now, and nobody else
    // can change it. With skip_locked, nothing while another transaction has it locked. On memory and SQLite the write
    // transaction itself is the lock of everything, and this is get(). Throws invalid_argument unless the handle comes
    // from a write Transaction, locked (no_wait; the transaction stays usable), serialization and deadlock
    // (docs/reference/transactions.md).
    std::optional<Record> get_for_update(const Value& id, LockWait wait = LockWait::wait);
    // Throws invalid_filter, invalid_sort, invalid_projection, limit_exceeded.
    std::optional<Record> find_one(const Document& filter = {}, const FindOptions& options = {}) const;
    Cursor find(const Document& filter = {}, const FindOptions& options = {}) const;
    std::int64_t count_documents(const Document& filter = {}, const CountOptions& options = {}) const;
    // A page of the results, and the tokens of its neighbours. Throws as find(), and invalid_argument for tokens.
    Page find_page(const Document& filter = {}, const PageOptions& options = {}) const;
    bool exists(const Document& filter, const CountOptions& options = {}) const;
    // The values at a path over all matching documents, each once, in order; arrays count by their elements.
    std::vector<Value> distinct(std::string_view path, const Document& filter = {},
                                const DistinctOptions& options = {}) const;
    // Throws invalid_argument, invalid_filter, invalid_projection, invalid_sort and type_mismatch for stages and
    // expressions that cannot be understood, unsupported for stages that sheaf does not have; reading may throw
    // type_mismatch, invalid_argument and limit_exceeded for what a document makes of them.
    DocumentCursor aggregate(const Pipeline& pipeline, const AggregateOptions& options = {}) const;

    // One aggregate over all matching documents. Throws as find(), invalid_argument and limit_exceeded.
    Value aggregate(Aggregate op, std::string_view field, const Document& filter = {},
                    const CountOptions& options = {}) const;
    // Groups of the documents that have the same values at the fields. What the groups take in memory is bounded by
    // Limits::pipeline_bytes.
    std::vector<Group> group_by(const std::vector<std::string>& fields, const std::vector<FieldAggregate>& aggregates,
                                const Document& filter = {}, const GroupOptions& options = {}) const;
    // How find() would answer, found out by doing it.
    Explanation explain(const Document& filter = {}, const ExplainOptions& options = {}) const;

    // Throws invalid_filter, invalid_update, type_mismatch, path_not_viable, conflicting_paths, immutable_field,
    // duplicate_key (upsert), version_mismatch, limit_exceeded; then nothing has changed.
    UpdateResult update_one(const Document& filter, const Document& update, const UpdateOptions& options = {});
    UpdateResult update_many(const Document& filter, const Document& update, const UpdateOptions& options = {});
    // A pipeline of $set, $unset, $project and $replaceWith computes the new document from the old one.
    UpdateResult update_one(const Document& filter, const Pipeline& update, const UpdateOptions& options = {});
    UpdateResult update_many(const Document& filter, const Pipeline& update, const UpdateOptions& options = {});
    // The new document keeps the old _id; it may repeat it, and may repeat equal system fields, which are left out.
    UpdateResult replace_one(const Document& filter, const Document& replacement, const UpdateOptions& options = {});

    DeleteResult delete_one(const Document& filter, const DeleteOptions& options = {});
    DeleteResult delete_many(const Document& filter, const DeleteOptions& options = {});
    // Changes one document and returns it, as it was before or as it is then.
    FindOneAndResult find_one_and_update(const Document& filter, const Document& update,
                                         const FindOneAndUpdateOptions& options = {});
    FindOneAndResult find_one_and_update(const Document& filter, const Pipeline& update,
                                         const FindOneAndUpdateOptions& options = {});
    FindOneAndResult find_one_and_replace(const Document& filter, const Document& replacement,
                                          const FindOneAndUpdateOptions& options = {});
    FindOneAndResult find_one_and_delete(const Document& filter, const FindOneAndDeleteOptions& options = {});

    // Several writes in their order. Each is a transaction of its own, as in MongoDB (runs of inserts share some), and
    // its failure is in the result, not thrown; also when the time is over, and then no more are tried. A handle from a
    // Transaction is different: there the first failure is thrown and aborts the transaction.
    BulkWriteResult bulk_write(std::span<const BulkOperation> operations, const BulkWriteOptions& options = {});

    // Brings archived documents back.
    RestoreResult restore(const Document& filter, const ArchiveOptions& options = {});
    // Removes archived documents for good.
    PurgeResult purge(const Document& filter, const ArchiveOptions& options = {});

    // Puts records back as they were, system fields included; for import of an export. Existing ids throw
    // duplicate_key.
    InsertManyResult insert_records(std::span<const Record> records, const InsertOptions& options = {});

    // Makes an index, over the documents that are there as well; the collection too, if need be. Others may read and
    // write meanwhile. Returns its name. An equal one that is there is fine (an interrupted building is finished).
    // Throws conflict when there is another one of that name, or the same under another name, duplicate_key when
    // documents break a unique one, invalid_document for arrays that cannot be indexed together; then nothing is left
    // of it (but of a building that was begun by another call).
    std::string create_index(const Document& keys, const IndexOptions& options = {}, const BuildOptions& build = {});
    // Makes sure that there is such an index: one of the same name with another definition is built anew.
    IndexChange ensure_index(const IndexDefinition& definition, const BuildOptions& build = {});
    bool drop_index(std::string_view name, const Control& control = {});     // false: there was none
    std::vector<IndexInfo> list_indexes(const Control& control = {}) const;  // by name, without that of _id
    // Drops the indexes that are not among the wanted ones, by their definitions; only says so in a dry run.
    StaleIndexes drop_stale_indexes(std::span<const IndexDefinition> wanted, DryRun dry_run = DryRun::no,
                                    const Control& control = {});
    // Compares the index with the documents. Throws not_found.
    IndexCheck verify_index(std::string_view name, const Control& control = {}) const;
    // Removes the documents whose time is over by an index with expire_after; as many transactions as it takes. Returns
    // how many.
    std::int64_t expire(const Control& control = {});
    CollectionDescription describe(const DescribeOptions& options = {}) const;

    void rename(std::string_view new_name,
                const Control& control = {});  // the handle follows; conflict: unfinished index
    void drop(const Control& control = {});    // a missing collection is fine

private:
    friend class Database;
    friend class Transaction;
    Collection(std::shared_ptr<engine::Store> store, std::shared_ptr<engine::Session> session, std::string name);
    std::shared_ptr<engine::Store> store_;
    std::shared_ptr<engine::Session> session_;  // of a transaction, or null
    std::string name_;
};

}  // namespace sheaf
