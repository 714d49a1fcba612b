#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>

#include <utility>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "engine/find_cursor.hpp"
#include "engine/prepare.hpp"
#include "engine/store.hpp"
#include "engine/writer.hpp"
#include "query/update/update.hpp"

namespace sheaf {

using engine::Change;
using engine::Prepared;
using engine::Reach;
using engine::Selection;
using engine::Session;
using engine::Store;
using engine::Tally;
using engine::Writer;

namespace {

constexpr int conflict_retries = 10;  // of a single operation, where the backend has concurrent writers

// What a Collection's methods work on; joined: the transaction that the handle belongs to, or null.
struct Target {
    const std::shared_ptr<Store>& store;
    const std::shared_ptr<Session>& joined;
    const std::string& name;

    const Limits& limits() const { return store->limits(); }

    // Runs in the handle's transaction, or in one of its own.
    void write(const Control& control, const std::function<void(Writer&)>& operation) const {
        const auto run = [&](Session& session) {
            Writer writer(session, name, control);
            operation(writer);
            writer.finish();
        };
        if (joined != nullptr) return run(*joined);
        engine::run_and_commit(store, control, conflict_retries, [&](const auto& session) { run(*session); });
    }

    void change_tables(const Control& control, const std::function<void(driver::Transaction&)>& change) const {
        control.check();
        if (joined != nullptr) return change(joined->tx());
        engine::run_and_commit(store, control, conflict_retries, [&](const auto& session) { change(session->tx()); });
    }

