// The C++ interface. All cases share one Database; each has a collection of its own.
#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

#include "cases/surface.hpp"

namespace sheaf::cases {

namespace {

Document document(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return value.is_null() ? Document() : Document(value.as_object());
}

std::int64_t number(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return value.is_null() ? 0 : value.as_integer().value;
}

ExpectedVersion expected_version(const Object& step) {
    const Value value = member(step, "expected_version");
    if (value.is_null() || value == Value("any")) return ExpectedVersion::any();
    if (value == Value("exists")) return ExpectedVersion::exists();
    if (value == Value("absent")) return ExpectedVersion::absent();
    return ExpectedVersion::exactly(value.as_integer().value);
}

Archived archived(const Object& step) {
    return flag(step, "include_archived") ? Archived::include : Archived::exclude;
}

std::vector<Document> documents(const Value& array) {
    std::vector<Document> made;
    if (array.is_null()) return made;
    for (const Value& one : array.as_array()) made.emplace_back(one.as_object());
    return made;
}

// Calls `apply` with the step's update, which is a document or a pipeline.
template <typename Apply>
auto with_update(const Object& step, const Apply& apply) {
    const Value update = member(step, "update");
    return update.is_array() ? apply(Pipeline(documents(update))) : apply(document(step, "update"));
}

UpdateOptions update_options(const Object& step) {
    UpdateOptions options;
    options.array_filters = documents(member(step, "array_filters"));
    options.sort = document(step, "sort");
    options.let = document(step, "let");
    options.upsert = flag(step, "upsert") ? Upsert::yes : Upsert::no;
    options.expected_version = expected_version(step);
    return options;
}

DeleteOptions delete_options(const Object& step) {
    DeleteOptions options;
    options.mode = flag(step, "soft") ? Delete::soft : Delete::hard;
    options.expected_version = expected_version(step);
    return options;
}

std::vector<Found> all(Cursor cursor) {
    std::vector<Found> found;
    while (auto record = cursor.next()) {
        found.push_back({std::move(record->document), record->version.value, record->archived});
    }
    return found;
}

Result of(const UpdateResult& updated) {
    Result result;
    result.counts = {{"matched", updated.matched_count}, {"modified", updated.modified_count}};
    result.upserted = updated.upserted_id;
    return result;
}

Result of(std::string name, std::int64_t count) {
    Result result;
    result.counts.emplace_back(std::move(name), count);
    return result;
}

Result insert_many(Collection& collection, const Object& step) {
    InsertOptions options;
    options.expected_version = expected_version(step);
    return of("inserted", collection.insert_many(documents(member(step, "documents")), options).inserted_count());
}

Result read(const Collection& collection, const Object& step, const std::string& op) {
    const Document filter = document(step, "filter");
    if (op == "count") {
        CountOptions options;
        options.limit = number(step, "limit");
        options.skip = number(step, "skip");
        options.archived = archived(step);
        return of("count", collection.count_documents(filter, options));
    }
    Result result;
    if (op == "distinct") {
        result.values =
            Value(collection.distinct(member(step, "path").as_string(), filter, {.archived = archived(step)}));
        return result;
    }
    if (op == "aggregate") {
        const Pipeline pipeline(documents(member(step, "pipeline")));
        AggregateOptions options;
        options.archived = archived(step);
        options.let = document(step, "let");
        DocumentCursor cursor = collection.aggregate(pipeline, options);
        while (auto found = cursor.next()) result.documents.push_back({std::move(*found), std::nullopt, false});
        return result;
    }
    FindOptions options;
    options.let = document(step, "let");
    options.sort = document(step, "sort");
    options.projection = document(step, "project");
    options.limit = number(step, "limit");
    options.skip = number(step, "skip");
    options.archived = archived(step);
    result.documents = all(collection.find(filter, options));
    return result;
}

Result of(const FindOneAndResult& found) {
    Result result;
    result.counts.emplace_back("matched", found.matched ? 1 : 0);
    result.upserted = found.upserted_id;
    result.returned = found.record ? Value(found.record->document.to_object()) : Value();
    return result;
}

Result find_one_and(Collection& collection, const Object& step, const std::string& op) {
    const Document filter = document(step, "filter");
    if (op == "find_one_and_delete") {
        FindOneAndDeleteOptions options;
        options.sort = document(step, "sort");
        options.projection = document(step, "project");
        options.mode = flag(step, "soft") ? Delete::soft : Delete::hard;
        options.expected_version = expected_version(step);
        options.let = document(step, "let");
        return of(collection.find_one_and_delete(filter, options));
    }
    FindOneAndUpdateOptions options;
    options.sort = document(step, "sort");
    options.projection = document(step, "project");
    options.image = member(step, "return") == Value("after") ? Return::after : Return::before;
    options.upsert = flag(step, "upsert") ? Upsert::yes : Upsert::no;
    options.expected_version = expected_version(step);
    options.array_filters = documents(member(step, "array_filters"));
    options.let = document(step, "let");
    if (op == "find_one_and_replace") {
        return of(collection.find_one_and_replace(filter, document(step, "document"), options));
    }
    return of(
        with_update(step, [&](const auto& update) { return collection.find_one_and_update(filter, update, options); }));
}

Result write(Collection& collection, const Object& step, const std::string& op) {
    if (op == "insert_many") return insert_many(collection, step);
    if (op == "insert_one") {
        InsertOptions options;
        options.expected_version = expected_version(step);
        collection.insert_one(document(step, "document"), options);
        return of("inserted", 1);
    }
    const Document filter = document(step, "filter");
    if (op.starts_with("find_one_and_")) return find_one_and(collection, step, op);
    if (op.starts_with("update_")) {
        const UpdateOptions options = update_options(step);
        return of(with_update(step, [&](const auto& update) {
            return op == "update_many" ? collection.update_many(filter, update, options)
                                       : collection.update_one(filter, update, options);
        }));
    }
    if (op == "replace_one")
        return of(collection.replace_one(filter, document(step, "document"), update_options(step)));
    if (op == "delete_one") return of("deleted", collection.delete_one(filter, delete_options(step)).deleted_count);
    if (op == "delete_many") return of("deleted", collection.delete_many(filter, delete_options(step)).deleted_count);
    ArchiveOptions options;
    options.expected_version = expected_version(step);
    if (op == "restore") return of("restored", collection.restore(filter, options).restored_count);
    return of("purged", collection.purge(filter, options).purged_count);
}

class ApiSurface : public Surface {
public:
    explicit ApiSurface(const std::string& url) : database_(open(url)) {}

