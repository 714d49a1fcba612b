#include "importer.hpp"

#include <fmt/format.h>

#include <sheaf/json.hpp>
#include <utility>

namespace sheaf::cli {

namespace {

// A batch ends early here, so that memory stays bounded whatever --batch says.
constexpr std::size_t max_batch_bytes = 32U * 1024 * 1024;

Document with_id(const Document& document, const std::string& field) {
    View id = document[field];
    if (!id) id = document.at(field);
    if (!id) throw Error(Code::invalid_document, fmt::format("there is no field \"{}\" to take the _id from", field));
    if (const View own = document["_id"]) {
        if (own.encoded() == id.encoded()) return document;
        throw Error(Code::invalid_document, fmt::format("it has an _id already, and another one in \"{}\"", field));
    }
    Object object;
    object.append("_id", id.to_value());
    for (const MemberView member : document.view().members()) {
        object.append(std::string(member.key), member.value.to_value());
    }
    return Document(object);
}

Value taken(Object& object, std::string_view name, Type type) {
    const Value* const found = object.find(name);
    if (found == nullptr || found->type() != type) {
        throw Error(Code::invalid_document,
                    fmt::format("--keep-system needs {} as {} (see export --system)", name, sheaf::name(type)));
    }
    Value value = *found;
    object.erase(name);
    return value;
}

Record to_record(const Document& document) {
    Object object = document.to_object();
    Record record;
    record.version = Version{taken(object, "_version", Type::integer).as_integer().value};
    record.created = taken(object, "_created", Type::datetime).as_datetime();
    record.updated = taken(object, "_updated", Type::datetime).as_datetime();
    if (object.find("_archived") != nullptr) {
        record.archived = taken(object, "_archived", Type::boolean).as_boolean();
    }
    if (record.version.value < 1) throw Error(Code::invalid_document, "_version is less than 1");
    record.document = Document(object);
    return record;
}

bool is_about_a_document(Code code) {
    return code == Code::duplicate_key || code == Code::invalid_document || code == Code::invalid_id ||
           code == Code::duplicate_field || code == Code::limit_exceeded;
}

}  // namespace

Importer::Importer(std::string store, std::string collection, ImportOptions options, Control control)
    : store_(std::move(store)), name_(std::move(collection)), options_(std::move(options)), control_(control) {}

void Importer::add(Document document, std::uint64_t row) {
    if (options_.id_field) document = with_id(document, *options_.id_field);
    bytes_ += document.cbor().size();
    if (options_.mode == ImportMode::keep_system) {
        records_.push_back(to_record(document));
    } else {
        documents_.push_back(std::move(document));
    }
    rows_.push_back(row);
    if (rows_.size() >= options_.batch || bytes_ >= max_batch_bytes) flush();
}

void Importer::finish() {
    if (!rows_.empty()) flush();
    if (!database_) open_store();
}

void Importer::open_store() {
    try {
        database_ = open(store_);
        database_->create_collection(name_, control_);
    } catch (const Error& error) {
        throw BatchError("", error);
    }
}

void Importer::flush() {
    if (!database_) open_store();
    try {
        current_row_.reset();
        switch (options_.mode) {
            case ImportMode::insert:
                insert();
                break;
            case ImportMode::keep_system:
                insert_records();
                break;
            case ImportMode::upsert:
                upsert();
                break;
        }
    } catch (const Error& error) {
        throw BatchError(rows_of(error), error);
    }
    last_row_ = rows_.back();
    documents_.clear();
    records_.clear();
    rows_.clear();
    bytes_ = 0;
}

void Importer::insert() {
    InsertOptions options;
    options.control = control_;
    totals_.inserted += database_->collection(name_).insert_many(documents_, options).inserted_count();
}

void Importer::insert_records() {
    InsertOptions options;
    options.control = control_;
    totals_.inserted += database_->collection(name_).insert_records(records_, options).inserted_count();
}

void Importer::upsert() {
    ImportTotals batch;
    TransactionOptions transaction_options;
    transaction_options.control = control_;
    const auto replace_all = [&](Transaction& transaction) {
        batch = {};  // the transaction may be run again
        Collection target = transaction.collection(name_);
        UpdateOptions options;
        options.upsert = Upsert::yes;
        options.control = control_;
        for (std::size_t i = 0; i < documents_.size(); ++i) {
            current_row_ = rows_[i];
            const View id = documents_[i]["_id"];
            if (!id) {
                target.insert_one(documents_[i]);
                ++batch.inserted;
                continue;
            }
            const Document filter{{"_id", Value::object({{"$eq", id.to_value()}})}};
            const UpdateResult result = target.replace_one(filter, documents_[i], options);
            batch.matched += result.matched_count;
            batch.modified += result.modified_count;
            batch.upserted += result.upserted_id ? 1 : 0;
        }
        current_row_.reset();
    };
    database_->run_in_transaction(replace_all, transaction_options);
    totals_.inserted += batch.inserted;
    totals_.matched += batch.matched;
    totals_.modified += batch.modified;
    totals_.upserted += batch.upserted;
}

std::string Importer::rows_of(const Error& error) {
    if (!current_row_ && is_about_a_document(error.code())) current_row_ = find_refused_row();
    if (!current_row_ && rows_.size() == 1) current_row_ = rows_.front();
    if (current_row_) return fmt::format("row {}", *current_row_);
    return fmt::format("rows {} to {}", rows_.front(), rows_.back());
}

// A refused batch has left nothing behind. Here its documents go in one by one, to see which one it is, and out again.
std::optional<std::uint64_t> Importer::find_refused_row() {
    TransactionOptions options;
    options.control = control_;
    std::size_t i = 0;
    try {
        Transaction transaction = database_->begin(options);
        Collection target = transaction.collection(name_);
        for (; i < rows_.size(); ++i) {
            if (options_.mode == ImportMode::keep_system) {
                target.insert_records(std::span(records_).subspan(i, 1));
            } else {
                target.insert_one(documents_[i]);
            }
        }
    } catch (const Error& error) {
        if (is_about_a_document(error.code())) return rows_[i];
    }
    return {};
}

}  // namespace sheaf::cli