    std::shared_ptr<Session> reading(const Control& control) const {
        if (joined != nullptr) return joined;
        return std::make_shared<Session>(store, driver::Mode::read, control);
    }
};

InsertManyResult insert_all(const Target& target, const std::vector<Prepared>& prepared, const InsertOptions& options) {
    target.write(options.control, [&](Writer& writer) { writer.insert(prepared, options.expected_version); });
    InsertManyResult result;
    result.inserted_ids.reserve(prepared.size());
    for (const Prepared& document : prepared) result.inserted_ids.push_back(View(document.body())["_id"].to_value());
    return result;
}

template <class Input, class Prepare>
std::vector<Prepared> prepare_all(std::span<const Input> inputs, Store& store, Prepare prepare) {
    const Limits& limits = store.limits();
    if (inputs.size() > limits.batch_documents) {
        throw Error(Code::limit_exceeded, "a batch of " + std::to_string(inputs.size()) +
                                              " documents is over the limit of " +
                                              std::to_string(limits.batch_documents));
    }
    std::vector<Prepared> prepared;
    prepared.reserve(inputs.size());
    std::size_t bytes = 0;
    for (const Input& input : inputs) {
        prepared.push_back(prepare(input, store));
        bytes += prepared.back().body().size();
        if (bytes > limits.batch_bytes) {
            throw Error(Code::limit_exceeded,
                        "a batch is over the limit of " + std::to_string(limits.batch_bytes) + " bytes");
        }
    }
    return prepared;
}

// Applies `change` to what the filter selects; when there is nothing, inserts what `upserted` gives, if asked.
UpdateResult change_or_upsert(const Target& target, const Selection& selection, const UpdateOptions& options,
                              const std::function<Change(const driver::RowView&)>& change,
                              const std::function<Document()>& upserted) {
    UpdateResult result;
    target.write(options.control, [&](Writer& writer) {
        const Tally tally = writer.modify(selection, change);
        result = {.matched_count = tally.matched, .modified_count = tally.modified};
        if (tally.matched > 0) return;
        engine::check_without_match(target.name, options.expected_version, options.upsert);
        if (options.upsert == Upsert::no) return;
        const Document document = upserted();
        const Prepared prepared = engine::prepare_insert(document, *target.store);
        writer.insert({&prepared, 1}, ExpectedVersion::any());
        result.upserted_id = View(prepared.body())["_id"].to_value();
    });
    return result;
}

UpdateResult update(const Target& target, Reach reach, const Document& filter_document, const Document& update_document,
                    const UpdateOptions& options) {
    const auto filter = query::Filter::parse(filter_document, target.limits());
    const auto update = query::Update::parse(update_document, target.limits());
    const auto change = [&](const driver::RowView& row) -> Change {
        auto changed = update.apply(Document::from_trusted(Bytes(row.body)), target.limits());
        if (!changed) return {};
        return {.kind = Change::Kind::put, .body = changed->cbor(), .archived = row.meta.archived};
    };
    return change_or_upsert(target, {.filter = filter, .reach = reach, .expected = options.expected_version}, options,
                            change, [&] { return update.upserted(filter, target.limits()); });
}

// Changes what the filter selects, without upsert.
Tally change_selected(const Target& target, const Selection& selection, const Control& control,
                      const std::function<Change(const driver::RowView&)>& change) {
    Tally tally;
    target.write(control, [&](Writer& writer) {
        tally = writer.modify(selection, change);
        if (tally.matched == 0) engine::check_without_match(target.name, selection.expected, Upsert::no);
    });
    return tally;
}

Change remove_row(const driver::RowView&) {
    return {.kind = Change::Kind::remove};
}

template <bool archived>
Change set_archived(const driver::RowView& row) {
    return {.kind = Change::Kind::put, .body = Bytes(row.body), .archived = archived};
}

DeleteResult remove(const Target& target, Reach reach, const Document& filter_document, const DeleteOptions& options) {
    const auto filter = query::Filter::parse(filter_document, target.limits());
    const Selection selection{.filter = filter, .reach = reach, .expected = options.expected_version};
    const auto change = options.mode == Delete::soft ? set_archived<true> : remove_row;
    return {change_selected(target, selection, options.control, change).modified};
}

std::int64_t change_archived(const Target& target, const Document& filter_document, const ArchiveOptions& options,
                             Change (*change)(const driver::RowView&)) {
    const auto filter = query::Filter::parse(filter_document, target.limits());
    const Selection selection{
        .filter = filter, .reach = Reach::many, .archived = Archived::only, .expected = options.expected_version};
    return change_selected(target, selection, options.control, change).modified;
}

}  // namespace

Cursor::Cursor(std::unique_ptr<engine::FindCursor> impl) : impl_(std::move(impl)) {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;
std::optional<Record> Cursor::next() {
    return impl_->next();
}

Collection::Collection(std::shared_ptr<engine::Store> store, std::shared_ptr<engine::Session> session, std::string name)
    : store_(std::move(store)), session_(std::move(session)), name_(std::move(name)) {}

InsertOneResult Collection::insert_one(const Document& document, const InsertOptions& options) {
    InsertManyResult result = insert_many({&document, 1}, options);
    return {std::move(result.inserted_ids.front())};
}

InsertManyResult Collection::insert_many(std::span<const Document> documents, const InsertOptions& options) {
    return insert_all({store_, session_, name_}, prepare_all(documents, *store_, engine::prepare_insert), options);
}

InsertManyResult Collection::insert_records(std::span<const Record> records, const InsertOptions& options) {
    return insert_all({store_, session_, name_}, prepare_all(records, *store_, engine::prepare_record), options);
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
    return Cursor(std::make_unique<engine::FindCursor>(target.reading(options.control), name_, filter, options));
}

std::int64_t Collection::count_documents(const Document& filter_document, const CountOptions& options) const {
    engine::check_limit_and_skip(options.limit, options.skip);
    const Target target{store_, session_, name_};
    const auto filter = query::Filter::parse(filter_document, target.limits());
    const auto session = target.reading(options.control);
    const Control control = engine::narrowed(options.control, session->control());
    engine::Matches matches(session->tx(), name_, filter, options.archived, control, target.limits());
    std::int64_t skip = options.skip;
    std::int64_t count = 0;
    driver::RowView row;
    while ((options.limit == 0 || count < options.limit) && matches.next(row)) {
        if (skip > 0) {
            --skip;
        } else {
            ++count;
        }
    }
    return count;
}

UpdateResult Collection::update_one(const Document& filter, const Document& update, const UpdateOptions& options) {
    return sheaf::update({store_, session_, name_}, Reach::one, filter, update, options);
}

UpdateResult Collection::update_many(const Document& filter, const Document& update, const UpdateOptions& options) {
    return sheaf::update({store_, session_, name_}, Reach::many, filter, update, options);
}

UpdateResult Collection::replace_one(const Document& filter_document, const Document& replacement,
                                     const UpdateOptions& options) {
    const Target target{store_, session_, name_};
    engine::check_replacement(replacement);
    const auto filter = query::Filter::parse(filter_document, target.limits());
    const auto change = [&](const driver::RowView& row) -> Change {
        Bytes body = engine::prepare_replacement(replacement, row, target.limits());
        if (body == row.body) return {};
        return {.kind = Change::Kind::put, .body = std::move(body), .archived = row.meta.archived};
    };
    return change_or_upsert(target, {.filter = filter, .expected = options.expected_version}, options, change,
                            [&] { return query::upserted_replacement(filter, replacement, target.limits()); });
}

DeleteResult Collection::delete_one(const Document& filter, const DeleteOptions& options) {
    return remove({store_, session_, name_}, Reach::one, filter, options);
}

DeleteResult Collection::delete_many(const Document& filter, const DeleteOptions& options) {
    return remove({store_, session_, name_}, Reach::many, filter, options);
}

RestoreResult Collection::restore(const Document& filter, const ArchiveOptions& options) {
    return {change_archived({store_, session_, name_}, filter, options, set_archived<false>)};
}

PurgeResult Collection::purge(const Document& filter, const ArchiveOptions& options) {
    return {change_archived({store_, session_, name_}, filter, options, remove_row)};
}

void Collection::rename(std::string_view new_name, const Control& control) {
    engine::check_collection_name(new_name);
    Target{store_, session_, name_}.change_tables(control,
                                                  [&](driver::Transaction& tx) { tx.rename_table(name_, new_name); });
    name_ = new_name;
}

void Collection::drop(const Control& control) {
    Target{store_, session_, name_}.change_tables(control, [&](driver::Transaction& tx) { tx.drop_table(name_); });
}

}  // namespace sheaf
