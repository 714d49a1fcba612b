#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>

#include <utility>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "engine/collections.hpp"
#include "engine/prepare.hpp"
#include "engine/target.hpp"
#include "engine/writer.hpp"

namespace sheaf {

using engine::Change;
using engine::Prepared;
using engine::Reach;
using engine::Selection;
using engine::Session;
using engine::Store;
using engine::Tally;
using engine::Target;
using engine::Writer;

namespace {

InsertManyResult insert_all(const Target& target, const std::vector<Prepared>& prepared, const InsertOptions& options) {
    target.write(options.control, driver::Isolation::operation,
                 [&](Writer& writer) { writer.insert(prepared, options.expected_version); });
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

// Changes what the filter selects, without upsert.
Tally change_selected(const Target& target, const Selection& selection, const Control& control,
                      const std::function<Change(const driver::RowView&)>& change) {
    Tally tally;
    target.write(control, engine::isolation_of(selection.reach), [&](Writer& writer) {
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
    const query::Bindings bindings = target.bindings(options.let);
    const auto filter = query::Filter::parse(filter_document, {target.limits(), &bindings});
    const Selection selection{
        .filter = filter, .reach = reach, .expected = options.expected_version, .hint = options.hint};
    const auto change = options.mode == Delete::soft ? set_archived<true> : remove_row;
    return {change_selected(target, selection, options.control, change).modified};
}

std::int64_t change_archived(const Target& target, const Document& filter_document, const ArchiveOptions& options,
                             Change (*change)(const driver::RowView&)) {
    const query::Bindings bindings = target.bindings({});
    const auto filter = query::Filter::parse(filter_document, {target.limits(), &bindings});
    const Selection selection{
        .filter = filter, .reach = Reach::many, .archived = Archived::only, .expected = options.expected_version};
    return change_selected(target, selection, options.control, change).modified;
}

}  // namespace

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
    Target{store_, session_, name_}.change_tables(
        control, [&](driver::Transaction& tx) { engine::rename_collection(tx, name_, new_name); });
    name_ = new_name;
}

void Collection::drop(const Control& control) {
    Target{store_, session_, name_}.change_tables(control,
                                                  [&](driver::Transaction& tx) { engine::drop_collection(tx, name_); });
}

}  // namespace sheaf