    bool can_play(const Case&) const override { return true; }
    bool is_exact() const override { return true; }

    void begin(const std::vector<Object>& given) override {
        if (!name_.empty()) database_.drop_collection(name_);
        name_ = "case" + std::to_string(++cases_);
        std::vector<Record> records;
        for (Object body : given) {
            Record record;
            const Value version = member(body, "_version");
            record.version = Version{version.is_null() ? 1 : version.as_integer().value};
            record.archived = flag(body, "_archived");
            record.created = record.updated = DateTime{1'700'000'000'000};
            body.erase("_version");
            body.erase("_archived");
            record.document = Document(body);
            records.push_back(std::move(record));
        }
        if (!records.empty()) database_.collection(name_).insert_records(records);
    }

    Result play(const Object& step) override {
        try {
            const Value other = member(step, "collection");
            Collection collection = database_.collection(other.is_null() ? name_ : other.as_string());
            const std::string op = member(step, "op").as_string();
            const bool reads = op == "find" || op == "count" || op == "distinct" || op == "aggregate";
            return reads ? read(collection, step, op) : write(collection, step, op);
        } catch (const Error& error) {
            Result result;
            result.error = info(error.code()).name;
            result.message = error.message();
            result.actual_version = error.details().actual_version;
            return result;
        }
    }

    std::vector<Found> contents() override {
        FindOptions options;
        options.archived = Archived::include;
        return all(database_.collection(name_).find({}, options));
    }

private:
    Database database_;
    std::string name_;
    int cases_ = 0;
};

}  // namespace

std::unique_ptr<Surface> api_surface(const std::string& url) {
    return std::make_unique<ApiSurface>(url);
}

}  // namespace sheaf::cases
