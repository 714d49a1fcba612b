// The reading methods of Collection, and the cursors that they return.
#include <sheaf/collection.hpp>
#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include <algorithm>
#include <utility>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "engine/aggregate_cursor.hpp"
#include "engine/find_cursor.hpp"
#include "engine/index_only.hpp"
#include "engine/reading.hpp"
#include "engine/run_and_commit.hpp"
#include "query/distinct.hpp"
#include "query/lowered_path.hpp"

namespace sheaf {

using engine::Target;

namespace {

// The first few rows are found sooner than all are counted.
constexpr std::int64_t few_rows = 1000;

}  // namespace

Cursor::Cursor(std::unique_ptr<engine::FindCursor> impl) : impl_(std::move(impl)) {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;
std::optional<Record> Cursor::next() {
    return impl_->next();
}

DocumentCursor::DocumentCursor(std::unique_ptr<engine::AggregateCursor> impl) : impl_(std::move(impl)) {}
DocumentCursor::~DocumentCursor() = default;
DocumentCursor::DocumentCursor(DocumentCursor&&) noexcept = default;
DocumentCursor& DocumentCursor::operator=(DocumentCursor&&) noexcept = default;
std::optional<Document> DocumentCursor::next() {
    return impl_->next();
}

namespace {

Record record_of(driver::Row row) {
    return {Document::from_trusted(std::move(row.body)), row.meta.version, row.meta.created, row.meta.updated,
            row.meta.archived};
}

// What a call gets of one document; nothing where there is no such collection, either.
template <typename Get>
std::optional<Record> visible_record(const Get& get) {
    try {
        std::optional<driver::Row> row = get();
        if (row && !row->meta.archived) return record_of(std::move(*row));
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Record> Collection::get(const Value& id, const Control& control) const {
    control.check();
    const Bytes key = encode_id(View(encode(id)), store_->limits());
    if (session_ != nullptr) return visible_record([&] { return session_->tx().get(name_, key); });
    const driver::BeginOptions options{.isolation = driver::Isolation::operation, .control = control};
    return engine::run_reading(*store_, control, [&] {
        return visible_record([&] { return store_->backend().begin(options)->get(name_, key); });
    });
}

std::optional<Record> Collection::get_for_update(const Value& id, LockWait wait) {
    engine::require_locking(session_.get());
    const Bytes key = encode_id(View(encode(id)), store_->limits());
    const BytesView keys[] = {key};
    return visible_record([&] { return std::move(session_->tx().lock_rows(name_, keys, wait).front()); });
}

std::optional<Record> Collection::find_one(const Document& filter, const FindOptions& options) const {
    FindOptions first = options;
    first.limit = 1;
    return find(filter, first).next();
}

Cursor Collection::find(const Document& filter, const FindOptions& options) const {
    const Target target{store_, session_, name_};
    const query::Bindings bindings = target.bindings(options.let);
    return Cursor(std::make_unique<engine::FindCursor>(target, filter, options, bindings));
}

std::int64_t Collection::count_documents(const Document& filter, const CountOptions& options) const {
    engine::check_limit_and_skip(options.limit, options.skip);
    const Target target{store_, session_, name_};
    return target.read(options.control, [&] {
        engine::Reading reading(target, filter, options, engine::Reading::Reads::once);
        const std::int64_t limit = reading.query.limit = engine::wanted_rows(options.limit, options.skip);
        reading.query.only_counts = true;
        engine::Plan plan = engine::make_plan(reading.tx(), *store_, name_, reading.query);
        std::int64_t count = 0;
        if (const auto counted = engine::count_by_index(reading.tx(), name_, plan, reading.query)) {
            count = *counted;
        } else {
            engine::Matches matches(reading.tx(), *store_, name_, reading.query, std::move(plan), reading.control);
            if (limit == 0 || limit > few_rows) count = matches.count_in_backend();
            driver::RowView row;
            while ((limit == 0 || count < limit) && matches.next(row)) ++count;
            if (limit > 0) count = std::min(count, limit);
        }
        return std::max<std::int64_t>(count - options.skip, 0);
    });
}

std::vector<Value> Collection::distinct(std::string_view path, const Document& filter,
                                        const DistinctOptions& options) const {
    const Target target{store_, session_, name_};
    return target.read(options.control, [&] {
        const engine::Reading reading(target, filter, options);
        query::DistinctValues by_index(path, store_->limits());
        if (engine::distinct_by_index(reading.tx(), *store_, name_, path, reading.query, reading.control, by_index)) {
            return by_index.values();
        }
        query::DistinctValues values(path, store_->limits());
        engine::Matches matches(reading.tx(), *store_, name_, reading.query, reading.control);
        if (auto keys = query::lowered_path(split_path(path))) {
            for (const driver::GroupCount& group : matches.groups_in_backend({std::move(*keys)})) {
                if (!group.values.front().empty()) values.add_value(View(group.values.front()));
            }
        }
        driver::RowView row;
        while (matches.next(row)) values.add(View(row.body));
        return values.values();
    });
}

DocumentCursor Collection::aggregate(const Pipeline& pipeline, const AggregateOptions& options) const {
    const Target target{store_, session_, name_};
    const query::Bindings bindings = target.bindings(options.let);
    return DocumentCursor(std::make_unique<engine::AggregateCursor>(&target, pipeline, options,
                                                                    query::Settings(target.limits(), &bindings)));
}

DocumentCursor Database::aggregate(const Pipeline& pipeline, const AggregateOptions& options) const {
    const query::Bindings bindings = Target{store_, nullptr, {}}.bindings(options.let);
    return DocumentCursor(std::make_unique<engine::AggregateCursor>(nullptr, pipeline, options,
                                                                    query::Settings(store_->limits(), &bindings)));
}

}  // namespace sheaf
