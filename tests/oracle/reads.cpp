#include <array>
#include <utility>

#include "document/encoder.hpp"
#include "oracle/operations.hpp"

namespace sheaf::oracle {

namespace {

void append(Answer& answer, const Record& record) {
    answer.items.push_back(record.document.cbor());
    answer.items.push_back(encode(Value(record.version.value)));
}

Answer find(Collection& collection, const Object& step) {
    auto options = ordered<FindOptions>(step);
    options.skip = number(step, "skip");
    options.limit = number(step, "limit");
    options.archived = archived(step);
    Answer answer;
    Cursor cursor = collection.find(document(step, "filter"), options);
    while (auto record = cursor.next()) append(answer, *record);
    return answer;
}

CountOptions count_options(const Object& step) {
    auto options = bounded<CountOptions>(step);
    options.archived = archived(step);
    return options;
}

Answer count(Collection& collection, const Object& step) {
    return answer_of({Value(collection.count_documents(document(step, "filter"), count_options(step)))});
}

Answer exists(Collection& collection, const Object& step) {
    return answer_of({Value(collection.exists(document(step, "filter"), count_options(step)))});
}

Answer distinct(Collection& collection, const Object& step) {
    DistinctOptions options;
    options.hint = text(step, "hint");
    options.archived = archived(step);
    return answer_of(collection.distinct(text(step, "path"), document(step, "filter"), options));
}

Answer aggregate(Collection& collection, const Object& step) {
    AggregateOptions options;
    options.let = document(step, "let");
    options.hint = text(step, "hint");
    options.archived = archived(step);
    Answer answer;
    DocumentCursor cursor = collection.aggregate(Pipeline(documents(step, "pipeline")), options);
    while (auto found = cursor.next()) answer.items.push_back(found->cbor());
    return answer;
}

Answer total(Collection& collection, const Object& step) {
    const Aggregate op = aggregate_named(text(step, "aggregate"));
    return answer_of({collection.aggregate(op, text(step, "field"), document(step, "filter"), count_options(step))});
}

std::vector<FieldAggregate> aggregates_of(const Object& step) {
    std::vector<FieldAggregate> made;
    const Value list = member(step, "aggregates");
    for (const Value& one : list.as_array()) {
        made.push_back({aggregate_named(text(one.as_object(), "op")), text(one.as_object(), "field")});
    }
    return made;
}

Answer group_by(Collection& collection, const Object& step) {
    std::vector<std::string> fields;
    const Value names = member(step, "fields");
    for (const Value& one : names.as_array()) fields.push_back(one.as_string());
    auto options = bounded<GroupOptions>(step);
    options.archived = archived(step);
    const Value sort = member(step, "sort");
    for (const Value& one : sort.is_null() ? Array() : sort.as_array()) {
        const Array& pair = one.as_array();
        options.sort.push_back({static_cast<std::size_t>(pair[0].as_integer().value), pair[1] == Value(-1)});
    }
    Answer answer;
    for (const Group& group : collection.group_by(fields, aggregates_of(step), document(step, "filter"), options)) {
        Array keys;
        for (const auto& key : group.keys) keys.push_back(key ? Value::array({*key}) : Value("missing"));
        answer.items.push_back(encode(Value::array({Value(std::move(keys)), Value(Array(group.values))})));
    }
    return answer;
}

// Every record of all pages in the direction that the options say, in the order in which they come; the pages of the
// way back are put before each other. Leaves the options at the last page.
std::vector<Record> all_pages(Collection& collection, const Document& filter, PageOptions& options, bool forward) {
    std::vector<Record> records;
    for (;;) {
        Page page = collection.find_page(filter, options);
        records.insert(forward ? records.end() : records.begin(), page.records.begin(), page.records.end());
        const auto& token = forward ? page.next : page.previous;
        if (!token) return records;
        (forward ? options.after : options.before) = token;
    }
}

// All pages forward; then, from the last one backward, what comes before it.
Answer pages(Collection& collection, const Object& step) {
    auto options = ordered<PageOptions>(step);
    options.size = number(step, "size");
    options.archived = archived(step);
    const Document filter = document(step, "filter");
    Answer answer;
    for (const Record& record : all_pages(collection, filter, options, true)) append(answer, record);
    const Page last = collection.find_page(filter, options);
    options.after.reset();
    options.before = last.previous;
    if (!last.previous) return answer;
    Answer back;
    for (const Record& record : all_pages(collection, filter, options, false)) append(back, record);
    for (const Record& record : last.records) append(back, record);
    if (back != answer) answer.items.push_back(encode(Value("backward differs:" + difference(answer, back))));
    return answer;
}

constexpr std::array<Operation, 8> operations = {{
    {"find", find},
    {"count", count},
    {"exists", exists},
    {"distinct", distinct},
    {"aggregate", aggregate},
    {"total", total},
    {"group_by", group_by},
    {"pages", pages},
}};

}  // namespace

std::span<const Operation> reads() {
    return operations;
}

}  // namespace sheaf::oracle
