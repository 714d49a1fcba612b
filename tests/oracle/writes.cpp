#include <array>

#include "oracle/operations.hpp"

namespace sheaf::oracle {

namespace {

Answer of(const UpdateResult& result) {
    return answer_of(
        {Value(result.matched_count), Value(result.modified_count), result.upserted_id.value_or(Value("no upsert"))});
}

Answer of(const FindOneAndResult& result) {
    const Value image = result.record ? Value(result.record->with_system_fields().to_object()) : Value("no image");
    return answer_of({Value(result.matched), result.upserted_id.value_or(Value("no upsert")), image});
}

UpdateOptions update_options(const Object& step) {
    UpdateOptions options;
    options.upsert = flag(step, "upsert") ? Upsert::yes : Upsert::no;
    options.array_filters = documents(step, "array_filters");
    options.sort = document(step, "sort");
    options.let = document(step, "let");
    options.hint = text(step, "hint");
    return options;
}

FindOneAndUpdateOptions image_options(const Object& step) {
    auto options = ordered<FindOneAndUpdateOptions>(step);
    options.upsert = flag(step, "upsert") ? Upsert::yes : Upsert::no;
    options.array_filters = documents(step, "array_filters");
    if (text(step, "return") == "after") options.image = Return::after;
    return options;
}

DeleteOptions delete_options(const Object& step) {
    DeleteOptions options;
    options.mode = flag(step, "soft") ? Delete::soft : Delete::hard;
    options.hint = text(step, "hint");
    return options;
}

// An update is an object or a pipeline; both go to the operation of the same name.
template <typename Operation>
Answer with_update(const Object& step, Operation operation) {
    const Value update = member(step, "update");
    return update.is_array() ? of(operation(Pipeline(documents(step, "update"))))
                             : of(operation(document(step, "update")));
}

Answer insert_many(Collection& collection, const Object& step) {
    return answer_of(collection.insert_many(documents(step, "documents")).inserted_ids);
}

Answer insert_one(Collection& collection, const Object& step) {
    return answer_of({collection.insert_one(document(step, "document")).inserted_id});
}

Answer update_one(Collection& collection, const Object& step) {
    return with_update(step, [&](const auto& update) {
        return collection.update_one(document(step, "filter"), update, update_options(step));
    });
}

Answer update_many(Collection& collection, const Object& step) {
    return with_update(step, [&](const auto& update) {
        return collection.update_many(document(step, "filter"), update, update_options(step));
    });
}

Answer find_one_and_update(Collection& collection, const Object& step) {
    return with_update(step, [&](const auto& update) {
        return collection.find_one_and_update(document(step, "filter"), update, image_options(step));
    });
}

Answer find_one_and_replace(Collection& collection, const Object& step) {
    return of(
        collection.find_one_and_replace(document(step, "filter"), document(step, "document"), image_options(step)));
}

Answer find_one_and_delete(Collection& collection, const Object& step) {
    auto options = ordered<FindOneAndDeleteOptions>(step);
    options.mode = flag(step, "soft") ? Delete::soft : Delete::hard;
    return of(collection.find_one_and_delete(document(step, "filter"), options));
}

Answer replace_one(Collection& collection, const Object& step) {
    return of(collection.replace_one(document(step, "filter"), document(step, "document"), update_options(step)));
}

Answer delete_one(Collection& collection, const Object& step) {
    return answer_of({Value(collection.delete_one(document(step, "filter"), delete_options(step)).deleted_count)});
}

Answer delete_many(Collection& collection, const Object& step) {
    return answer_of({Value(collection.delete_many(document(step, "filter"), delete_options(step)).deleted_count)});
}

Answer restore(Collection& collection, const Object& step) {
    return answer_of({Value(collection.restore(document(step, "filter")).restored_count)});
}

Answer purge(Collection& collection, const Object& step) {
    return answer_of({Value(collection.purge(document(step, "filter")).purged_count)});
}

constexpr std::array<Operation, 12> operations = {{
    {"insert_one", insert_one},
    {"insert_many", insert_many},
    {"update_one", update_one},
    {"update_many", update_many},
    {"replace_one", replace_one},
    {"delete_one", delete_one},
    {"delete_many", delete_many},
    {"find_one_and_update", find_one_and_update},
    {"find_one_and_replace", find_one_and_replace},
    {"find_one_and_delete", find_one_and_delete},
    {"restore", restore},
    {"purge", purge},
}};

}  // namespace

std::span<const Operation> writes() {
    return operations;
}

}  // namespace sheaf::oracle
