#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>

#include <algorithm>

#include "engine/batch_insert.hpp"
#include "engine/store.hpp"

namespace sheaf {

namespace {

// Runs one bulk_write: each operation through the collection's own methods.
class BulkWrite {
public:
    BulkWrite(Collection& collection, const BulkWriteOptions& options) : collection_(collection), options_(options) {}

    BulkWriteResult run(std::span<const BulkOperation> operations) {
        std::size_t at = 0;
        try {
            while (at < operations.size() && !stopped_) {
                options_.control.check();
                const auto rest = operations.subspan(at);
                const auto inserts =
                    static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_insert) - rest.begin());
                if (inserts > 0) {
                    insert(at, rest.first(inserts));
                    at += inserts;
                } else {
                    run_one(at, operations[at]);
                    ++at;
                }
            }
        } catch (const Error& error) {
            fail(at, error);  // the time is over, or the store has failed: what has been done stands
        }
        return std::move(result_);
    }

    // In a transaction: all or nothing.
    BulkWriteResult run_or_throw(std::span<const BulkOperation> operations) {
        for (std::size_t i = 0; i < operations.size(); ++i) {
            try {
                apply(i, operations[i]);
            } catch (const Error& error) {
                throw error.with_context("operation " + std::to_string(i) + ": ");
            }
        }
        return std::move(result_);
    }

private:
    static bool is_insert(const BulkOperation& operation) { return std::holds_alternative<InsertOne>(operation); }

    void fail(std::size_t index, const Error& error) {
        result_.failures.push_back({index, error});
        stopped_ = options_.order == Order::ordered || !engine::is_of_one_write(error);
    }

    void insert(std::size_t first, std::span<const BulkOperation> inserts) {
        std::vector<Document> documents;
        for (const BulkOperation& insert : inserts) documents.push_back(std::get<InsertOne>(insert).document);
        std::size_t inserted = 0;
        const std::size_t failures_before = result_.failures.size();
        const auto failed = [&](std::size_t index, const Error& error) { fail(first + index, error); };
        try {
            engine::insert_in_batches(collection_, documents, options_.order, options_.control, inserted, failed);
        } catch (const Error& error) {
            fail(first + inserted + result_.failures.size() - failures_before, error);
        }
        result_.inserted_count += static_cast<std::int64_t>(inserted);
    }

    void run_one(std::size_t index, const BulkOperation& operation) {
        try {
            apply(index, operation);
        } catch (const Error& error) {
            fail(index, error);
        }
    }

    void apply(std::size_t index, const BulkOperation& operation) {
        std::visit([&](const auto& write) { apply(index, write); }, operation);
    }
    void apply(std::size_t, const InsertOne& write) {
        collection_.insert_one(write.document, {.control = options_.control});
        ++result_.inserted_count;
    }
    void apply(std::size_t index, const UpdateOne& write) {
        const auto update = [&](const auto& change) {
            return collection_.update_one(write.filter, change, bounded(write.options));
        };
        count(index, std::visit(update, write.update));
    }
    void apply(std::size_t index, const UpdateMany& write) {
        const auto update = [&](const auto& change) {
            return collection_.update_many(write.filter, change, bounded(write.options));
        };
        count(index, std::visit(update, write.update));
    }
    void apply(std::size_t index, const ReplaceOne& write) {
        count(index, collection_.replace_one(write.filter, write.replacement, bounded(write.options)));
    }
    void apply(std::size_t, const DeleteOne& write) {
        result_.deleted_count += collection_.delete_one(write.filter, bounded(write.options)).deleted_count;
    }
    void apply(std::size_t, const DeleteMany& write) {
        result_.deleted_count += collection_.delete_many(write.filter, bounded(write.options)).deleted_count;
    }

    // An operation's own deadline and stop token narrow those of the whole.
    template <typename Options>
    Options bounded(Options options) const {
        options.control = engine::narrowed(options.control, options_.control);
        return options;
    }

    void count(std::size_t index, UpdateResult update) {
        result_.matched_count += update.matched_count;
        result_.modified_count += update.modified_count;
        if (!update.upserted_id) return;
        ++result_.upserted_count;
        result_.upserted_ids.push_back({index, std::move(*update.upserted_id)});
    }

    Collection& collection_;
    const BulkWriteOptions& options_;
    BulkWriteResult result_;
    bool stopped_ = false;
};

}  // namespace

BulkWriteResult Collection::bulk_write(std::span<const BulkOperation> operations, const BulkWriteOptions& options) {
    BulkWrite bulk(*this, options);
    if (session_ == nullptr) return bulk.run(operations);
    try {
        return bulk.run_or_throw(operations);
    } catch (...) {
        session_->abort();
        throw;
    }
}

}  // namespace sheaf
