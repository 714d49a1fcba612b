// The methods of Collection that change documents in place: update, replace, find_one_and_...
#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>

#include <utility>

#include "engine/find_cursor.hpp"
#include "engine/prepare.hpp"
#include "engine/target.hpp"
#include "query/update/update.hpp"

namespace sheaf {

using engine::Change;
using engine::Prepared;
using engine::Reach;
using engine::Selection;
using engine::Tally;
using engine::Target;
using engine::Writer;

namespace {

// What becomes of a matching row, and the document that an upsert inserts where there is none.
struct Modifier {
    std::function<Change(const driver::RowView&)> change;
    std::function<Document()> upserted;
};

// Borrows filter and update, which outlive it.
Modifier update_modifier(const query::Filter& filter, const query::Update& update, const Limits& limits) {
    const auto change = [&](const driver::RowView& row) -> Change {
        std::optional<std::size_t> index;
        if (update.needs_matched_index()) index = filter.matched_index(engine::subject_of(row));
        auto changed = update.apply(Document::from_trusted(Bytes(row.body)), limits, index);
        if (!changed) return {};
        return {.kind = Change::Kind::put, .body = changed->cbor(), .archived = row.meta.archived};
    };
    return {change, [&] { return update.upserted(filter, limits); }};
}

Modifier replace_modifier(const query::Filter& filter, const Document& replacement, const Limits& limits) {
    const auto change = [&](const driver::RowView& row) -> Change {
        Bytes body = engine::prepare_replacement(replacement, row, limits);
        if (body == row.body) return {};
        return {.kind = Change::Kind::put, .body = std::move(body), .archived = row.meta.archived};
    };
    return {change, [&] { return query::upserted_replacement(filter, replacement, limits); }};
}

// The document that was inserted, or nothing where the options ask for none.
template <typename Options>
std::optional<Record> upsert(const Target& target, Writer& writer, const Options& options, const Modifier& modifier) {
    engine::check_without_match(target.name, options.expected_version, options.upsert);
    if (options.upsert == Upsert::no) return std::nullopt;
    const Document document = modifier.upserted();
    const Prepared prepared = engine::prepare_insert(document, *target.store);
    writer.insert({&prepared, 1}, ExpectedVersion::any());
    return Record{Document::from_trusted(Bytes(prepared.body())), {1}, writer.now(), writer.now()};
}

UpdateResult change_or_upsert(const Target& target, const Selection& selection, const UpdateOptions& options,
                              const Modifier& modifier) {
    UpdateResult result;
    target.write(options.control, engine::isolation_of(selection.reach, options.upsert), [&](Writer& writer) {
        const Tally tally = writer.modify(selection, modifier.change);
        result = {.matched_count = tally.matched, .modified_count = tally.modified};
        if (tally.matched > 0) return;
        if (const auto inserted = upsert(target, writer, options, modifier)) {
            result.upserted_id = inserted->id().to_value();
        }
    });
    return result;
}

UpdateResult update(const Target& target, Reach reach, const Document& filter_document, View update_operators,
                    const UpdateOptions& options) {
    if (reach == Reach::many && !options.sort.empty()) {
        throw Error(Code::invalid_argument,
                    "a sort says which one of several matches to update; update_many takes all");
    }
    const query::Bindings bindings = target.bindings(options.let, options.now);
    const query::Settings settings(target.limits(), &bindings);
    const auto filter = query::Filter::parse(filter_document, settings);
    const auto update = query::Update::parse(update_operators, settings, options.array_filters);
    const auto sort = query::Sort::parse(options.sort, target.limits());
    return change_or_upsert(
        target,
        {.filter = filter, .sort = &sort, .reach = reach, .expected = options.expected_version, .hint = options.hint},
        options, update_modifier(filter, update, target.limits()));
}

// What find_one_and_update and find_one_and_replace share: the images.
FindOneAndResult find_and_modify(const Target& target, const query::Filter& filter, const query::Settings& settings,
                                 const FindOneAndUpdateOptions& options, const Modifier& modifier) {
    const auto sort = query::Sort::parse(options.sort, settings.limits);
    const auto projection = query::Projection::parse(options.projection, settings);
    const bool after = options.image == Return::after;
    if (after && projection.needs_matched_index()) {
        throw Error(Code::invalid_projection, "a positional $ belongs to the image before the change", {.mongo = 2});
    }
    FindOneAndResult result;
    target.write(options.control, engine::isolation_of(Reach::one, options.upsert), [&](Writer& writer) {
        result = {};
        const auto change = [&](const driver::RowView& row) {
            Change wanted = modifier.change(row);
            result.matched = true;
            const bool changed = after && wanted.kind == Change::Kind::put;
            const driver::RowView image =
                changed ? driver::RowView{wanted.body, engine::changed_meta(row.meta, wanted.archived, writer.now())}
                        : row;
            result.record = engine::projected(image, filter, projection);
            return wanted;
        };
        writer.modify({.filter = filter, .sort = &sort, .expected = options.expected_version, .hint = options.hint},
                      change);
        if (result.matched) return;
        if (const auto inserted = upsert(target, writer, options, modifier)) {
            result.upserted_id = inserted->id().to_value();
            const driver::RowMeta meta{
                .version = inserted->version, .created = inserted->created, .updated = inserted->updated};
            if (after) result.record = engine::projected({inserted->document.cbor(), meta}, filter, projection);
        }
    });
    return result;
}

FindOneAndResult find_one_and_update_with(const Target& target, const Document& filter_document, View update_operators,
                                          const FindOneAndUpdateOptions& options) {
    const query::Bindings bindings = target.bindings(options.let);
    const query::Settings settings(target.limits(), &bindings);
    const auto filter = query::Filter::parse(filter_document, settings);
    const auto update = query::Update::parse(update_operators, settings, options.array_filters);
    return find_and_modify(target, filter, settings, options, update_modifier(filter, update, target.limits()));
}

}  // namespace

UpdateResult Collection::update_one(const Document& filter, const Document& update, const UpdateOptions& options) {
    return sheaf::update({store_, session_, name_}, Reach::one, filter, update.view(), options);
}

UpdateResult Collection::update_one(const Document& filter, const Pipeline& update, const UpdateOptions& options) {
    return sheaf::update({store_, session_, name_}, Reach::one, filter, update.view(), options);
}

UpdateResult Collection::update_many(const Document& filter, const Document& update, const UpdateOptions& options) {
    return sheaf::update({store_, session_, name_}, Reach::many, filter, update.view(), options);
}

UpdateResult Collection::update_many(const Document& filter, const Pipeline& update, const UpdateOptions& options) {
    return sheaf::update({store_, session_, name_}, Reach::many, filter, update.view(), options);
}

UpdateResult Collection::replace_one(const Document& filter_document, const Document& replacement,
                                     const UpdateOptions& options) {
    const Target target{store_, session_, name_};
    engine::check_replacement(replacement);
    const query::Bindings bindings = target.bindings(options.let, options.now);
    const auto filter = query::Filter::parse(filter_document, {target.limits(), &bindings});
    const auto sort = query::Sort::parse(options.sort, target.limits());
    return change_or_upsert(
        target, {.filter = filter, .sort = &sort, .expected = options.expected_version, .hint = options.hint}, options,
        replace_modifier(filter, replacement, target.limits()));
}

FindOneAndResult Collection::find_one_and_update(const Document& filter, const Document& update,
                                                 const FindOneAndUpdateOptions& options) {
    return find_one_and_update_with({store_, session_, name_}, filter, update.view(), options);
}

FindOneAndResult Collection::find_one_and_update(const Document& filter, const Pipeline& update,
                                                 const FindOneAndUpdateOptions& options) {
    return find_one_and_update_with({store_, session_, name_}, filter, update.view(), options);
}

FindOneAndResult Collection::find_one_and_replace(const Document& filter_document, const Document& replacement,
                                                  const FindOneAndUpdateOptions& options) {
    const Target target{store_, session_, name_};
    engine::check_replacement(replacement);
    const query::Bindings bindings = target.bindings(options.let);
    const query::Settings settings(target.limits(), &bindings);
    const auto filter = query::Filter::parse(filter_document, settings);
    return find_and_modify(target, filter, settings, options, replace_modifier(filter, replacement, target.limits()));
}

FindOneAndResult Collection::find_one_and_delete(const Document& filter_document,
                                                 const FindOneAndDeleteOptions& options) {
    const Target target{store_, session_, name_};
    const query::Bindings bindings = target.bindings(options.let);
    const query::Settings settings(target.limits(), &bindings);
    const auto filter = query::Filter::parse(filter_document, settings);
    const auto sort = query::Sort::parse(options.sort, target.limits());
    const auto projection = query::Projection::parse(options.projection, settings);
    FindOneAndResult result;
    target.write(options.control, engine::isolation_of(Reach::one), [&](Writer& writer) {
        result = {};
        const auto change = [&](const driver::RowView& row) -> Change {
            result.matched = true;
            result.record = engine::projected(row, filter, projection);
            if (options.mode == Delete::hard) return {.kind = Change::Kind::remove};
            return {.kind = Change::Kind::put, .body = Bytes(row.body), .archived = true};
        };
        const Tally tally = writer.modify(
            {.filter = filter, .sort = &sort, .expected = options.expected_version, .hint = options.hint}, change);
        if (tally.matched == 0) engine::check_without_match(target.name, options.expected_version, Upsert::no);
    });
    return result;
}

}  // namespace sheaf
