// The reading methods of Collection, and the cursors that they return.
#include <sheaf/collection.hpp>
#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include <utility>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "engine/aggregate_cursor.hpp"
#include "engine/find_cursor.hpp"
#include "engine/matches.hpp"
#include "engine/target.hpp"
#include "query/distinct.hpp"

namespace sheaf {

using engine::Target;

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

std::optional<Record> Collection::get(const Value& id, const Control& control) const {
    control.check();
    const Bytes key = encode_id(View(encode(id)), store_->limits());
    std::optional<driver::Row> row;
    try {
        row = session_ != nullptr ? session_->tx().get(name_, key)
                                  : store_->backend().begin({.control = control})->get(name_, key);
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
    }
    if (!row || row->meta.archived) return std::nullopt;
    return Record{Document::from_trusted(std::move(row->body)), row->meta.version, row->meta.created, row->meta.updated,
                  row->meta.archived};
}

std::optional<Record> Collection::find_one(const Document& filter, const FindOptions& options) const {
    FindOptions first = options;
    first.limit = 1;
    return find(filter, first).next();
}

Cursor Collection::find(const Document& filter, const FindOptions& options) const {
    const Target target{store_, session_, name_};
    const query::Bindings bindings = target.bindings(options.let);
    return Cursor(
        std::make_unique<engine::FindCursor>(target.reading(options.control), name_, filter, options, bindings));
}

namespace {

// Calls `visit` for each match until it returns false.
template <typename Options, typename Visit>
void visit_matches(const Target& target, const Document& filter_document, const Options& options, const Visit& visit) {
    const query::Bindings bindings = target.bindings(options.let);
    const auto filter = query::Filter::parse(filter_document, {target.limits(), &bindings});
    const auto session = target.reading(options.control);
    const Control control = engine::narrowed(options.control, session->control());
    engine::Matches matches(session->tx(), target.name, filter, options.archived, control, target.limits());
    driver::RowView row;
    while (matches.next(row) && visit(row)) continue;
}

}  // namespace

std::int64_t Collection::count_documents(const Document& filter, const CountOptions& options) const {
    engine::check_limit_and_skip(options.limit, options.skip);
    std::int64_t skip = options.skip;
    std::int64_t count = 0;
    visit_matches({store_, session_, name_}, filter, options, [&](const driver::RowView&) {
        if (skip > 0) {
            --skip;
        } else {
            ++count;
        }
        return options.limit == 0 || count < options.limit;
    });
    return count;
}

std::vector<Value> Collection::distinct(std::string_view path, const Document& filter,
                                        const DistinctOptions& options) const {
    query::DistinctValues values(path, store_->limits());
    visit_matches({store_, session_, name_}, filter, options, [&](const driver::RowView& row) {
        values.add(View(row.body));
        return true;
    });
    return values.values();
}

DocumentCursor Collection::aggregate(const Pipeline& pipeline, const AggregateOptions& options) const {
    const Target target{store_, session_, name_};
    const query::Bindings bindings = target.bindings(options.let);
    return DocumentCursor(std::make_unique<engine::AggregateCursor>(
        target.reading(options.control), name_, pipeline, options, query::Settings(target.limits(), &bindings)));
}

DocumentCursor Database::aggregate(const Pipeline& pipeline, const AggregateOptions& options) const {
    const query::Bindings bindings = Target{store_, nullptr, {}}.bindings(options.let);
    return DocumentCursor(std::make_unique<engine::AggregateCursor>(nullptr, "", pipeline, options,
                                                                    query::Settings(store_->limits(), &bindings)));
}

}  // namespace sheaf
