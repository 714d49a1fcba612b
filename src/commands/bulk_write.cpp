// bulkWrite: writes to several collections in one command.
#include "commands/cursor_reply.hpp"
#include "commands/update_statement.hpp"
#include "commands/write_errors.hpp"
#include "engine/batch_insert.hpp"

namespace sheaf::commands {

namespace {

// One operation; which one, its first field says.
struct Operation {
    enum class Kind : std::uint8_t { insert, update, remove };
    Kind kind = Kind::insert;
    std::int64_t collection = 0;  // of nsInfo
    Document document{};          // of an insert
    UpdateStatement statement{};  // of an update; of a delete only the filter and multi
};

template <Operation::Kind kind>
void take_collection(Operation& operation, View value) {
    operation.kind = kind;
    operation.collection = truncated_number("the place in nsInfo", value);
}

void take_filter(Operation& operation, View value) {
    operation.statement.filter = document_of(value);
}
void take_multi(Operation& operation, View value) {
    operation.statement.multi = value.boolean();
}
void take_hint(Operation& operation, View value) {
    operation.statement.hint = Hint(value);
}
void take_collation(Operation&, View value) {
    check_collation(value);
}

constexpr Field<Operation> insert_fields[] = {
    {"insert", Types::number, take_collection<Operation::Kind::insert>, Need::required},
    {"document", Types::object, [](Operation& o, View v) { o.document = document_of(v); }, Need::required},
};

constexpr Field<Operation> update_fields[] = {
    {"update", Types::number, take_collection<Operation::Kind::update>, Need::required},
    {"filter", Types::object, take_filter, Need::required},
    {"updateMods", Types::any, [](Operation& o, View v) { o.statement.take_update(v); }, Need::required},
    {"multi", Types::boolean, take_multi},
    {"upsert", Types::boolean, [](Operation& o, View v) { o.statement.options.upsert = Upsert{v.boolean()}; }},
    {"sort", Types::object, [](Operation& o, View v) { o.statement.options.sort = document_of(v); }},
    {"arrayFilters", Types::array,
     [](Operation& o, View v) { o.statement.options.array_filters = documents_of("arrayFilters", v); }},
    {"constants", Types::object, [](Operation& o, View v) { o.statement.constants = document_of(v); }},
    {"hint", Types::any, take_hint},
    {"collation", Types::object, take_collation},
};

constexpr Field<Operation> delete_fields[] = {
    {"delete", Types::number, take_collection<Operation::Kind::remove>, Need::required},
    {"filter", Types::object, take_filter, Need::required},
    {"multi", Types::boolean, take_multi},
    {"hint", Types::any, take_hint},
    {"collation", Types::object, take_collation},
};

struct Arguments : WriteArguments {
    std::vector<Operation> operations{};
    std::vector<std::string> collections{};
    Batch batch{};
    bool errors_only = false;
};

Operation parse_operation(View object) {
    struct Kind {
        std::string_view name;
        std::span<const Field<Operation>> fields;
    };
    constexpr Kind kinds[] = {{"insert", insert_fields}, {"update", update_fields}, {"delete", delete_fields}};
    const std::string_view name = object.size() == 0 ? std::string_view() : (*object.members().begin()).key;
    for (const Kind& kind : kinds) {
        if (kind.name != name) continue;
        Operation operation;
        parse_fields<Operation>(object, "bulkWrite.ops", kind.fields, operation);
        return operation;
    }
    throw_unknown_field("bulkWrite.ops", name);
}

void take_operations(Arguments& arguments, View operations) {
    for (const Document& operation : documents_of("ops", operations)) {
        arguments.operations.push_back(parse_operation(operation.view()));
    }
}

struct Name {
    std::string collection{};
};

constexpr Field<Name> name_fields[] = {
    {"ns", Types::string, [](Name& n, View v) { n.collection = collection_of_namespace(v.string()); }, Need::required},
};

void take_names(Arguments& arguments, View names) {
    for (const Document& entry : documents_of("nsInfo", names)) {
        Name name;
        parse_fields<Name>(entry.view(), "bulkWrite.nsInfo", name_fields, name);
        arguments.collections.push_back(std::move(name.collection));
    }
}

constexpr Field<Arguments> fields[] = {
    {"bulkWrite", Types::any},
    {"ops", Types::array, take_operations, Need::required},
    {"nsInfo", Types::array, take_names, Need::required},
    {"ordered", Types::boolean, [](Arguments& a, View v) { a.ordered = v.boolean(); }},
    {"let", Types::object, [](Arguments& a, View v) { a.let = document_of(v); }},
    {"errorsOnly", Types::boolean, [](Arguments& a, View v) { a.errors_only = v.boolean(); }},
    {"cursor", Types::object, [](Arguments& a, View v) { take_cursor("bulkWrite.cursor", v, a.batch); }},
    {"bypassDocumentValidation", Types::boolean_or_number},  // there are no validators
};

class BulkWrite {
public:
    BulkWrite(const Invocation& invocation, Arguments& arguments)
        : database_(invocation.database), arguments_(arguments), now_(invocation.store->now()) {
        for (const std::string& name : arguments.collections) collections_.push_back(invocation.collection(name));
    }

    void run() {
        for (std::size_t i = 0; i < arguments_.operations.size();) {
            const std::size_t end = end_of_inserts(i);
            if (end > i) {
                if (!insert_together(i, end)) break;
                i = end;
            } else if (!run_singly(i++) && arguments_.ordered) {
                break;
            }
        }
    }

