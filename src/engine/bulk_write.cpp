#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>

#include <algorithm>

namespace sheaf {

namespace {

// Runs one bulk_write: each operation through the collection's own methods.
class BulkWrite {
public:
    BulkWrite(Collection& collection, const Control& control) : collection_(collection), control_(control) {}

    // False when the operation has failed.
    bool run(std::size_t index, const BulkOperation& operation) {
        try {
            std::visit([&](const auto& write) { apply(index, write); }, operation);
            return true;
        } catch (const Error& error) {
            result.failures.push_back({index, error});
            return false;
        }
    }

    // A run of inserts as one batch, which is much faster; false when that fails and nothing has happened.
    bool insert(std::span<const BulkOperation> inserts) {
        std::vector<Document> documents;
        for (const BulkOperation& insert : inserts) documents.push_back(std::get<InsertOne>(insert).document);
        try {
            result.inserted_count += collection_.insert_many(documents, {.control = control_}).inserted_count();
            return true;
        } catch (const Error&) {
            return false;
        }
    }

    BulkWriteResult result;

private:
    template <typename Options>
    Options bounded(Options options) const {
        if (!options.control.deadline) options.control.deadline = control_.deadline;
        if (!options.control.stop.stop_possible()) options.control.stop = control_.stop;
        return options;
    }

    void apply(std::size_t, const InsertOne& write) {
        collection_.insert_one(write.document, {.control = control_});
        ++result.inserted_count;
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
        result.deleted_count += collection_.delete_one(write.filter, bounded(write.options)).deleted_count;
    }
    void apply(std::size_t, const DeleteMany& write) {
        result.deleted_count += collection_.delete_many(write.filter, bounded(write.options)).deleted_count;
    }

    void count(std::size_t index, UpdateResult update) {
        result.matched_count += update.matched_count;
        result.modified_count += update.modified_count;
        if (!update.upserted_id) return;
        ++result.upserted_count;
        result.upserted_ids.push_back({index, std::move(*update.upserted_id)});
    }

    Collection& collection_;
    const Control& control_;
};

bool is_insert(const BulkOperation& operation) {
    return std::holds_alternative<InsertOne>(operation);
}

}  // namespace

BulkWriteResult Collection::bulk_write(std::span<const BulkOperation> operations, const BulkWriteOptions& options) {
    BulkWrite bulk(*this, options.control);
    for (std::size_t i = 0; i < operations.size();) {
        options.control.check();
        const auto rest = operations.subspan(i);
        const auto inserts =
            static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_insert) - rest.begin());
        if (inserts > 1 && bulk.insert(rest.first(inserts))) {
            i += inserts;
            continue;
        }
        // Singly, so that each failure is known; a run of inserts that fails as a batch is not tried as one again.
        for (const std::size_t end = i + std::max<std::size_t>(inserts, 1); i < end; ++i) {
            if (!bulk.run(i, operations[i]) && options.order == Order::ordered) return std::move(bulk.result);
        }
    }
    return std::move(bulk.result);
}

}  // namespace sheaf
