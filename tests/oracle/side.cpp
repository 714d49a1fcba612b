#include "oracle/side.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "base/clock.hpp"
#include "document/encoder.hpp"
#include "engine/store.hpp"

namespace sheaf::oracle {

// Moves with each step that is played and never within one: how often it is read must not matter.
class TestClock final : public Clock {
public:
    DateTime now() override { return now_; }
    void move() { now_.ms += 1'000; }

private:
    DateTime now_{1'700'000'000'000};
};

namespace {

class TestRandom final : public Random {
public:
    void fill(std::span<unsigned char> bytes) override {
        for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(next_++ * 167U);
    }

private:
    std::uint32_t next_ = 1;
};

Document document(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return value.is_null() ? Document() : Document(value.as_object());
}

std::vector<Document> documents(const Object& step, std::string_view name) {
    std::vector<Document> made;
    const Value value = member(step, name);
    if (value.is_null()) return made;
    for (const Value& one : value.as_array()) made.emplace_back(one.as_object());
    return made;
}

std::int64_t number(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return value.is_null() ? 0 : value.as_integer().value;
}

bool flag(const Object& step, std::string_view name) {
    const Value value = member(step, name);
    return !value.is_null() && value.as_boolean();
}

template <typename Options>
Options ordered(const Object& step) {
    Options options;
    options.sort = document(step, "sort");
    options.projection = document(step, "project");
    options.let = document(step, "let");
    return options;
}

UpdateOptions update_options(const Object& step) {
    UpdateOptions options;
    options.upsert = flag(step, "upsert") ? Upsert::yes : Upsert::no;
    options.array_filters = documents(step, "array_filters");
    options.sort = document(step, "sort");
    options.let = document(step, "let");
    return options;
}

FindOneAndUpdateOptions image_options(const Object& step) {
    auto options = ordered<FindOneAndUpdateOptions>(step);
    options.upsert = flag(step, "upsert") ? Upsert::yes : Upsert::no;
    options.array_filters = documents(step, "array_filters");
    if (member(step, "return") == Value("after")) options.image = Return::after;
    return options;
}

Value shown(const Record& record) {
    return Value(record.with_system_fields().to_object());
}

Answer of(const std::vector<Value>& values) {
    Answer answer;
    for (const Value& value : values) answer.items.push_back(encode(value));
    return answer;
}

Answer of(const UpdateResult& result) {
    return of(
        {Value(result.matched_count), Value(result.modified_count), result.upserted_id.value_or(Value("no upsert"))});
}

Answer of(const FindOneAndResult& result) {
    const Value image = result.record ? shown(*result.record) : Value("no image");
    return of({Value(result.matched), result.upserted_id.value_or(Value("no upsert")), image});
}

Answer find(Collection& collection, const Object& step) {
    auto options = ordered<FindOptions>(step);
    options.skip = number(step, "skip");
    options.limit = number(step, "limit");
    Answer answer;
    Cursor cursor = collection.find(document(step, "filter"), options);
    while (auto record = cursor.next()) {
        answer.items.push_back(record->document.cbor());
        answer.items.push_back(encode(Value(record->version.value)));
    }
    return answer;
}

Answer count(Collection& collection, const Object& step) {
    CountOptions options;
    options.skip = number(step, "skip");
    options.limit = number(step, "limit");
    options.let = document(step, "let");
    return of({Value(collection.count_documents(document(step, "filter"), options))});
}

Answer distinct(Collection& collection, const Object& step) {
    return of(collection.distinct(member(step, "path").as_string(), document(step, "filter")));
}

Answer aggregate(Collection& collection, const Object& step) {
    AggregateOptions options;
    options.let = document(step, "let");
    Answer answer;
    DocumentCursor cursor = collection.aggregate(Pipeline(documents(step, "pipeline")), options);
    while (auto found = cursor.next()) answer.items.push_back(found->cbor());
    return answer;
}

// An update is an object or a pipeline; both go to the operation of the same name.
template <typename Operation>
Answer with_update(const Object& step, Operation operation) {
    const Value update = member(step, "update");
    return update.is_array() ? of(operation(Pipeline(documents(step, "update"))))
                             : of(operation(document(step, "update")));
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
    return of(collection.find_one_and_delete(document(step, "filter"), ordered<FindOneAndDeleteOptions>(step)));
}

Answer replace_one(Collection& collection, const Object& step) {
    return of(collection.replace_one(document(step, "filter"), document(step, "document"), update_options(step)));
}

Answer delete_one(Collection& collection, const Object& step) {
    return of({Value(collection.delete_one(document(step, "filter")).deleted_count)});
}

Answer delete_many(Collection& collection, const Object& step) {
    return of({Value(collection.delete_many(document(step, "filter")).deleted_count)});
}

using Play = Answer (*)(Collection&, const Object&);
constexpr std::array<std::pair<std::string_view, Play>, 12> operations = {{
    {"find", find},
    {"count", count},
    {"distinct", distinct},
    {"aggregate", aggregate},
    {"update_one", update_one},
    {"update_many", update_many},
    {"replace_one", replace_one},
    {"delete_one", delete_one},
    {"delete_many", delete_many},
    {"find_one_and_update", find_one_and_update},
    {"find_one_and_replace", find_one_and_replace},
    {"find_one_and_delete", find_one_and_delete},
}};

}  // namespace

std::string difference(const Answer& a, const Answer& b) {
    const auto show = [](const Answer& answer, std::size_t index) {
        return index < answer.items.size() ? to_json(View(answer.items[index]), {.mode = JsonMode::canonical})
                                           : "(none)";
    };
    if (a.error != b.error || a.mongo != b.mongo) {
        return "\"" + a.error + "\" " + std::to_string(a.mongo) + ", \"" + b.error + "\" " + std::to_string(b.mongo);
    }
    std::string made;
    for (std::size_t i = 0; i < std::max(a.items.size(), b.items.size()); ++i) {
        if (show(a, i) == show(b, i)) continue;
        made += "\n  item " + std::to_string(i) + "\n    " + show(a, i) + "\n    " + show(b, i);
    }
    return made;
}

Value member(const Object& object, std::string_view key) {
    const Value* found = object.find(key);
    return found == nullptr ? Value() : *found;
}

bool is_read(const Object& step) {
    const std::string op = member(step, "op").as_string();
    return op == "find" || op == "count" || op == "distinct" || op == "aggregate";
}

Side::Side(std::unique_ptr<driver::Backend> backend, const Limits& limits) : clock_(std::make_shared<TestClock>()) {
    database_ = make_database(
        std::make_shared<engine::Store>(std::move(backend), limits, clock_, std::make_shared<TestRandom>()));
    collection_ = database_->collection("c");
}

void Side::reset(const std::vector<Document>& documents) {
    clock_->move();
    collection_->delete_many({});
    collection_->insert_many(documents);
}

Answer Side::play(const Object& step) {
    clock_->move();
    const std::string op = member(step, "op").as_string();
    const auto found =
        std::find_if(operations.begin(), operations.end(), [&](const auto& one) { return one.first == op; });
    if (found == operations.end()) throw std::invalid_argument("there is no operation \"" + op + "\"");
    try {
        return found->second(*collection_, step);
    } catch (const Error& error) {
        return {.error = std::string(info(error.code()).name), .mongo = error.mongo_code()};
    }
}

Answer Side::contents() {
    Answer answer;
    FindOptions options;
    options.archived = Archived::include;
    Cursor cursor = collection_->find({}, options);
    while (auto record = cursor.next()) {
        answer.items.push_back(record->document.cbor());
        const Value system =
            Value::array({record->version.value, record->created, record->updated, Value(record->archived)});
        answer.items.push_back(encode(system));
    }
    return answer;
}

std::vector<Value> Side::given() {
    std::vector<Value> made;
    Cursor cursor = collection_->find({}, {});
    while (auto record = cursor.next()) {
        Object one = record->document.to_object();
        one.append("_version", record->version.value);
        made.emplace_back(std::move(one));
    }
    return made;
}

}  // namespace sheaf::oracle