    // {"cursor": {"firstBatch": [{"ok": 1.0, "idx": 0, "n": 1}...], ...}, "nErrors": 0, "nInserted": 1, ...}
    Document reply(const Invocation& invocation) {
        // The writes are done: the reply must not fail for want of a cursor.
        if (invocation.store->cursors().is_full()) arguments_.batch.size.reset();
        const Document batch = first_batch(invocation, open_cursor("$cmd.bulkWrite", std::move(results_)),
                                           arguments_.batch, arguments_.control);
        ObjectBuilder reply;
        reply.add_encoded("cursor", batch["cursor"].encoded()).add("nErrors", errors_).add("nInserted", inserted_);
        reply.add("nMatched", matched_).add("nModified", modified_).add("nUpserted", upserted_);
        return reply.add("nDeleted", deleted_).reply();
    }

private:
    Collection& collection_of(const Operation& operation) {
        return collections_[static_cast<std::size_t>(operation.collection)];
    }

    // A run of inserts into one collection, which are much faster together.
    std::size_t end_of_inserts(std::size_t begin) const {
        const Operation& first = arguments_.operations[begin];
        std::size_t end = begin;
        while (end < arguments_.operations.size()) {
            const Operation& next = arguments_.operations[end];
            if (next.kind != Operation::Kind::insert || next.collection != first.collection) break;
            ++end;
        }
        return end;
    }

    // False when no more operations are to run.
    bool insert_together(std::size_t begin, std::size_t end) {
        std::vector<Document> documents;
        for (std::size_t i = begin; i < end; ++i) documents.push_back(arguments_.operations[i].document);
        std::size_t inserted = 0;
        std::size_t reported = begin;  // up to here the results are there
        const auto report_until = [&](std::size_t index) {
            for (; reported < index; ++reported) succeeded(ObjectBuilder(), reported, 1);
        };
        const std::int64_t errors_before = errors_;
        const auto order = arguments_.ordered ? Order::ordered : Order::unordered;
        engine::insert_in_batches(collection_of(arguments_.operations[begin]), documents, order, arguments_.control,
                                  inserted, [&](std::size_t index, const Error& error) {
                                      report_until(begin + index);
                                      failed(begin + index, error);
                                      ++reported;
                                  });
        inserted_ += static_cast<std::int64_t>(inserted);
        if (arguments_.ordered && errors_ > errors_before) return false;
        report_until(end);
        return true;
    }

    void failed(std::size_t index, const Error& error) {
        ++errors_;
        ObjectBuilder result;
        result.add("ok", 0.0).add("idx", index).add("n", 0);
        add_error(result, error);
        results_.push_back(Document::from_trusted(result.finish()));
    }

    bool run_singly(std::size_t index) {
        try {
            run(index, arguments_.operations[index]);
            return true;
        } catch (const Error& error) {
            if (!engine::is_of_one_write(error)) throw;
            failed(index, error);
            return false;
        }
    }

    void run(std::size_t index, Operation& operation) {
        Collection& collection = collection_of(operation);
        ObjectBuilder result;
        if (operation.kind == Operation::Kind::insert) {
            collection.insert_one(operation.document, {.control = arguments_.control});
            ++inserted_;
            return succeeded(std::move(result), index, 1);
        }
        if (operation.kind == Operation::Kind::remove) {
            const DeleteOptions options{
                .let = arguments_.let,
                .hint = operation.statement.hint.resolved(database_, collection.name(), arguments_.control),
                .control = arguments_.control};
            const Document& filter = operation.statement.filter;
            const std::int64_t n = operation.statement.multi ? collection.delete_many(filter, options).deleted_count
                                                             : collection.delete_one(filter, options).deleted_count;
            deleted_ += n;
            return succeeded(std::move(result), index, n);
        }
        const UpdateResult updated = update(collection, operation.statement);
        result.add("nModified", updated.modified_count);
        if (updated.upserted_id) {
            result.add_encoded("upserted", ObjectBuilder().add("_id", *updated.upserted_id).finish());
        }
        succeeded(std::move(result), index, updated.matched_count + (updated.upserted_id ? 1 : 0));
    }

    UpdateResult update(Collection& collection, UpdateStatement& statement) {
        statement.prepare(database_, collection.name(), arguments_.let, arguments_.control);
        statement.options.now = now_;
        UpdateResult result = statement.run(collection);
        matched_ += result.matched_count;
        modified_ += result.modified_count;
        upserted_ += result.upserted_id ? 1 : 0;
        return result;
    }

    void succeeded(ObjectBuilder result, std::size_t index, std::int64_t n) {
        if (arguments_.errors_only) return;
        result.add("ok", 1.0).add("idx", index).add("n", n);
        results_.push_back(Document::from_trusted(result.finish()));
    }

    Database& database_;
    Arguments& arguments_;
    const DateTime now_;  // of the whole command
    std::vector<Collection> collections_;
    std::vector<Document> results_;
    std::int64_t errors_ = 0;
    std::int64_t inserted_ = 0;
    std::int64_t matched_ = 0;
    std::int64_t modified_ = 0;
    std::int64_t upserted_ = 0;
    std::int64_t deleted_ = 0;
};

}  // namespace

Document bulk_write(const Invocation& invocation) {
    auto arguments = parse<Arguments>(invocation, fields);
    check_statements("ops", arguments.operations.size());
    for (const Operation& operation : arguments.operations) {
        if (static_cast<std::size_t>(operation.collection) >= arguments.collections.size()) {
            query::fail(Code::invalid_argument, 2, "an operation names a place that nsInfo does not have", "ops");
        }
    }
    BulkWrite bulk(invocation, arguments);
    bulk.run();
    return bulk.reply(invocation);
}

}  // namespace sheaf::commands
