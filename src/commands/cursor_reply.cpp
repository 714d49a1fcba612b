#include "commands/cursor_reply.hpp"

#include <utility>

#include <sheaf/error.hpp>

#include "commands/reply.hpp"
#include "engine/aggregate_cursor.hpp"
#include "engine/find_cursor.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

constexpr std::size_t batch_bytes = 16U * 1024 * 1024;  // MongoDB's, for drivers that rely on it

// Reads one document more than the batch has, so that a cursor whose documents are all sent ends here and needs no
// empty batch. A failure is that of the next batch. True when the cursor has ended.
bool read_ahead(engine::OpenCursor& cursor, const Control& control) {
    try {
        cursor.held_back = cursor.next(control);
        return !cursor.held_back;
    } catch (const Error&) {
        cursor.failure = std::current_exception();
        return false;
    }
}

// Fills the batch; true when the cursor has ended.
bool read_batch(engine::OpenCursor& cursor, const Batch& batch, const Control& control, ArrayBuilder& documents) {
    if (cursor.failure) std::rethrow_exception(cursor.failure);
    while (!batch.size || documents.size() < static_cast<std::size_t>(*batch.size)) {
        auto document = cursor.held_back ? std::exchange(cursor.held_back, {}) : cursor.next(control);
        if (!document) return true;
        const Bytes& bytes = document->cbor();
        if (documents.size() > 0 && documents.bytes() + bytes.size() > batch_bytes) {
            cursor.held_back = std::move(document);
            return false;
        }
        documents.add(bytes);
    }
    return *batch.size > 0 && !cursor.held_back && read_ahead(cursor, control);
}

Document cursor_reply(const Invocation& invocation, std::string_view batch_name, const ArrayBuilder& documents,
                      std::int64_t id, const std::string& collection) {
    ObjectBuilder cursor;
    cursor.add_encoded(batch_name, documents.finish());
    cursor.add("id", Value::long_integer(id));
    cursor.add("ns", invocation.namespace_of(collection));
    return ObjectBuilder().add_encoded("cursor", cursor.finish()).reply();
}

template <typename Cursor, typename Next>
engine::OpenCursor open_over(std::string collection, std::unique_ptr<Cursor> cursor, const Next& next) {
    const std::shared_ptr<Cursor> shared(std::move(cursor));  // std::function wants to be copied
    return {.collection = std::move(collection), .next = [shared, next](const Control& control) {
                shared->set_control(control);
                return next(*shared);
            }};
}

}  // namespace

engine::OpenCursor open_cursor(std::string collection, std::unique_ptr<engine::FindCursor> cursor) {
    return open_over(std::move(collection), std::move(cursor),
                     [](engine::FindCursor& found) -> std::optional<Document> {
                         auto record = found.next();
                         if (!record) return std::nullopt;
                         return std::move(record->document);
                     });
}

engine::OpenCursor open_cursor(std::string collection, std::unique_ptr<engine::AggregateCursor> cursor) {
    return open_over(std::move(collection), std::move(cursor),
                     [](engine::AggregateCursor& results) { return results.next(); });
}

engine::OpenCursor open_cursor(std::string collection, std::vector<Document> documents) {
    const auto shared = std::make_shared<std::vector<Document>>(std::move(documents));
    return {.collection = std::move(collection),
            .next = [shared, at = std::size_t{0}](const Control&) mutable -> std::optional<Document> {
                if (at == shared->size()) return std::nullopt;
                return std::move((*shared)[at++]);
            }};
}

namespace {

constexpr Field<Batch> cursor_fields[] = {
    {"batchSize", Types::number, [](Batch& b, View v) { b.size = truncated_number("batchSize", v); }},
};

}  // namespace

void take_cursor(std::string_view name, View value, Batch& batch) {
    parse_fields<Batch>(value, name, cursor_fields, batch);
}

Document first_batch(const Invocation& invocation, engine::OpenCursor cursor, const Batch& batch,
                     const Control& control) {
    ArrayBuilder documents;
    const bool ended = read_batch(cursor, batch, control, documents) || batch.single;
    const std::string collection = cursor.collection;
    const std::int64_t id = ended ? 0 : invocation.store->cursors().add(std::move(cursor));
    return cursor_reply(invocation, "firstBatch", documents, id, collection);
}

namespace {

struct GetMoreArguments : CommonArguments {
    Batch batch{};
};

constexpr Field<GetMoreArguments> get_more_fields[] = {
    {"getMore", Types::integer, nullptr, Need::required},
    {"collection", Types::string, [](GetMoreArguments& a, View v) { a.collection = cursor_name(v); }, Need::required},
    {"batchSize", Types::number,
     [](GetMoreArguments& a, View v) {
         const std::int64_t size = truncated_number("batchSize", v);
         if (size > 0) a.batch.size = size;
     }},
    {"term", Types::number},
    {"lastKnownCommittedOpTime", Types::object},
};

struct KillCursorsArguments : CommonArguments {
    std::vector<std::int64_t> ids{};
};

constexpr Field<KillCursorsArguments> kill_cursors_fields[] = {
    {"killCursors", Types::any, [](KillCursorsArguments& a, View v) { a.collection = cursor_name(v); }},
    {"cursors", Types::array,
     [](KillCursorsArguments& a, View v) {
         for (const View id : v.elements()) {
             if (id.is_null()) continue;
             if (id.type() != Type::integer || !id.is_long()) {
                 query::fail(Code::type_mismatch, 14, "cursors must have longs, not " + query::describe(id), "cursors");
             }
             a.ids.push_back(id.integer());
         }
     },
     Need::required},
};

}  // namespace

Document get_more(const Invocation& invocation) {
    const auto arguments = parse<GetMoreArguments>(invocation, get_more_fields);
    const std::int64_t id = invocation.target().integer();
    engine::CursorRegistry& cursors = invocation.store->cursors();
    engine::OpenCursor cursor = cursors.take(id, arguments.collection);
    ArrayBuilder documents;
    bool ended = true;
    try {
        ended = read_batch(cursor, arguments.batch, arguments.control, documents);
    } catch (...) {
        cursors.kill(id);  // rows have been passed over: whatever came next would be wrong
        throw;
    }
    if (ended) {
        cursors.kill(id);
    } else {
        cursors.put_back(id, std::move(cursor));
    }
    return cursor_reply(invocation, "nextBatch", documents, ended ? 0 : id, arguments.collection);
}

Document kill_cursors(const Invocation& invocation) {
    const auto arguments = parse<KillCursorsArguments>(invocation, kill_cursors_fields);
    Array killed;
    Array not_found;
    for (const std::int64_t id : arguments.ids) {
        const bool found = invocation.store->cursors().kill(id);
        (found ? killed : not_found).push_back(Value::long_integer(id));
    }
    ObjectBuilder reply;
    reply.add("cursorsKilled", std::move(killed)).add("cursorsNotFound", std::move(not_found));
    return reply.add("cursorsAlive", Array()).add("cursorsUnknown", Array()).reply();
}

}  // namespace sheaf::commands
