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

UpdateOptions update_options(const Object& step) {
    UpdateOptions options;
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
    std::vector<Document> documents;
    const Value given = member(step, "documents");
    for (const Value& one : given.as_array()) documents.emplace_back(one.as_object());
    InsertOptions options;
    options.expected_version = expected_version(step);
    return of("inserted", collection.insert_many(documents, options).inserted_count());
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
    FindOptions options;
    options.sort = document(step, "sort");
    options.projection = document(step, "project");
    options.limit = number(step, "limit");
    options.skip = number(step, "skip");
    options.archived = archived(step);
    Result result;
    result.documents = all(collection.find(filter, options));
    return result;
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
    if (op == "update_one") return of(collection.update_one(filter, document(step, "update"), update_options(step)));
    if (op == "update_many") return of(collection.update_many(filter, document(step, "update"), update_options(step)));
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
            return op == "find" || op == "count" ? read(collection, step, op) : write(collection, step, op);
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
